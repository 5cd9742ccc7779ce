/* One crud, in a list or on its own page. */
import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { memo, type ReactNode, useEffect, useState } from 'react';

import { MARKS, pathOf } from '../api/cruds';
import type { Crud } from '../api/types';
import { isolated } from '../base/characters';
import { isEnding, restOfLife } from '../base/fuse';
import { useClock, usePast, useTimeZone, wasPast } from '../base/now';
import { Link, useNavigate } from '../base/router';
import { fullTime, timeLeft, timeLeftInWords } from '../base/time';
import { useSession } from '../session/session';
import { signInPath } from '../session/sign-in-path';
import { Action } from './action';
import { Avatar } from './avatar';
import { CrudMore } from './crud-more';
import { FoldedText } from './folded-text';
import { CrudMarks, EndingHint } from './for-members';
import { FLAME, Icon } from './icons';
import { Handle, Name } from './person';
import { RelativeTime, useFullTime } from './relative-time';
import { RichText } from './rich-text';

/** The marks as a visitor sees them. */
function VisitorMarks({ crud }: { crud: Crud }) {
  const navigate = useNavigate();
  return MARKS.map(({ mark, icon, label, count }) => (
    <Action
      key={mark}
      icon={icon}
      label={i18n._(label)}
      count={crud[count]}
      pressed={false}
      onClick={() => void navigate(signInPath(pathOf(crud)))}
    />
  ));
}

interface CrudCardProps {
  crud: Crud;
  /** On its own page: larger, with the full time and without a link to itself. */
  main?: boolean;
  above?: ReactNode;
  onDeleted?: () => void;
}

/** How long it lives on; in words where the end is near and there is room. */
function TimeLeft({ crud }: { crud: Crud }) {
  const { expires_at: until } = crud;
  const time = useFullTime(until);
  const ending = useClock((now) => isEnding(crud, now));
  const words = useClock((now) => timeLeftInWords(until, now));
  const isLastMinute = useClock((now) => Date.parse(until) - now < 60_000);
  const short = useClock((now) => timeLeft(until, now));
  return (
    <span
      className="crud-left"
      data-ending={ending || undefined}
      title={time && t`Expires ${time}`}
    >
      <Icon {...(ending ? { path: FLAME } : { name: 'clock' })} />
      <span className="unseen">{t`Expires in ${words}`}</span>
      {ending && (
        <span className="crud-left-words" aria-hidden="true">
          {isLastMinute ? t`<1 minute` : words}
        </span>
      )}
      <span className="crud-left-short" aria-hidden="true">
        {short}
      </span>
    </span>
  );
}

/** A line that burns down with the crud. The time left says the same in words. */
function Fuse({ crud }: { crud: Crud }) {
  const rest = useClock((now) => restOfLife(crud, now));
  const ending = useClock((now) => isEnding(crud, now));
  return (
    <span
      className="fuse"
      aria-hidden="true"
      data-ending={ending || undefined}
      style={{ scale: `${rest} 1` }}
    />
  );
}

/** The style sheet folds for so long, too. */
const FOLD_MS = 200;

/** A crud that has expired while it is on the screen: it folds to a line. */
function Expired({ children }: { children: ReactNode }) {
  const [folded, setFolded] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setFolded(true), FOLD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="crud-expired">
      {!folded && (
        <div className="crud-folding" inert>
          <div>{children}</div>
        </div>
      )}
      <p className="quiet">{t`This crud has expired`}</p>
    </div>
  );
}

export const CrudCard = memo(function CrudCard({
  crud,
  main = false,
  above,
  onDeleted,
}: CrudCardProps) {
  useTimeZone();
  const navigate = useNavigate();
  const { account } = useSession();
  const [shownAt] = useState(() => performance.now());
  const expired = usePast(crud.expires_at);
  // Lists omit a crud that had expired before; its own page shows the not-found page.
  if (expired && wasPast(crud.expires_at, shownAt)) return null;

  const name = isolated(crud.display_name);
  const path = pathOf(crud);
  const reply = `${path}#reply`;
  const card = (
    <article
      className="crud"
      data-main={main || undefined}
      data-path={main ? undefined : path}
      aria-label={t`Crud by ${name}`}
    >
      {above}
      <Link className="crud-face" to={`/@${crud.handle}`} tabIndex={-1} aria-hidden="true">
        <Avatar handle={crud.handle} name={crud.display_name} />
      </Link>
      <div className="crud-body">
        <header>
          <Link className="crud-author who" to={`/@${crud.handle}`}>
            <b>
              <Name>{crud.display_name}</Name>
            </b>{' '}
            <Handle>{crud.handle}</Handle>
          </Link>
          {!main && (
            <Link className="crud-time quiet" to={path}>
              <span className="unseen">{t`Open this crud,`} </span>
              <RelativeTime at={crud.created_at} />
            </Link>
          )}
        </header>
        {main ? (
          <p className="crud-text" dir="auto">
            <RichText text={crud.message} />
          </p>
        ) : (
          <FoldedText className="crud-text" text={crud.message} />
        )}
        {main && (
          <p className="quiet">
            <time dateTime={crud.created_at}>{fullTime(crud.created_at)}</time>
          </p>
        )}
        {account !== null && <EndingHint crud={crud} />}
        <footer>
          <Action
            icon="reply"
            label={t({ message: 'Reply', context: 'verb' })}
            count={crud.replies_count}
            onClick={() => void navigate(account === null ? signInPath(reply) : reply)}
          />
          {account === null ? <VisitorMarks crud={crud} /> : <CrudMarks crud={crud} />}
          <CrudMore crud={crud} onDeleted={onDeleted} />
          <TimeLeft crud={crud} />
        </footer>
      </div>
      <Fuse crud={crud} />
    </article>
  );
  return expired ? <Expired>{card}</Expired> : card;
});
