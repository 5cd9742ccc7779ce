/* Changes of cruds, which appear in all lists at once. Apart from the lists, which every first page loads. */
import type { InfiniteData } from '@tanstack/react-query';

import { ancestorsOf } from './ancestors';
import { type Mark, MARKS, type PageValue } from './cruds';
import { fetchNoContent, type Page } from './http';
import { keys, queryClient } from './queries';
import type { Crud, Notification, Profile, Relation, UserCruds } from './types';

/** Returns the changed crud, or null to remove it. */
type Change = (crud: Crud) => Crud | null;

function changeItems<T extends Crud | Notification>(items: T[], change: Change): T[] {
  return items.flatMap((item) => {
    if (!('activity' in item)) {
      const crud = change(item);
      return crud ? [crud as T] : [];
    }
    if (!item.activity) return [item];
    const activity = change(item.activity);
    return activity ? [{ ...item, activity }] : [];
  });
}

function changePage(value: PageValue, change: Change): PageValue {
  if (Array.isArray(value)) return changeItems<Crud | Notification>(value, change) as PageValue;
  if ('profile' in value) return { ...value, activities: changeItems(value.activities, change) };
  return {
    activity: change(value.activity) ?? value.activity,
    ancestors: changeItems(ancestorsOf(value), change),
    replies: changeItems(value.replies, change),
  };
}

/** Change a crud wherever it is shown. */
export function changeEverywhere(change: Change) {
  queryClient.setQueriesData<InfiniteData<Page<PageValue>>>(
    { queryKey: keys.cruds },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, value: changePage(page.value, change) })),
      },
  );
}

const changeOne = (uuid: string, change: Change) =>
  changeEverywhere((crud) => (crud.uuid === uuid ? change(crud) : crud));

// --- answers of the server ------------------------------------------------------------------------
/** The crud as it is with the mark on or off. */
export function marked(crud: Crud, mark: Mark, on: boolean): Crud {
  if (mark === 'bookmark') return { ...crud, bookmarked: on };
  const { flag, count } = MARKS.find((one) => one.mark === mark) ?? MARKS[0];
  if ((crud[flag] ?? false) === on) return crud;
  return { ...crud, [flag]: on, [count]: Math.max(0, crud[count] + (on ? 1 : -1)) };
}

/** The server has answered with the crud as it is now. */
export const crudChanged = (fresh: Crud) =>
  changeOne(fresh.uuid, (crud) => ({ ...crud, ...fresh }));

/** Key of the list of bookmarks. */
export const BOOKMARKS = [...keys.cruds, 'bookmarks'];

/** The same after a bookmark or its end: the list of bookmarks is another one. */
export async function bookmarkChanged(fresh: Crud): Promise<void> {
  crudChanged(fresh);
  await queryClient.invalidateQueries({ queryKey: BOOKMARKS, refetchType: 'none' });
}

/** The profile as it is when the caller follows the person, or not. */
export function followed(profile: Profile, on: boolean): Profile {
  if ((profile.following ?? false) === on) return profile;
  const followers_count = Math.max(0, profile.followers_count + (on ? 1 : -1));
  return { ...profile, following: on, followers_count };
}

/** The server has answered with the relation as it is now. */
function relationChanged(fresh: Relation) {
  const change = (profile: Profile) =>
    profile.handle === fresh.handle ? { ...followed(profile, fresh.following), ...fresh } : profile;
  queryClient.setQueriesData<InfiniteData<Page<Profile[]>>>(
    { queryKey: keys.people },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, value: page.value.map(change) })),
      },
  );
  queryClient.setQueriesData<InfiniteData<Page<UserCruds>>>(
    { queryKey: keys.crudsOf(fresh.handle) },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          value: { ...page.value, profile: change(page.value.profile) },
        })),
      },
  );
}

/** The caller follows somebody, or no longer: the feed of followed people is another one. */
export async function followChanged(fresh: Relation): Promise<void> {
  relationChanged(fresh);
  await queryClient.invalidateQueries({ queryKey: keys.following });
}

/** The same for a mute or a block, by which lists and counts have other contents. */
export async function barrierChanged(fresh: Relation): Promise<void> {
  relationChanged(fresh);
  await queryClient.invalidateQueries({ queryKey: keys.cruds });
  await queryClient.invalidateQueries({ queryKey: keys.me });
}

/** The server has created a crud. */
export async function crudPosted(crud: Crud): Promise<void> {
  queryClient.setQueryData<InfiniteData<Page<Crud[]>>>(keys.home, (data) => {
    const [first, ...others] = data?.pages ?? [];
    if (!data || !first || first.value.some(({ uuid }) => uuid === crud.uuid)) return data;
    return { ...data, pages: [{ ...first, value: [crud, ...first.value] }, ...others] };
  });
  await queryClient.invalidateQueries({ queryKey: keys.following });
  await queryClient.invalidateQueries({ queryKey: keys.crudsOf(crud.handle) });
}

/** The server has created a reply to a crud. */
export async function crudReplied(parent: string): Promise<void> {
  changeOne(parent, (crud) => ({ ...crud, replies_count: crud.replies_count + 1 }));
  await queryClient.invalidateQueries({ queryKey: keys.status(parent) });
}

/** The server's time of the newest crud of the home feed that was read; empty without one. */
export const newestCrudAt = () =>
  queryClient.getQueryData<InfiniteData<Page<Crud[]>>>(keys.home)?.pages[0]?.value[0]?.created_at ??
  '';

/** Mark the notification and all older ones as read; the count then has those that came later. */
export async function readNotifications(newest: string): Promise<void> {
  await fetchNoContent('/api/activities/notifications/read', {
    method: 'PUT',
    body: { notification_uuid: newest },
  });
  await queryClient.invalidateQueries({ queryKey: keys.me });
}
