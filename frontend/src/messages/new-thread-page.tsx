/* The first message to a person. If there is a conversation already, it opens instead. */
import { useEffect, useRef } from 'react';
import { Navigate, useOutletContext, useParams } from 'react-router';

import { usePerson } from '../api/people';
import type { Me } from '../api/types';
import { isolated } from '../base/characters';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { Handle, Name } from '../components/person';
import { Skeleton } from '../components/skeleton';
import { conversationOf } from '../outbox/entry';
import { useConversationWith } from './conversations';
import { MessageComposer, Pending, Scroller, ThreadHead, useUnsent } from './thread-frame';

/** Earlier than any message. */
const BEFORE_ALL = '';

export default function NewThreadPage() {
  const { handle = '' } = useParams();
  const me = useOutletContext<Me>();
  const person = usePerson(handle);
  const group = useConversationWith(handle);
  const to = { handle };
  const entries = useUnsent(conversationOf(to));
  const name = person.data?.display_name ?? `@${handle}`;
  const missing = person.error?.status === 404;
  useDocumentTitle(missing ? NOT_FOUND_TITLE : `New message to ${isolated(name)}`);

  // As soon as a message is delivered, look for the conversation that it created.
  const { refetch } = group;
  const lastCount = useRef(0);
  useEffect(() => {
    if (entries.length < lastCount.current) void refetch();
    lastCount.current = entries.length;
  }, [entries.length, refetch]);

  if (missing)
    return (
      <NotFoundPage>
        Nobody here is called <Handle>{handle}</Handle>.
      </NotFoundPage>
    );
  const error = person.error ?? group.error;
  if (error)
    return (
      <section className="thread">
        <Failure
          problem={error}
          retry={() => {
            void person.refetch();
            void group.refetch();
          }}
        />
      </section>
    );
  if (!person.data || group.data === undefined)
    return (
      <section className="thread">
        <Skeleton />
      </section>
    );
  if (person.data.uuid === me.uuid)
    return (
      <section className="thread">
        <Notice icon="mail" title="This is you">
          <p>Choose someone else to write to.</p>
        </Notice>
      </section>
    );
  if (group.data && entries.length === 0)
    return <Navigate to={`/messages/${group.data.uuid}`} replace />;
  return (
    <section className="thread" aria-label={`New conversation with ${name}`}>
      <ThreadHead person={person.data} />
      <Scroller>
        {entries.length === 0 && (
          <Notice
            title={
              <>
                Say hello to <Name>{name}</Name>
              </>
            }
          >
            <p>Only the two of you can read your messages.</p>
          </Notice>
        )}
        <ol className="messages">
          {entries.map((entry) => (
            <Pending key={entry.key} entry={entry} />
          ))}
        </ol>
      </Scroller>
      <MessageComposer
        key={handle}
        name={`message:${conversationOf(to)}`}
        to={to}
        label={`Message to ${name}`}
        since={BEFORE_ALL}
      />
    </section>
  );
}
