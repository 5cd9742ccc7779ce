/* The draft of each composer. */
import { type RefObject, useEffect, useSyncExternalStore } from 'react';

import { onDevice, read, write } from './device';
import { currentAccount, useSession } from './session';

export interface Draft {
  text: string;
  /** Time to live of a crud, if it was chosen. */
  ttl?: string;
  /** The composer takes the focus as soon as it is there. */
  focus?: true;
}

const EMPTY: Draft = { text: '' };

export const readDraft = (name: string) =>
  read<Draft>(currentAccount() ?? '', 'draft', name) ?? EMPTY;

const isEmpty = ({ text, ttl, focus }: Draft) => text === '' && !ttl && !focus;

export function writeDraft(name: string, draft: Draft) {
  const account = currentAccount();
  if (account !== null)
    write(account, 'draft', name, isEmpty(draft) ? undefined : draft);
}

/** Like useState for a draft, but kept under `name`, for all tabs. `field` shows it. */
export function useDraft(
  name: string,
  field?: RefObject<HTMLElement | null>,
): [Draft, (draft: Draft) => void] {
  useSession();
  const draft = useSyncExternalStore(onDevice, () => readDraft(name));
  const { focus } = draft;
  useEffect(() => {
    if (!focus || !field?.current) return;
    field.current.focus();
    const { focus: _, ...rest } = readDraft(name);
    writeDraft(name, rest);
  }, [name, focus, field]);
  return [draft, (changed) => writeDraft(name, changed)];
}
