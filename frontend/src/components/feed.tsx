/* A list of cruds that goes on as one reads. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Page } from '../api/client';
import type { Problem } from '../api/problem';
import type { Crud } from '../api/types';
import { Failure, More, Skeleton } from './basics';
import { CrudCard } from './crud';

export type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>, Problem>;

/** Loading, failed, or the pages; then what leads on. */
export function PagedList<T>({
  query,
  children,
}: {
  query: Pages<T>;
  children: (pages: T[]) => ReactNode;
}) {
  const { data, error, hasNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  if (!data)
    return error ? <Failure problem={error} retry={() => void query.refetch()} /> : <Skeleton />;
  return (
    <>
      {children(data.pages.map(({ value }) => value))}
      <More
        more={hasNextPage}
        loading={isFetchingNextPage}
        failed={isFetchNextPageError}
        load={() => void query.fetchNextPage()}
      />
    </>
  );
}

export function Cruds({ cruds, empty }: { cruds: Crud[]; empty?: ReactNode }) {
  if (cruds.length === 0) return empty;
  return (
    <ul className="cruds">
      {cruds.map((crud) => (
        <li key={crud.uuid}>
          <CrudCard crud={crud} />
        </li>
      ))}
    </ul>
  );
}
