/* The caller's account and other people. */
import { useQuery } from '@tanstack/react-query';

import { local } from '../session/local';
import { currentAccount, ME_KEY, useSession } from '../session/session';
import { fetchJson } from './http';
import type { Problem } from './problem';
import { keys } from './queries';
import type { HandleCheck, Me, UserShort } from './types';

const POLL_MS = 10_000;

/** As it was at the last visit, so that the page does not wait for it. */
function rememberedMe(): Me | undefined {
  try {
    const { account, me } = JSON.parse(local.get(ME_KEY) ?? '{}') as { account?: string; me?: Me };
    return account === currentAccount() ? me : undefined;
  } catch {
    return undefined;
  }
}

async function readMe({ signal }: { signal: AbortSignal }): Promise<Me> {
  const account = currentAccount();
  const me = await fetchJson<Me>('/api/users/me', { signal });
  if (account !== null && account === currentAccount())
    local.set(ME_KEY, JSON.stringify({ account, me }));
  return me;
}

const meQuery = {
  queryKey: keys.me,
  queryFn: readMe,
  initialData: rememberedMe,
  initialDataUpdatedAt: 0,
  // useFreshMe keeps it fresh; other components only read it.
  refetchOnMount: false,
  retryOnMount: false,
  // After a 409 the person is choosing another handle.
  refetchOnWindowFocus: ({ state }: { state: { error: Problem | null } }) =>
    state.error?.status !== 409,
} as const;

/** The caller's account; not requested while nobody is signed in. */
export function useMe() {
  return useQuery<Me, Problem>({ ...meQuery, enabled: useSession().account !== null });
}

/** The same, with polling. Only the layout uses it. */
export function useFreshMe() {
  return useQuery<Me, Problem>({
    ...meQuery,
    enabled: useSession().account !== null,
    refetchOnMount: 'always',
    refetchInterval: ({ state }) => (state.error?.status === 409 ? false : POLL_MS),
  });
}

export function usePerson(handle: string) {
  return useQuery<UserShort, Problem>({
    queryKey: keys.person(handle),
    queryFn: ({ signal }) =>
      fetchJson<UserShort>(`/api/users/@${encodeURIComponent(handle)}/short`, { signal }),
  });
}

/** Whether a new account may have a handle. No answer is no objection: the server checks again when the account is created. */
export function useHandleCheck(handle: string, enabled: boolean) {
  return useQuery<HandleCheck, Problem>({
    queryKey: keys.handle(handle),
    queryFn: ({ signal }) =>
      fetchJson<HandleCheck>(`/api/handles/${encodeURIComponent(handle)}`, { signal }),
    enabled,
    retry: false,
  });
}
