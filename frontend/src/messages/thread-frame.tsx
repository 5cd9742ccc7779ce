/* Parts of the page that existing and new conversations share. */
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useRef,
} from 'react';
import { Link } from 'react-router';

import { hasControl, limits, textLength } from '../base/limits';
import { Avatar } from '../components/avatar';
import { CharactersLeft } from '../components/characters-left';
import { Icon } from '../components/icons';
import { useDraft } from '../session/drafts';
import type { Entry, Target } from './outbox';
import { outbox } from './sending';

export function ThreadHead({
  person,
}: {
  person: { handle: string; display_name: string } | undefined;
}) {
  return (
    <header className="thread-head">
      <Link className="icon-button thread-back" to="/messages" aria-label="All conversations">
        <Icon name="back" />
      </Link>
      {person && (
        <Link className="thread-person" to={`/@${person.handle}`}>
          <Avatar handle={person.handle} name={person.display_name} />
          <h1>
            {person.display_name} <span className="quiet">@{person.handle}</span>
          </h1>
        </Link>
      )}
    </header>
  );
}

const REASONS: Record<string, string> = {
  user_not_found: 'Nobody has this handle.',
  user_receiver_is_self: 'You can’t write to yourself.',
  message_exceed_max_chars: 'It’s too long.',
  not_found: 'You’re not part of this conversation.',
};

function reason({ codes }: Entry): string {
  for (const code of codes) if (REASONS[code]) return REASONS[code];
  return codes.length > 0
    ? 'Cruddur didn’t accept it.'
    : 'Cruddur can’t be reached or is too busy.';
}

/** A message that is not delivered yet. */
export function Pending({ entry }: { entry: Entry }) {
  const { key, state, text } = entry;
  const waitsForNetwork = state === 'waiting' && !navigator.onLine;
  return (
    <li className="message mine" data-state={state}>
      <div className="bubble">{text}</div>
      {state === 'failed' ? (
        <p className="message-foot error" role="alert">
          Not sent. {reason(entry)}{' '}
          <button type="button" className="link" onClick={() => outbox.retry(key)}>
            Try again
          </button>{' '}
          <button type="button" className="link" onClick={() => outbox.discard(key)}>
            Discard
          </button>
        </p>
      ) : (
        <p className="message-foot">{waitsForNetwork ? 'Waiting for a connection' : 'Sending…'}</p>
      )}
    </li>
  );
}

interface MessageComposerProps {
  /** Name of the stored draft. */
  name: string;
  to: Target;
  label: string;
  /** created_at of the newest message that is shown. */
  since: string;
  onSent?: () => void;
}

export function MessageComposer({ name, to, label, since, onSent }: MessageComposerProps) {
  const [text, setText] = useDraft(name);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = textLength(text);
  const ready = length > 0 && length <= limits.message && !hasControl(text, true);

  // Not on phones: the keyboard would cover half of the conversation.
  useEffect(() => {
    if (window.matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true });
  }, [name]);

  const send = () => {
    if (!ready) return;
    outbox.add(to, text.trim(), since);
    setText('');
    field.current?.focus();
    onSent?.();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While composing a character, Enter ends the composition and sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="message-composer" onSubmit={submit}>
      <textarea
        ref={field}
        rows={1}
        aria-label={label}
        placeholder="Write a message"
        enterKeyHint="send"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {length > limits.message * 0.8 && <CharactersLeft length={length} max={limits.message} />}
      <button type="submit" className="icon-button send" aria-label="Send" disabled={!ready}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** Scrolls messages from the end: adding older ones above does not move the visible ones. */
export function Scroller({
  children,
  onScroll,
  ref,
}: {
  children: ReactNode;
  onScroll?: () => void;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    <div
      className="scroller"
      ref={ref}
      data-scroller
      role="region"
      aria-label="Messages"
      tabIndex={0}
      onScroll={onScroll}
    >
      <div className="scroller-inside">{children}</div>
    </div>
  );
}
