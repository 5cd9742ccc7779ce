/* Lists of people: followers, followed, blocked and muted ones. */
import { Link, NavLink, useParams } from 'react-router';

import { usePages } from '../api/cruds';
import { useMyHandle } from '../api/people';
import { keys } from '../api/queries';
import type { Profile } from '../api/types';
import { isolated } from '../base/characters';
import { Avatar } from '../components/avatar';
import { useDocumentTitle } from '../components/document-title';
import { NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { BlockButton, FollowButton, MuteButton, useRelated } from '../components/relation';

type Button = typeof FollowButton;

const usePeople = (path: string) => usePages<Profile[]>(keys.peopleOf(path), path);

function Person({ profile: read, Button }: { profile: Profile; Button: Button }) {
  const profile = useRelated(read);
  const mine = useMyHandle() === profile.handle;
  return (
    <li>
      <Link className="person" to={`/@${profile.handle}`}>
        <Avatar handle={profile.handle} name={profile.display_name} />
        <span className="person-words">
          <b>
            <Name>{profile.display_name}</Name>
          </b>
          <span className="quiet">
            <Handle>{profile.handle}</Handle>
            {profile.followed_by && <span className="follows-you">Follows you</span>}
          </span>
          {profile.bio && (
            <span className="person-bio" dir="auto">
              {profile.bio}
            </span>
          )}
        </span>
      </Link>
      {!mine && <Button profile={profile} />}
    </li>
  );
}

function People({
  query,
  empty,
  Button,
}: {
  query: ReturnType<typeof usePeople>;
  empty: string;
  Button: Button;
}) {
  return (
    <PagedList query={query}>
      {(pages) => {
        const people = pages.flat();
        if (people.length === 0) return <Notice icon="person" title={empty} />;
        return (
          <ul className="people">
            {people.map((profile) => (
              <Person key={profile.uuid} profile={profile} Button={Button} />
            ))}
          </ul>
        );
      }}
    </PagedList>
  );
}

const LISTS = {
  followers: { title: 'Followers', empty: 'No followers yet' },
  following: { title: 'Following', empty: 'Not following anyone yet' },
};

/** The followers of a person, or the people whom the person follows. */
function PeopleOf({ handle, list }: { handle: string; list: keyof typeof LISTS }) {
  const { title, empty } = LISTS[list];
  const query = usePeople(`/api/users/@${encodeURIComponent(handle)}/${list}`);
  const missing = query.error?.status === 404;
  useDocumentTitle(`${title} · @${isolated(handle)}`);
  if (missing)
    return (
      <NotFoundPage>
        Nobody here is called <Handle>{handle}</Handle>.
      </NotFoundPage>
    );
  return (
    <div className="column">
      <PageHead title={<Handle>{handle}</Handle>} />
      <nav className="tabs" aria-label="Lists of people">
        {Object.entries(LISTS).map(([name, { title: label }]) => (
          <NavLink key={name} to={`/@${handle}/${name}`} replace>
            {label}
          </NavLink>
        ))}
      </nav>
      <People query={query} empty={empty} Button={FollowButton} />
    </div>
  );
}

const HIDDEN = {
  blocked: { title: 'Blocked', empty: 'You don’t block anyone', path: '/api/users/me/blocks', Button: BlockButton },
  muted: { title: 'Muted', empty: 'You don’t mute anyone', path: '/api/users/me/mutes', Button: MuteButton },
};

/** The people whom the reader blocks or mutes. */
function HiddenPeople({ list }: { list: keyof typeof HIDDEN }) {
  const { title, empty, path, Button } = HIDDEN[list];
  useDocumentTitle(`${title} people`);
  return (
    <div className="column">
      <PageHead title="Blocked and muted" />
      <nav className="tabs" aria-label="Lists of people">
        {Object.entries(HIDDEN).map(([name, { title: label }]) => (
          <NavLink key={name} to={`/people/${name}`} replace>
            {label}
          </NavLink>
        ))}
      </nav>
      <People query={usePeople(path)} empty={empty} Button={Button} />
    </div>
  );
}

const has = <T extends object>(lists: T, name: string): name is keyof T & string => Object.hasOwn(lists, name);

/** `/@handle/followers`, `/people/blocked` … */
export default function PeoplePage() {
  const { at = '', list = '' } = useParams();
  if (at === '' && has(HIDDEN, list)) return <HiddenPeople list={list} />;
  if (at.startsWith('@') && has(LISTS, list))
    return <PeopleOf key={at} handle={at.slice(1)} list={list} />;
  return <NotFoundPage />;
}
