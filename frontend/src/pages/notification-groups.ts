/* Several people who did the same stand in one row of the notifications. */
import type { Notification } from '../api/types';

/** They did it within this time. */
const GROUP_MS = 24 * 3_600_000;

export interface Group {
  /** Newest first, and each person once; the newest one is where the row stands. */
  entries: [Notification, ...Notification[]];
}

/** The part that is equal within a group; undefined for one that stands alone, because it has a text of its own. */
function keyOf({ kind, activity, read }: Notification): string | undefined {
  switch (kind) {
    case 'like':
    case 'repost':
      return `${kind} ${activity?.uuid ?? ''} ${read}`;
    case 'follow':
      return `${kind} ${read}`;
    default:
      return undefined;
  }
}

/** `notifications`: newest first. The rows have the order of their newest notifications. */
export function grouped(notifications: Notification[]): Group[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const one of notifications) {
    const key = keyOf(one);
    const group = key === undefined ? undefined : open.get(key);
    const newest = group?.entries[0];
    if (
      group &&
      newest &&
      Date.parse(newest.created_at) - Date.parse(one.created_at) <= GROUP_MS
    ) {
      if (!group.entries.some(({ handle }) => handle === one.handle)) group.entries.push(one);
      continue;
    }
    const next: Group = { entries: [one] };
    groups.push(next);
    if (key !== undefined) open.set(key, next);
  }
  return groups;
}
