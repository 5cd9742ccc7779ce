/* The messages of a conversation, grouped by day. */
import { useState } from 'react';

import { Problem } from '../api/problem';
import type { Me, Message } from '../api/types';
import { useNow } from '../base/now';
import { clockTime, dayLabel, fullTime, sameDay } from '../base/time';
import { Confirm } from '../components/dialog';
import { FoldedText } from '../components/folded-text';
import { Icon } from '../components/icons';
import { problemText } from '../components/problem-text';
import { deleteMessage } from './thread';

/** Messages of one person within this time look like one block. */
const BLOCK_MS = 5 * 60_000;

function DeleteButton({ group, message }: { group: string; message: Message }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const remove = async () => {
    setBusy(true);
    try {
      await deleteMessage(group, message.uuid);
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
}

function Bubble({ group, message, mine, last }: BubbleProps) {
  const { created_at, message: text } = message;
  return (
    <li className={mine ? 'message mine' : 'message'} data-last={last || undefined}>
      <span className="unseen">{mine ? 'You' : message.display_name}:</span>
      <div className="message-line">
        {text === null ? (
          <div className="bubble gone" title={fullTime(created_at)}>
            Message deleted
          </div>
        ) : (
          <div className="bubble" title={fullTime(created_at)}>
            <FoldedText text={text} />
          </div>
        )}
        {mine && text !== null && <DeleteButton group={group} message={message} />}
      </div>
      {last && (
        <p className="message-foot">
          <time dateTime={created_at} title={fullTime(created_at)}>
            {clockTime(created_at)}
          </time>
        </p>
      )}
    </li>
  );
}

function endsBlock(message: Message, next: Message | undefined): boolean {
  if (!next || next.handle !== message.handle) return true;
  return new Date(next.created_at).getTime() - new Date(message.created_at).getTime() > BLOCK_MS;
}

interface MessageDaysProps {
  group: string;
  messages: Message[];
  me: Me;
}

export function MessageDays({ group, messages, me }: MessageDaysProps) {
  const now = useNow();
  const days: Message[][] = [];
  for (const message of messages) {
    const day = days.at(-1);
    if (day?.[0] && sameDay(day[0].created_at, message.created_at)) day.push(message);
    else days.push([message]);
  }
  return days.map((day) => {
    const [first] = day as [Message];
    const label = dayLabel(first.created_at, now);
    return (
      <section key={new Date(first.created_at).toDateString()} aria-label={label}>
        <h2 className="day">
          <span>{label}</span>
        </h2>
        <ol className="messages">
          {day.map((message, index) => (
            <Bubble
              key={message.uuid}
              group={group}
              message={message}
              mine={message.handle === me.handle}
              last={endsBlock(message, day[index + 1])}
            />
          ))}
        </ol>
      </section>
    );
  });
}
