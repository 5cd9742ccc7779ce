/* Times as people read them. `now` is a parameter, so that components can update relative times. */
import { plural, t } from '@lingui/core/macro';

import { formatLocale } from './language';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const OPTIONS = {
  full: { dateStyle: 'full', timeStyle: 'medium' },
  clock: { hour: '2-digit', minute: '2-digit' },
  monthDay: { month: 'short', day: 'numeric' },
  monthDayYear: { dateStyle: 'medium' },
  weekday: { weekday: 'long', month: 'long', day: 'numeric' },
  longDate: { dateStyle: 'full' },
  weekdayClock: { weekday: 'long', hour: '2-digit', minute: '2-digit' },
  dayClock: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

type Format = keyof typeof OPTIONS;

const currentZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

// A format keeps the time zone that the device had when it was created, and its language. Not before it is
// needed: the first one takes a tenth of a second on a slow phone.
let zone: string | undefined;
let zones = 0;
let locale: string | undefined;
const formats = new Map<Format, Intl.DateTimeFormat>();

/** Changes with the time zone in which times are shown. */
export const timeZone = () => zones;

/** Show times in the time zone that the device has now. */
export function followTimeZone() {
  const current = currentZone();
  if (zone !== undefined && current !== zone) {
    formats.clear();
    zones++;
  }
  zone = current;
}

function formatted(name: Format, time: Date): string {
  zone ??= currentZone();
  if (locale !== formatLocale()) formats.clear();
  locale = formatLocale();
  const format = formats.get(name) ?? new Intl.DateTimeFormat(locale, OPTIONS[name]);
  formats.set(name, format);
  return format.format(time);
}

export const fullTime = (time: string) => formatted('full', new Date(time));
export const clockTime = (time: string) => formatted('clock', new Date(time));

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/** Calendar days between two local times; rounding absorbs days of 23 or 25 hours. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY);
}

type Unit = 'minute' | 'hour' | 'day';

/** A duration, rounded: minutes, hours, and days above 36 hours. */
function rounded(ms: number): [count: number, unit: Unit] {
  const minutes = Math.max(1, Math.round(ms / MINUTE));
  if (minutes < 60) return [minutes, 'minute'];
  if (ms <= 36 * HOUR) return [Math.round(ms / HOUR), 'hour'];
  return [Math.round(ms / DAY), 'day'];
}

const SHORT: Record<Unit, (count: number) => string> = {
  minute: (count) => t({ message: `${count}m`, context: 'minutes' }),
  hour: (count) => t({ message: `${count}h`, context: 'hours' }),
  day: (count) => t({ message: `${count}d`, context: 'days' }),
};

const IN_WORDS: Record<Unit, (count: number) => string> = {
  minute: (count) => plural(count, { one: '# minute', other: '# minutes' }),
  hour: (count) => plural(count, { one: '# hour', other: '# hours' }),
  day: (count) => plural(count, { one: '# day', other: '# days' }),
};

/** The same in short: `5m`, `3h`, `2d`. */
function duration(ms: number): string {
  const [count, unit] = rounded(ms);
  return SHORT[unit](count);
}

/** How long ago: `now`, `5m`, `3h`, `2d`, then the date. Times in the future read `now`. */
export function ago(time: string, now: number): string {
  const then = new Date(time);
  const passed = now - then.getTime();
  if (passed < MINUTE) return t`now`;
  if (passed < 7 * DAY) return duration(passed);
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return formatted(sameYear ? 'monthDay' : 'monthDayYear', then);
}

/** Time left: `6d`, `5h`, `12m`, `<1m`. */
export function timeLeft(until: string, now: number): string {
  const rest = new Date(until).getTime() - now;
  return rest < MINUTE ? t({ message: '<1m', context: 'minutes' }) : duration(rest);
}

/** The same in words: `6 days`, `1 hour`, `less than a minute`. */
export function timeLeftInWords(until: string, now: number): string {
  const rest = new Date(until).getTime() - now;
  if (rest < MINUTE) return t`less than a minute`;
  const [count, unit] = rounded(rest);
  return IN_WORDS[unit](count);
}

export const isPast = (time: string, now: number) => new Date(time).getTime() <= now;

/** When something ends `ms` from now: within a week with the day of the week, else with the date. */
export const endIn = (ms: number, now: number) =>
  formatted(ms < 7 * DAY ? 'weekdayClock' : 'dayClock', new Date(now + ms));

/** Heading of a day in a conversation. */
export function dayLabel(time: string, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  const days = daysBetween(then, today);
  if (days <= 0) return t`Today`;
  if (days === 1) return t`Yesterday`;
  return formatted(then.getFullYear() === today.getFullYear() ? 'weekday' : 'longDate', then);
}

export function sameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}
