/*
 * Messages that are not delivered yet. Each keeps its Idempotency-Key until the server answers, so
 * that sending it again creates no second message. Messages of one conversation are sent one after
 * another, in the order in which they were written.
 */
import { Problem } from '../api/problem';
import type { Message, SentMessage } from '../api/types';
import { randomUuid } from '../base/uuid';

export type Target = { message_group_uuid: string } | { handle: string };

export interface Entry {
  key: string;
  to: Target;
  text: string;
  /** created_at (server time) of the newest message that was shown when this one was written. */
  since: string;
  state: 'waiting' | 'sending' | 'failed';
  /** It was sent at least once, so it may have arrived even without a response. */
  tried: boolean;
  /** Error codes of the failure; empty if it was temporary. */
  codes: string[];
}

export const conversationOf = (to: Target) =>
  'handle' in to ? `@${to.handle.toLowerCase()}` : to.message_group_uuid;

interface OutboxCallbacks {
  send(entry: Entry): Promise<SentMessage>;
  delivered(entry: Entry, message: SentMessage): void;
  load(): Entry[];
  save(entries: Entry[]): void;
}

const DELAYS_MS = [1000, 2000, 4000];

export class Outbox {
  private entries: Entry[] = [];
  /** Conversations that are being sent to. */
  private readonly busy = new Set<string>();
  private readonly listeners = new Set<() => void>();
  /** Functions that end the current pauses. */
  private pauses: (() => void)[] = [];

  constructor(private readonly callbacks: OutboxCallbacks) {}

  readonly all = () => this.entries;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(to: Target, text: string, since: string) {
    const key = randomUuid();
    const entry: Entry = { key, to, text, since, state: 'waiting', tried: false, codes: [] };
    this.change([...this.entries, entry]);
    void this.run(conversationOf(to));
  }

  /** Load the stored entries, as after a reload, and try them all again. */
  resume() {
    this.change(this.callbacks.load().map((entry) => ({ ...entry, state: 'waiting', codes: [] })));
    this.retryAll();
  }

  retry(key: string) {
    this.patch(key, { state: 'waiting', codes: [] });
    const entry = this.entries.find((one) => one.key === key);
    if (entry) void this.run(conversationOf(entry.to));
  }

  /** The network is back: end all pauses. */
  retryAll() {
    for (const endPause of this.pauses.splice(0)) endPause();
    for (const { key, state, codes } of this.entries)
      if (state !== 'sending' && codes.length === 0) this.retry(key);
  }

  discard(key: string) {
    this.change(this.entries.filter((entry) => entry.key !== key));
  }

  private change(entries: Entry[]) {
    this.entries = entries;
    this.callbacks.save(entries);
    for (const listener of this.listeners) listener();
  }

  private patch(key: string, changes: Partial<Entry>) {
    this.change(
      this.entries.map((entry) => (entry.key === key ? { ...entry, ...changes } : entry)),
    );
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

  /** Returns whether the next message of the conversation may be tried. */
  private async deliver({ key }: Entry): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const entry = this.entries.find((one) => one.key === key);
      if (!entry) return true;
      this.patch(key, { state: 'sending', tried: true });
      try {
        const message = await this.callbacks.send(entry);
        // The messages behind it will be newer than this one.
        const conversation = conversationOf(entry.to);
        this.change(
          this.entries
            .filter((one) => one.key !== key)
            .map((one) =>
              conversationOf(one.to) === conversation ? { ...one, since: message.created_at } : one,
            ),
        );
        this.callbacks.delivered(entry, message);
        return true;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 401) {
          // The session has ended; resume() sends it after the next sign-in.
          this.patch(key, { state: 'waiting' });
          return false;
        }
        if (!error.isTemporary) {
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

  /** Wait `ms`, or until retryAll; without a time only for retryAll. */
  private pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.pauses.push(resolve);
      if (ms !== undefined) setTimeout(resolve, ms);
    });
  }
}

/**
 * The entries to show below the messages. Polling may find a message before its response arrives;
 * such an entry is left out.
 */
export function undelivered(entries: Entry[], messages: Message[], myHandle: string): Entry[] {
  return entries.filter(
    ({ tried, text, since }) =>
      !tried ||
      !messages.some(
        ({ handle, message, created_at }) =>
          handle === myHandle && message === text && created_at > since,
      ),
  );
}
