import { useEffect, useRef } from 'react';
import { Link, Navigate, useLocation, useNavigate } from 'react-router';

import { pathOf, useStatus } from '../api/cruds';
import { useMe } from '../api/people';
import type { Crud } from '../api/types';
import { cutGraphemes, isolated } from '../base/characters';
import { usePast } from '../base/now';
import { CrudCard } from '../components/crud';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { BACK } from '../components/icon-paths';
import { Composer } from '../components/member/composer';
import { UnsentTexts } from '../components/member/unsent';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { send, useEntries } from '../outbox/entries';
import { type Entry, type TextContent, undelivered } from '../outbox/entry';
import { useSession } from '../session/session';

/** Graphemes of the text in the title of the tab. */
const TITLE_MAX = 40;

/** The router counts its entries in the history's state. */
const hasPageBefore = () => ((window.history.state as { idx?: number } | null)?.idx ?? 0) > 0;

function Reply({ to, replies }: { to: Crud; replies: Crud[] }) {
  const { hash } = useLocation();
  const container = useRef<HTMLDivElement>(null);
  const { data: me } = useMe();
  const entries = useEntries().filter(
    (entry): entry is Entry<TextContent> =>
      entry.content.kind === 'reply' && entry.content.to.uuid === to.uuid,
  );
  useEffect(() => {
    if (hash === '#reply') container.current?.querySelector('textarea')?.focus();
  }, [hash]);
  const since = replies.map(({ created_at }) => created_at).reduce((a, b) => (a > b ? a : b), '');
  const { uuid, handle } = to;
  return (
    <div ref={container} id="reply">
      <Composer
        name={`reply:${uuid}`}
        label={`Reply to ${to.display_name}`}
        placeholder={`Reply to @${handle}`}
        action="Reply"
        onSend={(text) => send({ kind: 'reply', text, to: { uuid, handle }, since })}
      />
      <UnsentTexts entries={undelivered(entries, replies, me?.handle)} />
    </div>
  );
}

export default function StatusPage({ handle, uuid }: { handle: string; uuid: string }) {
  const query = useStatus(uuid);
  const { account } = useSession();
  const navigate = useNavigate();
  const { hash } = useLocation();
  const crud = query.data?.pages[0]?.value.activity;
  const expired = usePast(crud?.expires_at);
  const missing = query.error?.status === 404 || (crud !== undefined && expired);
  useDocumentTitle(
    missing
      ? NOT_FOUND_TITLE
      : crud
        ? `${isolated(crud.display_name)}: ${isolated(cutGraphemes(crud.message.trim(), TITLE_MAX))}`
        : 'Crud',
  );

  if (missing) return <NotFoundPage />;
  // The link from a reply to its parent has the reply's author, not the parent's: correct it.
  if (crud && crud.handle !== handle) return <Navigate to={pathOf(crud) + hash} replace />;
  // The first page of a tab has none of this site behind it.
  const back = () => void (hasPageBefore() ? navigate(-1) : navigate('/', { replace: true }));
  return (
    <div className="column">
      <PageHead title="Crud">
        <button
          type="button"
          className="icon-button"
          aria-label="Back"
          onClick={back}
        >
          <Icon path={BACK} />
        </button>
      </PageHead>
      <PagedList query={query}>
        {(pages) =>
          crud && (
            <>
              {crud.reply_to_activity_uuid && (
                <p className="parent">
                  <Link to={`/@${crud.handle}/status/${crud.reply_to_activity_uuid}`}>
                    <Icon name="reply" /> See the crud this replies to
                  </Link>
                </p>
              )}
              <CrudCard crud={crud} main onDeleted={() => void navigate('/', { replace: true })} />
              {account !== null && (
                <Reply to={crud} replies={pages.flatMap(({ replies }) => replies)} />
              )}
              <h2 className="unseen">Replies</h2>
              <CrudList
                pages={pages.map(({ replies }) => replies)}
                empty={<Notice icon="reply" title="No replies yet" />}
              />
            </>
          )
        }
      </PagedList>
    </div>
  );
}
