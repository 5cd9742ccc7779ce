import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { cleanCode } from '../base/characters';
import { cognito, startSession } from '../session/session';
import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { CodeField, EmailField } from './fields';
import { takePassword } from './password';

/** Sign in with the password that the person has just chosen, if this page still has it. */
async function signInAgain(email: string): Promise<boolean> {
  const password = takePassword(email);
  if (password === undefined) return false;
  try {
    const { signIn } = await cognito();
    if ((await signIn(email, password)) !== 'done') return false;
    await startSession(); // the frame of the page then leads on
    return true;
  } catch {
    return false; // the sign-in page says why
  }
}

export default function ConfirmPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as { email?: string };
  const [email, setEmail] = useState(arrival.email ?? '');
  const [code, setCode] = useState('');
  const [sentAgain, setSentAgain] = useState(false);

  const { busy, error, submit } = useSubmit(
    async () => {
      const { confirm } = await cognito();
      await confirm(email, cleanCode(code));
      if (await signInAgain(email)) return;
      await navigate(`/signin${query}`, {
        state: { email: email, note: 'Your email is confirmed. Welcome!' },
      });
    },
    {
      NotAuthorizedException: 'This account is already confirmed. Sign in instead.',
      UserNotFoundException: 'That isn’t the code we sent. Check it and try again.',
    },
  );
  const resend = useSubmit(
    async () => {
      const { resendCode } = await cognito();
      await resendCode(email);
      setSentAgain(true);
    },
    { InvalidParameterException: 'This account is already confirmed. Sign in instead.' },
  );

  return (
    <AuthPage
      title="Confirm your email"
      lead="We emailed you a code. It may take a minute to arrive."
    >
      <form onSubmit={submit}>
        <EmailField value={email} onValue={setEmail} />
        <CodeField autoFocus value={code} onValue={setCode} />
        <Submit busy={busy} error={error}>
          Confirm
        </Submit>
      </form>
      {resend.error && (
        <p className="error" role="alert">
          {resend.error}
        </p>
      )}
      <p className="auth-links">
        {sentAgain ? (
          <span role="status">A new code is on its way.</span>
        ) : (
          <button
            type="button"
            className="link"
            disabled={resend.busy || !email}
            onClick={resend.submit}
          >
            Send a new code
          </button>
        )}
        <Link to={`/signin${query}`}>Sign in</Link>
      </p>
    </AuthPage>
  );
}
