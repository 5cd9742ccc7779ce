/* An open conversation. */
import { useEffect } from 'react';
import { useOutletContext, useParams } from 'react-router';

import type { Me, Message, MessageGroup } from '../api/types';
import { isolated } from '../base/characters';
import { usePageVisible } from '../base/page-visible';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { Icon } from '../components/icons';
import { LoadMore } from '../components/load-more';
import { NotFoundPage } from '../components/not-found';
import { Skeleton } from '../components/skeleton';
import { toast } from '../components/toast';
import { useGroups } from './conversations';
import { undelivered } from '../outbox/entry';
import { MessageDays } from './message-days';
import { useOlderMessages, useThread } from './thread';
import { MessageComposer, Pending, Scroller, ThreadHead, useUnsent } from './thread-frame';
import { useNewMessages } from './use-new-messages';
import { useReadMark } from './use-read-mark';
import { useScrollPosition } from './use-scroll-position';

interface OpenThreadProps {
  group: string;
  messages: Message[];
  older: string | null;
  person: MessageGroup | undefined;
  me: Me;
}

function OpenThread({ group, messages, older, person, me }: OpenThreadProps) {
  const pending = undelivered(useUnsent(group), messages, me.handle);
  const last = messages.at(-1);
  const { state, load } = useOlderMessages(group, older);
  const { scroller, atEnd, toEnd, onScroll } = useScrollPosition(last?.uuid, pending.length);
  const visible = usePageVisible();
  useReadMark(group, messages, visible && atEnd, me);
  const { announced, count, markSeen } = useNewMessages(messages, me);
  useEffect(() => {
    if (atEnd) markSeen();
  });

  const name =
    person?.display_name ?? messages.find(({ handle }) => handle !== me.handle)?.display_name;
  useDocumentTitle(name ? isolated(name) : 'Messages');
  return (
    <section className="thread" aria-label={name ? `Conversation with ${name}` : 'Conversation'}>
      <ThreadHead person={person ?? messages.find(({ handle }) => handle !== me.handle)} />
      <Scroller ref={scroller} onScroll={onScroll}>
        {older === null && messages.length > 0 && (
          <p className="thread-begin quiet">This is the start of your conversation.</p>
        )}
        <LoadMore
          more={older !== null}
          loading={state === 'loading'}
          failed={state === 'failed'}
          load={() => void load()}
        />
        <MessageDays group={group} messages={messages} me={me} />
        <ol className="messages">
          {pending.map((entry) => (
            <Pending key={entry.key} entry={entry} />
          ))}
        </ol>
      </Scroller>
      <div className="unseen" role="log" aria-live="polite" aria-label="New messages">
        {announced.map(({ uuid, display_name, message }) => (
          <p key={uuid}>{`${display_name}: ${message}`}</p>
        ))}
      </div>
      {!atEnd && (
        <button type="button" className="button to-end" onClick={toEnd}>
          <Icon name="down" /> {count > 0 ? `${count} new` : 'Newest'}
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

  // The messages stay on the page when polling fails; say once that they are no longer up to date.
  const stale = data !== undefined && isError;
  useEffect(() => {
    if (stale) toast('Can’t check for new messages. Trying again soon.');
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
  if (error?.status === 404)
    return <NotFoundPage>You’re not part of this conversation, or it never existed.</NotFoundPage>;
  return (
    <section className="thread">
      <ThreadHead person={person} />
      {error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />}
    </section>
  );
}
