import { type ReactNode, Suspense } from 'react';

import type { Crud } from '../api/types';
import { CrudCard } from './crud';
import { later } from './later';

// Not needed before somebody scrolls.
const Chunk = later(() => import('./chunk'));

/** `pages`: in the order in which they were read. The first one stays in the page. */
export function CrudList({
  pages,
  above,
  below,
  empty,
}: {
  pages: Crud[][];
  above?: (crud: Crud) => ReactNode;
  below?: (crud: Crud) => ReactNode;
  empty?: ReactNode;
}) {
  const filled = pages.filter(({ length }) => length > 0);
  if (filled.length === 0) return empty;
  return filled.map((cruds, index) => {
    const list = (
      <ul className="cruds" key={index}>
        {cruds.map((crud) => (
          <li key={crud.uuid}>
            <CrudCard crud={crud} above={above?.(crud)} />
            {below?.(crud)}
          </li>
        ))}
      </ul>
    );
    if (index === 0) return list;
    return (
      <Suspense fallback={list} key={index}>
        <Chunk>{list}</Chunk>
      </Suspense>
    );
  });
}
