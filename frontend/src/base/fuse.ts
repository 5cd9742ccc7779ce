/* How much of its life something has left, for the fuse below it. */
const LAST_MS = 3_600_000;
const LAST_PART = 0.1;

export interface Life {
  created_at: string;
  expires_at: string;
}

const restOf = ({ expires_at }: Life, now: number) => Date.parse(expires_at) - now;
const wholeOf = ({ created_at, expires_at }: Life) =>
  Math.max(1, Date.parse(expires_at) - Date.parse(created_at));

/** The rest of a life as a part of the whole, to a thousandth: from `0.000` to `1.000`. */
export const restOfLife = (life: Life, now: number): string =>
  Math.min(1, Math.max(0, restOf(life, now) / wholeOf(life))).toFixed(3);

/** Whether the end is near: the last hour, or the last tenth. */
export const isEnding = (life: Life, now: number): boolean =>
  restOf(life, now) <= Math.max(LAST_MS, wholeOf(life) * LAST_PART);

/** Whether it ends within an hour, and has not ended. */
export const isInLastHour = (life: Life, now: number): boolean => {
  const rest = restOf(life, now);
  return rest > 0 && rest <= LAST_MS;
};
