/* One crud, as lists and its own page show it. */
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { type Mark, useDelete, useMark } from '../api/cruds';
import { useMe } from '../api/people';
import type { Crud } from '../api/types';
import { useNow } from '../now';
import { fullTime, isPast, left } from '../time';
import { Avatar, describe, RichText, Time } from './basics';
import { Confirm } from './dialog';
import { Icon, type IconName } from './icons';
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

/** Whoever is not signed in is led there and comes back. */
function useSignedIn() {
  const { data: me } = useMe();
  const navigate = useNavigate();
  return (then: () => void, back: string) => () => {
    if (me) then();
    else void navigate(`/signin?next=${encodeURIComponent(back)}`);
  };
}

function MarkAction({ crud, mark }: { crud: Crud; mark: Mark }) {
  const { mutate } = useMark(crud.uuid, mark);
  const signedIn = useSignedIn();
  const on = (mark === 'like' ? crud.liked : crud.reposted) ?? false;
  const change = () =>
    mutate(!on, { onError: (problem) => toast(`Not changed. ${describe(problem)}`) });
  return (
    <Action
      icon={mark === 'like' ? 'heart' : 'repost'}
      label={mark === 'like' ? 'Like' : 'Repost'}
      count={mark === 'like' ? crud.likes_count : crud.reposts_count}
      pressed={on}
      onClick={signedIn(change, pathOf(crud))}
    />
  );
}

async function share(crud: Crud) {
  const link = `${window.location.origin}${pathOf(crud)}`;
  try {
    await navigator.clipboard.writeText(link);
    toast('Link copied');
  } catch {
    // No clipboard without https or a permission: show it to be copied by hand.
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
        toast('Deleted');
        onDeleted?.();
      },
    });
  return (
    <>
      <Action icon="trash" label="Delete" onClick={() => setAsking(true)} />
      {asking && (
        <Confirm
          title="Delete this crud?"
          text="It goes for everybody, and cannot be brought back."
          action="Delete"
          busy={isPending}
          error={error ? describe(error) : undefined}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface CrudCardProps {
  crud: Crud;
  /** Its own page: larger, with the full time, and nothing leads to itself. */
  main?: boolean;
  above?: ReactNode;
  onDeleted?: () => void;
}

export function CrudCard({ crud, main = false, above, onDeleted }: CrudCardProps) {
  const now = useNow();
  const navigate = useNavigate();
  const signedIn = useSignedIn();
  const { data: me } = useMe();
  // Its page says that it is gone; a list just leaves it out.
  if (isPast(crud.expires_at, now)) return null;

  const path = pathOf(crud);
  return (
    <article
      className="crud"
      data-main={main || undefined}
      aria-label={`${crud.display_name} wrote`}
    >
      {above}
      <Link className="crud-face" to={`/@${crud.handle}`} tabIndex={-1} aria-hidden="true">
        <Avatar handle={crud.handle} name={crud.display_name} />
      </Link>
      <div className="crud-body">
        <header>
          <Link className="crud-author" to={`/@${crud.handle}`}>
            <b>{crud.display_name}</b> <span className="quiet">@{crud.handle}</span>
          </Link>
          {!main && (
            <Link className="quiet" to={path}>
              <span className="unseen">Open this crud, </span>
              <Time at={crud.created_at} />
            </Link>
          )}
        </header>
        <p className="crud-text">
          <RichText text={crud.message} />
        </p>
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
            onClick={signedIn(() => void navigate(`${path}#reply`), `${path}#reply`)}
          />
          <MarkAction crud={crud} mark="repost" />
          <MarkAction crud={crud} mark="like" />
          <Action icon="link" label="Copy link" onClick={() => void share(crud)} />
          {me?.handle === crud.handle && <DeleteAction crud={crud} onDeleted={onDeleted} />}
          <span className="crud-left" title={`Expires ${fullTime(crud.expires_at)}`}>
            <Icon name="clock" />
            <span className="unseen">Expires in </span>
            {left(crud.expires_at, now)}
          </span>
        </footer>
      </div>
    </article>
  );
}
