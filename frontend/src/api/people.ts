/* Me and others. */
import { useMutation, useQuery } from '@tanstack/react-query';

import { useSession } from '../auth/session';
import { ask, type Problem } from './client';
import { client, keys } from './queries';
import type { Me, UserShort } from './types';

const POLL_MS = 10_000;

/** My account; not asked for while nobody is signed in. */
export function useMe() {
  const { account } = useSession();
  return useQuery<Me, Problem>({
    queryKey: keys.me,
    queryFn: ({ signal }) => ask<Me>('/api/users/me', { signal }),
    enabled: account !== null,
    refetchInterval: ({ state }) => (state.error?.status === 409 ? false : POLL_MS),
    // Somebody is choosing another handle then.
    refetchOnWindowFocus: ({ state }) => state.error?.status !== 409,
  });
}

export function usePerson(handle: string) {
  return useQuery<UserShort, Problem>({
    queryKey: keys.person(handle),
    queryFn: ({ signal }) => ask<UserShort>(`/api/users/@${encodeURIComponent(handle)}/short`, { signal }),
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
