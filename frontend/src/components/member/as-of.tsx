import { serverNow } from '../../base/now';
import { ago, clockTime } from '../../base/time';

const DAY_MS = 24 * 3_600_000;

/** When a copy of the device was read; nothing for what was read since the page was loaded. */
export function AsOf({ readAt }: { readAt: number }) {
  if (readAt === 0 || readAt >= performance.timeOrigin) return null;
  const time = new Date(readAt).toISOString();
  const now = serverNow();
  return (
    <span className="as-of quiet">
      As of {now - readAt < DAY_MS ? clockTime(time) : `${ago(time, now)} ago`}
    </span>
  );
}
