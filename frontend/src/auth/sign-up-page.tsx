import { useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { isRefused } from '../api/handles';
import { cleanHandle, cleanName } from '../base/characters';
import { HANDLE_RULE, isHandle, nameProblem } from '../base/limits';
import { Field } from '../components/field';
import { cognito } from '../session/session';
import { AuthPage, Submit, useNext, useSubmit, WEAK_PASSWORD } from './auth-page';
import { EmailField, NewPasswordField } from './fields';
import { HandleField, unavailable } from './handle-field';
import { keepPassword } from './password';

export default function SignUpPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [handle, setHandle] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);

  const badName = nameProblem(name);
  const wanted = cleanHandle(handle);
  const [refused, setRefused] = useState<string>();
  const badHandle = !isHandle(wanted)
    ? HANDLE_RULE
    : refused === wanted
      ? unavailable(wanted)
      : undefined;

  const { busy, error, submit } = useSubmit(
    async () => {
      setChecked(true);
      if (badName || badHandle) return;
      // Cognito accepts every handle: the refusal would come after the code.
      if (await isRefused(wanted)) {
        setRefused(wanted);
        return;
      }
      const { signUp } = await cognito();
      await signUp({ name: cleanName(name), handle: wanted, email, password });
      keepPassword(email, password);
      await navigate(`/confirm${query}`, { state: { email } });
    },
    { InvalidPasswordException: WEAK_PASSWORD },
  );

  return (
    <AuthPage title="Sign up" lead="Your name and handle are public. Your email is private.">
      <form onSubmit={submit}>
        <Field label="Name" error={checked ? badName : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              name="name"
              dir="auto"
              autoComplete="name"
              required
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
              onBlur={() => setName(cleanName(name))}
            />
          )}
        </Field>
        <HandleField value={handle} onValue={setHandle} error={checked ? badHandle : undefined} />
        <EmailField value={email} onValue={setEmail} />
        <NewPasswordField label="Password" value={password} onValue={setPassword} />
        <Submit busy={busy} error={error}>
          Sign up
        </Submit>
      </form>
      <p className="auth-links">
        <Link to={`/signin${query}`}>I have an account</Link>
        <Link to={`/confirm${query}`}>I have a code</Link>
      </p>
    </AuthPage>
  );
}
