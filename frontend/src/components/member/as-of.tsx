import { t } from '@lingui/core/macro';

import { serverNow } from '../../base/now';
import { ago, clockTime } from '../../base/time';

const DAY_MS = 24 * 3_600_000;
/** After this, `ago` is a date. */
const WEEK_MS = 7 * DAY_MS;

/** When a copy of the device was read; nothing for what was read since the page was loaded. */
export function AsOf({ readAt }: { readAt: number }) {
  if (readAt === 0 || readAt >= performance.timeOrigin) return null;
  const time = new Date(readAt).toISOString();
  const now = serverNow();
  const age = now - readAt;
  const when = age < DAY_MS ? clockTime(time) : ago(time, now);
  return (
    <span className="as-of quiet">
      {age < DAY_MS || age >= WEEK_MS ? t`As of ${when}` : t`As of ${when} ago`}
    </span>
  );
}
