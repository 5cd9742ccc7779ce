/* Reads again what is shown: rarely while a stream is open, in case of an unknown fault; more often without. */
import { keys, queryClient } from '../api/queries';
import { onConnection, readConnection } from './connection';
import { readAgain } from './events';

const SAFETY_MS = 120_000;
const WITHOUT_MS = 15_000;
const HIDDEN_MS = 60_000;

const isOpen = () => readConnection() === 'open';

function periodMs(): number {
  if (isOpen()) return SAFETY_MS;
  return document.hidden ? HIDDEN_MS : WITHOUT_MS;
}

/** Begin. Returns how to end it. */
export function keepFresh(): () => void {
  let readAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refresh = () => {
    readAt = performance.now();
    if (!isOpen()) readAgain();
    else
      for (const queryKey of [keys.groups, keys.threads])
        void queryClient.invalidateQueries({ queryKey });
  };
  const plan = () => {
    clearTimeout(timer);
    // Not all browsers at the same moment.
    const wait = periodMs() * (1 + Math.random() / 4) - (performance.now() - readAt);
    timer = setTimeout(() => {
      // Nobody looks; without a stream the numbers in the title are worth a look.
      if (!document.hidden || !isOpen()) refresh();
      plan();
    }, Math.max(wait, 0));
  };
  const onVisible = () => {
    if (document.hidden) return;
    if (!isOpen() || performance.now() - readAt > SAFETY_MS) refresh();
    plan();
  };
  document.addEventListener('visibilitychange', onVisible);
  const forget = onConnection(plan);
  plan();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
    forget();
  };
}
