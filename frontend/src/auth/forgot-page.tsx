import { msg, t } from '@lingui/core/macro';
import { useRef, useState } from 'react';

import { cleanCode } from '../base/characters';
import { passwordProblem } from '../base/password';
import { Link, useLocation, useNavigate } from '../base/router';
import { CodeField, codeProblem } from '../components/code-field';
import { NewPasswordField } from '../components/password-field';
import { Submit, useFaults, useSubmit, WEAK_PASSWORD } from '../components/submit';
import { cognito } from '../session/session';
import { type Arrival, noteText } from './arrival';
import { AuthPage, useNext } from './auth-page';
import { EmailField, enterEmail } from './email-field';
import { Resend } from './resend';

/** Does not reveal whether an account exists. */
async function sendCode(email: string): Promise<void> {
  const { sendResetCode } = await cognito();
  try {
    await sendResetCode(email);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UserNotFoundException') throw error;
  }
}

function AskForCode({
  email,
  onEmail,
  onSent,
}: {
  email: string;
  onEmail: (email: string) => void;
  onSent: () => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { shown, pass } = useFaults(form, { email: email === '' ? enterEmail() : undefined });
  const { busy, error, submit } = useSubmit(async () => {
    if (!pass()) return;
    await sendCode(email);
    onSent();
  });
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <EmailField known autoFocus value={email} onValue={onEmail} error={shown('email')} />
      <Submit busy={busy} error={error}>
        {t`Send code`}
      </Submit>
    </form>
  );
}

function SetPassword({ email, sentAt, query }: { email: string; sentAt: number; query: string }) {
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const { shown, left, pass } = useFaults(form, {
    code: codeProblem(code),
    password: passwordProblem(password),
  });
  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      const module = await cognito();
      await module.setPassword(email, cleanCode(code), password);
      await navigate(`/signin${query}`, {
        state: { email, note: 'changed' } satisfies Arrival,
      });
    },
    {
      InvalidPasswordException: WEAK_PASSWORD,
      UserNotFoundException: msg`That isn’t the code we sent. Check it and try again.`,
    },
  );
  return (
    <>
      <form ref={form} noValidate onSubmit={submit}>
        <EmailField known readOnly value={email} onValue={() => {}} />
        <CodeField autoFocus value={code} onValue={setCode} error={shown('code')} />
        <NewPasswordField
          label={t`New password`}
          value={password}
          onValue={setPassword}
          onLeave={() => left('password', password)}
          error={shown('password')}
        />
        <Submit busy={busy} error={error}>
          {t`Change password`}
        </Submit>
      </form>
      <div className="auth-links">
        <Resend sentAt={sentAt} send={() => sendCode(email)} />
      </div>
    </>
  );
}

export default function ForgotPage() {
  const { query } = useNext();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const [email, setEmail] = useState(arrival.email ?? '');
  const [sentAt, setSentAt] = useState<number>();

  if (sentAt === undefined)
    return (
      <AuthPage title={t`Reset your password`} lead={noteText(arrival) ?? t`We’ll email you a code.`}>
        <AskForCode email={email} onEmail={setEmail} onSent={() => setSentAt(Date.now())} />
        <p className="auth-links">
          <Link to={`/signin${query}`}>{t`Back to sign in`}</Link>
        </p>
      </AuthPage>
    );
  return (
    <AuthPage
      title={t`Set a new password`}
      lead={t`If this email has an account, a code is on its way.`}
    >
      <SetPassword email={email} sentAt={sentAt} query={query} />
      <p className="auth-links">
        <button type="button" className="link" onClick={() => setSentAt(undefined)}>
          {t`Use another email`}
        </button>
      </p>
    </AuthPage>
  );
}
