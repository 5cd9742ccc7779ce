/* How much of the room for a text is used: a ring, shown when little is left. */
import { plural, t } from '@lingui/core/macro';

const SHOWN_FROM = 0.8;
/** From so many characters on the ring has their number, too. */
const COUNTED = 20;

export function CountRing({ length, max }: { length: number; max: number }) {
  const rest = max - length;
  const shown = length >= max * SHOWN_FROM;
  const over = Math.max(0, -rest);
  return (
    <span
      className="count-ring"
      data-state={over > 0 ? 'over' : rest <= COUNTED ? 'few' : undefined}
    >
      {shown && (
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="9" />
          <circle
            cx="12"
            cy="12"
            r="9"
            pathLength={1}
            strokeDasharray={`${Math.min(1, length / max)} 1`}
          />
        </svg>
      )}
      {shown && rest <= COUNTED && <span aria-hidden="true">{rest}</span>}
      <span className="unseen" role="status">
        {shown &&
          (over > 0
            ? t`${over} over the limit`
            : rest % 10 === 0
              ? plural(rest, { one: '# character left', other: '# characters left' })
              : '')}
      </span>
    </span>
  );
}
