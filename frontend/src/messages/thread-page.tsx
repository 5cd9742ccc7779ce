/* An open conversation. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useOutletContext, useParams } from 'react-router';

import { Problem } from '../api/problem';
import type { Me, Message, MessageGroup } from '../api/types';
import { describe, Failure, More, RichText, Skeleton, useTitle } from '../components/basics';
import { Confirm } from '../components/dialog';
import { Icon } from '../components/icons';
import { toast } from '../components/toast';
import { useNow } from '../now';
import { NotFoundPage } from '../pages/not-found';
import { clockTime, dayLabel, fullTime, sameDay } from '../time';
import {
  deleteMessage,
  markRead,
  useGroups,
  useOlder,
  useOutbox,
  usePageVisible,
  useThread,
} from './conversations';
import { conversationOf, notArrived } from './outbox';
import { MessageComposer, Pending, Scroller, ThreadHead } from './thread-frame';

const AT_END_PX = 60;
const READ_AGAIN_MS = 3_000;
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
      setError(reason instanceof Problem ? describe(reason) : 'That did not work.');
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
          text="Its text goes for both of you. That it was there stays visible."
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
  /** The last of a block of messages carries the time. */
  last: boolean;
}

function Bubble({ group, message, mine, last }: BubbleProps) {
  const { created_at, message: text } = message;
  return (
    <li className={mine ? 'message mine' : 'message'} data-last={last || undefined}>
      <span className="unseen">{mine ? 'You' : message.display_name}:</span>
      <div className="message-line">
        {mine && text !== null && <DeleteButton group={group} message={message} />}
        {text === null ? (
          <div className="bubble gone" title={fullTime(created_at)}>
            Message deleted
          </div>
        ) : (
          <div className="bubble" title={fullTime(created_at)}>
            <RichText text={text} />
          </div>
        )}
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

/** A page of messages under the headings of their days. */
function Days({ group, messages, me }: { group: string; messages: Message[]; me: Me }) {
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

/** Keeps the place: at the end new messages come into view, elsewhere nothing moves. */
function usePlace(lastUuid: string | undefined, pendingCount: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const before = useRef({ height: 0, last: lastUuid, pending: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const { height, last, pending } = before.current;
    const grown = element.scrollHeight - height;
    const below = last !== lastUuid || pending !== pendingCount;
    // The distance from the end is what the browser keeps; keep the distance from the top instead.
    if (below && !atEnd && height > 0) element.scrollTop -= grown;
    before.current = { height: element.scrollHeight, last: lastUuid, pending: pendingCount };
  });
  const toEnd = () => scroller.current?.scrollTo({ top: 0 });
  const onScroll = () => {
    const element = scroller.current;
    // From the bottom up the end is 0 and what is above is negative.
    if (element) setAtEnd(element.scrollTop > -AT_END_PX);
  };
  return { scroller, atEnd, toEnd, onScroll };
}

/** Tells the server what has been shown to somebody. */
function useReadMark(group: string, last: Message | undefined, seen: boolean, me: Me) {
  const read = useRef<string>(undefined);
  const [attempt, setAttempt] = useState(0);
  const uuid = last?.uuid;
  const mine = last?.handle === me.handle;
  useEffect(() => {
    if (!seen || uuid === undefined || read.current === uuid) return;
    // My own message leaves nothing unread once the ones before it are read.
    if (mine && read.current !== undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void markRead(group, uuid).then((done) => {
      if (done) read.current = uuid;
      else timer = setTimeout(() => setAttempt((count) => count + 1), READ_AGAIN_MS);
    });
    return () => clearTimeout(timer);
  }, [group, uuid, mine, seen, attempt]);
}

/** Says what the other one writes while the conversation is open. */
function useNews(messages: Message[], me: Me): { said: string; fresh: number; look: () => void } {
  const newest = messages.at(-1)?.created_at ?? '';
  const [from] = useState(newest);
  const [looked, setLooked] = useState(newest);
  const others = messages.filter(({ handle, message }) => handle !== me.handle && message !== null);
  const last = others.at(-1);
  return {
    said: last && last.created_at > from ? `${last.display_name}: ${last.message}` : '',
    fresh: others.filter(({ created_at }) => created_at > looked).length,
    look: () => {
      if (looked !== newest) setLooked(newest);
    },
  };
}

interface OpenThreadProps {
  group: string;
  messages: Message[];
  older: string | null;
  person: MessageGroup | undefined;
  me: Me;
}

function OpenThread({ group, messages, older, person, me }: OpenThreadProps) {
  const entries = useOutbox().filter(({ to }) => conversationOf(to) === group);
  const pending = notArrived(entries, messages, me.handle);
  const last = messages.at(-1);
  const { state, load } = useOlder(group, older);
  const { scroller, atEnd, toEnd, onScroll } = usePlace(last?.uuid, pending.length);
  const visible = usePageVisible();
  useReadMark(group, last, visible && atEnd, me);
  const { said, fresh, look } = useNews(messages, me);
  useEffect(() => {
    if (atEnd) look();
  });

  const name =
    person?.display_name ?? messages.find(({ handle }) => handle !== me.handle)?.display_name;
  useTitle(name ?? 'Messages');
  return (
    <section className="thread" aria-label={name ? `Conversation with ${name}` : 'Conversation'}>
      <ThreadHead person={person ?? messages.find(({ handle }) => handle !== me.handle)} />
      <Scroller ref={scroller} onScroll={onScroll}>
        {older === null && messages.length > 0 && (
          <p className="thread-begin quiet">This is where it began.</p>
        )}
        <More
          more={older !== null}
          loading={state === 'loading'}
          failed={state === 'failed'}
          load={() => void load()}
        />
        <Days group={group} messages={messages} me={me} />
        <ol className="messages">
          {pending.map((entry) => (
            <Pending key={entry.key} entry={entry} />
          ))}
        </ol>
      </Scroller>
      <p className="unseen" aria-live="polite">
        {said}
      </p>
      {!atEnd && (
        <button type="button" className="button to-end" onClick={toEnd}>
          <Icon name="down" /> {fresh > 0 ? `${fresh} new` : 'Newest'}
        </button>
      )}
      <MessageComposer
        name={`message:${group}`}
        to={{ message_group_uuid: group }}
        label={name ? `Message to ${name}` : 'Message'}
        since={last?.created_at ?? ''}
        onSent={toEnd}
      />
    </section>
  );
}

export default function ThreadPage() {
  const { group = '' } = useParams();
  const me = useOutletContext<Me>();
  const { data, error, refetch, isError } = useThread(group);
  const groups = useGroups();
  const person = groups.data?.groups.find(({ uuid }) => uuid === group);

  // What is shown stays; that it is not fresh any more is said once.
  const stale = data !== undefined && isError;
  useEffect(() => {
    if (stale) toast('Looking for new messages again soon: the server does not answer.');
  }, [stale]);

  if (data)
    return (
      <OpenThread
        key={group}
        group={group}
        messages={data.messages}
        older={data.older}
        person={person}
        me={me}
      />
    );
  if (error?.status === 404) return <NotFoundPage />;
  return (
    <section className="thread">
      <ThreadHead person={person} />
      {error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />}
    </section>
  );
}
