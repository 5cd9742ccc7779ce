/* The cruds that the reader has bookmarked. */
import { t } from '@lingui/core/macro';

import { BOOKMARKS } from '../api/crud-changes';
import { usePages } from '../api/cruds';
import type { Crud } from '../api/types';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';

export default function BookmarksPage() {
  useDocumentTitle(t`Bookmarks`);
  const query = usePages<Crud[]>(BOOKMARKS, '/api/activities/bookmarks');
  return (
    <div className="column">
      <PageHead title={t`Bookmarks`} />
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            empty={
              <Notice icon="clock" title={t`No bookmarks yet`}>
                <p>{t`Only you see what you bookmark. A bookmark ends with its crud.`}</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
