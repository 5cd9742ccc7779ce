/* Times as people read them. `now` is a parameter, so that components can update relative times. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const monthDay = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const monthDayYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  month: 'long',
  day: 'numeric',
});
const longDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

export const fullTime = (time: string) => full.format(new Date(time));
export const clockTime = (time: string) => clock.format(new Date(time));

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/** Calendar days between two local times; rounding absorbs days of 23 or 25 hours. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY);
}

/** How long ago: `now`, `5m`, `3h`, `2d`, then the date. Times in the future read `now`. */
export function ago(time: string, now: number): string {
  const then = new Date(time);
  const passed = now - then.getTime();
  if (passed < MINUTE) return 'now';
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}m`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)}h`;
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)}d`;
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? monthDay : monthDayYear).format(then);
}

/** Time left, rounded down: `6d`, `5h`, `12m`, `<1m`. */
export function timeLeft(until: string, now: number): string {
  const rest = new Date(until).getTime() - now;
  if (rest < MINUTE) return '<1m';
  if (rest < HOUR) return `${Math.floor(rest / MINUTE)}m`;
  if (rest < DAY) return `${Math.floor(rest / HOUR)}h`;
  return `${Math.floor(rest / DAY)}d`;
}

export const isPast = (time: string, now: number) => new Date(time).getTime() <= now;

/** Heading of a day in a conversation. */
export function dayLabel(time: string, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  const days = daysBetween(then, today);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (then.getFullYear() === today.getFullYear() ? weekday : longDate).format(then);
}

export function sameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}
