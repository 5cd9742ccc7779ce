/* The field for a new handle. It asks the server while the person types. */
import { useEffect, useState } from 'react';

import { useHandleCheck } from '../api/handles';
import { cleanHandle } from '../base/characters';
import { HANDLE_RULE, isHandle } from '../base/limits';
import { Field } from '../components/field';
import { codeText } from '../components/problem-text';

/** The server is asked after this pause in typing. */
const PAUSE_MS = 400;

export const unavailable = (handle: string) =>
  `@${handle} isn’t available. Choose another one.`;

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
  error: string | undefined;
  autoFocus?: boolean;
}

export function HandleField({ value, onValue, error, autoFocus }: HandleFieldProps) {
  const handle = cleanHandle(value);
  const settled = useSettled(handle);
  const { data } = useHandleCheck(settled, isHandle(settled));
  const refused = settled === handle && isHandle(handle) && data?.available === false;
  const reason = refused
    ? (codeText([data.reason ?? '']) ?? unavailable(handle))
    : undefined;
  return (
    <>
      <Field label="Handle" hint={HANDLE_RULE} error={error ?? reason}>
        {(attributes) => (
          <input
            {...attributes}
            name="handle"
            autoComplete="nickname"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus={autoFocus}
            value={value}
            onChange={(event) => onValue(event.target.value)}
            onBlur={() => onValue(handle)}
          />
        )}
      </Field>
      {refused && data.suggestions.length > 0 && (
        <p className="suggestions">
          Free:{' '}
          {data.suggestions.map((suggestion) => (
            <button
              key={suggestion}
              type="button"
              className="link"
              onClick={() => onValue(suggestion)}
            >
              @{suggestion}
            </button>
          ))}
        </p>
      )}
    </>
  );
}
