/* The conversations of strangers that wait for the caller to accept them. */
import { t } from '@lingui/core/macro';

import { Link } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { BACK } from '../components/icon-paths';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { ConversationRow } from './conversation-row';
import { useRequests } from './requests';

export function RequestsPage() {
  const query = useRequests();
  useDocumentTitle(t`Requests`);
  return (
    <section className="requests" aria-label={t`Requests`} data-scroller tabIndex={-1}>
      <PageHead
        title={
          <>
            <Link
              className="icon-button thread-back"
              to="/messages"
              aria-label={t`All conversations`}
            >
              <Icon path={BACK} flips />
            </Link>
            {t`Requests`}
          </>
        }
      />
      <PagedList query={query}>
        {(pages) =>
          pages.flat().length === 0 ? (
            <Notice icon="mail" title={t`No requests`}>
              <p>{t`First messages of people you don’t follow wait here, if your settings say so.`}</p>
              <Link className="button" to="/settings">
                {t`Settings`}
              </Link>
            </Notice>
          ) : (
            <>
              <p className="requests-note quiet">
                {t`They don’t see whether you have read their messages. An answer accepts the conversation.`}
              </p>
              <ul>
                {pages.flat().map((group) => (
                  <ConversationRow key={group.uuid} group={group} />
                ))}
              </ul>
            </>
          )
        }
      </PagedList>
    </section>
  );
}
