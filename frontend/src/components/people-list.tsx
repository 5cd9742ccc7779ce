/* A list of people, each with a button that changes the relation to them. */
import '../styles/people.css';

import { t } from '@lingui/core/macro';
import type { ReactNode } from 'react';

import { type usePages } from '../api/cruds';
import { useMyHandle } from '../api/people';
import type { Profile } from '../api/types';
import { Link } from '../base/router';
import { Avatar } from './avatar';
import { Notice } from './notice';
import { PagedList } from './paged-list';
import { Handle, Name } from './person';
import { FollowButton, useRelated } from './relation';

export type Button = typeof FollowButton;

export function Person({ profile: read, Button }: { profile: Profile; Button: Button }) {
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
            {profile.followed_by && <span className="follows-you">{t`Follows you`}</span>}
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

export function PeopleList({
  query,
  empty,
  children,
  Button,
}: {
  query: ReturnType<typeof usePages<Profile[]>>;
  empty: string;
  /** A way on, where nobody is listed. */
  children?: ReactNode;
  Button: Button;
}) {
  return (
    <PagedList query={query}>
      {(pages) => {
        const people = pages.flat();
        if (people.length === 0) return (
            <Notice icon="person" title={empty}>
              {children}
            </Notice>
          );
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
