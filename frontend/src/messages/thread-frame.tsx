/* Parts of the page that existing and new conversations share. */
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type SubmitEvent,
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
import { BACK, SEND } from '../components/icon-paths';
import { Handle, Name } from '../components/person';
import { UnsentFoot } from '../components/member/unsent';
import { send as sendEntry, useEntries } from '../outbox/entries';
import { type Content, conversationOf, type Entry, type Target } from '../outbox/entry';
import { useDraft } from '../session/drafts';
import type { RovingFocus } from './use-roving-focus';

interface ThreadHeadProps {
  person: { handle: string; display_name: string } | undefined;
  /** The person is writing. */
  typing?: boolean;
}

export function ThreadHead({ person, typing = false }: ThreadHeadProps) {
  return (
    <header className="thread-head">
      <Link className="icon-button thread-back" to="/messages" aria-label="All conversations">
        <Icon path={BACK} />
      </Link>
      {person && (
        <Link className="thread-person" to={`/@${person.handle}`}>
          <Avatar handle={person.handle} name={person.display_name} />
          <h1 className="who">
            <Name>{person.display_name}</Name> <Handle>{person.handle}</Handle>
          </h1>
          {typing && <span className="quiet thread-typing">is writing…</span>}
        </Link>
      )}
    </header>
  );
}

export type MessageEntry = Entry<Extract<Content, { kind: 'message' }>>;

/** The unsent messages of a conversation. */
export const useUnsent = (conversation: string) =>
  useEntries().filter(
    (entry): entry is MessageEntry =>
      entry.content.kind === 'message' && conversationOf(entry.content.to) === conversation,
  );

/** A message that is not delivered yet. */
export function Pending({ entry }: { entry: MessageEntry }) {
  return (
    <li className="message mine" data-state={entry.state}>
      <div className="bubble">
        <FoldedText text={entry.content.text} />
      </div>
      <UnsentFoot entry={entry} />
    </li>
  );
}

/** The other person is writing. The head of the conversation says it in words. */
export function Typing() {
  return (
    <div className="typing bubble" aria-hidden>
      <i />
      <i />
      <i />
    </div>
  );
}

/**
 * While composing a character, Enter ends the composition and sends nothing. WebKit ends it before
 * that key, which then only has the code of a key that an input method took (WebKit bug 165004).
 */
const endsComposition = (event: globalThis.KeyboardEvent) =>
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
  event.isComposing || event.keyCode === 229;

/** Whether the keyboard is on the screen, as far as a page can know. */
const isTouch = () => window.matchMedia('(hover: none) and (pointer: coarse)').matches;

interface MessageComposerProps {
  /** Name of the stored draft. */
  name: string;
  to: Target;
  label: string;
  /** created_at of the newest message that is shown. */
  since: string;
  onSent?: () => void;
  /** The person is writing. */
  onWrite?: () => void;
}

export function MessageComposer({
  name,
  to,
  label,
  since,
  onSent,
  onWrite,
}: MessageComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [{ text }, setDraft] = useDraft(name, field);
  const length = textLength(text);
  const blank = length > 0 && !hasVisible(text);
  const ready = length > 0 && length <= limits.message && !blank;

  // Not on phones: the keyboard would cover half of the conversation.
  useEffect(() => {
    if (window.matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true });
  }, [name]);

  const send = () => {
    if (!ready) return;
    sendEntry({ kind: 'message', to, text: cleanText(text), since });
    setDraft({ text: '' });
    field.current?.focus();
    onSent?.();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || endsComposition(event.nativeEvent)) return;
    if (isTouch()) return; // no other key for a new line; the button sends
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
        enterKeyHint={isTouch() ? 'enter' : 'send'}
        value={text}
        onChange={(event) => {
          setDraft({ text: event.target.value });
          if (hasVisible(event.target.value)) onWrite?.();
        }}
        onKeyDown={onKeyDown}
      />
      {length > limits.message * 0.8 && <CharactersLeft length={length} max={limits.message} />}
      <button type="submit" className="icon-button send" aria-label="Send" disabled={!ready}>
        <Icon path={SEND} />
      </button>
    </form>
  );
}

/** Scrolls messages from the end: adding older ones above does not move the visible ones. */
export function Scroller({
  children,
  onScroll,
  focus,
  ref,
}: {
  children: ReactNode;
  onScroll?: () => void;
  /** Its rows take the focus; else the scroller does. */
  focus?: RovingFocus;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    <div
      className="scroller"
      ref={ref}
      data-scroller
      role="region"
      aria-label="Messages"
      tabIndex={focus ? -1 : 0}
      onScroll={onScroll}
      onFocus={focus?.onFocus}
      onKeyDown={focus?.onKeyDown}
    >
      <div className="scroller-inside">{children}</div>
    </div>
  );
}
