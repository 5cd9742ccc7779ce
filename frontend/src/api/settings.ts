/* The settings of the caller. */
import { useMutation, useQuery } from '@tanstack/react-query';

import { fetchJson } from './http';
import type { Problem } from './problem';
import { keys, queryClient } from './queries';
import type { Settings } from './types';

const PATH = '/api/users/me/settings';
const KEY = ['settings'];

export const useSettings = () =>
  useQuery<Settings, Problem>({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchJson<Settings>(PATH, { signal }),
  });

export function useChangeSettings() {
  return useMutation<Settings, Problem, Partial<Settings>>({
    mutationFn: (body) => fetchJson<Settings>(PATH, { method: 'PUT', body }),
    scope: { id: PATH }, // one after the other
    onSuccess: (settings) => {
      queryClient.setQueryData(KEY, settings);
      // They show how far others have read, or no longer.
      void queryClient.invalidateQueries({ queryKey: keys.groups });
    },
  });
}
