import { plural, t } from '@lingui/core/macro';

/** How many characters are left. Screen readers announce it only when few are left. */
export function CharactersLeft({ length, max }: { length: number; max: number }) {
  const rest = max - length;
  const over = -rest;
  const few = rest <= Math.min(40, max / 5);
  return (
    <span className="count" data-state={rest < 0 ? 'over' : few ? 'few' : undefined}>
      <span aria-hidden="true">
        {length === 0 ? '' : rest < 0 ? t`${over} over the limit` : rest}
      </span>
      <span className="unseen" role="status">
        {few &&
          (rest < 0
            ? t`${over} over the limit`
            : rest % 10 === 0
              ? plural(rest, { one: '# character left', other: '# characters left' })
              : '')}
      </span>
    </span>
  );
}
