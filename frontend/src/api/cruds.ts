/* Cruds: lists that are read page by page. Their changes: crud-changes.ts. */
import { msg } from '@lingui/core/macro';
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

export type Kind = 'cruds' | 'replies' | 'reposts';

export const useCrudsOf = (handle: string, kind: Kind) =>
  usePages<UserCruds>(
    [...keys.crudsOf(handle), kind],
    `/api/activities/@${encodeURIComponent(handle)}?kind=${kind}`,
  );

export const useStatus = (uuid: string) =>
  usePages<CrudWithReplies>(keys.status(uuid), `/api/activities/${encodeURIComponent(uuid)}`);

/** All notifications, or those of texts: replies and mentions. */
export type NotificationList = 'notifications' | 'mentions';

export const useNotifications = (kind: NotificationList) =>
  usePages<Notification[]>(
    [...keys.notifications, kind],
    `/api/activities/notifications?kind=${kind}`,
  );

/** Path of the page of a crud. */
export const pathOf = ({ handle, uuid }: Crud) => `/@${handle}/status/${uuid}`;

/** In the order in which they are shown. */
export const MARKS = [
  { mark: 'repost', icon: 'repost', label: msg`Repost`, flag: 'reposted', count: 'reposts_count' },
  {
    mark: 'like',
    icon: 'heart',
    label: msg({ message: 'Like', context: 'verb' }),
    flag: 'liked',
    count: 'likes_count',
  },
] as const;

export type Mark = (typeof MARKS)[number]['mark'] | 'bookmark';
