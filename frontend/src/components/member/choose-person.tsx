/* Asks whom to write to: a handle, one of the people who are found while it is typed, or a recent partner. */
import '../../styles/people.css';

import { i18n } from '@lingui/core';
import { plural, t } from '@lingui/core/macro';
import { type SubmitEvent, useDeferredValue, useState } from 'react';

import { useMyHandle } from '../../api/people';
import { useFoundPeople } from '../../api/people-lists';
import type { Profile } from '../../api/types';
import { cleanHandle, cleanLine, hasVisible } from '../../base/characters';
import { HANDLE_RULE, isHandle, limits, textLength } from '../../base/limits';
import { listed } from '../../live/conversations';
import { useStore } from '../../live/store';
import { Avatar } from '../avatar';
import { Dialog } from '../dialog';
import { Field } from '../field';
import { Handle, Name } from '../person';

/** How many people are shown. */
const MOST = 6;

type Shown = Pick<Profile, 'handle' | 'display_name'>;

/** Those whom the person has written with most recently, of the conversations that this tab knows. */
function useRecent(): Shown[] {
  const list = useStore(({ conversations }) => listed(conversations)) ?? [];
  return list.flatMap(({ members: [other] }) => (other && !other.deleted ? [other] : []));
}

interface Props {
  /** Carries the choice out, and closes the dialog; or tells why it could not. */
  onChoose: (handle: string) => Promise<string | undefined>;
  onClose: () => void;
}

export function ChoosePerson({ onChoose, onClose }: Props) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const mine = useMyHandle()?.toLowerCase();
  const recent = useRecent();
  const term = useDeferredValue(hasVisible(text) ? cleanLine(text) : '');
  const { data } = useFoundPeople(textLength(term) > limits.search_term ? '' : term);
  const found = term === '' ? recent : (data?.pages[0]?.value ?? []);
  const people = found.filter(({ handle }) => handle.toLowerCase() !== mine).slice(0, MOST);
  const { length: count } = people;
  const choose = async (handle: string) => {
    setBusy(true);
    setError(await onChoose(handle));
    setBusy(false);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const handle = cleanHandle(text);
    if (!isHandle(handle)) setError(i18n._(HANDLE_RULE));
    else if (handle.toLowerCase() === mine) setError(t`This is you. Enter someone else’s handle.`);
    else void choose(handle);
  };
  return (
    <Dialog title={t`New message`} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={t`To (name or handle)`} error={error}>
          {(attributes) => (
            <input
              {...attributes}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              dir="auto"
              required
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setError(undefined);
              }}
            />
          )}
        </Field>
        <p className="unseen" role="status">
          {data && term !== '' && plural(count, { one: '# person found', other: '# people found' })}
        </p>
        {count > 0 && (
          <ul className="people" aria-label={t`People`}>
            {people.map(({ handle, display_name }) => (
              <li key={handle}>
                <button
                  type="button"
                  className="person"
                  disabled={busy}
                  onClick={() => void choose(handle)}
                >
                  <Avatar handle={handle} name={display_name} />
                  <span className="person-words">
                    <b>
                      <Name>{display_name}</Name>
                    </b>
                    <span className="quiet">
                      <Handle>{handle}</Handle>
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <footer>
          <button type="submit" className="button primary" disabled={busy}>
            {t`Continue`}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
