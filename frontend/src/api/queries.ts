/* The cache of what the API answered, and its keys. */
import { onlineManager, QueryClient } from '@tanstack/react-query';

import { Problem } from './problem';

export const keys = {
  me: ['me'],
  groups: ['groups'],
  threads: ['thread'],
  thread: (group: string) => ['thread', group],
  groupWith: (handle: string) => ['with', handle.toLowerCase()],
  person: (handle: string) => ['person', handle.toLowerCase()],
  handle: (handle: string) => ['handle', handle.toLowerCase()],
  people: ['people'],
  peopleOf: (path: string) => ['people', path.toLowerCase()],
  cruds: ['cruds'],
  home: ['cruds', 'home'],
  front: ['cruds', 'front'],
  following: ['cruds', 'following'],
  search: (term: string) => ['cruds', 'search', term],
  crudsOf: (handle: string) => ['cruds', 'of', handle.toLowerCase()],
  status: (uuid: string) => ['cruds', 'status', uuid],
  notifications: ['cruds', 'notifications'],
} as const;

const RETRIES = 2;

const shouldRetry = (count: number, error: Error) =>
  error instanceof Problem && error.isTemporary && count < RETRIES;

const delay = (count: number, error: Error) =>
  Math.max(1000 * 2 ** count, error instanceof Problem ? error.retryAfterMs : 0);

// It hears of changes only. A page that opens without a network waits for it as well.
onlineManager.setOnline(navigator.onLine);

const OFFLINE = new Problem(0, [], 0, 'The server cannot be reached.');

/** Why a query has no answer. One that waits for the network says so at once. */
export const reasonOf = (query: { error: Problem | null; isPaused: boolean }): Problem | null =>
  query.error ?? (query.isPaused ? OFFLINE : null);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, retryDelay: delay, staleTime: 15_000 },
    // Offline they fail at once, so that the person sees it and decides.
    mutations: { retry: shouldRetry, retryDelay: delay, networkMode: 'always' },
  },
});
