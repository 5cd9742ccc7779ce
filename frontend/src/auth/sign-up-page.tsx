import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useLayoutEffect, useRef, useState } from 'react';

import { isRefused, proposeHandle } from '../api/handles';
import { cleanHandle, cleanName } from '../base/characters';
import { handlesFrom } from '../base/handles';
import { HANDLE_RULE, isHandle, nameProblem } from '../base/limits';
import { passwordProblem } from '../base/password';
import { Link, useNavigate } from '../base/router';
import { Field } from '../components/field';
import { NewPasswordField } from '../components/password-field';
import { Submit, useFaults, useSubmit, WEAK_PASSWORD } from '../components/submit';
import { cognito } from '../session/session';
import { AuthPage, useNext } from './auth-page';
import { EmailField, emailProblem } from './email-field';
import { HandleField, unavailable } from './handle-field';
import { keepPassword } from './password';

/** The handle, which is proposed from the name until the person has typed one. */
function useHandle() {
  const [{ text, isProposal }, set] = useState({ text: '', isProposal: true });
  const asked = useRef('');
  // A person who is about to type replaces it.
  useLayoutEffect(() => {
    const field = document.activeElement;
    if (isProposal && field instanceof HTMLInputElement && field.name === 'handle') field.select();
  }, [text, isProposal]);
  const propose = async (name: string) => {
    const wanted = handlesFrom(name);
    if (wanted.length === 0 || asked.current === name) return;
    asked.current = name;
    const proposal = await proposeHandle(wanted);
    if (!proposal || asked.current !== name) return;
    set((now) => (now.isProposal || now.text === '' ? { text: proposal, isProposal: true } : now));
  };
  return {
    handle: text,
    setHandle: (typed: string) => set({ text: typed, isProposal: false }),
    propose: (name: string) => void propose(name),
  };
}

export default function SignUpPage() {
  const { query } = useNext();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState('');
  const { handle, setHandle, propose } = useHandle();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<string>();

  const wanted = cleanHandle(handle);
  const { shown, left, pass, refuse } = useFaults(form, {
    name: nameProblem(name),
    handle: !isHandle(wanted)
      ? i18n._(HANDLE_RULE)
      : refused === wanted
        ? unavailable(wanted)
        : undefined,
    email: emailProblem(email),
    password: passwordProblem(password),
  });

  const { busy, error, submit } = useSubmit(
    async () => {
      if (!pass()) return;
      // Cognito accepts every handle: the refusal would come after the code.
      if (await isRefused(wanted)) {
        setRefused(wanted);
        refuse();
        return;
      }
      const { signUp } = await cognito();
      await signUp({ name: cleanName(name), handle: wanted, email, password });
      keepPassword(email, password);
      await navigate(`/confirm${query}`, { state: { email, sentAt: Date.now() } });
    },
    { InvalidPasswordException: WEAK_PASSWORD },
  );

  return (
    <AuthPage
      title={t`Sign up`}
      lead={t`Your name and handle are public. Your email is private.`}
      sample
    >
      <form ref={form} noValidate onSubmit={submit}>
        <Field
          label={t`Name`}
          hint={t`Others see it beside what you write.`}
          error={shown('name')}
        >
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
              onBlur={() => {
                setName(cleanName(name));
                left('name', name);
                propose(cleanName(name));
              }}
            />
          )}
        </Field>
        <HandleField
          value={handle}
          onValue={setHandle}
          onLeave={() => left('handle', handle)}
          error={shown('handle')}
          name={name}
        />
        <EmailField
          value={email}
          onValue={setEmail}
          onLeave={() => left('email', email)}
          error={shown('email')}
          hint={t`We send a code to it.`}
        />
        <NewPasswordField
          label={t`Password`}
          value={password}
          onValue={setPassword}
          onLeave={() => left('password', password)}
          error={shown('password')}
        />
        <Submit busy={busy} error={error}>
          {t`Sign up`}
        </Submit>
      </form>
      <p className="auth-links">
        <Link to={`/signin${query}`}>{t`I have an account`}</Link>
        <Link to={`/confirm${query}`}>{t`I have a code`}</Link>
      </p>
    </AuthPage>
  );
}
