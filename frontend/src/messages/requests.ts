/* Conversations that wait for the caller to accept them; accepting and hiding conversations. */
import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

import { fetchJson, fetchNoContent, fetchPage, type Page } from '../api/http';
import type { Problem } from '../api/problem';
import type { MessageGroup } from '../api/types';
import { withRead } from '../live/conversations';
import { conversationCame, conversationGone, REQUESTS_KEY } from '../live/events';
import { changeConversations } from '../live/store';

/** The last part of the path, in place of the uuid of a conversation. */
export const REQUESTS = 'requests';
export const REQUESTS_PATH = `/messages/${REQUESTS}`;

const groupPath = (group: string) => `/api/message_groups/${encodeURIComponent(group)}`;

/** Read when they are shown; an event of a request reads them again. */
export function useRequests() {
  return useInfiniteQuery<
    Page<MessageGroup[]>,
    Problem,
    InfiniteData<Page<MessageGroup[]>>,
    QueryKey,
    string
  >({
    queryKey: REQUESTS_KEY,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = performance.now();
      const page = await fetchPage<MessageGroup[]>(pageParam, signal);
      changeConversations((all) => withRead(all, page.value, askedAt));
      return page;
    },
    initialPageParam: '/api/message_groups?state=request',
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
  });
}

export async function acceptConversation(group: string): Promise<void> {
  conversationCame(await fetchJson<MessageGroup>(`${groupPath(group)}/accept`, { method: 'PUT' }));
}

export async function hideConversation(group: string): Promise<void> {
  await fetchNoContent(groupPath(group), { method: 'DELETE' });
  conversationGone(group);
}
