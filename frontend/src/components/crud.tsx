/* One crud, in a list or on its own page. */
import { memo, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';

import { MARKS, pathOf } from '../api/cruds';
import { useMyHandle } from '../api/people';
import type { Crud } from '../api/types';
import { useClock, usePast, useTimeZone } from '../base/now';
import { fullTime, timeLeft } from '../base/time';
import { useSession } from '../session/session';
import { signInPath } from '../session/sign-in-path';
import { Action } from './action';
import { Avatar } from './avatar';
import { FoldedText } from './folded-text';
import { CrudDelete, CrudMarks } from './for-members';
import { Icon } from './icons';
import { Handle, Name } from './person';
import { RelativeTime, useFullTime } from './relative-time';
import { RichText } from './rich-text';
import { toast } from './toast';

/** The marks as a visitor sees them. */
function VisitorMarks({ crud }: { crud: Crud }) {
  const navigate = useNavigate();
  return MARKS.map(({ mark, icon, label, count }) => (
    <Action
      key={mark}
      icon={icon}
      label={label}
      count={crud[count]}
      pressed={false}
      onClick={() => void navigate(signInPath(pathOf(crud)))}
    />
  ));
}

async function share(crud: Crud) {
  const link = `${window.location.origin}${pathOf(crud)}`;
  try {
    await navigator.clipboard.writeText(link);
    toast('Link copied');
  } catch {
    // The clipboard needs https and a permission. Show the link, so that it can be copied by hand.
    window.prompt('Copy this link:', link);
  }
}

interface CrudCardProps {
  crud: Crud;
  /** On its own page: larger, with the full time and without a link to itself. */
  main?: boolean;
  above?: ReactNode;
  onDeleted?: () => void;
}

function TimeLeft({ until }: { until: string }) {
  const time = useFullTime(until);
  return (
    <span className="crud-left" title={time && `Expires ${time}`}>
      <Icon name="clock" />
      <span className="unseen">Expires in </span>
      {useClock((now) => timeLeft(until, now))}
    </span>
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
  const mine = useMyHandle() === crud.handle;
  const expired = usePast(crud.expires_at);
  // A list omits expired cruds; the crud's own page shows the not-found page.
  if (expired) return null;

  const path = pathOf(crud);
  const reply = `${path}#reply`;
  return (
    <article
      className="crud"
      data-main={main || undefined}
      aria-label={`Crud by ${crud.display_name}`}
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
            <Link className="quiet" to={path}>
              <span className="unseen">Open this crud, </span>
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
        <footer>
          <Action
            icon="reply"
            label="Reply"
            count={crud.replies_count}
            onClick={() => void navigate(account === null ? signInPath(reply) : reply)}
          />
          {account === null ? <VisitorMarks crud={crud} /> : <CrudMarks crud={crud} />}
          <Action icon="link" label="Copy link" onClick={() => void share(crud)} />
          {mine && <CrudDelete crud={crud} onDeleted={onDeleted} />}
          <TimeLeft until={crud.expires_at} />
        </footer>
      </div>
    </article>
  );
});
