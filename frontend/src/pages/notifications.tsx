import { useEffect, useState } from 'react';
import { Link } from 'react-router';

import { readNotifications } from '../api/crud-changes';
import { pathOf, useNotifications } from '../api/cruds';
import { useMe } from '../api/people';
import { Problem } from '../api/problem';
import type { Notification } from '../api/types';
import { Avatar } from '../components/avatar';
import { CrudCard } from '../components/crud';
import { useDocumentTitle } from '../components/document-title';
import { Icon, type IconProps } from '../components/icons';
import { AT } from '../components/icon-paths';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { Handle, Name } from '../components/person';
import { RelativeTime } from '../components/relative-time';

const KINDS: Record<Notification['kind'], { icon: IconProps; text: string }> = {
  reply: { icon: { name: 'reply' }, text: 'replied to you' },
  mention: { icon: { path: AT }, text: 'mentioned you' },
  like: { icon: { name: 'heart' }, text: 'liked your crud' },
  repost: { icon: { name: 'repost' }, text: 'reposted your crud' },
};

function Entry({ entry }: { entry: Notification }) {
  const { icon, text } = KINDS[entry.kind];
  const head = (
    <p className="notification-head" data-kind={entry.kind}>
      <Icon {...icon} />
      <span>
        <Link className="who" to={`/@${entry.handle}`}>
          <Name>{entry.display_name}</Name> <Handle>{entry.handle}</Handle>
        </Link>{' '}
        {text}
      </span>
      {!entry.read && <span className="new">New</span>}
    </p>
  );
  // A reply or mention is shown as a whole crud, so that it can be answered here.
  if (entry.kind === 'reply' || entry.kind === 'mention')
    return <CrudCard crud={entry.activity} above={head} />;
  return (
    <article className="crud" aria-label={`${entry.display_name} ${text}`}>
      {head}
      <span className="crud-face">
        <Avatar handle={entry.handle} name={entry.display_name} />
      </span>
      <div className="crud-body">
        <Link className="quoted" dir="auto" to={pathOf(entry.activity)}>
          {entry.activity.message}
        </Link>
        <p className="quiet">
          <RelativeTime at={entry.created_at} />
        </p>
      </div>
    </article>
  );
}

export default function NotificationsPage() {
  useDocumentTitle('Notifications');
  const query = useNotifications();
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
    <div className="column">
      <PageHead title="Notifications" />
      <PagedList query={query}>
        {(pages) => {
          const entries = pages.flat();
          if (entries.length === 0)
            return (
              <Notice icon="bell" title="No notifications yet">
                <p>Replies, likes, reposts and mentions will appear here.</p>
              </Notice>
            );
          return (
            <ul className="cruds">
              {entries.map((entry) => (
                <li key={entry.uuid} data-unread={!entry.read || undefined}>
                  <Entry entry={entry} />
                </li>
              ))}
            </ul>
          );
        }}
      </PagedList>
    </div>
  );
}
