import { msg, t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'react';

import { Link, useLocation, useNavigate } from '../base/router';
import { PasswordField } from '../components/password-field';
import { Submit, useFaults, useSubmit } from '../components/submit';
import type { SignInStep } from '../session/cognito';
import { forgetRevoked } from '../session/revoked';
import { acknowledgeExpiry, cognito, startSession } from '../session/session';
import { beginFirstSession, beginIfFirst } from '../session/welcome';
import { type Arrival, noteText } from './arrival';
import { AuthPage, useNext } from './auth-page';
import { type Challenge, ChallengeForm, NOT_READY } from './challenge-form';
import { EmailField, enterEmail } from './email-field';
import { keepPassword } from './password';

export default function SignInPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const lead = noteText(arrival);
  useEffect(() => {
    acknowledgeExpiry();
    forgetRevoked();
  }, []);
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState(arrival.email ?? '');
  const [password, setPassword] = useState('');
  const [challenge, setChallenge] = useState<Challenge>();
  const [cause, setCause] = useState<string>();
  const { shown, pass } = useFaults(form, {
    email: email === '' ? enterEmail() : undefined,
    password: password === '' ? t`Enter your password.` : undefined,
  });

  const goOn = async (step: SignInStep) => {
    switch (step.kind) {
      case 'done':
        // A person who had to replace the password of an operator is new.
        if (challenge?.kind === 'password') beginFirstSession();
        else beginIfFirst(email);
        await startSession(); // the frame of the page then leads on to `next`
        break;
      case 'unconfirmed':
        keepPassword(email, password);
        await navigate(`/confirm${query}`, { state: { email } });
        break;
      case 'reset':
        await navigate(`/forgot${query}`, {
          state: { email, note: 'reset' } satisfies Arrival,
        });
        break;
      default:
        setPassword('');
        setCause(undefined);
        setChallenge(step);
    }
  };
  const startOver = (reason?: string) => {
    setChallenge(undefined);
    setCause(reason);
  };

  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      setCause(undefined);
      const { signIn } = await cognito();
      await goOn(await signIn(email, password));
    },
    {
      InvalidPasswordException: msg`That email or password isn’t right.`,
      SignInStepException: NOT_READY,
    },
  );

  if (challenge)
    return (
      <ChallengeForm
        key={challenge.kind}
        email={email}
        challenge={challenge}
        onStep={goOn}
        onStartOver={startOver}
      />
    );
  return (
    <AuthPage title={t`Sign in`} lead={lead} sample>
      <form ref={form} noValidate onSubmit={submit}>
        <EmailField
          known
          autoFocus={email === ''}
          value={email}
          onValue={setEmail}
          error={shown('email')}
        />
        <PasswordField
          label={t`Password`}
          autoFocus={email !== ''}
          value={password}
          onValue={setPassword}
          error={shown('password')}
        />
        <Submit busy={busy} error={error ?? cause}>
          {t`Sign in`}
        </Submit>
      </form>
      <p className="auth-links">
        <Link to={`/forgot${query}`}>{t`Forgot your password?`}</Link>
        <Link to={`/signup${query}`}>{t`Sign up`}</Link>
      </p>
    </AuthPage>
  );
}
