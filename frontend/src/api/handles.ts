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

const check = (handle: string) => queryClient.query<HandleCheck, Problem>(handleQuery(handle));

export const useHandleCheck = (handle: string, enabled: boolean) =>
  useQuery<HandleCheck, Problem>({ ...handleQuery(handle), enabled });

/** The same, asked once: whether the server refuses the handle. */
export async function isRefused(handle: string): Promise<boolean> {
  try {
    return !(await check(handle)).available;
  } catch {
    return false;
  }
}

/** Handles are suggested after so many requests. */
const MOST_CHECKS = 2;
const MOST_SUGGESTIONS = 3;

/**
 * Handles that are free: of `wanted`, the best first, those that are, then what the server suggests instead
 * of the others.
 */
async function freeHandles(wanted: string[]): Promise<string[]> {
  const free: string[] = [];
  const instead: string[] = [];
  for (const handle of wanted.slice(0, MOST_CHECKS)) {
    const { available, suggestions } = await check(handle);
    if (available) free.push(handle);
    else instead.push(...suggestions);
  }
  return [...new Set([...free, ...instead])].slice(0, MOST_SUGGESTIONS);
}

/** A free handle that resembles these; undefined without one. */
export async function proposeHandle(wanted: string[]): Promise<string | undefined> {
  try {
    for (const handle of wanted.slice(0, MOST_CHECKS))
      if ((await check(handle)).available) return handle;
    return (await freeHandles(wanted))[0]; // of answers that are known now
  } catch {
    return undefined;
  }
}

/** Free handles instead of a refused one: those from the name first. */
export function useSuggestions(refused: string | undefined, wanted: string[]): string[] {
  const others = wanted.filter((handle) => handle !== refused?.toLowerCase());
  const { data = [] } = useQuery<string[], Problem>({
    queryKey: [...keys.handle(refused ?? ''), 'instead', ...others],
    queryFn: async () => {
      const own = refused === undefined ? [] : (await check(refused)).suggestions;
      const named = await freeHandles(others).catch(() => []);
      return [...new Set([...named.slice(0, MOST_CHECKS), ...own])].slice(0, MOST_SUGGESTIONS);
    },
    enabled: refused !== undefined,
    retry: false,
  });
  return data;
}
