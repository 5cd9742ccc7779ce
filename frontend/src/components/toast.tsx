/* A short message that disappears by itself; a new one replaces it. */
import { useEffect, useSyncExternalStore } from 'react';

const SHOWN_MS = 4_000;

let current = { text: '', number: 0 };
const listeners = new Set<() => void>();

export function toast(text: string) {
  current = { text, number: current.number + 1 };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toast() {
  const { text, number } = useSyncExternalStore(subscribe, () => current);
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => toast(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text, number]);
  return (
    <div className="toast" role="status" data-shown={text !== '' || undefined}>
      {/* A new element, so that screen readers say an equal text again. */}
      <span key={number}>{text}</span>
    </div>
  );
}
