import { t } from '@lingui/core/macro';

import { cleanEmail } from '../base/characters';
import { Field } from '../components/field';

interface EmailFieldProps {
  value: string;
  onValue: (value: string) => void;
  onLeave?: () => void;
  error?: string | undefined;
  hint?: string;
  autoFocus?: boolean;
  readOnly?: boolean;
  /** The account exists: one that an operator made may have a name that is not an email address. */
  known?: boolean;
}

export const enterEmail = () => t`Enter your email.`;

/** The fault of the email of a new account. */
export function emailProblem(email: string): string | undefined {
  if (email === '') return enterEmail();
  return /^[^@]+@[^@]+\.[^@.]+$/.test(email) ? undefined : t`This isn’t a whole email address.`;
}

/** Password managers keep the email as the name of the account. */
export function EmailField({
  value,
  onValue,
  onLeave,
  error,
  hint,
  known = false,
  ...rest
}: EmailFieldProps) {
  return (
    <Field label={t`Email`} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          {...rest}
          type={known ? 'text' : 'email'}
          inputMode="email"
          autoComplete="username"
          name="email"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={value}
          onChange={(event) => onValue(cleanEmail(event.target.value))}
          onBlur={onLeave}
        />
      )}
    </Field>
  );
}
