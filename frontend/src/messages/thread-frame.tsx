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

import { cleanText, hasVisible } from '../base/characters';
import { limits, NOTHING_VISIBLE, textLength } from '../base/limits';
import { Avatar } from '../components/avatar';
import { CharactersLeft } from '../components/characters-left';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { Handle, Name } from '../components/person';
import { codeText } from '../components/problem-text';
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
          <h1 className="who">
            <Name>{person.display_name}</Name> <Handle>{person.handle}</Handle>
          </h1>
        </Link>
      )}
    </header>
  );
}

function reason({ codes }: Entry): string {
  // The server answers `not_found` for the conversation here.
  if (codes.includes('not_found')) return 'You’re not part of this conversation.';
  if (codes.length === 0) return 'Cruddur can’t be reached or is too busy.';
  return codeText(codes) ?? 'Cruddur didn’t accept it.';
}

/** A message that is not delivered yet. */
export function Pending({ entry }: { entry: Entry }) {
  const { key, state, text } = entry;
  const waitsForNetwork = state === 'waiting' && !navigator.onLine;
  return (
    <li className="message mine" data-state={state}>
      <div className="bubble">
        <FoldedText text={text} />
      </div>
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
  const blank = length > 0 && !hasVisible(text);
  const ready = length > 0 && length <= limits.message && !blank;

  // Not on phones: the keyboard would cover half of the conversation.
  useEffect(() => {
    if (window.matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true });
  }, [name]);

  const send = () => {
    if (!ready) return;
    outbox.add(to, cleanText(text), since);
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
      {blank && (
        <p className="error" role="alert">
          {NOTHING_VISIBLE}
        </p>
      )}
      <textarea
        ref={field}
        dir="auto"
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
