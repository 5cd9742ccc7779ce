/*
 * The numbers of unread messages and notifications. The server tells them once (GET /api/users/me), then
 * events change them. A message of the moment in which the number was read may be in it already: the
 * number is then read again, not before the same can be said of the next one.
 */
import { keys, queryClient } from '../api/queries';
import type { Me } from '../api/types';
import { serverNow } from '../base/now';

/** The server's clock is known to about a second (base/server-time.ts). */
const UNSURE_MS = 2_000;
/** At most so often. */
const AGAIN_MS = 30_000;

type Count = 'unread_messages' | 'unread_notifications';

let readAgainAt = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

function readLater() {
  if (timer !== undefined) return;
  const wait = Math.max(UNSURE_MS, readAgainAt + AGAIN_MS - performance.now());
  timer = setTimeout(() => {
    timer = undefined;
    readAgainAt = performance.now();
    void queryClient.invalidateQueries({ queryKey: keys.me });
  }, wait);
}

/** Whether the number has what is from `created_at`; undefined if that is not certain. */
function isCounted(created_at: string): boolean | undefined {
  const query = queryClient.getQueryState<Me>(keys.me);
  if (!query || query.fetchStatus === 'fetching') return undefined;
  const readAt = serverNow() - (Date.now() - query.dataUpdatedAt);
  const distance = Date.parse(created_at) - readAt;
  return Math.abs(distance) < UNSURE_MS ? undefined : distance < 0;
}

/** Change a number by what somebody else did, or the caller here or in another browser. */
export function changeCount(count: Count, by: number) {
  if (by === 0) return;
  const query = queryClient.getQueryState<Me>(keys.me);
  // The number that is on its way may have been read before, and takes the place of this one.
  if (query?.fetchStatus === 'fetching') readLater();
  // Not as an answer of the server: dataUpdatedAt stays the time at which the number was read.
  const updatedAt = query?.dataUpdatedAt;
  queryClient.setQueryData<Me>(
    keys.me,
    (me) => me && { ...me, [count]: Math.max(0, (me[count] ?? 0) + by) },
    updatedAt === undefined ? {} : { updatedAt },
  );
}

/** Count something new that is from `created_at`. */
export function countNew(count: Count, created_at: string) {
  const counted = isCounted(created_at);
  if (counted === true) return;
  if (counted === undefined) readLater();
  changeCount(count, 1);
}
