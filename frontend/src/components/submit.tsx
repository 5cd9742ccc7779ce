/* Forms whose answer comes from Cognito: one request at a time, its errors in words, the first bad field. */
import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { type RefObject, type SyntheticEvent, useEffect, useState } from 'react';

/** Texts for the names of errors, or messages that are put into the language of the page. */
type Reasons = Record<string, MessageDescriptor | string>;

const REASONS: Reasons = {
  NotAuthorizedException: msg`That email or password isn’t right.`,
  InvalidPasswordException: msg`This password can’t be used. Try another one.`,
  PasswordHistoryPolicyViolationException: msg`You have used this password before. Choose another one.`,
  UserNotFoundException: msg`That email or password isn’t right.`,
  UsernameExistsException: msg`There’s already an account with this email. Sign in instead.`,
  CodeMismatchException: msg`That isn’t the code we sent. Check it and try again.`,
  ExpiredCodeException: msg`This code has expired. Ask for a new one.`,
  LimitExceededException: msg`Too many attempts. Try again later.`,
  TooManyRequestsException: msg`Too many attempts. Try again later.`,
  InvalidParameterException: msg`Some of this isn’t valid. Check the form and try again.`,
  NetworkError: msg`The sign-in service can’t be reached. Check your connection and try again.`,
};

/** The text for the name of an error; `special` has the texts of one page. */
export function reasonOf(error: unknown, special: Reasons = {}): string {
  const name = error instanceof Error ? error.name : '';
  const text = special[name] ?? REASONS[name] ?? t`Something went wrong. Try again in a moment.`;
  return typeof text === 'string' ? text : i18n._(text);
}

/** Error text for a new password that the pool refuses. */
export const WEAK_PASSWORD = msg`Choose a stronger password: at least 8 characters, with letters, numbers and symbols.`;

/** Submits a form, one request at a time. `error` is the text for its error. */
export function useSubmit(send: () => Promise<void>, special: Reasons = {}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (reason) {
      setError(reasonOf(reason, special));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, submit: (event: SyntheticEvent) => void submit(event) };
}

export function Submit({
  busy,
  error,
  children,
}: {
  busy: boolean;
  error: string | undefined;
  children: string;
}) {
  return (
    <>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={busy}>
        {busy ? t`One moment…` : children}
      </button>
    </>
  );
}

/**
 * The faults of the fields of a form, in their order: each is shown when its field was left with something
 * in it, and all are when the form is submitted, which then has the focus in the first bad field.
 */
export function useFaults<K extends string>(
  form: RefObject<HTMLFormElement | null>,
  faults: Record<K, string | undefined>,
) {
  const [seen, setSeen] = useState<readonly K[]>([]);
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals, form]);
  const refuse = () => setRefusals((before) => before + 1);
  return {
    /** The fault to show. */
    shown: (field: K) => (seen.includes(field) ? faults[field] : undefined),
    /** The field was left; `value` is what is in it. */
    left: (field: K, value: string) => {
      if (value !== '' && !seen.includes(field)) setSeen([...seen, field]);
    },
    /** Whether the form may be sent. */
    pass: () => {
      const fields = Object.keys(faults) as K[];
      setSeen(fields);
      if (fields.every((field) => faults[field] === undefined)) return true;
      refuse();
      return false;
    },
    /** The server has refused a field, whose fault is then in `faults`. */
    refuse,
  };
}
