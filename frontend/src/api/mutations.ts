/* Changes that wait for the server's answer. Apart from the queries, which every first page loads. */
import { useMutation } from '@tanstack/react-query';

import { changeEverywhere } from './crud-changes';
import { fetchJson, fetchNoContent } from './http';
import type { Problem } from './problem';
import { keys, queryClient } from './queries';
import type { Crud, Me } from './types';

export function useDelete(crud: Crud) {
  return useMutation<unknown, Problem>({
    mutationFn: () => fetchNoContent(`/api/activities/${crud.uuid}`, { method: 'DELETE' }),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: keys.status(crud.uuid) });
      changeEverywhere((other) => {
        if (other.uuid === crud.uuid) return null;
        if (other.uuid !== crud.reply_to_activity_uuid) return other;
        return { ...other, replies_count: Math.max(0, other.replies_count - 1) };
      });
    },
  });
}

export function useUpdateProfile() {
  return useMutation<Me, Problem, { display_name: string; bio: string }>({
    mutationFn: (body) => fetchJson<Me>('/api/profile/update', { method: 'PUT', body }),
    onSuccess: (me) => {
      queryClient.setQueryData(keys.me, me);
      // The new name is shown beside everything that this person wrote.
      void queryClient.invalidateQueries({ queryKey: keys.cruds });
    },
  });
}
