import type { ReactNode } from 'react';

import type { Crud } from '../api/types';
import { CrudCard } from './crud';

export function CrudList({ cruds, empty }: { cruds: Crud[]; empty?: ReactNode }) {
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
