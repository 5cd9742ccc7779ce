import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'react';

import { ancestorsOf } from '../api/ancestors';
import { pathOf, useStatus } from '../api/cruds';
import { useMe } from '../api/people';
import type { Crud } from '../api/types';
import { cutGraphemes, isolated } from '../base/characters';
import { usePast, wasPast } from '../base/now';
import { hasPageBefore, Navigate, useLocation, useNavigate } from '../base/router';
import { CrudCard } from '../components/crud';
import { CrudList } from '../components/crud-list';
import { Ancestors, Answers, useStartAt } from '../components/discussion';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { BACK } from '../components/icon-paths';
import { Composer } from '../components/member/composer';
import { UnsentTexts } from '../components/member/unsent';
import { NOT_FOUND_TITLE, NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { useServerHead } from '../components/server-head';
import { ShareButton } from '../components/share-button';
import { send, useEntries } from '../outbox/entries';
import { type Entry, type TextContent, undelivered } from '../outbox/entry';
import { useSession } from '../session/session';

/** Graphemes of the text in the title of the tab. */
const TITLE_MAX = 40;

function titleOf({ display_name, message }: Crud): string {
  const name = isolated(display_name);
  const text = isolated(cutGraphemes(message.trim(), TITLE_MAX));
  return t`${name}: ${text}`;
}

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
  const { uuid, handle, display_name: name } = to;
  return (
    <div ref={container} id="reply">
      <Composer
        name={`reply:${uuid}`}
        label={t`Reply to ${name}`}
        placeholder={t`Reply to @${handle}`}
        action={t({ message: 'Reply', context: 'verb' })}
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
  const first = query.data?.pages[0]?.value;
  const crud = first?.activity;
  const ancestors = first ? ancestorsOf(first) : [];
  const isBelow = ancestors.length > 0 || (crud?.reply_to_activity_uuid ?? null) !== null;
  const main = useRef<HTMLDivElement>(null);
  useStartAt(main, isBelow);
  useServerHead();
  const [openedAt] = useState(() => performance.now());
  // While it is being read, its card says that it has expired, and its replies stay.
  const expired = usePast(crud?.expires_at);
  const wasGone = crud === undefined || wasPast(crud.expires_at, openedAt);
  const missing = expired ? wasGone : query.error?.status === 404;
  useDocumentTitle(
    missing
      ? i18n._(NOT_FOUND_TITLE)
      : crud
        ? titleOf(crud)
        : t({ message: 'Crud', context: 'noun' }),
  );

  if (missing) return <NotFoundPage />;
  // The link from a reply to its parent has the reply's author, not the parent's: correct it.
  if (crud && crud.handle !== handle) return <Navigate to={pathOf(crud) + hash} replace />;
  const author = crud?.display_name ?? '';
  // The first page of a tab has none of this site behind it.
  const back = () => void (hasPageBefore() ? navigate(-1) : navigate('/', { replace: true }));
  return (
    <div className="column">
      <PageHead title={t({ message: 'Crud', context: 'noun' })}>
        <button type="button" className="icon-button back" aria-label={t`Back`} onClick={back}>
          <Icon path={BACK} flips />
        </button>
        {crud && (
          <ShareButton
            className="icon-button"
            shared={{ path: pathOf(crud), title: t`Crud by ${author}` }}
          />
        )}
      </PageHead>
      <PagedList query={query}>
        {(pages) =>
          crud && (
            <>
              {isBelow && <Ancestors crud={crud} ancestors={ancestors} />}
              <div ref={main} className="discussion-main">
                <CrudCard crud={crud} main onDeleted={() => void navigate('/', { replace: true })} />
                {account !== null && !expired && (
                  <Reply to={crud} replies={pages.flatMap(({ replies }) => replies)} />
                )}
                <h2 className="unseen">{t`Replies`}</h2>
                <CrudList
                  pages={pages.map(({ replies }) => replies)}
                  below={(reply) => <Answers crud={reply} />}
                  empty={<Notice icon="reply" title={t`No replies yet`} />}
                />
              </div>
            </>
          )
        }
      </PagedList>
    </div>
  );
}
