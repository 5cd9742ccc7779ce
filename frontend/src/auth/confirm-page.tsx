import { msg, t } from '@lingui/core/macro';
import { useRef, useState } from 'react';

import { cleanCode } from '../base/characters';
import { Link, useLocation, useNavigate } from '../base/router';
import { CodeField, codeProblem } from '../components/code-field';
import { Submit, useFaults, useSubmit } from '../components/submit';
import { cognito, startSession } from '../session/session';
import { beginIfFirst, expectFirstSignIn } from '../session/welcome';
import type { Arrival } from './arrival';
import { AuthPage, useNext } from './auth-page';
import { EmailField, emailProblem } from './email-field';
import { takePassword } from './password';
import { Resend } from './resend';

/** Sign in with the password that the person has just chosen, if this page still has it. */
async function signInAgain(email: string): Promise<boolean> {
  const password = takePassword(email);
  if (password === undefined) return false;
  try {
    const { signIn } = await cognito();
    if ((await signIn(email, password)).kind !== 'done') return false;
    beginIfFirst(email);
    await startSession(); // the frame of the page then leads on
    return true;
  } catch {
    return false; // the sign-in page says why
  }
}

const CONFIRMED = msg`This account is already confirmed. Sign in instead.`;

export default function ConfirmPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState(arrival.email ?? '');
  const [code, setCode] = useState('');
  const { shown, left, pass } = useFaults(form, {
    email: emailProblem(email),
    code: codeProblem(code),
  });

  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      const { confirm } = await cognito();
      await confirm(email, cleanCode(code));
      expectFirstSignIn(email);
      if (await signInAgain(email)) return;
      await navigate(`/signin${query}`, {
        state: { email, note: 'confirmed' } satisfies Arrival,
      });
    },
    {
      NotAuthorizedException: CONFIRMED,
      UserNotFoundException: msg`That isn’t the code we sent. Check it and try again.`,
    },
  );

  return (
    <AuthPage
      title={t`Confirm your email`}
      lead={t`We emailed you a code. It may take a minute to arrive.`}
    >
      <form ref={form} noValidate onSubmit={submit}>
        <EmailField
          known={arrival.email !== undefined}
          value={email}
          onValue={setEmail}
          onLeave={() => left('email', email)}
          error={shown('email')}
        />
        <CodeField
          autoFocus={arrival.email !== undefined}
          submits
          value={code}
          onValue={setCode}
          error={shown('code')}
        />
        <Submit busy={busy} error={error}>
          {t`Confirm`}
        </Submit>
      </form>
      <div className="auth-links">
        <Resend
          sentAt={arrival.sentAt}
          disabled={emailProblem(email) !== undefined}
          send={async () => {
            const { resendCode } = await cognito();
            await resendCode(email);
          }}
          reasons={{ InvalidParameterException: CONFIRMED }}
        />
        <Link to={`/signin${query}`}>{t`Sign in`}</Link>
      </div>
    </AuthPage>
  );
}
