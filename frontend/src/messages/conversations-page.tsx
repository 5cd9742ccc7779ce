/* The list of conversations beside the open one; a phone shows one of the two. */
import '../styles/messages.css';

import { type SubmitEvent, useState } from 'react';
import { NavLink, Outlet, useMatch, useNavigate, useOutletContext } from 'react-router';

import type { Me, MessageGroup } from '../api/types';
import { cleanHandle } from '../base/characters';
import { HANDLE_RULE, isHandle } from '../base/limits';
import { Avatar } from '../components/avatar';
import { Dialog } from '../components/dialog';
import { useDocumentTitle } from '../components/document-title';
import { Failure } from '../components/failure';
import { Field } from '../components/field';
import { Icon } from '../components/icons';
import { PEN } from '../components/icon-paths';
import { LoadMore } from '../components/load-more';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Handle, Name } from '../components/person';
import { RelativeTime } from '../components/relative-time';
import { Skeleton } from '../components/skeleton';
import { loadOlderConversations, useConversationList } from './conversations';

function Row({ group }: { group: MessageGroup }) {
  const unread = group.unread_count;
  return (
    <NavLink
      className="conversation"
      to={`/messages/${group.uuid}`}
      data-unread={unread > 0 || undefined}
    >
      <Avatar handle={group.handle} name={group.display_name} />
      <span className="conversation-words">
        <span className="conversation-head">
          <span className="who">
            <b>
              <Name>{group.display_name}</Name>
            </b>{' '}
            <Handle>{group.handle}</Handle>
          </span>
          <span className="quiet">
            <RelativeTime at={group.created_at} />
          </span>
        </span>
        <span className="conversation-last">
          <span dir="auto">{group.message ?? <i>Message deleted</i>}</span>
          {unread > 0 && (
            <span className="badge">
              {unread}
              <span className="unseen"> unread</span>
            </span>
          )}
        </span>
      </span>
    </NavLink>
  );
}

function NewMessage({ me, onClose }: { me: Me; onClose: () => void }) {
  const [text, setText] = useState('');
  const handle = cleanHandle(text);
  const [error, setError] = useState<string>();
  const navigate = useNavigate();
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isHandle(handle)) setError(HANDLE_RULE);
    else if (handle.toLowerCase() === me.handle.toLowerCase())
      setError('This is you. Enter someone else’s handle.');
    else {
      onClose();
      void navigate(`/messages/new/${handle}`);
    }
  };
  return (
    <Dialog title="New message" onClose={onClose}>
      <form onSubmit={go}>
        <Field label="To (handle)" error={error}>
          {(attributes) => (
            <input
              {...attributes}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              required
              value={text}
              onChange={(event) => setText(event.target.value)}
              onBlur={() => setText(handle)}
            />
          )}
        </Field>
        <footer>
          <button type="submit" className="button primary">
            Continue
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function List() {
  const { list, older: path, error, refetch } = useConversationList();
  const [older, setOlder] = useState<'idle' | 'loading' | 'failed'>('idle');
  if (!list)
    return error ? <Failure problem={error} retry={() => void refetch()} /> : <Skeleton rows={6} />;
  if (list.length === 0)
    return (
      <Notice icon="mail" title="No conversations yet">
        <p>Only you and the other person can read your messages.</p>
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
          <li key={group.uuid}>
            <Row group={group} />
          </li>
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

function ListTitle() {
  useDocumentTitle('Messages');
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
        aria-label="Conversations"
        data-scroller
        tabIndex={-1}
      >
        <PageHead title="Messages" second={!onlyList}>
          <button
            type="button"
            className="icon-button"
            aria-label="New message"
            onClick={() => setWriting(true)}
          >
            <Icon path={PEN} />
          </button>
        </PageHead>
        <List />
      </section>
      {onlyList ? (
        <section className="conversation-none">
          <ListTitle />
          <Notice icon="mail" title="Choose a conversation">
            <p>Or start a new one.</p>
            <button type="button" className="button" onClick={() => setWriting(true)}>
              New message
            </button>
          </Notice>
        </section>
      ) : (
        <Outlet context={me} />
      )}
      {writing && <NewMessage me={me} onClose={() => setWriting(false)} />}
    </div>
  );
}
