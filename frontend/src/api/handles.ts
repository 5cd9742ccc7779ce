/*
 * Whether a new account may have a handle. No answer is no objection: the server checks again when
 * the account is created.
 */
import { useQuery } from '@tanstack/react-query';

import { fetchJson } from './http';
import type { Problem } from './problem';
import { keys, queryClient } from './queries';
import type { HandleCheck } from './types';

const handleQuery = (handle: string) => ({
  queryKey: keys.handle(handle),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    fetchJson<HandleCheck>(`/api/handles/${encodeURIComponent(handle)}`, { signal }),
  retry: false,
});

export const useHandleCheck = (handle: string, enabled: boolean) =>
  useQuery<HandleCheck, Problem>({ ...handleQuery(handle), enabled });

/** The same, asked once: whether the server refuses the handle. */
export async function isRefused(handle: string): Promise<boolean> {
  try {
    return !(await queryClient.query<HandleCheck, Problem>(handleQuery(handle))).available;
  } catch {
    return false;
  }
}
