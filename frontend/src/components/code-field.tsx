/* A code of six digits, from an email, a message or an app. */
import '../styles/password.css';

import { t } from '@lingui/core/macro';
import { useEffect, useRef } from 'react';

import { cleanCode } from '../base/characters';
import { Field } from './field';

/** The form is submitted after this pause, in which the person sees the last digit. */
const PAUSE_MS = 300;

interface CodeFieldProps {
  label?: string;
  hint?: string;
  value: string;
  onValue: (value: string) => void;
  error?: string | undefined;
  autoFocus?: boolean;
  /** The form is submitted as soon as the code is whole, once for each code. */
  submits?: boolean;
}

export function CodeField({
  label = t`Code`,
  hint,
  value,
  onValue,
  error,
  autoFocus,
  submits = false,
}: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef('');
  const code = cleanCode(value);

  useEffect(() => {
    const form = input.current?.form;
    const note = () => (sent.current = code);
    form?.addEventListener('submit', note);
    return () => form?.removeEventListener('submit', note);
  }, [code]);
  useEffect(() => {
    if (!submits || !/^\d{6}$/.test(code) || sent.current === code) return;
    const timer = setTimeout(() => {
      if (sent.current !== code) input.current?.form?.requestSubmit();
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [code, submits]);

  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          ref={input}
          className="code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          dir="ltr"
          required
          autoFocus={autoFocus}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          onBlur={() => onValue(code)}
        />
      )}
    </Field>
  );
}

export const codeProblem = (code: string) =>
  cleanCode(code) === '' ? t`Enter the code.` : undefined;
