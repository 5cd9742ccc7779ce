/* Me and others. */
import { useMutation, useQuery } from '@tanstack/react-query';

import { useSession } from '../auth/session';
import { ask } from './client';
import type { Problem } from './problem';
import { client, keys } from './queries';
import type { Me, UserShort } from './types';

const POLL_MS = 10_000;

const mine = {
  queryKey: keys.me,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask<Me>('/api/users/me', { signal }),
  // One place keeps it fresh; others only look.
  refetchOnMount: false,
  retryOnMount: false,
  // Somebody is choosing another handle then.
  refetchOnWindowFocus: ({ state }: { state: { error: Problem | null } }) =>
    state.error?.status !== 409,
} as const;

/** My account; not asked for while nobody is signed in. */
export function useMe() {
  return useQuery<Me, Problem>({ ...mine, enabled: useSession().account !== null });
}

/** The same, for the one place that keeps it fresh. */
export function useFreshMe() {
  return useQuery<Me, Problem>({
    ...mine,
    enabled: useSession().account !== null,
    refetchInterval: ({ state }) => (state.error?.status === 409 ? false : POLL_MS),
  });
}

export function usePerson(handle: string) {
  return useQuery<UserShort, Problem>({
    queryKey: keys.person(handle),
    queryFn: ({ signal }) =>
      ask<UserShort>(`/api/users/@${encodeURIComponent(handle)}/short`, { signal }),
  });
}

export function useUpdateProfile() {
  return useMutation<Me, Problem, { display_name: string; bio: string }>({
    mutationFn: (body) => ask<Me>('/api/profile/update', { method: 'PUT', body }),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me);
      // My name stands beside all that I wrote.
      void client.invalidateQueries({ queryKey: keys.cruds });
    },
  });
}
