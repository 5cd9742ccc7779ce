/* A new account whose handle is taken or unfit chooses another one and goes on. */
import { useState } from 'react';

import { client, keys } from '../api/queries';
import { Field, useTitle } from '../components/basics';
import { HANDLE_RULE, isHandle } from '../limits';
import { Submit, useSubmit } from './auth-page';
import { cognito } from './session';

const WHY = {
  handle_taken: 'Somebody else has the handle that you chose.',
  handle_invalid: 'The handle that you chose cannot be used here.',
  handle_missing: 'Your account has no handle yet.',
};

export type HandleCode = keyof typeof WHY;
export const HANDLE_CODES = Object.keys(WHY) as HandleCode[];

export function HandlePage({ code }: { code: HandleCode }) {
  useTitle('Choose a handle');
  const [handle, setHandle] = useState('');
  const [checked, setChecked] = useState(false);
  const [refused, setRefused] = useState<string>();
  const { busy, error, submit } = useSubmit(async () => {
    setChecked(true);
    if (!isHandle(handle)) return;
    const { changeHandle } = await cognito();
    await changeHandle(handle);
    await client.invalidateQueries({ queryKey: keys.me });
    // Seen only when the account still has no usable one.
    setRefused(handle);
  });
  const problem =
    checked && !isHandle(handle)
      ? HANDLE_RULE
      : refused && refused === handle
        ? `@${handle} is not free either. Choose another one.`
        : undefined;
  return (
    <div className="column">
      <section className="card">
        <h1>Choose a handle</h1>
        <p>{WHY[code]} People find and mention you by it.</p>
        <form onSubmit={submit}>
          <Field label="Handle" hint={HANDLE_RULE} error={problem}>
            {(attributes) => (
              <input
                {...attributes}
                name="handle"
                autoComplete="nickname"
                autoCapitalize="none"
                spellCheck={false}
                required
                autoFocus
                value={handle}
                onChange={(event) => setHandle(event.target.value.replace(/^@/, ''))}
              />
            )}
          </Field>
          <Submit busy={busy} error={error}>
            Go on
          </Submit>
        </form>
      </section>
    </div>
  );
}
