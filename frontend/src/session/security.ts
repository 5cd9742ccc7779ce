/*
 * Password, second factor and sessions of the signed-in account. Each is one request with the access
 * token, so the auth library is not loaded.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
 */
import { config } from './config';
import { accessToken, signOut } from './session';
import { ask, CognitoError } from './tokens';

/** Of an access token that Cognito does not take; else a name or a password is wrong. */
const isTokenRefused = (error: unknown) =>
  error instanceof CognitoError &&
  error.name === 'NotAuthorizedException' &&
  /access token/i.test(error.message);

/** Once more with a fresh token: without one the session ends, and the page leads to the sign-in page. */
async function askAsCaller<T>(action: string, body: object = {}): Promise<T> {
  const send = (AccessToken: string | null) => {
    if (AccessToken === null) throw new CognitoError('NotAuthorizedException', true);
    return ask<T>(action, { ...body, AccessToken });
  };
  const token = await accessToken();
  try {
    return await send(token);
  } catch (error) {
    if (token === null || !isTokenRefused(error)) throw error;
    return send(await accessToken(token));
  }
}

export type SecondFactor =
  | { state: 'on' }
  /** `secret`: a new one, for an authenticator app. */
  | { state: 'off'; secret: string }
  /** The user pool has no authenticator apps. */
  | { state: 'unsupported' };

/**
 * Only a request for a secret tells whether the pool has authenticator apps: it is asked for at once, and
 * means nothing until a code of it was verified.
 */
export async function readSecondFactor(): Promise<SecondFactor> {
  const { UserMFASettingList: on = [] } = await askAsCaller<{ UserMFASettingList?: string[] }>('GetUser');
  if (on.includes('SOFTWARE_TOKEN_MFA')) return { state: 'on' };
  try {
    const { SecretCode } = await askAsCaller<{ SecretCode: string }>('AssociateSoftwareToken');
    return { state: 'off', secret: SecretCode };
  } catch (error) {
    if (error instanceof CognitoError && /^(SoftwareTokenMFANotFound|Unsupported)/.test(error.name))
      return { state: 'unsupported' };
    throw error;
  }
}

const setSecondFactor = (on: boolean) =>
  askAsCaller<unknown>('SetUserMFAPreference', {
    SoftwareTokenMfaSettings: { Enabled: on, PreferredMfa: on },
  });

/** `code`: of the app that has the secret of readSecondFactor. */
export async function turnOnSecondFactor(code: string): Promise<void> {
  const { Status } = await askAsCaller<{ Status?: string }>('VerifySoftwareToken', { UserCode: code });
  if (Status !== 'SUCCESS') throw new CognitoError('CodeMismatchException', true);
  await setSecondFactor(true);
}

export const turnOffSecondFactor = () => setSecondFactor(false);

/** A wrong `before` is a NotAuthorizedException, and a weak `after` an InvalidPasswordException. */
export async function changePassword(before: string, after: string): Promise<void> {
  try {
    await askAsCaller('ChangePassword', { PreviousPassword: before, ProposedPassword: after });
  } catch (error) {
    // The stand-in takes every new password, and has this name for a wrong one.
    const wrong = error instanceof CognitoError && error.name === 'InvalidPasswordException';
    if (wrong && (await config()).cognitoStandIn)
      throw new CognitoError('NotAuthorizedException', true);
    throw error;
  }
}

/** The stand-in cannot end sessions. */
export const canSignOutEverywhere = async () => !(await config()).cognitoStandIn;

/** End all sessions of the account, then sign out here. */
export async function signOutEverywhere(): Promise<void> {
  await signOut(() => askAsCaller('GlobalSignOut'));
}
