import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { cleanCode } from '../base/characters';
import { cognito } from '../session/session';
import { AuthPage, Submit, useNext, useSubmit, WEAK_PASSWORD } from './auth-page';
import { CodeField, EmailField, NewPasswordField } from './fields';

export default function ForgotPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as { email?: string };
  const [email, setEmail] = useState(arrival.email ?? '');
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');

  const request = useSubmit(async () => {
    const { sendResetCode } = await cognito();
    try {
      await sendResetCode(email);
    } catch (error) {
      // Do not reveal whether an account exists.
      if (!(error instanceof Error) || error.name !== 'UserNotFoundException') throw error;
    }
    setSent(true);
  });
  const reset = useSubmit(
    async () => {
      const module = await cognito();
      await module.setPassword(email, cleanCode(code), password);
      await navigate(`/signin${query}`, {
        state: {
          email: email,
          note: 'Your password has been changed. Sign in with the new one.',
        },
      });
    },
    {
      InvalidPasswordException: WEAK_PASSWORD,
      UserNotFoundException: 'That isn’t the code we sent. Check it and try again.',
    },
  );

  const emailField = (
    <EmailField known readOnly={sent} autoFocus={!sent} value={email} onValue={setEmail} />
  );

  if (!sent)
    return (
      <AuthPage title="Reset your password" lead="We’ll email you a code.">
        <form onSubmit={request.submit}>
          {emailField}
          <Submit busy={request.busy} error={request.error}>
            Send code
          </Submit>
        </form>
        <p className="auth-links">
          <Link to={`/signin${query}`}>Back to sign in</Link>
        </p>
      </AuthPage>
    );
  return (
    <AuthPage title="Set a new password" lead="If this email has an account, a code is on its way.">
      <form onSubmit={reset.submit}>
        {emailField}
        <CodeField autoFocus value={code} onValue={setCode} />
        <NewPasswordField label="New password" value={password} onValue={setPassword} />
        <Submit busy={reset.busy} error={reset.error}>
          Change password
        </Submit>
      </form>
      <p className="auth-links">
        <button type="button" className="link" onClick={() => setSent(false)}>
          Send another code
        </button>
      </p>
    </AuthPage>
  );
}
