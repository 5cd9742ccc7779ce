/* Cruds in all lists that show them: read page by page, changed in every place at once. */
import {
  type InfiniteData,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
} from '@tanstack/react-query';

import { ask, askPage, type Page, tell } from './client';
import type { Problem } from './problem';
import { client, keys } from './queries';
import type { Crud, CrudWithReplies, Me, Notification, TimeToLive, UserCruds } from './types';

type Shown = Crud[] | Notification[] | UserCruds | CrudWithReplies;

function usePages<T extends Shown>(queryKey: QueryKey, first: string, enabled = true) {
  return useInfiniteQuery<Page<T>, Problem, InfiniteData<Page<T>>, QueryKey, string>({
    queryKey,
    queryFn: ({ pageParam, signal }) => askPage<T>(pageParam, signal),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next,
    enabled,
  });
}

export const useHome = () => usePages<Crud[]>(keys.home, '/api/activities/home');

export const useSearch = (term: string) =>
  usePages<Crud[]>(
    keys.search(term),
    `/api/activities/search?term=${encodeURIComponent(term)}`,
    term !== '',
  );

export const useCrudsOf = (handle: string) =>
  usePages<UserCruds>(keys.of(handle), `/api/activities/@${encodeURIComponent(handle)}`);

export const useStatus = (uuid: string) =>
  usePages<CrudWithReplies>(keys.status(uuid), `/api/activities/${encodeURIComponent(uuid)}`);

export const useNotifications = () =>
  usePages<Notification[]>(keys.notifications, '/api/activities/notifications');

// --- changing a crud wherever it is shown -----------------------------------------------------------
type Change = (crud: Crud) => Crud | null;

function changeItems<T extends Crud | Notification>(items: T[], change: Change): T[] {
  return items.flatMap((item) => {
    if (!('activity' in item)) {
      const crud = change(item);
      return crud ? [crud as T] : [];
    }
    const activity = change(item.activity);
    return activity ? [{ ...item, activity }] : [];
  });
}

function changeShown(shown: Shown, change: Change): Shown {
  if (Array.isArray(shown)) return changeItems<Crud | Notification>(shown, change) as Shown;
  if ('profile' in shown) return { ...shown, activities: changeItems(shown.activities, change) };
  return {
    activity: change(shown.activity) ?? shown.activity,
    replies: changeItems(shown.replies, change),
  };
}

function changeEverywhere(change: Change) {
  client.setQueriesData<InfiniteData<Page<Shown>>>(
    { queryKey: keys.cruds },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, value: changeShown(page.value, change) })),
      },
  );
}

const changeOne = (uuid: string, change: Change) =>
  changeEverywhere((crud) => (crud.uuid === uuid ? change(crud) : crud));

// --- what people do with cruds -------------------------------------------------------------------
const MARKS = {
  like: { flag: 'liked', count: 'likes_count' },
  repost: { flag: 'reposted', count: 'reposts_count' },
} as const;

export type Mark = keyof typeof MARKS;

function marked(crud: Crud, mark: Mark, on: boolean): Crud {
  const { flag, count } = MARKS[mark];
  if ((crud[flag] ?? false) === on) return crud;
  return { ...crud, [flag]: on, [count]: Math.max(0, crud[count] + (on ? 1 : -1)) };
}

/** Shown at once, taken back when it fails. Those on one crud go one after another. */
export function useMark(uuid: string, mark: Mark) {
  return useMutation<Crud, Problem, boolean>({
    scope: { id: `${mark} ${uuid}` },
    mutationFn: (on) =>
      ask<Crud>(`/api/activities/${uuid}/${mark}`, { method: on ? 'PUT' : 'DELETE' }),
    onMutate: (on) => changeOne(uuid, (crud) => marked(crud, mark, on)),
    onError: (_, on) => changeOne(uuid, (crud) => marked(crud, mark, !on)),
    onSuccess: (fresh) => changeOne(uuid, (crud) => ({ ...crud, ...fresh })),
  });
}

/** A new crud or reply; sent again with the same key it makes nothing twice. */
export interface Draft {
  message: string;
  key: string;
}

export function usePost(me: Me) {
  return useMutation<Crud, Problem, Draft & { ttl: TimeToLive }>({
    mutationFn: ({ message, ttl, key }) =>
      ask<Crud>('/api/activities', { method: 'POST', body: { message, ttl }, key }),
    onSuccess: async (crud) => {
      client.setQueryData<InfiniteData<Page<Crud[]>>>(keys.home, (data) => {
        const [first, ...others] = data?.pages ?? [];
        if (!data || !first || first.value.some(({ uuid }) => uuid === crud.uuid)) return data;
        return { ...data, pages: [{ ...first, value: [crud, ...first.value] }, ...others] };
      });
      await client.invalidateQueries({ queryKey: keys.of(me.handle) });
    },
  });
}

export function useReply(parent: Crud) {
  return useMutation<Crud, Problem, Draft>({
    mutationFn: ({ message, key }) =>
      ask<Crud>(`/api/activities/${parent.uuid}/reply`, { method: 'POST', body: { message }, key }),
    onSuccess: async () => {
      changeOne(parent.uuid, (crud) => ({ ...crud, replies_count: crud.replies_count + 1 }));
      await client.invalidateQueries({ queryKey: keys.status(parent.uuid) });
    },
  });
}

export function useDelete(crud: Crud) {
  return useMutation<void, Problem, void>({
    mutationFn: () => tell(`/api/activities/${crud.uuid}`, { method: 'DELETE' }),
    onSuccess: () => {
      client.removeQueries({ queryKey: keys.status(crud.uuid) });
      changeEverywhere((other) => {
        if (other.uuid === crud.uuid) return null;
        if (other.uuid !== crud.reply_to_activity_uuid) return other;
        return { ...other, replies_count: Math.max(0, other.replies_count - 1) };
      });
    },
  });
}

export async function readNotifications(): Promise<void> {
  await tell('/api/activities/notifications/read', { method: 'PUT' });
  client.setQueryData<Me>(keys.me, (me) => me && { ...me, unread_notifications: 0 });
}
