/* A list that is read page by page. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Page } from '../api/http';
import type { Problem } from '../api/problem';
import { reasonOf } from '../api/queries';
import { Failure } from './failure';
import { LoadMore } from './load-more';
import { Skeleton } from './skeleton';

export type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>, Problem>;

/** Shows that it is loading or has failed, else the pages and the way to the next one. */
export function PagedList<T>({
  query,
  children,
}: {
  query: Pages<T>;
  children: (pages: T[]) => ReactNode;
}) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const error = reasonOf(query);
  if (!data)
    return error ? <Failure problem={error} retry={() => void query.refetch()} /> : <Skeleton />;
  return (
    <>
      {children(data.pages.map(({ value }) => value))}
      <LoadMore
        more={hasNextPage}
        loading={isFetchingNextPage}
        failed={isFetchNextPageError}
        load={() => void query.fetchNextPage()}
      />
    </>
  );
}
