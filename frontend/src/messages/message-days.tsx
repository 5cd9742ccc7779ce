/* The messages of a conversation, grouped by day. */
import { Fragment, memo, useId, useState } from 'react';

import { Problem } from '../api/problem';
import type { Message } from '../api/types';
import { useClock, useTimeZone } from '../base/now';
import { clockTime, dayLabel, fullTime, sameDay } from '../base/time';
import Chunk from '../components/chunk';
import { Confirm } from '../components/dialog';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { problemText } from '../components/problem-text';
import { isLater, isPlace } from '../live/place';
import type { Opened } from '../live/thread';
import { deleteMessage } from './thread';

/** Messages of one person within this time look like one block. */
const BLOCK_MS = 5 * 60_000;
/** So many messages come into the page and leave it together. */
const PART_SIZE = 40;

function DeleteButton({ group, message }: { group: string; message: Message }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const remove = async () => {
    setBusy(true);
    try {
      await deleteMessage(group, message);
      setAsking(false);
    } catch (reason) {
      setError(
        reason instanceof Problem ? problemText(reason) : 'Something went wrong. Try again.',
      );
    }
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className="icon-button message-delete"
        aria-label="Delete message"
        tabIndex={-1}
        onClick={() => setAsking(true)}
      >
        <Icon name="trash" />
      </button>
      {asking && (
        <Confirm
          title="Delete this message?"
          text="This removes it for both of you. A placeholder will remain."
          action="Delete"
          busy={busy}
          error={error}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface BubbleProps {
  group: string;
  message: Message;
  mine: boolean;
  /** The last message of a block shows the time. */
  last: boolean;
  /** The other person has read it. */
  seen: boolean;
}

/** One tick: the server has it. Two: the other person has seen it. */
function Tick({ seen }: { seen: boolean }) {
  return (
    <span className="tick" data-seen={seen || undefined}>
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={seen ? 'm2.5 13 4.5 4.5 9-10m-4.5 10 10-10' : 'm6 13 4.5 4.5 9-10'} />
      </svg>
      <span className="unseen">{seen ? 'Seen' : 'Sent'}</span>
    </span>
  );
}

const Bubble = memo(function Bubble({ group, message, mine, last, seen }: BubbleProps) {
  useTimeZone();
  const { uuid, created_at, message: text } = message;
  return (
    <li
      className={mine ? 'message mine' : 'message'}
      data-at={created_at}
      data-last={last || undefined}
      tabIndex={-1}
      aria-labelledby={`from-${uuid} text-${uuid}`}
    >
      <span className="unseen" id={`from-${uuid}`}>
        {mine ? 'You' : message.display_name}:
      </span>
      <div className="message-line">
        {text === null ? (
          <div className="bubble gone" id={`text-${uuid}`} title={fullTime(created_at)}>
            Message deleted
          </div>
        ) : (
          <div className="bubble" id={`text-${uuid}`} title={fullTime(created_at)}>
            <FoldedText text={text} tabIndex={-1} />
          </div>
        )}
        {mine && text !== null && <DeleteButton group={group} message={message} />}
      </div>
      {last && (
        <p className="message-foot">
          <time dateTime={created_at} title={fullTime(created_at)}>
            {clockTime(created_at)}
          </time>
          {mine && text !== null && <Tick seen={seen} />}
        </p>
      )}
    </li>
  );
});

function endsBlock(message: Message, next: Message | undefined): boolean {
  if (!next || next.handle !== message.handle || !sameDay(message.created_at, next.created_at))
    return true;
  return new Date(next.created_at).getTime() - new Date(message.created_at).getTime() > BLOCK_MS;
}

const DayLabel = ({ at }: { at: string }) => useClock((now) => dayLabel(at, now));

function UnreadLine({ count }: { count: number }) {
  return (
    <li className="unread-line">
      <span>{count === 1 ? '1 new message' : `${count} new messages`}</span>
    </li>
  );
}

interface MessageDaysProps {
  group: string;
  messages: Message[];
  /** The caller's handle. */
  mine: string;
  /** The newest message that the other person has read, if it is known. */
  seen: string | undefined;
  /** The first message that was unread when the conversation was opened. */
  unread: Opened['unread'];
  /** Messages with which a part begins in any case. */
  starts: string[];
}

interface Line {
  message: Message;
  last: boolean;
}

/** Days of parts of messages. A part changes only at its end when messages come before or after it. */
function inDays(messages: Message[], starts: string[]): Line[][][] {
  const days: Line[][][] = [];
  const begin = new Set(starts);
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const line = { message, last: endsBlock(message, messages[index + 1]) };
    const day = days.at(-1);
    const part = day?.at(-1);
    if (!day || !part || !before || !sameDay(before.created_at, message.created_at))
      days.push([[line]]);
    else if (part.length === PART_SIZE || begin.has(message.uuid)) day.push([line]);
    else part.push(line);
  });
  return days;
}

/** Which messages come up to the one that was read last. */
function seenUpTo(messages: Message[], seen: string | undefined): (message: Message) => boolean {
  const mark = messages.find(({ uuid }) => uuid === seen);
  if (mark) return ({ created_at }) => created_at <= mark.created_at;
  // It is not among these: its own time tells.
  return ({ uuid }) => isPlace(seen) && isPlace(uuid) && !isLater(uuid, seen);
}

export const MessageDays = memo(function MessageDays({
  group,
  messages,
  mine,
  seen,
  unread,
  starts,
}: MessageDaysProps) {
  useTimeZone();
  const id = useId();
  const isSeen = seenUpTo(messages, seen);
  return inDays(messages, starts).map((parts) => {
    const at = parts[0]?.[0]?.message.created_at ?? '';
    const key = new Date(at).toDateString();
    const heading = `${id}${key.replaceAll(' ', '-')}`;
    return (
      <section key={key} aria-labelledby={heading}>
        <h2 className="day" id={heading}>
          <span>
            <DayLabel at={at} />
          </span>
        </h2>
        {parts.map((lines) => (
          <Chunk key={lines[0]?.message.uuid}>
            <ol className="messages">
              {lines.map(({ message, last }) => (
                <Fragment key={message.uuid}>
                  {message.uuid === unread?.first && <UnreadLine count={unread.count} />}
                  <Bubble
                    group={group}
                    message={message}
                    mine={message.handle === mine}
                    last={last}
                    seen={message.handle === mine && isSeen(message)}
                  />
                </Fragment>
              ))}
            </ol>
          </Chunk>
        ))}
      </section>
    );
  });
});
