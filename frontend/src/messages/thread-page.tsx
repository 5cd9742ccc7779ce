/* An open conversation. */
import { memo, useEffect } from 'react';
import { useOutletContext, useParams } from 'react-router';

import type { Me, MessageGroup } from '../api/types';
import { isolated } from '../base/characters';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { Icon } from '../components/icons';
import { DOWN } from '../components/icon-paths';
import { LoadMore } from '../components/load-more';
import { NotFoundPage } from '../components/not-found';
import { Skeleton } from '../components/skeleton';
import { toast } from '../components/toast';
import { undelivered } from '../outbox/entry';
import { useStore } from '../live/store';
import type { Thread } from '../live/thread';
import { useConversation } from './conversations';
import { MessageDays } from './message-days';
import { newMessages } from './new-messages';
import { readNewest, tellTyping, useNewerMessages, useOlderMessages, useThread } from './thread';
import {
  MessageComposer,
  Pending,
  Scroller,
  ThreadHead,
  Typing,
  useUnsent,
} from './thread-frame';
import { useReadMark } from './use-read-mark';
import { useScroller } from './use-scroller';

interface OpenThreadProps {
  group: string;
  thread: Thread;
  person: MessageGroup | undefined;
  me: Me;
}

const OpenThread = memo(function OpenThread({ group, thread, person, me }: OpenThreadProps) {
  const { messages, older, newer, opened, starts, isCopy = false } = thread;
  const complete = newer === null;
  const unsent = undelivered(useUnsent(group), messages, me.handle);
  const before = useOlderMessages(group, older);
  const after = useNewerMessages(group, newer);
  const { scroller, atEnd, seenUntil, onScroll, focus, ...position } = useScroller(group, complete, isCopy);
  useReadMark(group, { messages, complete, seenUntil }, me.handle);
  const { announced, count } = newMessages(messages, me.handle, opened.newestAt, seenUntil);
  const typing = useStore((store) => store.typing.has(group));
  const below = complete ? count : (person?.unread_count ?? 0);
  const toEnd = () => {
    position.toEnd();
    if (!complete) readNewest(group).catch(() => toast('Can’t load the newest messages. Try again.'));
  };

  const name =
    person?.display_name ?? messages.find(({ handle }) => handle !== me.handle)?.display_name;
  useDocumentTitle(name ? isolated(name) : 'Messages');
  return (
    <section className="thread" aria-label={name ? `Conversation with ${name}` : 'Conversation'}>
      <ThreadHead
        person={person ?? messages.find(({ handle }) => handle !== me.handle)}
        typing={typing}
      />
      <Scroller ref={scroller} onScroll={onScroll} focus={focus}>
        {older === null && messages.length > 0 && (
          <p className="thread-begin quiet">This is the start of your conversation.</p>
        )}
        <LoadMore
          more={older !== null}
          loading={before.state === 'loading'}
          failed={before.state === 'failed'}
          load={() => void before.load()}
        />
        <MessageDays
          group={group}
          messages={messages}
          mine={me.handle}
          seen={person?.seen[0]?.message_uuid}
          unread={opened.unread}
          starts={starts}
        />
        <LoadMore
          more={!complete}
          loading={after.state === 'loading'}
          failed={after.state === 'failed'}
          load={() => void after.load()}
        />
        <ol className="messages">
          {unsent.map((entry) => (
            <Pending key={entry.key} entry={entry} />
          ))}
        </ol>
        {typing && atEnd && <Typing />}
      </Scroller>
      <div className="unseen" role="log" aria-live="polite" aria-label="New messages">
        {announced.map(({ uuid, display_name, message }) => (
          <p key={uuid}>{`${display_name}: ${message ?? ''}`}</p>
        ))}
      </div>
      {!atEnd && (
        <button type="button" className="button to-end" onClick={toEnd}>
          <Icon path={DOWN} /> {below > 0 ? `${below} new` : 'Newest'}
        </button>
      )}
      <MessageComposer
        name={`message:${group}`}
        to={{ message_group_uuid: group }}
        label={name ? `Message to ${name}` : 'Message'}
        since={messages.at(-1)?.created_at ?? ''}
        onSent={toEnd}
        onWrite={() => tellTyping(group)}
      />
    </section>
  );
});

export default function ThreadPage() {
  const { group = '' } = useParams();
  const me = useOutletContext<Me>();
  const { thread, error, refetch, isError } = useThread(group, me.handle);
  const person = useConversation(group);

  // The messages stay on the page when they cannot be read again; say once that they are no longer up to date.
  const stale = thread !== undefined && isError;
  useEffect(() => {
    if (stale) toast('Can’t check for new messages. Trying again soon.');
  }, [stale]);

  if (thread)
    return <OpenThread key={group} group={group} thread={thread} person={person} me={me} />;
  if (error?.status === 404)
    return <NotFoundPage>You’re not part of this conversation, or it never existed.</NotFoundPage>;
  return (
    <section className="thread">
      <ThreadHead person={person} />
      {error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />}
    </section>
  );
}
