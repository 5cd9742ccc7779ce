/* The list of conversations beside the open one; a phone shows one of the two. */
import '../styles/messages.css';

import { t } from '@lingui/core/macro';
import { useState } from 'react';

import type { Me } from '../api/types';
import { NavLink, Outlet, useMatch, useOutletContext } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { AsOf } from '../components/for-members';
import { Icon } from '../components/icons';
import { PEN } from '../components/icon-paths';
import { LoadMore } from '../components/load-more';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Skeleton } from '../components/skeleton';
import { useStore } from '../live/store';
import { ConversationRow } from './conversation-row';
import { loadOlderConversations, useConversationList } from './conversations';
import { NewMessage } from './new-message';
import { REQUESTS_PATH, useRequests } from './requests';

function List({ onNew }: { onNew: () => void }) {
  const { list, older: path, error, refetch } = useConversationList();
  const [older, setOlder] = useState<'idle' | 'loading' | 'failed'>('idle');
  if (!list)
    return error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />;
  if (list.length === 0)
    return (
      <Notice icon="mail" title={t`No conversations yet`}>
        <p>{t`Only you and the other person can read your messages.`}</p>
        <button type="button" className="button primary narrow-only" onClick={onNew}>
          {t`New message`}
        </button>
      </Notice>
    );
  const load = async () => {
    if (!path) return;
    setOlder('loading');
    try {
      await loadOlderConversations(path);
      setOlder('idle');
    } catch {
      setOlder('failed');
    }
  };
  return (
    <>
      <ul>
        {list.map((group) => (
          <ConversationRow key={group.uuid} group={group} />
        ))}
      </ul>
      <LoadMore
        more={path !== null}
        loading={older === 'loading'}
        failed={older === 'failed'}
        load={() => void load()}
      />
    </>
  );
}

/** Leads to the requests, if there are any. */
function RequestsEntry() {
  const { data } = useRequests();
  const read = data?.pages.reduce((sum, { value }) => sum + value.length, 0) ?? 0;
  if (read === 0) return null;
  const count = data?.pages.at(-1)?.next ? `${read}+` : read;
  return (
    <NavLink className="requests-entry" to={REQUESTS_PATH}>
      <span className="requests-icon">
        <Icon name="mail" />
      </span>
      {t`Requests (${count})`}
    </NavLink>
  );
}

/** The list may be the one that the device keeps. */
function ListAge() {
  const readAt = useStore(({ conversations }) => conversations.list?.readAt);
  return readAt && <AsOf readAt={readAt} />;
}

function ListTitle() {
  useDocumentTitle(t`Messages`);
  return null;
}

export default function ConversationsPage() {
  const me = useOutletContext<Me>();
  const onlyList = useMatch('/messages') !== null;
  const [writing, setWriting] = useState(false);
  return (
    <div className="conversations" data-open={!onlyList || undefined}>
      <section
        className="conversations-list"
        aria-label={t`Conversations`}
        data-scroller
        tabIndex={-1}
      >
        <PageHead title={t`Messages`} second={!onlyList}>
          <ListAge />
          <button
            type="button"
            className="icon-button"
            aria-label={t`New message`}
            onClick={() => setWriting(true)}
          >
            <Icon path={PEN} />
          </button>
        </PageHead>
        <RequestsEntry />
        <List onNew={() => setWriting(true)} />
      </section>
      {onlyList ? (
        <section className="conversation-none">
          <ListTitle />
          <Notice icon="mail" title={t`Choose a conversation`}>
            <p>{t`Or start a new one.`}</p>
            <button type="button" className="button primary" onClick={() => setWriting(true)}>
              {t`New message`}
            </button>
          </Notice>
        </section>
      ) : (
        <Outlet context={me} />
      )}
      {writing && <NewMessage onClose={() => setWriting(false)} />}
    </div>
  );
}
