/* Cruds: lists that are read page by page. Their changes: crud-changes.ts. */
import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

import { fetchPage, type Page } from './http';
import type { Problem } from './problem';
import { keys } from './queries';
import type { Crud, CrudWithReplies, Notification, UserCruds } from './types';

export type PageValue = Crud[] | Notification[] | UserCruds | CrudWithReplies;

const pagesIn = (data: InfiniteData<unknown> | undefined) => data?.pages.length ?? 0;

/** A list that is read page by page. `mostAgain`: one of more pages is not read again when the reader comes back. */
export function usePages<T>(
  queryKey: QueryKey,
  first: string,
  { enabled = true, mostAgain = 1 } = {},
) {
  return useInfiniteQuery<Page<T>, Problem, InfiniteData<Page<T>>, QueryKey, string>({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage<T>(pageParam, signal),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next,
    enabled,
    // Reading all pages again takes one request after another.
    refetchOnMount: ({ state }) => state.isInvalidated || pagesIn(state.data) <= mostAgain,
    refetchOnWindowFocus: ({ state }) => pagesIn(state.data) <= mostAgain,
    refetchOnReconnect: ({ state }) => pagesIn(state.data) <= mostAgain,
  });
}

export const HOME_PATH = '/api/activities/home';

/** On coming back, what is new is asked for beside this list (front.ts), and put in by the reader. */
export const useHome = () => usePages<Crud[]>(keys.home, HOME_PATH, { mostAgain: 0 });

export const useSearch = (term: string) =>
  usePages<Crud[]>(
    keys.search(term),
    `/api/activities/search?term=${encodeURIComponent(term)}`,
    { enabled: term !== '' },
  );

export const useCrudsOf = (handle: string) =>
  usePages<UserCruds>(keys.crudsOf(handle), `/api/activities/@${encodeURIComponent(handle)}`);

export const useStatus = (uuid: string) =>
  usePages<CrudWithReplies>(keys.status(uuid), `/api/activities/${encodeURIComponent(uuid)}`);

export const useNotifications = () =>
  usePages<Notification[]>(keys.notifications, '/api/activities/notifications');

/** Path of the page of a crud. */
export const pathOf = ({ handle, uuid }: Crud) => `/@${handle}/status/${uuid}`;

/** In the order in which they are shown. */
export const MARKS = [
  { mark: 'repost', icon: 'repost', label: 'Repost', flag: 'reposted', count: 'reposts_count' },
  { mark: 'like', icon: 'heart', label: 'Like', flag: 'liked', count: 'likes_count' },
] as const;

export type Mark = (typeof MARKS)[number]['mark'];
