/*
 * Short messages that disappear by themselves, the newest at the bottom. They are entries of a log, so
 * screen readers say each of them, also one that equals the last.
 */
import { t } from '@lingui/core/macro';
import { useSyncExternalStore } from 'react';

const SHOWN_MS = 4_000;
const MOST = 3;

let toasts: { text: string; number: number }[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: typeof toasts) {
  toasts = next;
  for (const listener of listeners) listener();
}

export function toast(text: string) {
  const number = ++last;
  set([...toasts, { text, number }].slice(-MOST));
  setTimeout(() => set(toasts.filter((one) => one.number !== number)), SHOWN_MS);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="log" aria-label={t`Notices`}>
      {shown.map(({ text, number }) => (
        <p key={number}>{text}</p>
      ))}
    </div>
  );
}
