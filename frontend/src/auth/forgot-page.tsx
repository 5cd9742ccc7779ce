import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { CodeField, EmailField, NewPasswordField } from './fields';
import { cognito } from './session';

export default function ForgotPage() {
  const { carry } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as { email?: string };
  const [email, setEmail] = useState(arrival.email ?? '');
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');

  const ask = useSubmit(async () => {
    const { sendResetCode } = await cognito();
    try {
      await sendResetCode(email.trim());
    } catch (error) {
      // Whether there is such an account is nobody's business.
      if (!(error instanceof Error) || error.name !== 'UserNotFoundException') throw error;
    }
    setSent(true);
  });
  const set = useSubmit(
    async () => {
      const module = await cognito();
      await module.setPassword(email.trim(), code.trim(), password);
      await navigate(`/signin${carry}`, {
        state: { email: email.trim(), note: 'Your password is changed. Sign in with it.' },
      });
    },
    {
      InvalidPasswordException: 'Choose a longer password, with letters, digits and signs.',
      UserNotFoundException: 'This is not the code that was sent.',
    },
  );

  const emailField = (
    <EmailField known readOnly={sent} autoFocus={!sent} value={email} onValue={setEmail} />
  );

  if (!sent)
    return (
      <AuthPage title="Forgotten password" lead="We send a code to your email.">
        <form onSubmit={ask.submit}>
          {emailField}
          <Submit busy={ask.busy} error={ask.error}>
            Send the code
          </Submit>
        </form>
        <p className="auth-links">
          <Link to={`/signin${carry}`}>Back to sign in</Link>
        </p>
      </AuthPage>
    );
  return (
    <AuthPage title="New password" lead="If there is such an account, a code is on its way.">
      <form onSubmit={set.submit}>
        {emailField}
        <CodeField autoFocus value={code} onValue={setCode} />
        <NewPasswordField label="New password" value={password} onValue={setPassword} />
        <Submit busy={set.busy} error={set.error}>
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
