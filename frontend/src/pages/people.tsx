/* Lists of people: followers, followed, suggested, blocked and muted ones. */
import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';

import { usePeople } from '../api/people-lists';
import { isolated } from '../base/characters';
import { Link, NavLink, useParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { NotFoundPage } from '../components/not-found';
import { PageHead } from '../components/page-head';
import { PeopleList } from '../components/people-list';
import { Handle } from '../components/person';
import { BlockButton, FollowButton, MuteButton } from '../components/relation';

const LISTS = {
  followers: {
    title: msg`Followers`,
    empty: msg`No followers yet`,
    hint: msg`Who follows this person will be here.`,
  },
  following: {
    title: msg`Following`,
    empty: msg`Not following anyone yet`,
    hint: msg`The people whom this person follows will be here.`,
  },
};

/** The followers of a person, or the people whom the person follows. */
function PeopleOf({ handle, list }: { handle: string; list: keyof typeof LISTS }) {
  const { title, empty, hint } = LISTS[list];
  const query = usePeople(`/api/users/@${encodeURIComponent(handle)}/${list}`);
  const missing = query.error?.status === 404;
  useDocumentTitle(`${i18n._(title)} · @${isolated(handle)}`);
  const person = <Handle>{handle}</Handle>;
  if (missing)
    return (
      <NotFoundPage>
        <Trans>Nobody here is called {person}.</Trans>
      </NotFoundPage>
    );
  return (
    <div className="column">
      <PageHead title={<Handle>{handle}</Handle>} />
      <nav className="tabs" aria-label={t`Lists of people`}>
        {Object.entries(LISTS).map(([name, { title: label }]) => (
          <NavLink key={name} to={`/@${handle}/${name}`} replace>
            {i18n._(label)}
          </NavLink>
        ))}
      </nav>
      <PeopleList query={query} empty={i18n._(empty)} Button={FollowButton}>
        <p>{i18n._(hint)}</p>
      </PeopleList>
    </div>
  );
}

const HIDDEN = {
  blocked: {
    title: msg`Blocked`,
    page: msg`Blocked people`,
    empty: msg`You don’t block anyone`,
    path: '/api/users/me/blocks',
    Button: BlockButton,
  },
  muted: {
    title: msg`Muted`,
    page: msg`Muted people`,
    empty: msg`You don’t mute anyone`,
    path: '/api/users/me/mutes',
    Button: MuteButton,
  },
};

/** The people whom the reader blocks or mutes. */
function HiddenPeople({ list }: { list: keyof typeof HIDDEN }) {
  const { page, empty, path, Button } = HIDDEN[list];
  useDocumentTitle(i18n._(page));
  return (
    <div className="column">
      <PageHead title={t`Blocked and muted`} />
      <nav className="tabs" aria-label={t`Lists of people`}>
        {Object.entries(HIDDEN).map(([name, { title: label }]) => (
          <NavLink key={name} to={`/people/${name}`} replace>
            {i18n._(label)}
          </NavLink>
        ))}
      </nav>
      <PeopleList query={usePeople(path)} empty={i18n._(empty)} Button={Button}>
        <p>{t`The menu of a profile has both. Nobody is told.`}</p>
      </PeopleList>
    </div>
  );
}

/** People whom the reader may want to follow. */
function SuggestedPeople() {
  useDocumentTitle(t`People to follow`);
  return (
    <div className="column">
      <PageHead title={t`People to follow`} />
      <PeopleList
        query={usePeople('/api/users/suggested')}
        empty={t`Nobody to suggest yet`}
        Button={FollowButton}
      >
        <p>{t`Search finds people by name and handle.`}</p>
        <Link className="button" to="/search?in=people">
          {t({ message: 'Search', context: 'verb' })}
        </Link>
      </PeopleList>
    </div>
  );
}

const has = <T extends object>(lists: T, name: string): name is keyof T & string => Object.hasOwn(lists, name);

/** `/@handle/followers`, `/people/blocked` … */
export default function PeoplePage() {
  const { at = '', list = '' } = useParams();
  if (at === '' && list === 'suggested') return <SuggestedPeople />;
  if (at === '' && has(HIDDEN, list)) return <HiddenPeople list={list} />;
  if (at.startsWith('@') && has(LISTS, list))
    return <PeopleOf key={at} handle={at.slice(1)} list={list} />;
  return <NotFoundPage />;
}
