/* One clock for all times on the page: the server's. It ticks only while a component uses it. */
import { useSyncExternalStore } from 'react';

import { ServerTime } from './server-time';
import { followTimeZone, isPast, timeZone } from './time';

const TICK_MS = 5_000;
/** A correction by more than this is shown at once. */
const JUMP_MS = 1_500;

const server = new ServerTime();
const listeners = new Set<() => void>();

/** The server's time; the device's before the first answer, when there is nothing to show yet. */
export const serverNow = () => server.at(performance.now()) ?? Date.now();

let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  now = serverNow();
  followTimeZone();
  for (const listener of listeners) listener();
}

/** An answer of the server has just arrived with this Date header. */
export function observeDate(date: string | null) {
  const before = serverNow();
  server.observe(date, performance.now());
  if (Math.abs(serverNow() - before) > JUMP_MS) tick();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    now = serverNow();
    timer = setInterval(tick, TICK_MS);
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The text of a time now. The component renders again only when that has changed. */
export const useClock = <T extends string | boolean>(read: (now: number) => T): T =>
  useSyncExternalStore(subscribe, () => read(now));

/** Render again when the device has moved to another time zone. */
export const useTimeZone = () => useSyncExternalStore(subscribe, timeZone);

/** Whether `time` is past by the server's clock; false while only the device's clock is known. */
export const usePast = (time: string | undefined): boolean =>
  useClock((current) => time !== undefined && server.at(0) !== undefined && isPast(time, current));

/** Whether `time` was past at performance.now() `at`, by what is known of the server's clock now. */
export function wasPast(time: string, at: number): boolean {
  const then = server.at(at);
  return then !== undefined && isPast(time, then);
}
