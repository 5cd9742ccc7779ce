/* New cruds of the home feed, beside the pages that are shown: the reader decides when they come in. */
import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { serverNow } from '../base/now';
import { useSession } from '../session/session';
import { changeEverywhere } from './crud-changes';
import { HOME_PATH } from './cruds';
import { fetchPage, type Page } from './http';
import type { Problem } from './problem';
import { keys, queryClient } from './queries';
import type { Crud } from './types';

/** A visitor's page looks so often; that of somebody who is signed in when an event says so. */
const POLL_MS = 120_000;

export type Feed = InfiniteData<Page<Crud[]>>;

/** `askedAt`: the server's time of the request. */
type FrontPage = Page<Crud[]> & { askedAt: number };

const byTime = (a: Crud, b: Crud) => (a.created_at < b.created_at ? 1 : -1);

/** The cruds of `front` that the feed lacks; its own crud may be newer than those of others. */
function newIn(front: Page<Crud[]>, feed: Feed): Crud[] {
  const shown = feed.pages.flatMap(({ value }) => value);
  const known = new Set(shown.map(({ uuid }) => uuid));
  const oldest = shown.at(-1)?.created_at ?? '';
  return front.value.filter(({ uuid, created_at }) => !known.has(uuid) && created_at > oldest);
}

/** Where the front does not reach the feed, it takes its place: there may be more between them. */
function withFront(feed: Feed, front: Page<Crud[]>): Feed {
  const [first, ...others] = feed.pages;
  const fresh = newIn(front, feed);
  if (!first || fresh.length === front.value.length)
    return { pages: [front], pageParams: feed.pageParams.slice(0, 1) };
  const value = [...fresh, ...first.value].sort(byTime);
  return { ...feed, pages: [{ ...first, value }, ...others] };
}

/** The server's clock is known to about a second (base/server-time.ts). */
const UNSURE_MS = 2_000;

/** The feed without what the front should have: it was deleted. */
function withoutGone(feed: Feed, front: FrontPage): Feed {
  const [first, ...others] = feed.pages;
  const told = new Set(front.value.map(({ uuid }) => uuid));
  const oldest = front.next === null ? '' : (front.value.at(-1)?.created_at ?? '');
  const newest = new Date(front.askedAt - UNSURE_MS).toISOString();
  const isGone = ({ uuid, created_at, expires_at }: Crud) =>
    !told.has(uuid) &&
    created_at > oldest &&
    created_at < newest &&
    Date.parse(expires_at) > serverNow();
  if (!first?.value.some(isGone)) return feed;
  return { ...feed, pages: [{ ...first, value: first.value.filter((crud) => !isGone(crud)) }, ...others] };
}

interface Front {
  /** Cruds that the feed lacks. */
  count: number;
  /** There are probably more of them than `count`. */
  more: boolean;
  /** Put them into the feed. */
  insert: () => void;
}

/** One page, in the form of the lists that changeEverywhere() changes. */
const frontQuery = {
  queryKey: keys.front as QueryKey,
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<FrontPage> => {
    const askedAt = serverNow();
    return { ...(await fetchPage<Crud[]>(HOME_PATH, signal)), askedAt };
  },
  initialPageParam: HOME_PATH,
  getNextPageParam: () => null,
  staleTime: 0,
};

/** There are new cruds: read them, if somebody sees the feed. */
export async function readFront(): Promise<void> {
  if (!queryClient.getQueryCache().find({ queryKey: keys.home })?.isActive()) return;
  await queryClient.infiniteQuery<FrontPage, Problem, FrontPage, QueryKey, string>(
    frontQuery,
  );
}

export function useFront(feed: Feed): Front {
  const { data } = useInfiniteQuery<FrontPage, Problem, InfiniteData<FrontPage>, QueryKey, string>({
    ...frontQuery,
    refetchOnWindowFocus: 'always',
    refetchInterval: useSession().account === null && POLL_MS,
  });
  const front = data?.pages[0];
  // Counts are shown at once: they move nothing.
  useEffect(() => {
    if (!front) return;
    const fresh = new Map(front.value.map((crud) => [crud.uuid, crud]));
    changeEverywhere((crud) => {
      const now = fresh.get(crud.uuid);
      return now ? { ...crud, ...now } : crud;
    });
    queryClient.setQueryData<Feed>(keys.home, (now) => now && withoutGone(now, front));
  }, [front]);
  const count = front ? newIn(front, feed).length : 0;
  return {
    count,
    more: count > 0 && count === front?.value.length && front.next !== null,
    insert: () => {
      if (!front) return;
      queryClient.setQueryData<Feed>(keys.home, (now) => now && withFront(now, front));
    },
  };
}
