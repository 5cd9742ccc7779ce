/* The further steps of a sign-in after the password: a code, a new password, or an authenticator app. */
import { msg, t } from '@lingui/core/macro';
import { useRef, useState } from 'react';

import { cleanCode } from '../base/characters';
import { passwordProblem } from '../base/password';
import { Authenticator } from '../components/authenticator';
import { CodeField, codeProblem } from '../components/code-field';
import { AccountName, NewPasswordField } from '../components/password-field';
import { Submit, useFaults, useSubmit, WEAK_PASSWORD } from '../components/submit';
import type { SignInStep } from '../session/cognito';
import { cognito } from '../session/session';
import { AuthPage } from './auth-page';

export type Challenge = Extract<SignInStep, { kind: 'code' | 'password' | 'setup' }>;

const WRONG_CODE = msg`That isn’t the right code. Check it and try again.`;
/** The pool wants something that this page cannot give. */
export const NOT_READY = msg`This account isn’t ready yet. Ask an administrator to finish setting it up.`;

function whereCodeIs(challenge: Extract<Challenge, { kind: 'code' }>): string {
  if (challenge.from === 'app') return t`Your authenticator app has it.`;
  const { to } = challenge;
  if (to !== undefined) return t`We sent it to ${to}.`;
  return challenge.from === 'sms' ? t`We sent it to your phone.` : t`We sent it to your email.`;
}

function textsOf(challenge: Challenge): { title: string; lead: string; action: string } {
  switch (challenge.kind) {
    case 'password':
      return {
        title: t`Choose a password`,
        lead: t`The one that you were given is only for the first time.`,
        action: t`Save and sign in`,
      };
    case 'setup':
      return {
        title: t`Add a second factor`,
        lead: t`Signing in here also takes a code from an authenticator app.`,
        action: t`Sign in`,
      };
    case 'code':
      return {
        title: t`Enter your code`,
        lead: whereCodeIs(challenge),
        action: t`Sign in`,
      };
  }
}

interface ChallengeFormProps {
  email: string;
  challenge: Challenge;
  onStep: (step: SignInStep) => Promise<void>;
  onStartOver: (reason?: string) => void;
}

export function ChallengeForm({ email, challenge, onStep, onStartOver }: ChallengeFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const asksPassword = challenge.kind === 'password';
  const { shown, left, pass } = useFaults(form, {
    answer: asksPassword ? passwordProblem(password) : codeProblem(code),
  });
  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      const { answerStep } = await cognito();
      try {
        await onStep(await answerStep(asksPassword ? password : cleanCode(code)));
      } catch (reason) {
        // Cognito keeps a sign-in that is not complete for three minutes.
        const name = reason instanceof Error ? reason.name : '';
        if (/^(NotAuthorizedException|SignInException)$/.test(name))
          onStartOver(t`This took too long. Sign in again.`);
        else throw reason;
      }
    },
    {
      CodeMismatchException: WRONG_CODE,
      EnableSoftwareTokenMFAException: WRONG_CODE,
      ExpiredCodeException: msg`This code was used already. Wait for the next one.`,
      InvalidPasswordException: WEAK_PASSWORD,
      SignInStepException: NOT_READY,
    },
  );
  const { title, lead, action } = textsOf(challenge);
  return (
    <AuthPage title={title} lead={lead} sample>
      <form ref={form} noValidate onSubmit={submit}>
        {challenge.kind === 'setup' && <Authenticator account={email} secret={challenge.secret} />}
        {asksPassword ? (
          <>
            <AccountName email={email} />
            <NewPasswordField
              label={t`New password`}
              autoFocus
              value={password}
              onValue={setPassword}
              onLeave={() => left('answer', password)}
              error={shown('answer')}
            />
          </>
        ) : (
          <CodeField autoFocus submits value={code} onValue={setCode} error={shown('answer')} />
        )}
        <Submit busy={busy} error={error}>
          {action}
        </Submit>
      </form>
      <p className="auth-links">
        <button type="button" className="link" onClick={() => onStartOver()}>
          {t`Back to sign in`}
        </button>
      </p>
    </AuthPage>
  );
}
