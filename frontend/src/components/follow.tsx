/* Following a person: the button, and what is between the two. */
import { Link } from 'react-router';

import { followed } from '../api/crud-changes';
import type { Profile } from '../api/types';
import { send, useEntries } from '../outbox/entries';
import { useSession } from '../session/session';
import { signInPath } from '../session/sign-in-path';

/** The profile with a follow that is on its way to the server. */
export function useFollowed(profile: Profile): Profile {
  let result = profile;
  for (const { content, state } of useEntries())
    if (content.kind === 'follow' && content.handle === profile.handle && state === 'waiting')
      result = followed(result, content.on);
  return result;
}

export function FollowButton({ profile: { handle, following = false } }: { profile: Profile }) {
  if (useSession().account === null)
    return (
      <Link className="button primary" to={signInPath(`/@${handle}`)}>
        Follow
      </Link>
    );
  return (
    <button
      type="button"
      className={following ? 'button' : 'button primary'}
      aria-pressed={following}
      onClick={() => send({ kind: 'follow', handle, on: !following })}
    >
      {following ? 'Following' : 'Follow'}
    </button>
  );
}
