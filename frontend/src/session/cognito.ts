/* Everything that uses the auth library. session.ts loads this module on first use. */
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword,
  confirmSignUp,
  fetchAuthSession,
  resendSignUpCode,
  resetPassword,
  signIn as librarySignIn,
  signOut,
  signUp as librarySignUp,
  updateUserAttribute,
} from 'aws-amplify/auth';

import type { Config } from './config';

let configured = false;
let standIn = false;

export function configure(settings: Config) {
  if (configured) return;
  configured = true;
  standIn = settings.cognitoEndpoint !== '';
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: settings.userPoolId,
        userPoolClientId: settings.userPoolClientId,
        ...(standIn ? { userPoolEndpoint: settings.cognitoEndpoint } : {}),
      },
    },
  });
}

export async function readToken(fresh: boolean): Promise<string | null> {
  const { tokens } = await fetchAuthSession({ forceRefresh: fresh });
  return tokens?.accessToken.toString() ?? null;
}

export type SignInResult = 'done' | 'unconfirmed';

/** Cognito never receives the password (SRP). The stand-in supports only sending it. */
export async function signIn(username: string, password: string): Promise<SignInResult> {
  await forget();
  const { isSignedIn, nextStep } = await librarySignIn({
    username,
    password,
    options: { authFlowType: standIn ? 'USER_PASSWORD_AUTH' : 'USER_SRP_AUTH' },
  });
  if (isSignedIn) return 'done';
  if (nextStep.signInStep === 'CONFIRM_SIGN_UP') return 'unconfirmed';
  // This pool uses neither second factors nor temporary passwords that an operator sets.
  const error = new Error(nextStep.signInStep);
  error.name = 'SignInStepException';
  throw error;
}

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  handle: string;
}

export async function signUp({ email, password, name, handle }: NewAccount): Promise<void> {
  await librarySignUp({
    username: email,
    password,
    options: { userAttributes: { email, name, preferred_username: handle } },
  });
}

export async function confirm(username: string, code: string): Promise<void> {
  await confirmSignUp({ username, confirmationCode: code });
}

export async function resendCode(username: string): Promise<void> {
  await resendSignUpCode({ username });
}

export async function sendResetCode(username: string): Promise<void> {
  await resetPassword({ username });
}

export async function setPassword(username: string, code: string, newPassword: string) {
  await confirmResetPassword({ username, confirmationCode: code, newPassword });
}

export async function changeHandle(handle: string): Promise<void> {
  await updateUserAttribute({
    userAttribute: { attributeKey: 'preferred_username', value: handle },
  });
}

/** Remove the tokens from this browser, and revoke them if Cognito can be reached. */
export async function forget(): Promise<void> {
  try {
    await signOut();
  } catch {
    // Not signed in, or already revoked; the library has removed its tokens.
  }
}
