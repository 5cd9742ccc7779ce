/* The cruds of the people whom the reader follows, and what these have reposted. */
import { Link } from 'react-router';

import { usePages } from '../api/cruds';
import { keys } from '../api/queries';
import type { Crud } from '../api/types';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { HomeTabs, NewCrud } from '../components/for-members';
import { Icon } from '../components/icons';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Name } from '../components/person';

const reposted = ({ reposted_by: by }: Crud) =>
  by && (
    <p className="notification-head">
      <Icon name="repost" />
      <span>
        <Link className="who" to={`/@${by.handle}`}>
          <Name>{by.display_name}</Name>
        </Link>{' '}
        reposted
      </span>
    </p>
  );

export default function FollowingPage() {
  useDocumentTitle('Following');
  const query = usePages<Crud[]>(keys.following, '/api/activities/following');
  return (
    <div className="column">
      <PageHead title="Home" />
      <HomeTabs />
      <NewCrud shown={query.data?.pages[0]?.value ?? []} />
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            above={reposted}
            empty={
              <Notice icon="person" title="Nothing here right now">
                <p>Follow people to see their cruds here, and what they repost.</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
