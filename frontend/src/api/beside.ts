/* The beginnings of lists that stand beside the pages. */
import { type InfiniteData, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { fetchJson, fetchPage, type Page } from './http';
import type { Problem } from './problem';
import { keys } from './queries';
import type { Crud, Profile, Trend } from './types';

const FRESH_MS = 120_000;

interface Beginning<T> {
  list: T[] | undefined;
  pending: boolean;
  failed: boolean;
}

/** The first page of a list, in the form in which its changes are made (crud-changes.ts). */
function useBeginning<T>(
  queryKey: QueryKey,
  path: string,
  { enabled = true, refetchInterval = 0 },
): Beginning<T> {
  const { data, isPending, isError } = useInfiniteQuery<
    Page<T[]>,
    Problem,
    InfiniteData<Page<T[]>>,
    QueryKey,
    string
  >({
    queryKey,
    queryFn: ({ signal }) => fetchPage<T[]>(path, signal),
    initialPageParam: path,
    getNextPageParam: () => null,
    staleTime: FRESH_MS,
    refetchInterval: refetchInterval || false,
    enabled,
  });
  return { list: data?.pages[0]?.value, pending: enabled && isPending, failed: isError };
}

/** Cruds that end soon, the next one first. */
export const useEnding = (count: number) =>
  useBeginning<Crud>([...keys.cruds, 'ending'], `/api/activities/ending?limit=${count}`, {
    refetchInterval: FRESH_MS,
  });

/** People whom the caller may want to follow. */
export const useSuggested = (count: number, enabled: boolean) =>
  useBeginning<Profile>(keys.peopleOf('beside'), `/api/users/suggested?limit=${count}`, { enabled });

/** The tags that most people use now. */
export function useTrends(): Beginning<Trend> {
  const { data, isPending, isError } = useQuery<Trend[], Problem>({
    queryKey: ['trends'],
    queryFn: ({ signal }) => fetchJson<Trend[]>('/api/trends', { signal }),
    staleTime: 60_000,
  });
  return { list: data, pending: isPending, failed: isError };
}
