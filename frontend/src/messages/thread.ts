/* Reads, deletes and marks the messages of one conversation; the store keeps them, events add to them. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { fetchNoContent, fetchPage, type Page } from '../api/http';
import { Problem } from '../api/problem';
import { keys, queryClient, reasonOf } from '../api/queries';
import type { Message } from '../api/types';
import { limits } from '../base/limits';
import { serverNow } from '../base/now';
import { messageChanged, readConversation, readUpTo } from '../live/events';
import { isPlace, messagesPath, placeAt } from '../live/place';
import { changeThread, readStore, setThread, useStore } from '../live/store';
import {
  firstUnread,
  overlaps,
  type Thread,
  threadOf,
  withMessage,
  withNewerPage,
  withNewestPage,
  withOlderPage,
  withReread,
} from '../live/thread';
import { recentConversation } from './conversations';

const PAGE_SIZE = 40;
/** A conversation that was left longer ago is opened again at what is unread then. */
const KEPT_MS = 10_000;

const known = (group: string) => readStore().threads.get(group);

const readNewestPage = (group: string, signal?: AbortSignal) =>
  fetchPage<Message[]>(`${messagesPath(group)}?limit=${PAGE_SIZE}`, signal);

/** created_at of the first message that is in view, by conversation. */
const inView = new Map<string, string>();

export const noteInView = (group: string, created_at: string) => inView.set(group, created_at);

// --- reading --------------------------------------------------------------------------------------
/** The conversation as it is now; undefined if it cannot be read: its messages are shown all the same. */
async function conversationNow(group: string) {
  try {
    return recentConversation(group) ?? (await readConversation(group));
  } catch {
    return undefined;
  }
}

/** The newest page, or if that begins after the first unread message, the page around the read mark. */
async function openThread(group: string, mine: string, signal: AbortSignal): Promise<Thread> {
  const [conversation, newest] = await Promise.all([
    conversationNow(group),
    readNewestPage(group, signal),
  ]);
  const begin = (page: Page<Message[]>) => {
    const count = conversation?.unread_count ?? 0;
    const first = conversation && firstUnread(page, mine, conversation);
    const unread = first === undefined ? null : { first, count };
    const newestAt = newest.value.at(-1)?.created_at ?? '';
    return threadOf(page, { unread, newestAt });
  };
  const thread = begin(newest);
  if (!conversation || conversation.unread_count === 0 || newest.next === null) return thread;
  const { read_message_uuid: read } = conversation;
  if (thread.opened.unread || newest.value.some(({ uuid }) => uuid === read)) return thread;
  const choice = isPlace(read)
    ? `around=${read}&limit=${PAGE_SIZE}`
    : `limit=${limits.page_max}`;
  return begin(await fetchPage<Message[]>(`${messagesPath(group)}?${choice}`, signal));
}

/** Read again what is shown: the newest messages, and those that the person has scrolled to. */
async function reread(group: string, thread: Thread, signal: AbortSignal): Promise<void> {
  if (thread.newer === null) {
    const page = await readNewestPage(group, signal);
    const now = known(group) ?? thread;
    if (overlaps(now, page)) setThread(group, withNewestPage(now, page));
    else await readOn(group, now, signal);
    const oldest = page.value[0]?.created_at ?? '';
    if ((inView.get(group) ?? oldest) >= oldest) return;
  }
  const place = placeAt(inView.get(group) ?? thread.messages[0]?.created_at ?? '');
  const path = `${messagesPath(group)}?around=${place}&limit=${limits.page_max}`;
  const page = await fetchPage<Message[]>(path, signal);
  changeThread(group, (now) => withReread(now, page.value));
}

/** More has come than a page: go on from what is known, so that nothing moves under the reader. */
async function readOn(group: string, thread: Thread, signal: AbortSignal): Promise<void> {
  const path = `${messagesPath(group)}?after=${thread.cursor}&limit=${limits.page_max}`;
  const page = await fetchPage<Message[]>(path, signal);
  setThread(group, withNewerPage(known(group) ?? thread, page));
}

const withMessageAfter = (thread: Thread, message: Message): Thread =>
  message.created_at > thread.opened.newestAt ? withMessage(thread, message) : thread;

async function readThread(group: string, mine: string, signal: AbortSignal): Promise<true> {
  const thread = known(group);
  if (thread && !thread.isCopy) await reread(group, thread, signal);
  else {
    const opened = await openThread(group, mine, signal);
    // Messages that events have told since are not lost.
    setThread(group, known(group)?.messages.reduce(withMessageAfter, opened) ?? opened);
  }
  return true;
}

const leaving = new Map<string, ReturnType<typeof setTimeout>>();

/** Keep the messages while they are shown, and a moment longer. */
function useKept(group: string) {
  useEffect(() => {
    clearTimeout(leaving.get(group));
    return () => {
      leaving.set(
        group,
        setTimeout(() => setThread(group, undefined), KEPT_MS),
      );
    };
  }, [group]);
}

export function useThread(group: string, mine: string) {
  useKept(group);
  const thread = useStore(({ threads }) => threads.get(group));
  const query = useQuery<true, Problem>({
    queryKey: keys.thread(group),
    queryFn: ({ signal }) => readThread(group, mine, signal),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return { thread, error: reasonOf(query), isError: query.isError, refetch: query.refetch };
}

/** `load` reads the page at `path`; it does nothing while a page is being read. */
function usePage(path: string | null, add: (page: Page<Message[]>) => void) {
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = async () => {
    if (!path || state === 'loading') return;
    setState('loading');
    try {
      add(await fetchPage<Message[]>(path));
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return { state, load };
}

export const useOlderMessages = (group: string, older: string | null) =>
  usePage(older, (page) => changeThread(group, (thread) => withOlderPage(thread, page)));

export const useNewerMessages = (group: string, newer: string | null) =>
  usePage(newer, (page) =>
    // Not if the newest page has been read in the meantime.
    changeThread(group, (thread) => (thread.newer === newer ? withNewerPage(thread, page) : thread)),
  );

/** Leave out the messages between the list and the newest page. */
export async function readNewest(group: string): Promise<void> {
  const page = await readNewestPage(group);
  changeThread(group, (thread) => withNewestPage(thread, page));
}

// --- changing -------------------------------------------------------------------------------------
export async function deleteMessage(group: string, message: Message): Promise<void> {
  await fetchNoContent(`/api/messages/${group}/${message.uuid}`, { method: 'DELETE' });
  const deleted_at = new Date(serverNow()).toISOString();
  messageChanged({ ...message, message: null, deleted_at, message_group_uuid: group });
}

/**
 * Tell the server that the messages up to `last` have been shown. Returns whether it agreed; if
 * there are many newer messages, they are read first.
 */
export async function markRead(group: string, last: string): Promise<boolean> {
  try {
    await fetchNoContent(`/api/message_groups/${group}/read`, {
      method: 'PUT',
      body: { message_uuid: last },
    });
  } catch (error) {
    if (error instanceof Problem && error.has('read_stale'))
      await queryClient.invalidateQueries({ queryKey: keys.thread(group) });
    return false;
  }
  readUpTo(group, last);
  return true;
}

/** While the person writes, the others are told so often. */
const TYPING_MS = 3_000;
const toldAt = new Map<string, number>();

/** The person is writing. */
export function tellTyping(group: string) {
  const now = performance.now();
  if (now - (toldAt.get(group) ?? -Infinity) < TYPING_MS) return;
  toldAt.set(group, now);
  fetchNoContent(`/api/message_groups/${group}/typing`, { method: 'POST' }).catch(() => {
    // It is worth no second try.
  });
}
