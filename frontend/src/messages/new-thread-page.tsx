/* The first message to a person. If there is a conversation already, it opens instead. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect, useRef } from 'react';

import { usePerson } from '../api/people';
import { reasonOf } from '../api/queries';
import type { Me } from '../api/types';
import { isolated } from '../base/characters';
import { Navigate, useOutletContext, useParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { Handle, Name } from '../components/person';
import { Skeleton } from '../components/skeleton';
import { conversationOf } from '../outbox/entry';
import { useConversationWith } from './conversations';
import { MessageComposer, Pending, Scroller, ThreadHead, useUnsent } from './thread-frame';

function Hello({ to }: { to: string }) {
  const name = <Name>{to}</Name>;
  return <Trans>Say hello to {name}</Trans>;
}

/** Earlier than any message. */
const BEFORE_ALL = '';

export default function NewThreadPage() {
  const { handle = '' } = useParams();
  const me = useOutletContext<Me>();
  const person = usePerson(handle);
  const group = useConversationWith(handle);
  const to = { handle };
  const entries = useUnsent(conversationOf(to));
  const who = person.data?.display_name ?? `@${handle}`;
  const name = isolated(who);
  const missing = person.error?.status === 404;
  useDocumentTitle(missing ? i18n._(NOT_FOUND_TITLE) : t`New message to ${name}`);

  // As soon as a message is delivered, look for the conversation that it created.
  const { refetch } = group;
  const lastCount = useRef(0);
  useEffect(() => {
    if (entries.length < lastCount.current) void refetch();
    lastCount.current = entries.length;
  }, [entries.length, refetch]);

  if (missing) {
    const person = <Handle>{handle}</Handle>;
    return (
      <NotFoundPage>
        <Trans>Nobody here is called {person}.</Trans>
      </NotFoundPage>
    );
  }
  const error = reasonOf(person) ?? reasonOf(group);
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
        <Notice icon="mail" title={t`This is you`}>
          <p>{t`Choose someone else to write to.`}</p>
        </Notice>
      </section>
    );
  if (group.data && entries.length === 0)
    return <Navigate to={`/messages/${group.data.uuid}`} replace />;
  return (
    <section className="thread" aria-label={t`New conversation with ${name}`}>
      <ThreadHead person={person.data} />
      <Scroller>
        {entries.length === 0 && (
          <Notice title={<Hello to={who} />}>
            <p>{t`Only the two of you can read your messages.`}</p>
          </Notice>
        )}
        <ol className="messages">
          {entries.map((entry, index) => (
            <Pending
              key={entry.key}
              entry={entry}
              first={index === 0}
              last={index === entries.length - 1}
            />
          ))}
        </ol>
      </Scroller>
      <MessageComposer
        key={handle}
        name={`message:${conversationOf(to)}`}
        to={to}
        label={t`Message to ${name}`}
        since={BEFORE_ALL}
      />
    </section>
  );
}
