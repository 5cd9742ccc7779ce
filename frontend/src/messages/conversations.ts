/* Conversations as the components use them: lists that keep themselves fresh, and the outbox. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { ask, askPage, tell } from '../api/client';
import { Problem } from '../api/problem';
import { client, keys } from '../api/queries';
import type { Message, MessageGroup, SentMessage } from '../api/types';
import { currentAccount, onSession } from '../auth/session';
import { readStored, writeStored } from '../stored';
import {
  addGroups,
  addMessages,
  type Groups,
  type Thread,
  withFront,
  withNewestPage,
  withOlderGroups,
  withOlderPage,
} from './lists';
import { Outbox } from './outbox';

const THREAD_POLL_MS = 2_500;
const GROUPS_POLL_MS = 5_000;
const HIDDEN_POLL_MS = 30_000;
const FAILED_POLL_MS = 10_000;
/** How often the newest page is read as a whole, to see what was deleted. */
const WHOLE_PAGE_MS = 30_000;
const PAGE = 40;

function pollEvery(ms: number) {
  return (query: { state: { status: string } }) => {
    if (document.hidden) return HIDDEN_POLL_MS;
    return query.state.status === 'error' ? FAILED_POLL_MS : ms;
  };
}

// --- one conversation -------------------------------------------------------------------------------
const threadOf = (group: string) => client.getQueryData<Thread>(keys.thread(group));

async function readThread(group: string, signal: AbortSignal): Promise<Thread> {
  const path = `/api/messages/${encodeURIComponent(group)}`;
  const known = threadOf(group);
  const last = known?.messages.at(-1);
  if (!known || !last || Date.now() - known.readAt > WHOLE_PAGE_MS) {
    const page = await askPage<Message[]>(`${path}?limit=${PAGE}`, signal);
    return withNewestPage(threadOf(group), page, Date.now());
  }
  const page = await askPage<Message[]>(`${path}?after=${last.uuid}&limit=${PAGE}`, signal);
  return addMessages(threadOf(group) ?? known, page.value);
}

export function useThread(group: string) {
  return useQuery<Thread, Problem>({
    queryKey: keys.thread(group),
    queryFn: ({ signal }) => readThread(group, signal),
    staleTime: 0,
    refetchInterval: pollEvery(THREAD_POLL_MS),
    refetchIntervalInBackground: true,
  });
}

/** Reads the page before the oldest message that is there; `load` does nothing while one is read. */
export function useOlder(group: string, older: string | null | undefined) {
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = async () => {
    if (!older || state === 'loading') return;
    setState('loading');
    try {
      const page = await askPage<Message[]>(older);
      client.setQueryData<Thread>(keys.thread(group), (now) => now && withOlderPage(now, page));
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return { state, load };
}

export async function deleteMessage(group: string, uuid: string): Promise<void> {
  await tell(`/api/messages/${group}/${uuid}`, { method: 'DELETE' });
  const deleted_at = new Date().toISOString();
  client.setQueryData<Thread>(
    keys.thread(group),
    (thread) =>
      thread && {
        ...thread,
        messages: thread.messages.map((message) =>
          message.uuid === uuid ? { ...message, message: null, deleted_at } : message,
        ),
      },
  );
  void client.invalidateQueries({ queryKey: keys.groups });
}

/** Tell the server that `last` has been shown; when a newer one came meanwhile, get that one. */
export async function markRead(group: string, last: string): Promise<boolean> {
  try {
    await tell(`/api/message_groups/${group}/read`, {
      method: 'PUT',
      body: { message_uuid: last },
    });
  } catch (error) {
    if (error instanceof Problem && error.has('read_stale'))
      await client.invalidateQueries({ queryKey: keys.thread(group) });
    return false;
  }
  client.setQueryData<Groups>(
    keys.groups,
    (list) =>
      list && {
        ...list,
        groups: list.groups.map((one) => (one.uuid === group ? { ...one, unread_count: 0 } : one)),
      },
  );
  void client.invalidateQueries({ queryKey: keys.me });
  return true;
}

// --- the list of conversations -------------------------------------------------------------------------
/** `poll`: for the one place that keeps the list fresh. */
export function useGroups({ poll = false } = {}) {
  return useQuery<Groups, Problem>({
    queryKey: keys.groups,
    queryFn: async ({ signal }) => {
      const page = await askPage<MessageGroup[]>('/api/message_groups', signal);
      return withFront(client.getQueryData<Groups>(keys.groups), page);
    },
    staleTime: poll ? 0 : Infinity,
    refetchInterval: poll && pollEvery(GROUPS_POLL_MS),
    refetchIntervalInBackground: true,
  });
}

export async function loadOlderGroups(older: string): Promise<void> {
  const page = await askPage<MessageGroup[]>(older);
  client.setQueryData<Groups>(keys.groups, (list) => list && withOlderGroups(list, page));
}

/** My conversation with a person; null when there is none yet. */
export function useGroupWith(handle: string) {
  return useQuery<MessageGroup | null, Problem>({
    queryKey: keys.with(handle),
    queryFn: async ({ signal }) => {
      try {
        return await ask<MessageGroup>(`/api/message_groups/@${encodeURIComponent(handle)}`, {
          signal,
        });
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    staleTime: 0,
  });
}

// --- sending ------------------------------------------------------------------------------------------
export const outbox = new Outbox({
  send: ({ key, to, text }) =>
    ask<SentMessage>('/api/messages', { method: 'POST', body: { message: text, ...to }, key }),

  delivered: ({ to }, { message_group_uuid: group, ...message }) => {
    client.setQueryData<Thread>(
      keys.thread(group),
      (thread) => thread && addMessages(thread, [message]),
    );
    client.setQueryData<Groups>(keys.groups, (list) => {
      const known = list?.groups.find(({ uuid }) => uuid === group);
      if (!list || !known) return list;
      const { message: text, created_at } = message;
      return addGroups(list, [{ ...known, message: text, created_at }]);
    });
    void client.invalidateQueries({ queryKey: keys.groups });
    if ('handle' in to) void client.invalidateQueries({ queryKey: keys.with(to.handle) });
  },

  load: () => readStored(currentAccount() ?? '', 'outbox', []),
  save: (entries) => {
    const account = currentAccount();
    if (account) writeStored(account, 'outbox', entries);
  },
});

// What was written before a reload or an expired session goes out now.
outbox.resume();
onSession(() => outbox.resume());
window.addEventListener('online', () => outbox.retryAll());

export const useOutbox = () => useSyncExternalStore(outbox.subscribe, outbox.all);

/** Whether the page is in front of somebody. */
export function usePageVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const update = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return visible;
}
