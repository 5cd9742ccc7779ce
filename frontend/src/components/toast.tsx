/* A short message that disappears by itself; a new one replaces it. */
import { useEffect, useSyncExternalStore } from 'react';

const SHOWN_MS = 4_000;

let current = '';
const listeners = new Set<() => void>();

export function toast(text: string) {
  current = text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toast() {
  const text = useSyncExternalStore(subscribe, () => current);
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => toast(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="toast" role="status" data-shown={text !== '' || undefined}>
      {text}
    </div>
  );
}
