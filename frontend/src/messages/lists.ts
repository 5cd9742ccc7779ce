/* Lists that are read newest first: the front repeatedly, older pages on demand. */
import type { Page } from '../api/http';
import type { Message, MessageGroup } from '../api/types';

export interface Thread {
  /** Oldest first. */
  messages: Message[];
  /** Path of the page before; null if the first message is in the list. */
  older: string | null;
  /**
   * The newest message that a page brought: the next poll asks for what came after it. A message that
   * was only sent from here may have another one before it.
   */
  cursor: string | undefined;
  /** performance.now() when the newest page was last read as a whole, which also shows deletions. */
  readAt: number;
}

export interface Groups {
  /** Newest last message first. */
  groups: MessageGroup[];
  older: string | null;
}

const byTime = (a: { created_at: string }, b: { created_at: string }) =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0;

/** Merge by uuid; `fresh` wins. created_at has a fixed width, so it sorts as text. */
function union<T extends { uuid: string; created_at: string }>(known: T[], fresh: T[]): T[] {
  const all = new Map(known.map((item) => [item.uuid, item]));
  for (const item of fresh) all.set(item.uuid, item);
  return [...all.values()].sort(byTime);
}

export function addMessages(thread: Thread, fresh: Message[]): Thread {
  return { ...thread, messages: union(thread.messages, fresh) };
}

/** Add the messages that came after the cursor. */
export function withPolled(thread: Thread, fresh: Message[]): Thread {
  return { ...addMessages(thread, fresh), cursor: fresh.at(-1)?.uuid ?? thread.cursor };
}

/** Add the newest page. If it does not overlap the known messages, only this page is kept. */
export function withNewestPage(
  thread: Thread | undefined,
  page: Page<Message[]>,
  readAt: number,
): Thread {
  const known = new Set(thread?.messages.map(({ uuid }) => uuid));
  if (thread && page.value.some(({ uuid }) => known.has(uuid)))
    return { ...withPolled(thread, page.value), readAt };
  return { messages: page.value, older: page.next, cursor: page.value.at(-1)?.uuid, readAt };
}

export function withOlderPage(thread: Thread, page: Page<Message[]>): Thread {
  return { ...addMessages(thread, page.value), older: page.next };
}

export function addGroups(list: Groups, fresh: MessageGroup[]): Groups {
  return { ...list, groups: union(list.groups, fresh).reverse() };
}

/** Add the front of the list. Conversations that moved there leave their former place. */
export function withFront(list: Groups | undefined, page: Page<MessageGroup[]>): Groups {
  const known = new Set(list?.groups.map(({ uuid }) => uuid));
  if (list && page.value.some(({ uuid }) => known.has(uuid))) return addGroups(list, page.value);
  return { groups: page.value, older: page.next };
}

export function withOlderGroups(list: Groups, page: Page<MessageGroup[]>): Groups {
  // A conversation that moved to the front since this page was read is newer there.
  const known = new Set(list.groups.map(({ uuid }) => uuid));
  const fresh = page.value.filter(({ uuid }) => !known.has(uuid));
  return { ...addGroups(list, fresh), older: page.next };
}
