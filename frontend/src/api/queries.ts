/* The store of what the server said, and the names under which it is kept. */
import { QueryClient } from '@tanstack/react-query';

import { Problem } from './problem';

export const keys = {
  me: ['me'],
  groups: ['groups'],
  thread: (group: string) => ['thread', group],
  with: (handle: string) => ['with', handle.toLowerCase()],
  person: (handle: string) => ['person', handle.toLowerCase()],
  cruds: ['cruds'],
  home: ['cruds', 'home'],
  search: (term: string) => ['cruds', 'search', term],
  of: (handle: string) => ['cruds', 'of', handle.toLowerCase()],
  status: (uuid: string) => ['cruds', 'status', uuid],
  notifications: ['cruds', 'notifications'],
} as const;

const RETRIES = 2;

const mayPass = (count: number, error: Error) =>
  error instanceof Problem && error.isPassing && count < RETRIES;

const delay = (count: number, error: Error) =>
  Math.max(1000 * 2 ** count, error instanceof Problem ? error.retryAfterMs : 0);

export const client = new QueryClient({
  defaultOptions: {
    queries: { retry: mayPass, retryDelay: delay, staleTime: 15_000 },
    // Offline they fail visibly, and whoever sent them decides.
    mutations: { retry: mayPass, retryDelay: delay, networkMode: 'always' },
  },
});
