/* The list of conversations, and the conversation with one person. */
import { useQuery } from '@tanstack/react-query';

import { fetchJson, fetchPage } from '../api/http';
import { Problem } from '../api/problem';
import { keys, queryClient } from '../api/queries';
import type { MessageGroup } from '../api/types';
import { type Groups, withFront, withOlderGroups } from './lists';
import { pollEvery } from './poll';

const POLL_MS = 5_000;

/** `poll`: keep the list fresh. Only the component that shows it polls; others only read it. */
export function useGroups({ poll = false } = {}) {
  return useQuery<Groups, Problem>({
    queryKey: keys.groups,
    queryFn: async ({ signal }) => {
      const page = await fetchPage<MessageGroup[]>('/api/message_groups', signal);
      return withFront(queryClient.getQueryData<Groups>(keys.groups), page);
    },
    staleTime: poll ? 0 : Infinity,
    refetchInterval: poll && pollEvery(POLL_MS),
    refetchIntervalInBackground: true,
  });
}

export async function loadOlderGroups(older: string): Promise<void> {
  const page = await fetchPage<MessageGroup[]>(older);
  queryClient.setQueryData<Groups>(keys.groups, (list) => list && withOlderGroups(list, page));
}

/** The caller's conversation with a person; null before the first message. */
export function useGroupWith(handle: string) {
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
