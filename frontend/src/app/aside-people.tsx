/* People whom the reader may want to follow. */
import { t } from '@lingui/core/macro';

import type { Profile } from '../api/types';
import { Link } from '../base/router';
import { Avatar } from '../components/avatar';
import { Handle, Name } from '../components/person';
import { useRelated } from '../components/relation';
import { send } from '../outbox/entries';

function Person({ profile: read }: { profile: Profile }) {
  const { handle, display_name, following = false } = useRelated(read);
  return (
    <li className="aside-person">
      <Link className="aside-row" to={`/@${handle}`}>
        <Avatar handle={handle} name={display_name} />
        <span className="aside-words">
          <b>
            <Name>{display_name}</Name>
          </b>
          <Handle>{handle}</Handle>
        </span>
      </Link>
      <button
        type="button"
        className="button"
        aria-pressed={following}
        aria-label={t`Follow @${handle}`}
        onClick={() => send({ kind: 'follow', handle, on: !following })}
      >
        {following
          ? t({ message: 'Following', context: 'verb' })
          : t({ message: 'Follow', context: 'verb' })}
      </button>
    </li>
  );
}

export default function SuggestedPeople({ people }: { people: Profile[] }) {
  return (
    <>
      <ul>
        {people.map((profile) => (
          <Person key={profile.uuid} profile={profile} />
        ))}
      </ul>
      <Link className="aside-more" to="/people/suggested">
        {t`Show more`}
      </Link>
    </>
  );
}
