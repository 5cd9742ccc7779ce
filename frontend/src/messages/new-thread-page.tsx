/* The first message to a person; leads to the conversation when there is one. */
import { useEffect, useRef } from 'react';
import { Navigate, useOutletContext, useParams } from 'react-router';

import { usePerson } from '../api/people';
import type { Me } from '../api/types';
import { Failure, Notice, Skeleton, useTitle } from '../components/basics';
import { NotFoundPage } from '../pages/not-found';
import { useGroupWith, useOutbox } from './conversations';
import { conversationOf } from './outbox';
import { MessageComposer, Pending, Scroller, ThreadHead } from './thread-frame';

/** Written far before any message. */
const EVER = '';

export default function NewThreadPage() {
  const { handle = '' } = useParams();
  const me = useOutletContext<Me>();
  const person = usePerson(handle);
  const group = useGroupWith(handle);
  const to = { handle };
  const entries = useOutbox().filter((entry) => conversationOf(entry.to) === conversationOf(to));
  const name = person.data?.display_name ?? `@${handle}`;
  useTitle(`New message to ${name}`);

  // What goes out on its own leads to the conversation as soon as it has arrived.
  const { refetch } = group;
  const waiting = useRef(0);
  useEffect(() => {
    if (entries.length < waiting.current) void refetch();
    waiting.current = entries.length;
  }, [entries.length, refetch]);

  if (person.error?.status === 404) return <NotFoundPage />;
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
          <p>Write to somebody else.</p>
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
          <Notice title={`Say hello to ${name}`}>
            <p>Only the two of you can read it.</p>
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
        since={EVER}
      />
    </section>
  );
}
