/** How many characters are left. Screen readers announce it only when few are left. */
export function CharactersLeft({ length, max }: { length: number; max: number }) {
  const rest = max - length;
  const few = rest <= Math.min(40, max / 5);
  return (
    <span className="count" data-state={rest < 0 ? 'over' : few ? 'few' : undefined}>
      <span aria-hidden="true">
        {length === 0 ? '' : rest < 0 ? `${-rest} over the limit` : rest}
      </span>
      <span className="unseen" role="status">
        {few &&
          (rest < 0 ? `${-rest} over the limit` : rest % 10 === 0 ? `${rest} characters left` : '')}
      </span>
    </span>
  );
}
