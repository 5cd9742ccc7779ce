/* The messages of a conversation, as far as they are known: pages, answers and events put together. */
import type { Page } from '../api/http';
import type { Message, MessageGroup } from '../api/types';
import { sameFields } from '../base/same';

export interface Thread {
  /** Oldest first, without a gap. */
  messages: Message[];
  /** Path of the page before; null if the first message is in the list. */
  older: string | null;
  /** Path of the page after; null if the newest message is in the list. */
  newer: string | null;
  /**
   * The newest message that a page brought. There may be others between it and what answers and events
   * brought.
   */
  cursor: string | undefined;
  /** As it was when the conversation was opened. */
  opened: Opened;
  /** It was kept on the device and has not been read since. */
  isCopy?: true;
  /** Date.now() when the copy was shown last. */
  readAt?: number;
  /** Uuids of the messages with which pages began: the parts between them stay when others come. */
  starts: string[];
}

export interface Opened {
  /** The first message that the caller had not read, and how many there were. */
  unread: { first: string; count: number } | null;
  /** created_at of the newest message. */
  newestAt: string;
}

const byTime = (a: { created_at: string }, b: { created_at: string }) =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0;

/**
 * Merge by uuid. `fresh` wins, but what is deleted stays so: a page may have been asked for before the
 * deletion. created_at has a fixed width, so it sorts as text. Messages that have not changed stay the
 * same objects, also the list itself: the page then has nothing to render.
 */
function union(known: Message[], fresh: Message[]): Message[] {
  const all = new Map(known.map((item) => [item.uuid, item]));
  let changed = false;
  for (const item of fresh) {
    const before = all.get(item.uuid);
    if (before && (before.message === null || sameFields(before, item))) continue;
    all.set(item.uuid, item);
    changed = true;
  }
  return changed ? [...all.values()].sort(byTime) : known;
}

export function addMessages(thread: Thread, fresh: Message[]): Thread {
  const messages = union(thread.messages, fresh);
  return messages === thread.messages ? thread : { ...thread, messages };
}

/** Messages that were read again, as far as the list has them. */
export function withReread(thread: Thread, fresh: Message[]): Thread {
  const known = new Set(thread.messages.map(({ uuid }) => uuid));
  return addMessages(
    thread,
    fresh.filter(({ uuid }) => known.has(uuid)),
  );
}

/** A message of an answer or event; where newer messages are missing, it is not the next one. */
export const withMessage = (thread: Thread, message: Message): Thread =>
  thread.newer === null ? addMessages(thread, [message]) : withReread(thread, [message]);

/** Add the messages that came after the cursor. */
function withLater(thread: Thread, fresh: Message[]): Thread {
  const cursor = fresh.at(-1)?.uuid ?? thread.cursor;
  const added = addMessages(thread, fresh);
  return cursor === added.cursor ? added : { ...added, cursor };
}

/** Whether the page has a message that a page has brought before: then nothing is missing between them. */
export function overlaps(thread: Thread, page: Page<Message[]>): boolean {
  const { cursor } = thread;
  return cursor === undefined || page.value.some(({ uuid }) => uuid === cursor);
}

/** Add the newest page. If it does not overlap the known messages, only this page is kept. */
export const withNewestPage = (thread: Thread, page: Page<Message[]>): Thread =>
  overlaps(thread, page)
    ? { ...withLater(thread, page.value), newer: null }
    : threadOf(page, thread.opened);

/** A conversation of which only this page is known. */
export function threadOf(page: Page<Message[]>, opened: Opened): Thread {
  const { value: messages, next: older, previous: newer } = page;
  const starts = messages.slice(0, 1).map(({ uuid }) => uuid);
  return { messages, older, newer, cursor: messages.at(-1)?.uuid, opened, starts };
}

export function withOlderPage(thread: Thread, page: Page<Message[]>): Thread {
  const starts = [...page.value.slice(0, 1).map(({ uuid }) => uuid), ...thread.starts];
  return { ...addMessages(thread, page.value), older: page.next, starts };
}

export function withNewerPage(thread: Thread, page: Page<Message[]>): Thread {
  return { ...withLater(thread, page.value), newer: page.previous };
}

/**
 * The first message of others that the caller has not read. The number of unread ones tells it only in
 * a list that has the newest message; otherwise the list has to contain the place of the read mark.
 */
export function firstUnread(
  page: Page<Message[]>,
  mine: string,
  { read_message_uuid: read, unread_count: count }: MessageGroup,
): string | undefined {
  if (count === 0) return undefined;
  const others = page.value.filter(({ handle }) => handle !== mine);
  const mark = page.value.find(({ uuid }) => uuid === read);
  if (mark) return others.find(({ created_at }) => created_at > mark.created_at)?.uuid;
  if (page.previous !== null) return undefined;
  // Deleted messages are not counted.
  return others.filter(({ message }) => message !== null).at(-count)?.uuid;
}
