/* A password, which can be shown. */
import '../styles/password.css';

import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react/macro';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

import { PASSWORD_RULE, passwordProblem, passwordStrength } from '../base/password';
import { Field } from './field';

interface PasswordFieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  onLeave?: () => void;
  error?: string | undefined;
  hint?: string | undefined;
  autoFocus?: boolean;
}

function Input({
  label,
  value,
  onValue,
  onLeave,
  error,
  hint,
  autoFocus,
  autoComplete,
}: PasswordFieldProps & { autoComplete: 'current-password' | 'new-password' }) {
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const caret = useRef<[number | null, number | null]>(undefined);

  const toggle = () => {
    const { current } = input;
    if (current) caret.current = [current.selectionStart, current.selectionEnd];
    setShown(!shown);
  };
  // Browsers move the caret when the type changes.
  useLayoutEffect(() => {
    if (caret.current) input.current?.setSelectionRange(...caret.current);
  }, [shown]);
  // Password managers keep what was in a field for passwords.
  useEffect(() => {
    const form = input.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener('submit', hide);
    return () => form?.removeEventListener('submit', hide);
  }, []);

  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <span className="password">
          <input
            {...attributes}
            ref={input}
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            required
            autoFocus={autoFocus}
            value={value}
            onChange={(event) => onValue(event.target.value)}
            onBlur={onLeave}
          />
          <button
            type="button"
            className="link"
            // The focus stays in the field.
            onMouseDown={(event) => event.preventDefault()}
            onClick={toggle}
          >
            {shown ? (
              <Trans>
                Hide<span className="unseen"> password</span>
              </Trans>
            ) : (
              <Trans>
                Show<span className="unseen"> password</span>
              </Trans>
            )}
          </button>
        </span>
      )}
    </Field>
  );
}

export const PasswordField = (props: PasswordFieldProps) => (
  <Input {...props} autoComplete="current-password" />
);

/** A password that the person chooses here. */
export function NewPasswordField({ value, ...rest }: Omit<PasswordFieldProps, 'hint'>) {
  const hint =
    value === '' ? i18n._(PASSWORD_RULE) : (passwordProblem(value) ?? passwordStrength(value));
  return <Input {...rest} value={value} hint={hint} autoComplete="new-password" />;
}

/** For password managers: the account of a form that does not ask for it. */
export const AccountName = ({ email }: { email: string }) => (
  <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
);
