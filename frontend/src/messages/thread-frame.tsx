/* What a conversation that exists and one that is about to have in common. */
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useRef,
} from 'react';
import { Link } from 'react-router';

import { Avatar, Count } from '../components/basics';
import { Icon } from '../components/icons';
import { useDraft } from '../drafts';
import { hasControl, limits, textLength } from '../limits';
import { outbox } from './conversations';
import type { Entry, Target } from './outbox';

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

const WHY: Record<string, string> = {
  user_not_found: 'There is nobody with this handle.',
  user_receiver_is_self: 'You cannot write to yourself.',
  message_exceed_max_chars: 'It is too long.',
  not_found: 'This conversation is not yours.',
};

function reason({ codes }: Entry): string {
  for (const code of codes) if (WHY[code]) return WHY[code];
  return codes.length > 0 ? 'The server did not accept it.' : 'There was no connection.';
}

/** A message on its way. */
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
        <p className="message-foot">{waitsForNetwork ? 'Waiting for the network' : 'Sending…'}</p>
      )}
    </li>
  );
}

interface MessageComposerProps {
  /** Names the draft that is kept. */
  name: string;
  to: Target;
  label: string;
  /** created_at of the newest message that is there. */
  since: string;
  onSent?: () => void;
}

export function MessageComposer({ name, to, label, since, onSent }: MessageComposerProps) {
  const [text, setText] = useDraft(name);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = textLength(text);
  const ready = length > 0 && length <= limits.message && !hasControl(text, true);

  // A phone would cover half of the conversation with its keyboard.
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
    // Enter that ends the composition of a character is no end of the message.
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
      {length > limits.message * 0.8 && <Count length={length} max={limits.message} />}
      <button type="submit" className="icon-button send" aria-label="Send" disabled={!ready}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** Messages from the bottom up: what comes above moves nothing that is seen. */
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
