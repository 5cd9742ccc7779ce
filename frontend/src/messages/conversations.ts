/* Reads the list of conversations, and the conversation with one person, into the store. */
import { useQuery } from '@tanstack/react-query';

import { fetchJson, fetchPage } from '../api/http';
import { Problem } from '../api/problem';
import { keys, reasonOf } from '../api/queries';
import type { MessageGroup } from '../api/types';
import { conversationOf, listed, withFront, withOlder } from '../live/conversations';
import { changeConversations, readStore, useStore } from '../live/store';

/** A conversation of the list that was read so recently is not read again to be opened. */
const RECENT_MS = 5_000;
let listReadAt = -Infinity;

/** Read the front of the list when it is shown; events keep it fresh. */
export function useConversationList() {
  const list = useStore(({ conversations }) => listed(conversations));
  const older = useStore(({ conversations }) => conversations.list?.older ?? null);
  const query = useQuery<boolean, Problem>({
    queryKey: keys.groups,
    queryFn: async ({ signal }) => {
      const askedAt = performance.now();
      const page = await fetchPage<MessageGroup[]>('/api/message_groups', signal);
      changeConversations((all) => withFront(all, page, askedAt));
      listReadAt = performance.now();
      return true;
    },
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return { list, older, error: reasonOf(query), refetch: query.refetch };
}

export const useConversation = (group: string) =>
  useStore(({ conversations }) => conversationOf(conversations, group));

/** A conversation of the list, if the list has just been read. */
export const recentConversation = (group: string): MessageGroup | undefined =>
  performance.now() - listReadAt > RECENT_MS
    ? undefined
    : conversationOf(readStore().conversations, group);

export async function loadOlderConversations(older: string): Promise<void> {
  const askedAt = performance.now();
  const page = await fetchPage<MessageGroup[]>(older);
  changeConversations((all) => withOlder(all, page, askedAt));
}

/** The caller's conversation with a person; null before the first message. */
export function useConversationWith(handle: string) {
  return useQuery<MessageGroup | null, Problem>({
    queryKey: keys.groupWith(handle),
    queryFn: async ({ signal }) => {
      try {
        return await fetchJson<MessageGroup>(`/api/message_groups/@${encodeURIComponent(handle)}`, {
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
