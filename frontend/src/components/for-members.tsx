/* The parts of the first page that are loaded only for people who are signed in. */
import { type ComponentType, lazy, Suspense } from 'react';

type Parts = typeof import('./member');

let parts: Parts | undefined;

export async function loadMemberParts(): Promise<Parts> {
  parts ??= await import('./member');
  return parts;
}

/** A part that is shown at once if it has been loaded before, and as soon as it has been if not. */
function forMembers<Props extends object>(
  choose: (from: Parts) => ComponentType<Props>,
): ComponentType<Props> {
  const Later = lazy(async () => ({ default: choose(await loadMemberParts()) }));
  return function ForMembers(props: Props) {
    if (!parts)
      return (
        <Suspense fallback={null}>
          <Later {...props} />
        </Suspense>
      );
    const Part = choose(parts);
    return <Part {...props} />;
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
