import { useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { HANDLE_RULE, hasControl, isHandle, limits, textLength } from '../base/limits';
import { Field } from '../components/field';
import { cognito } from '../session/session';
import { AuthPage, Submit, useNext, useSubmit, WEAK_PASSWORD } from './auth-page';
import { EmailField, NewPasswordField } from './fields';

export default function SignUpPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [handle, setHandle] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);

  const nameLength = textLength(name);
  const badName =
    nameLength === 0
      ? 'Enter a name.'
      : nameLength > limits.display_name
        ? `Use at most ${limits.display_name} characters.`
        : hasControl(name, false)
          ? 'Remove tabs and control characters.'
          : undefined;
  const badHandle = isHandle(handle) ? undefined : HANDLE_RULE;

  const { busy, error, submit } = useSubmit(
    async () => {
      setChecked(true);
      if (badName || badHandle) return;
      const { signUp } = await cognito();
      await signUp({ name: name.trim(), handle, email: email.trim(), password });
      await navigate(`/confirm${query}`, { state: { email: email.trim() } });
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
              autoComplete="name"
              required
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Handle" hint={HANDLE_RULE} error={checked ? badHandle : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              name="handle"
              autoComplete="nickname"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={handle}
              onChange={(event) => setHandle(event.target.value.replace(/^@/, ''))}
            />
          )}
        </Field>
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
