/* Notifications: acts of others that concern the reader. */
import '../styles/notifications.css';

import { plural, t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { useEffect, useState } from 'react';

import { readNotifications } from '../api/crud-changes';
import { type NotificationList, pathOf, useNotifications } from '../api/cruds';
import { useMe, useMyHandle } from '../api/people';
import { usePeople } from '../api/people-lists';
import { Problem } from '../api/problem';
import type { Notification, Profile } from '../api/types';
import { Link, NavLink, useParams } from '../base/router';
import { Avatar } from '../components/avatar';
import { CrudCard } from '../components/crud';
import { useDocumentTitle } from '../components/document-title';
import { Icon, type IconProps } from '../components/icons';
import { AT } from '../components/icon-paths';
import { NotFoundPage } from '../components/not-found';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { FollowButton, useRelated } from '../components/relation';
import { RelativeTime } from '../components/relative-time';
import { grouped } from './notification-groups';

const ICONS: Record<Notification['kind'], IconProps> = {
  reply: { name: 'reply' },
  mention: { path: AT },
  like: { name: 'heart' },
  repost: { name: 'repost' },
  follow: { name: 'person' },
};

/** A text, in a crud that stands alone. */
type Written = 'reply' | 'mention';
/** An act of one or several people. */
type Act = Exclude<Notification['kind'], Written>;

function labelOf(act: Act, person: string, others: number): string {
  switch (act) {
    case 'like':
      return others === 0
        ? t`${person} liked your crud`
        : t`${person} and ${plural(others, { one: '# other', other: '# others' })} liked your crud`;
    case 'repost':
      return others === 0
        ? t`${person} reposted your crud`
        : t`${person} and ${plural(others, { one: '# other', other: '# others' })} reposted your crud`;
    case 'follow':
      return others === 0
        ? t`${person} follows you`
        : t`${person} and ${plural(others, { one: '# other', other: '# others' })} follow you`;
  }
}

/** So many faces are shown of those who did the same. */
const FACES = 5;

/** It is unread; the word says so as well as the colour. */
const New = () => <span className="notification-new">{t`New`}</span>;

function Person({ of: { handle, display_name } }: { of: Notification }) {
  return (
    <Link className="who" to={`/@${handle}`}>
      <Name>{display_name}</Name> <Handle>{handle}</Handle>
    </Link>
  );
}

/** A reply or mention is shown as a whole crud, which names its author, so that it can be answered here. */
function Text({ entry, kind }: { entry: Notification; kind: Written }) {
  if (!entry.activity) return null;
  return (
    <CrudCard
      crud={entry.activity}
      above={
        <p className="notification-head" data-kind={kind}>
          <Icon {...ICONS[kind]} />
          <span>{kind === 'reply' ? t`Replied to you` : t`Mentioned you`}</span>
          {!entry.read && <New />}
        </p>
      }
    />
  );
}

function FollowerButton({ profile }: { profile: Profile }) {
  return <FollowButton profile={useRelated(profile)} follow={t`Follow back`} />;
}

interface FollowBackProps {
  /** The follower, if it is known how the reader is related to them. */
  profile: Profile | undefined;
  of: Notification['kind'];
}

const FollowBack = ({ profile, of }: FollowBackProps) =>
  of === 'follow' && profile ? <FollowerButton profile={profile} /> : null;

interface SentenceProps {
  act: Act;
  of: Notification;
  /** So many did the same; the button of their number shows them. */
  others: number;
  open: boolean;
  onToggle: () => void;
}

function Sentence({ act, of, others, open, onToggle }: SentenceProps) {
  const person = <Person of={of} />;
  const toggle = {
    type: 'button',
    className: 'link',
    'aria-expanded': open,
    onClick: onToggle,
  } as const;
  switch (act) {
    case 'like':
      return others === 0 ? (
        <Trans>{person} liked your crud</Trans>
      ) : (
        <Trans>
          {person} and{' '}
          <button {...toggle}>
            <Plural value={others} one="# other" other="# others" />
          </button>{' '}
          liked your crud
        </Trans>
      );
    case 'repost':
      return others === 0 ? (
        <Trans>{person} reposted your crud</Trans>
      ) : (
        <Trans>
          {person} and{' '}
          <button {...toggle}>
            <Plural value={others} one="# other" other="# others" />
          </button>{' '}
          reposted your crud
        </Trans>
      );
    case 'follow':
      return others === 0 ? (
        <Trans>{person} follows you</Trans>
      ) : (
        <Trans>
          {person} and{' '}
          <button {...toggle}>
            <Plural value={others} one="# other" other="# others" />
          </button>{' '}
          follow you
        </Trans>
      );
  }
}

interface RowProps {
  kind: Act;
  entries: [Notification, ...Notification[]];
  /** The reader's newest followers, by handle. */
  followers: ReadonlyMap<string, Profile>;
}

/** An act of one or several people, in one row. */
function Row({ kind, entries, followers }: RowProps) {
  const [open, setOpen] = useState(false);
  const [first, ...others] = entries;
  const { activity } = first;
  return (
    <article
      className="notification"
      data-kind={kind}
      data-alone={others.length === 0 || undefined}
      aria-label={labelOf(kind, first.display_name, others.length)}
    >
      <Icon {...ICONS[kind]} />
      <div className="notification-body">
        <div className="notification-faces">
          {entries.slice(0, FACES).map(({ uuid, handle, display_name }) => (
            <Link key={uuid} to={`/@${handle}`} tabIndex={-1} aria-hidden="true">
              <Avatar handle={handle} name={display_name} />
            </Link>
          ))}
          {entries.length > FACES && <span className="quiet">+{entries.length - FACES}</span>}
        </div>
        <p className="notification-end">
          {!first.read && <New />}
          <span className="quiet">
            <RelativeTime at={first.created_at} />
          </span>
        </p>
        <div className="notification-head">
          <p>
            <Sentence
              act={kind}
              of={first}
              others={others.length}
              open={open}
              onToggle={() => setOpen(!open)}
            />
          </p>
          {others.length === 0 && (
            <FollowBack profile={followers.get(first.handle)} of={kind} />
          )}
        </div>
        {open && (
          <ul className="notification-others">
            {(kind === 'follow' ? entries : others).map((entry) => (
              <li key={entry.uuid}>
                <Person of={entry} />
                <FollowBack profile={followers.get(entry.handle)} of={kind} />
              </li>
            ))}
          </ul>
        )}
        {activity && (
          <Link className="quoted" dir="auto" to={pathOf(activity)}>
            {activity.message}
          </Link>
        )}
      </div>
    </article>
  );
}

/** How the reader is related to their newest followers; asked for once one of them is shown. */
function useFollowers(wanted: boolean): ReadonlyMap<string, Profile> {
  const mine = useMyHandle();
  const { data } = usePeople(`/api/users/@${mine ?? ''}/followers`, {
    enabled: wanted && mine !== undefined,
  });
  return new Map(
    data?.pages.flatMap(({ value }) => value).map((profile) => [profile.handle, profile]),
  );
}

function List({ entries }: { entries: Notification[] }) {
  const followers = useFollowers(entries.some(({ kind }) => kind === 'follow'));
  return (
    <ul className="cruds notifications">
      {grouped(entries).map(({ entries: [first, ...others] }) => (
        <li key={first.uuid} data-unread={!first.read || undefined}>
          {first.kind === 'reply' || first.kind === 'mention' ? (
            <Text entry={first} kind={first.kind} />
          ) : (
            <Row kind={first.kind} entries={[first, ...others]} followers={followers} />
          )}
        </li>
      ))}
    </ul>
  );
}

const Nothing = ({ list }: { list: NotificationList }) =>
  list === 'mentions' ? (
    <Notice icon="bell" title={t`No mentions yet`}>
      <p>{t`Replies to you, and cruds with your handle, will appear here.`}</p>
    </Notice>
  ) : (
    <Notice icon="bell" title={t`No notifications yet`}>
      <p>{t`Replies, likes, reposts, mentions and new followers will appear here.`}</p>
      <Link className="button" to="/people/suggested">
        {t`Find people`}
      </Link>
    </Notice>
  );

function Notifications({ list }: { list: NotificationList }) {
  const query = useNotifications(list);
  const { data: me, dataUpdatedAt: countedAt } = useMe();
  const { refetch } = query;
  const shown = query.isSuccess && !query.isFetching;
  const newest = query.data?.pages[0]?.value[0]?.uuid;
  const [read, setRead] = useState<string>();
  const unread = me?.unread_notifications ?? 0;

  const seen = shown && unread > 0 && newest !== read ? newest : undefined;
  useEffect(() => {
    if (!seen) return;
    readNotifications(seen).then(
      () => setRead(seen),
      // The newest one may be gone, because what it told was undone.
      (error: unknown) => {
        if (error instanceof Problem && error.status === 404) void refetch();
      },
    );
  }, [seen, refetch]);

  // The count says that there are new notifications, but the list does not have them yet. The list
  // is read once for each count.
  const missing = query.isSuccess && unread > 0 && (newest === undefined || newest === read);
  useEffect(() => {
    if (missing) void refetch({ cancelRefetch: false });
  }, [missing, countedAt, refetch]);

  return (
    <PagedList query={query}>
      {(pages) => {
        const entries = pages.flat();
        return entries.length === 0 ? <Nothing list={list} /> : <List entries={entries} />;
      }}
    </PagedList>
  );
}

export default function NotificationsPage() {
  const { list = 'notifications' } = useParams();
  useDocumentTitle(t`Notifications`);
  if (list !== 'notifications' && list !== 'mentions') return <NotFoundPage />;
  return (
    <div className="column">
      <PageHead title={t`Notifications`} />
      <nav className="tabs" aria-label={t`Notifications`}>
        <NavLink to="/notifications" end replace>
          {t`All`}
        </NavLink>
        <NavLink to="/notifications/mentions" replace>
          {t`Mentions`}
        </NavLink>
      </nav>
      <Notifications key={list} list={list} />
    </div>
  );
}
