/* Parts of the page that existing and new conversations share. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type SubmitEvent,
  useEffect,
  useRef,
} from 'react';

import { cleanText, hasVisible } from '../base/characters';
import { limits, NOTHING_VISIBLE, textLength } from '../base/limits';
import { useOnline } from '../base/online';
import { Link } from '../base/router';
import { clockTime } from '../base/time';
import { Avatar } from '../components/avatar';
import { CharactersLeft } from '../components/characters-left';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { BACK, SEND } from '../components/icon-paths';
import { Handle, Name } from '../components/person';
import { Completion } from '../components/member/completion';
import { UnsentFoot } from '../components/member/unsent';
import { send as sendEntry, useEntries } from '../outbox/entries';
import { type Content, conversationOf, type Entry, type Target } from '../outbox/entry';
import { useDraft } from '../session/drafts';
import { settingOf } from './bubble-setting';
import type { RovingFocus } from './use-roving-focus';

interface ThreadHeadProps {
  person: { handle: string; display_name: string; deleted?: boolean } | undefined;
  /** Such as “typing…” or “seen”. */
  state?: string | undefined;
  /** A menu. */
  children?: ReactNode;
}

export function ThreadHead({ person, state, children }: ThreadHeadProps) {
  return (
    <header className="thread-head">
      <Link className="icon-button thread-back" to="/messages" aria-label={t`All conversations`}>
        <Icon path={BACK} flips />
      </Link>
      {person?.deleted && (
        <div className="thread-person">
          <Avatar handle={person.handle} name={person.display_name} />
          <h1>{person.display_name}</h1>
        </div>
      )}
      {person && !person.deleted && (
        <Link className="thread-person" to={`/@${person.handle}`}>
          <Avatar handle={person.handle} name={person.display_name} />
          <div className="thread-names">
            <h1>
              <Name>{person.display_name}</Name>
            </h1>
            <span className="thread-state quiet">
              <Handle>{person.handle}</Handle>
              {state && <span>{state}</span>}
            </span>
          </div>
        </Link>
      )}
      {children}
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

interface PendingProps {
  entry: MessageEntry;
  /** The first and the last one of its block. */
  first: boolean;
  last: boolean;
}

/** A message that is not delivered yet. If nothing is in its way, it looks as it will then. */
export function Pending({ entry, first, last }: PendingProps) {
  const { number, state, reason, content } = entry;
  const underWay = useOnline() && state === 'waiting' && !reason;
  const clock = clockTime(new Date(number).toISOString());
  return (
    <li
      className="message mine"
      data-state={state}
      data-first={first || undefined}
      data-last={last || undefined}
    >
      <div className="bubble" {...settingOf(content.text, clock)}>
        <div className="message-text">
          <FoldedText text={content.text} />
        </div>
        <span className="message-foot">
          <span className="message-wait" aria-hidden="true">
            {clock}
          </span>
          {state === 'waiting' && <Icon name="clock" />}
          {underWay && <span className="unseen">{t`Sending…`}</span>}
        </span>
      </div>
      {!underWay && <UnsentFoot entry={entry} />}
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
const isTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

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
    if (matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true });
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
          {i18n._(NOTHING_VISIBLE)}
        </p>
      )}
      <textarea
        ref={field}
        dir="auto"
        rows={1}
        aria-label={label}
        placeholder={t`Write a message`}
        enterKeyHint={isTouch() ? 'enter' : 'send'}
        value={text}
        onChange={(event) => {
          setDraft({ text: event.target.value });
          if (hasVisible(event.target.value)) onWrite?.();
        }}
        onKeyDown={onKeyDown}
      />
      <Completion field={field} />
      {length > limits.message * 0.8 && <CharactersLeft length={length} max={limits.message} />}
      <button type="submit" className="icon-button send" aria-label={t`Send`} disabled={!ready}>
        <Icon path={SEND} flips />
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
      aria-label={t`Messages`}
      tabIndex={focus ? -1 : 0}
      onScroll={onScroll}
      onFocus={focus?.onFocus}
      onKeyDown={focus?.onKeyDown}
    >
      <div className="scroller-inside">{children}</div>
    </div>
  );
}
