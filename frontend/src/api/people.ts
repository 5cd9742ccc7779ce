/* The caller's account and other people. */
import { useQuery } from '@tanstack/react-query';

import { local } from '../session/local';
import { currentAccount, mayKeep, ME_KEY, useSession } from '../session/session';
import { fetchJson } from './http';
import type { Problem } from './problem';
import { keys } from './queries';
import type { Me, UserShort } from './types';

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
  if (mayKeep(account)) local.set(ME_KEY, JSON.stringify({ account, me }));
  return me;
}

const meQuery = {
  queryKey: keys.me,
  queryFn: readMe,
  initialData: rememberedMe,
  initialDataUpdatedAt: 0,
  // useFreshMe reads it, and live events change it; other components only show it.
  refetchOnMount: false,
  retryOnMount: false,
  refetchOnWindowFocus: false,
} as const;

/** The caller's account; not requested while nobody is signed in. */
export function useMe() {
  return useQuery<Me, Problem>({ ...meQuery, enabled: useSession().account !== null });
}

const handleOf = ({ handle }: Me) => handle;

/** The caller's handle, for components to which the rest of the account, such as counts, is nothing. */
export function useMyHandle(): string | undefined {
  const enabled = useSession().account !== null;
  return useQuery<Me, Problem, string>({ ...meQuery, enabled, select: handleOf }).data;
}

/** Read the account once for each load of the page. Only the layout uses it. */
export function useFreshMe() {
  useQuery<Me, Problem>({
    ...meQuery,
    enabled: useSession().account !== null,
    // Components that read it render its changes.
    notifyOnChangeProps: [],
    refetchOnMount: 'always',
  });
}

export function usePerson(handle: string) {
  return useQuery<UserShort, Problem>({
    queryKey: keys.person(handle),
    queryFn: ({ signal }) =>
      fetchJson<UserShort>(`/api/users/@${encodeURIComponent(handle)}/short`, { signal }),
  });
}
