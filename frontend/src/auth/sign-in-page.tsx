import { useEffect, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';

import { Field } from '../components/basics';
import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { EmailField } from './fields';
import { cognito, expiryNoticed, sessionBegan, useSession } from './session';

interface Arrival {
  email?: string;
  note?: string;
}

export default function SignInPage() {
  const { next, carry } = useNext();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const { expired } = useSession();
  const [wasExpired] = useState(expired);
  const [email, setEmail] = useState(arrival.email ?? '');
  const [password, setPassword] = useState('');
  useEffect(expiryNoticed, []);

  const { busy, error, submit } = useSubmit(
    async () => {
      const { signIn } = await cognito();
      const result = await signIn(email.trim(), password);
      if (result === 'unconfirmed') {
        await navigate(`/confirm${carry}`, { state: { email: email.trim() } });
      } else {
        sessionBegan();
        await navigate(next, { replace: true });
      }
    },
    {
      InvalidPasswordException: 'The email or the password is not right.',
      SignInStepException: 'This account is not ready: its operator has to finish setting it up.',
    },
  );

  const lead = wasExpired
    ? 'Your session has ended. Sign in to go on where you were.'
    : arrival.note;
  return (
    <AuthPage title="Sign in" lead={lead}>
      <form onSubmit={submit}>
        <EmailField known autoFocus value={email} onValue={setEmail} />
        <Field label="Password">
          {(attributes) => (
            <input
              {...attributes}
              name="password"
              type="password"
              autoComplete="current-password"
              required
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
        <Link to={`/forgot${carry}`}>Forgotten password?</Link>
        <Link to={`/signup${carry}`}>Sign up</Link>
      </p>
    </AuthPage>
  );
}
