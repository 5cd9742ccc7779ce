/*
 * The stream of a browser. One tab reads it and tells the others; when that tab closes, the next one
 * goes on.
 *
 *   tab with the lock:  GET /api/live ──▶ events ──▶ its own listeners
 *                                            └─────▶ BroadcastChannel ──▶ listeners of the other tabs
 *
 *   connecting ──hello──▶ open ──the stream ends──▶ connecting ──several failures──▶ impossible
 *
 * Without a stream everything that is shown is read from time to time (refresh.ts), and the stream is
 * tried on. Without Web Locks (plain HTTP, blocked storage) each tab has its own stream.
 */
import { Problem } from '../api/problem';
import { pause } from '../base/online';
import { onTabEvent, tellTabs } from '../session/device';
import type { StreamEvent } from './event-parser';
import { readStream } from './stream';

export type Connection = 'connecting' | 'open' | 'impossible';

interface LiveEvent {
  name: string;
  data: unknown;
}

/** The reading tab tells this to the others. A tab that has just come asks. */
type Told = { account: string } & (
  | { event: LiveEvent }
  | { connection: Connection }
  | { ask: true }
);

const LOCK = 'cruddur:live';
/** After a cut, and after the first failure; doubled with each further one. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;
/** A stream that lasted so long was a good one. */
const LASTED_MS = 10_000;
/** After so many failures in a row, and so long without a stream, it seems to be impossible. */
const FAILURES = 3;
const GIVEN_UP_MS = 20_000;
/** A ninth stream of this person has ended ours: an eighth would end another one. */
const REPLACED_MS = 120_000;
/** The reading tab tells its state so often. If it has been silent for long, it sleeps: another one reads. */
const BEAT_MS = 15_000;
const ASLEEP_MS = 90_000;

let connection: Connection = 'connecting';
const listeners = new Set<() => void>();
const takers = new Set<(event: LiveEvent) => void>();

export const readConnection = () => connection;

/** Hear when the connection changes. */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Hear the events of the stream, in this tab and from others. */
export function onLive(taker: (event: LiveEvent) => void): () => void {
  takers.add(taker);
  return () => takers.delete(taker);
}

function setConnection(next: Connection) {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}

function give(event: LiveEvent) {
  for (const taker of takers) taker(event);
}

/** Not all browsers at the same moment. */
const spread = (ms: number) => ms * (0.5 + Math.random() / 2);

interface Port {
  connection(next: Connection): void;
  event(event: LiveEvent): void;
}

/** Read one stream after another until the signal. */
async function readStreams(signal: AbortSignal, port: Port): Promise<void> {
  const isOver = () => signal.aborted;
  let failures = 0;
  let openAt = performance.now();
  while (!isOver()) {
    const began = performance.now();
    let bye: StreamEvent | undefined;
    let waitMs = 0;
    try {
      await readStream(signal, (event) => {
        if (event.name === 'bye') bye = event;
        else port.event(event);
        openAt = performance.now();
        if (event.name === 'hello') port.connection('open');
      });
    } catch (error) {
      if (error instanceof Problem) waitMs = error.retryAfterMs;
    }
    if (bye) {
      failures = 0;
      const { reason } = bye.data as { reason?: string };
      waitMs = Math.max(bye.retryMs ?? 0, reason === 'replaced' ? REPLACED_MS : 0);
      // Reading the account again shows why.
      if (reason === 'revoked') port.event({ name: 'resync', data: {} });
    } else {
      const lasted = performance.now() - began > LASTED_MS;
      failures = lasted ? 1 : failures + 1;
      waitMs += spread(Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS));
    }
    if (isOver()) return;
    const late = performance.now() + waitMs - openAt > GIVEN_UP_MS; // before the next one is tried
    const given = (failures >= FAILURES && late) || waitMs >= REPLACED_MS;
    port.connection(given ? 'impossible' : 'connecting');
    await pause(waitMs, signal);
  }
}

/** Open the stream of the account, or follow the tab that has it. Returns how to end that. */
export function connect(account: string): () => void {
  const ended = new AbortController();
  const tell = (told: { event: LiveEvent } | { connection: Connection } | { ask: true }) =>
    tellTabs('live', { account, ...told });
  let shared = 'locks' in navigator;
  let reading = false;
  let heardAt = performance.now();

  onTabEvent('live', (event) => {
    const told = event as Told;
    if (told.account !== account || ended.signal.aborted) return;
    if ('ask' in told) {
      if (reading) tell({ connection });
      return;
    }
    if (reading) return;
    heardAt = performance.now();
    if ('event' in told) give(told.event);
    else setConnection(told.connection);
  });

  const read = async (signal: AbortSignal) => {
    reading = true;
    const beat = setInterval(() => tell({ connection }), BEAT_MS);
    await readStreams(signal, {
      connection(next) {
        setConnection(next);
        if (shared) tell({ connection: next });
      },
      event(event) {
        if (event.name !== '') give(event);
        if (shared) tell(event.name === '' ? { connection } : { event });
      },
    });
    clearInterval(beat);
    reading = false;
  };

  /** Read when it is this tab's turn; with `steal` at once. */
  const takeTurn = async (steal: boolean): Promise<void> => {
    const stolen = new AbortController();
    const signal = AbortSignal.any([ended.signal, stolen.signal]);
    const turn = { taken: false };
    try {
      await navigator.locks.request(LOCK, steal ? { steal } : { signal: ended.signal }, () => {
        turn.taken = true;
        return ended.signal.aborted ? undefined : read(signal);
      });
    } catch {
      stolen.abort();
      if (ended.signal.aborted) return;
      if (turn.taken) return takeTurn(false); // another tab has taken it
      // Where storage is blocked nobody gets a turn: each tab reads by itself.
      shared = false;
      await read(ended.signal);
    }
  };
  const watch = setInterval(() => {
    if (reading || document.hidden || performance.now() - heardAt < ASLEEP_MS) return;
    heardAt = performance.now();
    void takeTurn(true);
  }, BEAT_MS);

  if (shared) {
    tell({ ask: true });
    void takeTurn(false);
  } else void read(ended.signal);
  return () => {
    clearInterval(watch);
    ended.abort();
    setConnection('connecting');
  };
}
