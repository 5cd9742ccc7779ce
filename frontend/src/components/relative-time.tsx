import { useNow } from '../base/now';
import { ago, fullTime } from '../base/time';

/** How long ago something was; the tooltip has the full local time. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ago(at, now)}
    </time>
  );
}
