import { useDeferredValue } from 'react';

import { useClock, useTimeZone } from '../base/now';
import { ago, fullTime } from '../base/time';

/** The full local time, for a tooltip: the first picture does not wait for it. */
export function useFullTime(at: string): string | undefined {
  useTimeZone();
  const later = useDeferredValue(at, '');
  return later === '' ? undefined : fullTime(later);
}

/** How long ago something was; the tooltip has the full local time. */
export function RelativeTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={useFullTime(at)}>
      {useClock((now) => ago(at, now))}
    </time>
  );
}
