/*
 * Messages on their way. Each keeps its Idempotency-Key until the server has answered, however often
 * it is sent, so nothing is lost or doubled. Those of one conversation go one after another, so that
 * they arrive in the order in which they were written.
 */
import { Problem } from '../api/problem';
import type { Message, SentMessage } from '../api/types';

export type Target = { message_group_uuid: string } | { handle: string };

export interface Entry {
  key: string;
  to: Target;
  text: string;
  /** created_at of the newest message that was there when it was written; times of the server. */
  since: string;
  state: 'waiting' | 'sending' | 'failed';
  /** It has been sent at least once, so it may have arrived although no answer came. */
  tried: boolean;
  /** Why it failed. */
  codes: string[];
}

export const conversationOf = (to: Target) =>
  'handle' in to ? `@${to.handle.toLowerCase()}` : to.message_group_uuid;

interface Ways {
  send(entry: Entry): Promise<SentMessage>;
  delivered(entry: Entry, message: SentMessage): void;
  load(): Entry[];
  save(entries: Entry[]): void;
}

const DELAYS_MS = [1000, 2000, 4000];

export class Outbox {
  private entries: Entry[] = [];
  private readonly busy = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private wake: (() => void)[] = [];

  constructor(private readonly ways: Ways) {}

  readonly all = () => this.entries;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(to: Target, text: string, since: string) {
    const key = crypto.randomUUID();
    const entry: Entry = { key, to, text, since, state: 'waiting', tried: false, codes: [] };
    this.change([...this.entries, entry]);
    void this.run(conversationOf(to));
  }

  /** Begin with what was kept, as after a reload; all of it is tried again. */
  resume() {
    this.change(this.ways.load().map((entry) => ({ ...entry, state: 'waiting', codes: [] })));
    this.retryAll();
  }

  retry(key: string) {
    this.patch(key, { state: 'waiting', codes: [] });
    const entry = this.entries.find((one) => one.key === key);
    if (entry) void this.run(conversationOf(entry.to));
  }

  /** The network is back: whoever waits need not wait any longer. */
  retryAll() {
    for (const wake of this.wake.splice(0)) wake();
    for (const { key, state, codes } of this.entries)
      if (state !== 'sending' && codes.length === 0) this.retry(key);
  }

  discard(key: string) {
    this.change(this.entries.filter((entry) => entry.key !== key));
  }

  private change(entries: Entry[]) {
    this.entries = entries;
    this.ways.save(entries);
    for (const listener of this.listeners) listener();
  }

  private patch(key: string, what: Partial<Entry>) {
    this.change(this.entries.map((entry) => (entry.key === key ? { ...entry, ...what } : entry)));
  }

  private async run(conversation: string) {
    if (this.busy.has(conversation)) return;
    this.busy.add(conversation);
    try {
      for (;;) {
        const next = this.entries.find(
          ({ to, state }) => state !== 'failed' && conversationOf(to) === conversation,
        );
        if (!next || !(await this.deliver(next))) return;
      }
    } finally {
      this.busy.delete(conversation);
    }
  }

  /** Returns whether the next one may be tried. */
  private async deliver({ key }: Entry): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const entry = this.entries.find((one) => one.key === key);
      if (!entry) return true;
      this.patch(key, { state: 'sending', tried: true });
      try {
        const message = await this.ways.send(entry);
        // Those behind it are newer than it is.
        const conversation = conversationOf(entry.to);
        this.change(
          this.entries
            .filter((one) => one.key !== key)
            .map((one) =>
              conversationOf(one.to) === conversation ? { ...one, since: message.created_at } : one,
            ),
        );
        this.ways.delivered(entry, message);
        return true;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 401) {
          // Whoever signs in again finds it here, and it goes on.
          this.patch(key, { state: 'waiting' });
          return false;
        }
        if (!error.isPassing) {
          this.patch(key, { state: 'failed', codes: error.codes });
          return true;
        }
        const delay = DELAYS_MS[attempt];
        if (delay === undefined && navigator.onLine) {
          this.patch(key, { state: 'failed' });
          return false;
        }
        this.patch(key, { state: 'waiting' });
        if (navigator.onLine) {
          await this.pause(Math.max(delay ?? 0, error.retryAfterMs));
        } else {
          await this.pause(undefined);
          attempt = -1;
        }
      }
    }
  }

  /** Wait so long, or until retryAll; without a time only for that. */
  private pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.wake.push(resolve);
      if (ms !== undefined) setTimeout(resolve, ms);
    });
  }
}

/**
 * The entries to show below the messages: not those that have arrived although their answer has not,
 * which polling may find first.
 */
export function notArrived(entries: Entry[], messages: Message[], myHandle: string): Entry[] {
  return entries.filter(
    ({ tried, text, since }) =>
      !tried ||
      !messages.some(
        ({ handle, message, created_at }) =>
          handle === myHandle && message === text && created_at > since,
      ),
  );
}
