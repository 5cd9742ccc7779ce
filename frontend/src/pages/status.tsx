import { useEffect, useRef } from 'react';
import { Link, Navigate, useLocation, useNavigate } from 'react-router';

import { useReply, useStatus } from '../api/cruds';
import { useMe } from '../api/people';
import type { Crud } from '../api/types';
import { cutGraphemes, isolated } from '../base/characters';
import { usePast } from '../base/now';
import { Composer } from '../components/composer';
import { CrudCard, pathOf } from '../components/crud';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';

/** Graphemes of the text in the title of the tab. */
const TITLE_MAX = 40;

function Reply({ to }: { to: Crud }) {
  const { hash } = useLocation();
  const container = useRef<HTMLDivElement>(null);
  const { mutate, isPending, error } = useReply(to);
  useEffect(() => {
    if (hash === '#reply') container.current?.querySelector('textarea')?.focus();
  }, [hash]);
  return (
    <div ref={container} id="reply">
      <Composer
        name={`reply:${to.uuid}`}
        label={`Reply to ${to.display_name}`}
        placeholder={`Reply to @${to.handle}`}
        action="Reply"
        busy={isPending}
        problem={error}
        onSend={(submission, done) => mutate(submission, { onSuccess: done })}
      />
    </div>
  );
}

export default function StatusPage({ handle, uuid }: { handle: string; uuid: string }) {
  const query = useStatus(uuid);
  const { data: me } = useMe();
  const navigate = useNavigate();
  const { hash } = useLocation();
  const crud = query.data?.pages[0]?.value.activity;
  const expired = usePast(crud?.expires_at);
  useDocumentTitle(
    crud
      ? `${isolated(crud.display_name)}: ${isolated(cutGraphemes(crud.message.trim(), TITLE_MAX))}`
      : 'Crud',
  );

  if (query.error?.status === 404) return <NotFoundPage />;
  if (crud && expired) return <NotFoundPage />;
  // The link from a reply to its parent has the reply's author, not the parent's: correct it.
  if (crud && crud.handle !== handle) return <Navigate to={pathOf(crud) + hash} replace />;
  return (
    <div className="column">
      <PageHead title="Crud">
        <button
          type="button"
          className="icon-button"
          aria-label="Back"
          onClick={() => void navigate(-1)}
        >
          <Icon name="back" />
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
              {me && <Reply to={crud} />}
              <h2 className="unseen">Replies</h2>
              <CrudList
                cruds={pages.flatMap(({ replies }) => replies)}
                empty={<Notice icon="reply" title="No replies yet" />}
              />
            </>
          )
        }
      </PagedList>
    </div>
  );
}
