/* The parts of the first page that are loaded only for people who are signed in. */
import { type ComponentType, Suspense, useState } from 'react';

import { later } from './later';

type Parts = typeof import('./member');

let parts: Parts | undefined;

export async function loadMemberParts(): Promise<Parts> {
  parts ??= await import('./member');
  return parts;
}

/**
 * A part that is shown at once if it has been loaded before, and as soon as it has been if not. It stays
 * the same component: another one would lose the part's state, an open menu or the focus.
 */
function forMembers<Props extends object>(
  choose: (from: Parts) => ComponentType<Props>,
): ComponentType<Props> {
  const Later = later(async () => ({ default: choose(await loadMemberParts()) }));
  return function ForMembers(props: Props) {
    const [Part] = useState(() => (parts ? choose(parts) : Later));
    return (
      <Suspense fallback={null}>
        <Part {...props} />
      </Suspense>
    );
  };
}

export const AccountMenu = forMembers((from) => from.AccountMenu);
export const AsOf = forMembers((from) => from.AsOf);
export const CrudMarks = forMembers((from) => from.CrudMarks);
export const EndingHint = forMembers((from) => from.EndingHint);
export const HomeTabs = forMembers((from) => from.HomeTabs);
export const NewCrudButton = forMembers((from) => from.NewCrudButton);
export const NewCrud = forMembers((from) => from.NewCrud);
export const NewCruds = forMembers((from) => from.NewCruds);
export const OutboxNote = forMembers((from) => from.OutboxNote);
