/* Lists that are read from the newest end: the front again and again, older pages on demand. */
import type { Page } from '../api/client';
import type { Message, MessageGroup } from '../api/types';

export interface Thread {
  /** Oldest first. */
  messages: Message[];
  /** Path of the page before; null when the first message is there. */
  older: string | null;
  /** When the newest page was read as a whole, which also shows what was deleted. */
  readAt: number;
}

export interface Groups {
  /** The last message first. */
  groups: MessageGroup[];
  older: string | null;
}

const byTime = (a: { created_at: string }, b: { created_at: string }) =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0;

/** Both lists as one, each uuid once as `fresh` has it; created_at has a fixed form and sorts as text. */
function union<T extends { uuid: string; created_at: string }>(known: T[], fresh: T[]): T[] {
  const all = new Map(known.map((item) => [item.uuid, item]));
  for (const item of fresh) all.set(item.uuid, item);
  return [...all.values()].sort(byTime);
}

export function addMessages(thread: Thread, fresh: Message[]): Thread {
  return { ...thread, messages: union(thread.messages, fresh) };
}

/** The newest page was read. When it does not reach what is known, there is a gap: begin anew. */
export function withNewestPage(
  thread: Thread | undefined,
  page: Page<Message[]>,
  readAt: number,
): Thread {
  const known = new Set(thread?.messages.map(({ uuid }) => uuid));
  if (thread && page.value.some(({ uuid }) => known.has(uuid)))
    return { ...addMessages(thread, page.value), readAt };
  return { messages: page.value, older: page.next, readAt };
}

export function withOlderPage(thread: Thread, page: Page<Message[]>): Thread {
  return { ...addMessages(thread, page.value), older: page.next };
}

export function addGroups(list: Groups, fresh: MessageGroup[]): Groups {
  return { ...list, groups: union(list.groups, fresh).reverse() };
}

/** The front was read; what moved there takes its new place. */
export function withFront(list: Groups | undefined, page: Page<MessageGroup[]>): Groups {
  const known = new Set(list?.groups.map(({ uuid }) => uuid));
  if (list && page.value.some(({ uuid }) => known.has(uuid))) return addGroups(list, page.value);
  return { groups: page.value, older: page.next };
}

export function withOlderGroups(list: Groups, page: Page<MessageGroup[]>): Groups {
  // What has moved to the front meanwhile is newer there than in this page.
  const known = new Set(list.groups.map(({ uuid }) => uuid));
  const fresh = page.value.filter(({ uuid }) => !known.has(uuid));
  return { ...addGroups(list, fresh), older: page.next };
}
