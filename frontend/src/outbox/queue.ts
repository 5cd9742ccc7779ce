/*
 * Sends the entries of the outbox. Each keeps its Idempotency-Key until the server answers.
 *
 *                    ┌──────────── no answer, 429, 5xx: pause, then again ────────────┐
 *                    ▼                                                                │
 *   add ──▶ waiting ──▶ (one tab at a time; one entry of each lane) ──▶ request ──────┤
 *                    ▲                                                     │          ├──▶ success: gone
 *                    │                                                     │          ├──▶ refused: failed
 *   try again, network back                                           401: waits     └──▶ too often: failed
 *   failed ──────────┘                                            for the next sign-in
 *
 * Without an answer it never fails: it waits until the server can be reached.
 */
import { Problem } from '../api/problem';
import { type Entry, isTemporary, laneOf, UNSURE } from './entry';

interface Port {
  /** The entries of the signed-in account, in their order. */
  entries(): Entry[];
  /** Changes an entry that is still there. */
  change(key: string, changes: Partial<Entry>): void;
  remove(key: string): void;
  send(entry: Entry): Promise<unknown>;
  /** Shows what the server answered; the entry is still there. */
  delivered(entry: Entry, answer: unknown): Promise<void>;
  /** The server has refused the entry, or has not taken it after several attempts. */
  failed(entry: Entry, problem: Problem): void;
  /** Runs the work while no other tab does; it begins with the entries of all tabs. */
  alone(work: () => Promise<void>): Promise<void>;
}

/** Pauses between attempts; the last one is used again while nothing answers. */
const DELAYS_MS = [1000, 2000, 4000, 8000, 16_000, 30_000];
/** Attempts that may be answered with 429 or 5xx before the person decides. */
const ATTEMPTS = 4;
/** The server knows a key for 24 hours. After that an entry that may have arrived could be doubled. */
const KEY_MS = 23 * 3_600_000;

export class Queue {
  private readonly lanes = new Map<string, Promise<void>>();
  /** Functions that end the current pauses. */
  private pauses: (() => void)[] = [];
  /** Waits for its turn, or has it. */
  private working = false;
  /** No other tab sends. */
  private holding = false;
  /** The session has ended: nothing can be sent until the next one. */
  private blocked = false;

  constructor(private readonly port: Port) {}

  /** After a start, a sign-in, or when the network is back: try everything that may succeed now. */
  resume() {
    for (const entry of this.port.entries())
      if (entry.state === 'failed' && isTemporary(entry))
        this.port.change(entry.key, { state: 'waiting' });
    this.endPauses();
    this.wake();
  }

  /** Something has been added, changed or deleted, here or in another tab: do not pause any longer. */
  changed() {
    this.endPauses();
    this.wake();
  }

  private wake() {
    if (this.holding) this.startLanes();
    if (this.working || this.waiting().length === 0) return;
    this.working = true;
    void this.work();
  }

  private async work() {
    try {
      await this.port.alone(async () => {
        this.holding = true;
        this.startLanes();
        while (this.lanes.size > 0) {
          await Promise.race(this.lanes.values());
          this.startLanes();
        }
        this.holding = false;
      });
    } finally {
      this.working = this.holding = false;
      this.wake(); // something may have come between the last look and this
    }
  }

  private endPauses() {
    this.blocked = false;
    for (const end of this.pauses.splice(0)) end();
  }

  private waiting() {
    if (!navigator.onLine || this.blocked) return [];
    return this.port.entries().filter(({ state }) => state === 'waiting');
  }

  private startLanes() {
    for (const { content } of this.waiting()) {
      const lane = laneOf(content);
      if (this.lanes.has(lane)) continue;
      this.lanes.set(
        lane,
        this.run(lane).finally(() => this.lanes.delete(lane)),
      );
    }
  }

  private async run(lane: string) {
    let attempt = 0;
    for (;;) {
      const entry = this.waiting().find(({ content }) => laneOf(content) === lane);
      if (!entry) return;
      const again = await this.attempt(entry, attempt);
      if (again === 'next') attempt = 0;
      else {
        attempt++;
        await this.pause(again);
      }
    }
  }

  /** Returns the pause before the same entry is tried again, or `next`. */
  private async attempt(entry: Entry, attempt: number): Promise<number | 'next'> {
    const { key } = entry;
    if (entry.tried !== undefined && Date.now() - entry.tried > KEY_MS) {
      this.port.change(key, { state: 'failed', reason: { status: 0, codes: [UNSURE] } });
      return 'next';
    }
    if (entry.tried === undefined) this.port.change(key, { tried: Date.now() });
    let answer: unknown;
    try {
      answer = await this.port.send(entry);
    } catch (error) {
      if (error instanceof Problem) return this.judge(entry, attempt, error);
      this.port.change(key, { state: 'failed', reason: { status: 0, codes: [] } });
      throw error;
    }
    try {
      await this.port.delivered(entry, answer);
    } finally {
      this.port.remove(key);
    }
    return 'next';
  }

  private judge(entry: Entry, attempt: number, problem: Problem): number | 'next' {
    const { status, codes } = problem;
    if (status === 401) {
      this.blocked = true; // the next sign-in goes on
      return 'next';
    }
    if (problem.isTemporary && (status === 0 || attempt + 1 < ATTEMPTS)) {
      this.port.change(entry.key, { reason: { status, codes } });
      const delay = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0;
      return Math.max(delay, problem.retryAfterMs);
    }
    this.port.change(entry.key, { state: 'failed', reason: { status, codes } });
    this.port.failed(entry, problem);
    // A later text must not arrive before it.
    if (problem.isTemporary)
      for (const later of this.port.entries())
        if (later.state === 'waiting' && laneOf(later.content) === laneOf(entry.content))
          this.port.change(later.key, { state: 'failed', reason: { status, codes } });
    return 'next';
  }

  /** Wait, or until something is said to have changed. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.pauses.push(resolve);
      setTimeout(resolve, ms);
    });
  }
}
