/* Cruds that are there right now, and how long they last: beside the form of a visitor. */
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';

import { HOME_PATH } from '../api/cruds';
import { fetchPage } from '../api/http';
import type { Problem } from '../api/problem';
import { keys } from '../api/queries';
import type { Crud } from '../api/types';
import { useClock } from '../base/now';
import { ago, isPast, timeLeft } from '../base/time';
import { Avatar } from '../components/avatar';
import { Icon } from '../components/icons';
import { Handle, Name } from '../components/person';

const SHOWN = 3;

/** The part of its life that a crud still has, in whole percents. */
function restOf({ created_at, expires_at }: Crud, now: number): number {
  const [start, end] = [Date.parse(created_at), Date.parse(expires_at)];
  return Math.round((100 * Math.max(0, end - now)) / Math.max(1, end - start));
}

function SampleCrud({ crud }: { crud: Crud }) {
  const rest = useClock((now) => String(restOf(crud, now)));
  const left = useClock((now) => timeLeft(crud.expires_at, now));
  return (
    <li>
      <Avatar handle={crud.handle} name={crud.display_name} />
      <div>
        <p className="who">
          <b>
            <Name>{crud.display_name}</Name>
          </b>
          <Handle>{crud.handle}</Handle>
          <time className="quiet" dateTime={crud.created_at}>
            {useClock((now) => ago(crud.created_at, now))}
          </time>
        </p>
        <p className="sample-text" dir="auto">
          {crud.message}
        </p>
        <p className="sample-left">
          <Icon name="clock" />
          <span>
            <Trans>
              <span className="unseen">Expires in </span>
              {left}
            </Trans>
          </span>
        </p>
        <span className="sample-fuse" style={{ inlineSize: `${rest}%` }} />
      </div>
    </li>
  );
}

export default function Sample() {
  const { data } = useQuery<Crud[], Problem>({
    queryKey: [...keys.cruds, 'sample'],
    queryFn: async ({ signal }) => (await fetchPage<Crud[]>(HOME_PATH, signal)).value,
    staleTime: 60_000,
  });
  // One that expires makes room for the next one.
  const first = useClock((now) =>
    (data ?? [])
      .filter(({ expires_at }) => !isPast(expires_at, now))
      .slice(0, SHOWN)
      .map(({ uuid }) => uuid)
      .join(' '),
  );
  const cruds = (data ?? []).filter(({ uuid }) => first.includes(uuid));
  return (
    <section className="sample" aria-labelledby="sample-heading">
      <h2 id="sample-heading">{t`Say it. Let it go.`}</h2>
      <p className="quiet">
        {t`Cruds are short public posts that expire. Some that are there right now:`}
      </p>
      {cruds.length > 0 && (
        <ul>
          {cruds.map((crud) => (
            <SampleCrud key={crud.uuid} crud={crud} />
          ))}
        </ul>
      )}
    </section>
  );
}
