/* Everything that uses the auth library: signing in and up. session.ts loads this module on first use. */
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword,
  confirmSignUp,
  resendSignUpCode,
  resetPassword,
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

export type SignInResult = 'done' | 'unconfirmed';

/** Cognito never receives the password (SRP). The stand-in supports only sending it. */
export async function signIn(username: string, password: string): Promise<SignInResult> {
  forgetTokens();
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
