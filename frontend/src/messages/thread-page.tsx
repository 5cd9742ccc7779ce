/* An open conversation. */
import { plural, t } from '@lingui/core/macro';
import { memo, useEffect } from 'react';

import type { Me, MessageGroup } from '../api/types';
import { isolated } from '../base/characters';
import { useOutletContext, useParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { AsOf } from '../components/for-members';
import { Icon } from '../components/icons';
import { DOWN } from '../components/icon-paths';
import { LoadMore } from '../components/load-more';
import { NotFoundPage } from '../components/not-found';
import { Skeleton } from '../components/skeleton';
import { toast } from '../components/toast';
import { undelivered } from '../outbox/entry';
import { useStore } from '../live/store';
import type { Thread } from '../live/thread';
import { BLOCK_MS } from './blocks';
import { useConversation } from './conversations';
import { ThreadMenu } from './conversation-menu';
import { MessageDays } from './message-days';
import { newMessages } from './new-messages';
import { PendingNote, RequestBar } from './request-bar';
import { REQUESTS } from './requests';
import { RequestsPage } from './requests-page';
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
  const { messages, older, newer, opened, starts, isCopy = false, readAt } = thread;
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
    if (complete) return;
    readNewest(group).catch(() => toast(t`Can’t load the newest messages. Try again.`));
  };

  const other = person ?? messages.find(({ handle }) => handle !== me.handle);
  const name = other && isolated(other.display_name);
  const newest = messages.at(-1);
  const [next] = unsent;
  const goesOn =
    next !== undefined &&
    newest?.handle === me.handle &&
    next.number - Date.parse(newest.created_at) <= BLOCK_MS;
  const isSeen =
    unsent.length === 0 &&
    newest?.handle === me.handle &&
    newest.uuid === person?.seen[0]?.message_uuid;
  useDocumentTitle(name ?? t`Messages`);
  return (
    <section className="thread" aria-label={name ? t`Conversation with ${name}` : t`Conversation`}>
      <ThreadHead person={other} state={typing ? t`typing…` : isSeen ? t`seen` : undefined}>
        {readAt && <AsOf readAt={readAt} />}
        <ThreadMenu group={group} />
      </ThreadHead>
      <Scroller ref={scroller} onScroll={onScroll} focus={focus}>
        {older === null && messages.length > 0 && (
          <p className="thread-begin quiet">{t`This is the start of your conversation.`}</p>
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
          opened={opened}
          starts={starts}
          goesOn={goesOn}
          plain={person?.state === 'request'}
        />
        <LoadMore
          more={!complete}
          loading={after.state === 'loading'}
          failed={after.state === 'failed'}
          load={() => void after.load()}
        />
        <ol className="messages">
          {unsent.map((entry, index) => (
            <Pending
              key={entry.key}
              entry={entry}
              first={index === 0 && !goesOn}
              last={index === unsent.length - 1}
            />
          ))}
        </ol>
        {typing && atEnd && <Typing />}
      </Scroller>
      <div className="unseen" role="log" aria-live="polite" aria-label={t`New messages`}>
        {announced.map(({ uuid, display_name, message }) => (
          <p key={uuid}>{`${display_name}: ${message ?? ''}`}</p>
        ))}
      </div>
      {!atEnd && (
        <div className="to-end">
          <button type="button" className="button" data-new={below > 0 || undefined} onClick={toEnd}>
            <Icon path={DOWN} />{' '}
            {below > 0 ? plural(below, { one: '# new', other: '# new' }) : t`Newest`}
          </button>
        </div>
      )}
      {person?.state === 'request' && <RequestBar group={person} />}
      {person?.state === 'pending' && <PendingNote group={person} />}
      {other?.deleted && (
        <p className="thread-note quiet">{t`This account was deleted. You can’t write here.`}</p>
      )}
      {!other?.deleted && person?.messages_left !== 0 && (
        <MessageComposer
          name={`message:${group}`}
          to={{ message_group_uuid: group }}
          label={name ? t`Message to ${name}` : t({ message: 'Message', context: 'noun' })}
          since={messages.at(-1)?.created_at ?? ''}
          onSent={toEnd}
          onWrite={() => tellTyping(group)}
        />
      )}
    </section>
  );
});

function ThreadOf({ group }: { group: string }) {
  const me = useOutletContext<Me>();
  const { thread, error, refetch, isError } = useThread(group, me.handle);
  const person = useConversation(group);

  // The messages stay on the page when they cannot be read again; say once that they are no longer up to date.
  const stale = thread !== undefined && isError;
  useEffect(() => {
    if (stale) toast(t`Can’t check for new messages. Trying again soon.`);
  }, [stale]);

  if (thread)
    return <OpenThread key={group} group={group} thread={thread} person={person} me={me} />;
  if (error?.status === 404)
    return (
      <NotFoundPage>{t`You’re not part of this conversation, or it never existed.`}</NotFoundPage>
    );
  return (
    <section className="thread">
      <ThreadHead person={person} />
      {error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />}
    </section>
  );
}

/** `/messages/requests` is no conversation, but the list of those that wait. */
export default function ThreadPage() {
  const { group = '' } = useParams();
  return group === REQUESTS ? <RequestsPage /> : <ThreadOf group={group} />;
}
