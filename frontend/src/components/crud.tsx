/* One crud, in a list or on its own page. */
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { type Mark, useDelete, useMark } from '../api/cruds';
import { useMe } from '../api/people';
import type { Crud } from '../api/types';
import { useNow, usePast } from '../base/now';
import { fullTime, timeLeft } from '../base/time';
import { signInPath } from '../session/sign-in-path';
import { Avatar } from './avatar';
import { Confirm } from './dialog';
import { FoldedText } from './folded-text';
import { Icon, type IconName } from './icons';
import { Handle, Name } from './person';
import { problemText } from './problem-text';
import { RelativeTime } from './relative-time';
import { RichText } from './rich-text';
import { toast } from './toast';

export const pathOf = ({ handle, uuid }: Crud) => `/@${handle}/status/${uuid}`;

interface ActionProps {
  icon: IconName;
  label: string;
  count?: number;
  pressed?: boolean;
  onClick: () => void;
}

function Action({ icon, label, count, pressed, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="action"
      data-kind={icon}
      aria-pressed={pressed}
      aria-label={count === undefined ? label : `${label}, ${count}`}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} filled={pressed === true && icon === 'heart'} />
      <span aria-hidden="true">{count || ''}</span>
    </button>
  );
}

/** Wraps an action that needs a signed-in person: others are led to the sign-in page and back. */
function useSignedInAction() {
  const { data: me } = useMe();
  const navigate = useNavigate();
  return (action: () => void, next: string) => () => {
    if (me) action();
    else void navigate(signInPath(next));
  };
}

function MarkAction({ crud, mark }: { crud: Crud; mark: Mark }) {
  const { mutate } = useMark(crud.uuid, mark);
  const whenSignedIn = useSignedInAction();
  const on = (mark === 'like' ? crud.liked : crud.reposted) ?? false;
  const change = () =>
    mutate(!on, { onError: (problem) => toast(`Not saved. ${problemText(problem)}`) });
  return (
    <Action
      icon={mark === 'like' ? 'heart' : 'repost'}
      label={mark === 'like' ? 'Like' : 'Repost'}
      count={mark === 'like' ? crud.likes_count : crud.reposts_count}
      pressed={on}
      onClick={whenSignedIn(change, pathOf(crud))}
    />
  );
}

async function share(crud: Crud) {
  const link = `${window.location.origin}${pathOf(crud)}`;
  try {
    await navigator.clipboard.writeText(link);
    toast('Link copied');
  } catch {
    // The clipboard needs https and a permission. Show the link, so that it can be copied by hand.
    toast(link);
  }
}

function DeleteAction({ crud, onDeleted }: { crud: Crud; onDeleted: (() => void) | undefined }) {
  const [asking, setAsking] = useState(false);
  const { mutate, isPending, error } = useDelete(crud);
  const remove = () =>
    mutate(undefined, {
      onSuccess: () => {
        setAsking(false);
        toast('Crud deleted');
        onDeleted?.();
      },
    });
  return (
    <>
      <Action icon="trash" label="Delete" onClick={() => setAsking(true)} />
      {asking && (
        <Confirm
          title="Delete this crud?"
          text="This removes it for everyone and can’t be undone."
          action="Delete"
          busy={isPending}
          error={error ? problemText(error) : undefined}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface CrudCardProps {
  crud: Crud;
  /** On its own page: larger, with the full time and without a link to itself. */
  main?: boolean;
  above?: ReactNode;
  onDeleted?: () => void;
}

export function CrudCard({ crud, main = false, above, onDeleted }: CrudCardProps) {
  const now = useNow();
  const navigate = useNavigate();
  const whenSignedIn = useSignedInAction();
  const { data: me } = useMe();
  const expired = usePast(crud.expires_at);
  // A list omits expired cruds; the crud's own page shows the not-found page.
  if (expired) return null;

  const path = pathOf(crud);
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
            onClick={whenSignedIn(() => void navigate(`${path}#reply`), `${path}#reply`)}
          />
          <MarkAction crud={crud} mark="repost" />
          <MarkAction crud={crud} mark="like" />
          <Action icon="link" label="Copy link" onClick={() => void share(crud)} />
          {me?.handle === crud.handle && <DeleteAction crud={crud} onDeleted={onDeleted} />}
          <span className="crud-left" title={`Expires ${fullTime(crud.expires_at)}`}>
            <Icon name="clock" />
            <span className="unseen">Expires in </span>
            {timeLeft(crud.expires_at, now)}
          </span>
        </footer>
      </div>
    </article>
  );
}
