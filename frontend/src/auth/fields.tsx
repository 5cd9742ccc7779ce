/* Form fields that several of the pages share. */
import { cleanCode, cleanEmail } from '../base/characters';
import { Field } from '../components/field';

interface FieldProps {
  value: string;
  onValue: (value: string) => void;
  autoFocus?: boolean;
}

/** The email of an account. `known`: the account exists, so a password manager may fill it in. */
export function EmailField({
  value,
  onValue,
  known = false,
  ...rest
}: FieldProps & { known?: boolean; readOnly?: boolean }) {
  // An account created by an operator may have a username that is not an email address.
  const kind = known
    ? { inputMode: 'email' as const, autoComplete: 'username' }
    : { type: 'email', autoComplete: 'email' };
  return (
    <Field label="Email">
      {(attributes) => (
        <input
          {...attributes}
          {...kind}
          {...rest}
          name="email"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={value}
          onChange={(event) => onValue(cleanEmail(event.target.value))}
        />
      )}
    </Field>
  );
}

export function CodeField({ value, onValue, ...rest }: FieldProps) {
  return (
    <Field label="Code">
      {(attributes) => (
        <input
          {...attributes}
          {...rest}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          value={value}
          onChange={(event) => onValue(event.target.value)}
          onBlur={() => onValue(cleanCode(value))}
        />
      )}
    </Field>
  );
}

/** A password that the person chooses here. */
export function NewPasswordField({ label, value, onValue }: FieldProps & { label: string }) {
  return (
    <Field label={label} hint="At least 8 characters, with letters, numbers and symbols.">
      {(attributes) => (
        <input
          {...attributes}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}
