/* Everything that uses the auth library: signing in and up. session.ts loads this module on first use. */
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  resendSignUpCode,
  resetPassword,
  type SignInOutput,
  signIn as librarySignIn,
  signUp as librarySignUp,
} from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';

import type { Config } from './config';
import { local } from './local';
import { forgetTokens } from './tokens';

const soon = (work: () => void) => Promise.resolve().then(work);

let configured = false;
let standIn = false;

export function configure(settings: Config) {
  if (configured) return;
  configured = true;
  standIn = settings.cognitoStandIn;
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: settings.userPoolId,
        userPoolClientId: settings.userPoolClientId,
        userPoolEndpoint: settings.cognitoEndpoint,
      },
    },
  });
  // Where the browser keeps nothing, the tokens live as long as the tab.
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    getItem: (key) => Promise.resolve(local.get(key)),
    setItem: (key, value) => soon(() => local.set(key, value)),
    removeItem: (key) => soon(() => local.remove(key)),
    clear: () => soon(forgetTokens),
  });
}

/** The next step of a sign-in. */
export type SignInStep =
  | { kind: 'done' }
  /** The email is not confirmed. */
  | { kind: 'unconfirmed' }
  /** An operator has reset the password. */
  | { kind: 'reset' }
  /** A second factor: a code of an app, or one that was sent `to` a number or an address. */
  | { kind: 'code'; from: 'app' }
  | { kind: 'code'; from: 'sms' | 'email'; to: string | undefined }
  /** The password is that of an operator, who made the account. */
  | { kind: 'password' }
  /** The pool requires a second factor, and the account has none. */
  | { kind: 'setup'; secret: string };

/** The apps that a person chooses between come before messages, which can be intercepted. */
const preferred = (types: string[] | undefined) => types?.find((type) => type === 'TOTP') ?? types?.[0];

async function stepOf({ isSignedIn, nextStep }: SignInOutput): Promise<SignInStep> {
  if (isSignedIn) return { kind: 'done' };
  switch (nextStep.signInStep) {
    case 'CONFIRM_SIGN_UP':
      return { kind: 'unconfirmed' };
    case 'RESET_PASSWORD':
      return { kind: 'reset' };
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return { kind: 'code', from: 'app' };
    case 'CONFIRM_SIGN_IN_WITH_SMS_CODE':
      return { kind: 'code', from: 'sms', to: nextStep.codeDeliveryDetails?.destination };
    case 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE':
      return { kind: 'code', from: 'email', to: nextStep.codeDeliveryDetails?.destination };
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      // Attributes that the account lacks cannot be asked for here.
      if (nextStep.missingAttributes?.length) break;
      return { kind: 'password' };
    case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP':
      return { kind: 'setup', secret: nextStep.totpSetupDetails.sharedSecret };
    case 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION':
    case 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION': {
      const type = preferred(nextStep.allowedMFATypes);
      if (type !== undefined) return answerStep(type);
      break;
    }
  }
  const error = new Error(nextStep.signInStep);
  error.name = 'SignInStepException';
  throw error;
}

/** Cognito never receives the password (SRP). The stand-in supports only sending it. */
export async function signIn(username: string, password: string): Promise<SignInStep> {
  forgetTokens();
  return stepOf(
    await librarySignIn({
      username,
      password,
      options: { authFlowType: standIn ? 'USER_PASSWORD_AUTH' : 'USER_SRP_AUTH' },
    }),
  );
}

/** The code or the new password that the sign-in needs. */
export async function answerStep(answer: string): Promise<SignInStep> {
  return stepOf(await confirmSignIn({ challengeResponse: answer }));
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
