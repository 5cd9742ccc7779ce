import { useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { Field } from '../components/basics';
import { HANDLE_RULE, hasControl, isHandle, limits, textLength } from '../limits';
import { AuthPage, Submit, useNext, useSubmit } from './auth-page';
import { EmailField, NewPasswordField } from './fields';
import { cognito } from './session';

export default function SignUpPage() {
  const { carry } = useNext();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [handle, setHandle] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);

  const nameLength = textLength(name);
  const badName =
    nameLength === 0
      ? 'A name is needed.'
      : nameLength > limits.display_name || hasControl(name, false)
        ? `Up to ${limits.display_name} characters.`
        : undefined;
  const badHandle = isHandle(handle) ? undefined : HANDLE_RULE;

  const { busy, error, submit } = useSubmit(
    async () => {
      setChecked(true);
      if (badName || badHandle) return;
      const { signUp } = await cognito();
      await signUp({ name: name.trim(), handle, email: email.trim(), password });
      await navigate(`/confirm${carry}`, { state: { email: email.trim() } });
    },
    { InvalidPasswordException: 'Choose a longer password, with letters, digits and signs.' },
  );

  return (
    <AuthPage title="Sign up" lead="Your name and handle are public, your email is not.">
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
        <Link to={`/signin${carry}`}>I have an account</Link>
        <Link to={`/confirm${carry}`}>I have a code</Link>
      </p>
    </AuthPage>
  );
}
