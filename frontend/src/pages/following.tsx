/* The cruds of the people whom the reader follows, and what these have reposted. */
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';

import { usePages } from '../api/cruds';
import { keys } from '../api/queries';
import type { Crud } from '../api/types';
import { Link } from '../base/router';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { NewCrud } from '../components/for-members';
import { HomeHead } from '../components/home-head';
import { Icon } from '../components/icons';
import { Notice } from '../components/notice';
import { PagedList } from '../components/paged-list';
import { Name } from '../components/person';

function reposted({ reposted_by: by }: Crud) {
  if (!by) return by;
  const person = (
    <Link className="who" to={`/@${by.handle}`}>
      <Name>{by.display_name}</Name>
    </Link>
  );
  return (
    <p className="notification-head">
      <Icon name="repost" />
      <span>
        <Trans>{person} reposted</Trans>
      </span>
    </p>
  );
}

export default function FollowingPage() {
  useDocumentTitle(t`Following`);
  const query = usePages<Crud[]>(keys.following, '/api/activities/following');
  return (
    <div className="column">
      <HomeHead />
      <NewCrud shown={query.data?.pages[0]?.value ?? []} />
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            above={reposted}
            empty={
              <Notice icon="person" title={t`Nothing here right now`}>
                <p>{t`Follow people to see their cruds here, and what they repost.`}</p>
                <Link className="button" to="/people/suggested">
                  {t`People to follow`}
                </Link>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
