import { useEffect, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { Field } from '../components/field';
import { acknowledgeExpiry, cognito, startSession, useSession } from '../session/session';
import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { EmailField } from './fields';
import { keepPassword } from './password';

interface Arrival {
  email?: string;
  note?: string;
}

export default function SignInPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const { expired } = useSession();
  const [wasExpired] = useState(expired);
  const [email, setEmail] = useState(arrival.email ?? '');
  const [password, setPassword] = useState('');
  useEffect(acknowledgeExpiry, []);

  const { busy, error, submit } = useSubmit(
    async () => {
      const { signIn } = await cognito();
      const result = await signIn(email, password);
      if (result === 'unconfirmed') {
        keepPassword(email, password);
        await navigate(`/confirm${query}`, { state: { email: email } });
      } else {
        await startSession(); // the frame of the page then leads on to `next`
      }
    },
    {
      InvalidPasswordException: 'That email or password isn’t right.',
      SignInStepException:
        'This account isn’t ready yet. Ask an administrator to finish setting it up.',
    },
  );

  const lead = wasExpired
    ? 'Your session has ended. Sign in to continue where you left off.'
    : arrival.note;
  return (
    <AuthPage title="Sign in" lead={lead}>
      <form onSubmit={submit}>
        <EmailField known autoFocus={!arrival.email} value={email} onValue={setEmail} />
        <Field label="Password">
          {(attributes) => (
            <input
              {...attributes}
              name="password"
              type="password"
              autoComplete="current-password"
              required
              autoFocus={arrival.email !== undefined}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Submit busy={busy} error={error}>
          Sign in
        </Submit>
      </form>
      <p className="auth-links">
        <Link to={`/forgot${query}`}>Forgot your password?</Link>
        <Link to={`/signup${query}`}>Sign up</Link>
      </p>
    </AuthPage>
  );
}
