import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { CodeField, EmailField } from './fields';
import { cognito } from './session';

export default function ConfirmPage() {
  const { carry } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as { email?: string };
  const [email, setEmail] = useState(arrival.email ?? '');
  const [code, setCode] = useState('');
  const [sentAgain, setSentAgain] = useState(false);

  const { busy, error, submit } = useSubmit(
    async () => {
      const { confirm } = await cognito();
      await confirm(email.trim(), code.trim());
      await navigate(`/signin${carry}`, {
        state: { email: email.trim(), note: 'Your email is confirmed. Welcome!' },
      });
    },
    {
      NotAuthorizedException: 'This account is confirmed already. Sign in.',
      UserNotFoundException: 'This is not the code that was sent.',
    },
  );
  const again = useSubmit(
    async () => {
      const { resendCode } = await cognito();
      await resendCode(email.trim());
      setSentAgain(true);
    },
    { InvalidParameterException: 'This account is confirmed already. Sign in.' },
  );

  return (
    <AuthPage title="Confirm your email" lead="We have sent you a code. It may take a minute.">
      <form onSubmit={submit}>
        <EmailField value={email} onValue={setEmail} />
        <CodeField autoFocus value={code} onValue={setCode} />
        <Submit busy={busy} error={error}>
          Confirm
        </Submit>
      </form>
      {again.error && (
        <p className="error" role="alert">
          {again.error}
        </p>
      )}
      <p className="auth-links">
        {sentAgain ? (
          <span role="status">A new code is on its way.</span>
        ) : (
          <button
            type="button"
            className="link"
            disabled={again.busy || !email}
            onClick={again.submit}
          >
            Send a new code
          </button>
        )}
        <Link to={`/signin${carry}`}>Sign in</Link>
      </p>
    </AuthPage>
  );
}
