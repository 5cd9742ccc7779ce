/* The field for a new handle. It asks the server while the person types. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'react';

import { useHandleCheck, useSuggestions } from '../api/handles';
import { cleanHandle } from '../base/characters';
import { handlesFrom } from '../base/handles';
import { HANDLE_RULE, isHandle } from '../base/limits';
import { Field } from '../components/field';
import { codeText } from '../components/problem-text';

/** The server is asked after this pause in typing. */
const PAUSE_MS = 400;

export const unavailable = (handle: string) => t`@${handle} isn’t available. Choose another one.`;

function useSettled(value: string): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

interface HandleFieldProps {
  /** As it was typed; cleanHandle() is what counts. */
  value: string;
  onValue: (value: string) => void;
  onLeave?: () => void;
  error: string | undefined;
  /** The name of the person, for suggestions. */
  name?: string;
  autoFocus?: boolean;
}

export function HandleField({ value, onValue, onLeave, error, name = '', autoFocus }: HandleFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const handle = cleanHandle(value);
  const settled = useSettled(handle);
  const { data } = useHandleCheck(settled, isHandle(settled));
  const known = settled === handle && isHandle(handle) ? data : undefined;
  const refused = known?.available === false;
  const free = known?.available === true && error === undefined;
  const suggestions = useSuggestions(refused ? handle : undefined, handlesFrom(name));
  const reason = refused
    ? (codeText([known.reason ?? '']) ?? unavailable(handle))
    : undefined;
  const isFree = t`@${handle} is free.`;
  const choose = (suggestion: string) => {
    onValue(suggestion);
    // The button is gone then.
    input.current?.focus();
  };
  return (
    <>
      <Field
        label={t`Handle`}
        hint={free ? isFree : i18n._(HANDLE_RULE)}
        error={error ?? reason}
      >
        {(attributes) => (
          <input
            {...attributes}
            ref={input}
            name="handle"
            autoComplete="nickname"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus={autoFocus}
            value={value}
            onChange={(event) => onValue(event.target.value)}
            onBlur={() => {
              onValue(handle);
              onLeave?.();
            }}
          />
        )}
      </Field>
      <p className="unseen" role="status">
        {free && isFree}
      </p>
      {refused && suggestions.length > 0 && (
        <p className="suggestions">
          {t`Free:`}{' '}
          {suggestions.map((suggestion) => (
            <button
              key={suggestion}
              type="button"
              className="link"
              onClick={() => choose(suggestion)}
            >
              @{suggestion}
            </button>
          ))}
        </p>
      )}
    </>
  );
}
