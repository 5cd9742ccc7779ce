/* The messages of one conversation: read by polling, deleted, marked as read. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { fetchNoContent, fetchPage } from '../api/http';
import { Problem } from '../api/problem';
import { keys, queryClient } from '../api/queries';
import type { Message } from '../api/types';
import { serverNow } from '../base/now';
import { type Groups, type Thread, withNewestPage, withOlderPage, withPolled } from './lists';
import { pollEvery } from './poll';

const POLL_MS = 2_500;
/** How often the newest page is read as a whole, to find deletions. */
const WHOLE_PAGE_MS = 30_000;
const PAGE_SIZE = 40;

const threadOf = (group: string) => queryClient.getQueryData<Thread>(keys.thread(group));

async function readThread(group: string, signal: AbortSignal): Promise<Thread> {
  const path = `/api/messages/${encodeURIComponent(group)}`;
  const known = threadOf(group);
  if (!known?.cursor || performance.now() - known.readAt > WHOLE_PAGE_MS) {
    const page = await fetchPage<Message[]>(`${path}?limit=${PAGE_SIZE}`, signal);
    return withNewestPage(threadOf(group), page, performance.now());
  }
  const page = await fetchPage<Message[]>(`${path}?after=${known.cursor}&limit=${PAGE_SIZE}`, signal);
  return withPolled(threadOf(group) ?? known, page.value);
}

export function useThread(group: string) {
  return useQuery<Thread, Problem>({
    queryKey: keys.thread(group),
    queryFn: ({ signal }) => readThread(group, signal),
    staleTime: 0,
    refetchInterval: pollEvery(POLL_MS),
    refetchIntervalInBackground: true,
  });
}

/** `load` reads the page before the oldest message; it does nothing while a page is being read. */
export function useOlderMessages(group: string, older: string | null) {
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = async () => {
    if (!older || state === 'loading') return;
    setState('loading');
    try {
      const page = await fetchPage<Message[]>(older);
      queryClient.setQueryData<Thread>(
        keys.thread(group),
        (thread) => thread && withOlderPage(thread, page),
      );
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return { state, load };
}

export async function deleteMessage(group: string, uuid: string): Promise<void> {
  await fetchNoContent(`/api/messages/${group}/${uuid}`, { method: 'DELETE' });
  const deleted_at = new Date(serverNow()).toISOString();
  queryClient.setQueryData<Thread>(
    keys.thread(group),
    (thread) =>
      thread && {
        ...thread,
        messages: thread.messages.map((message) =>
          message.uuid === uuid ? { ...message, message: null, deleted_at } : message,
        ),
      },
  );
  void queryClient.invalidateQueries({ queryKey: keys.groups });
}

/**
 * Tell the server that the messages up to `last` have been shown. Returns whether it agreed; if
 * there are newer messages, they are read first.
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
  queryClient.setQueryData<Groups>(
    keys.groups,
    (list) =>
      list && {
        ...list,
        groups: list.groups.map((one) => (one.uuid === group ? { ...one, unread_count: 0 } : one)),
      },
  );
  // Messages that came after `last` are still unread: the server has the count.
  void queryClient.invalidateQueries({ queryKey: keys.groups });
  void queryClient.invalidateQueries({ queryKey: keys.me });
  return true;
}
