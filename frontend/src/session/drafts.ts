/* The draft of each composer. */
import { useState } from 'react';

import { useSession } from './session';
import { readStored, writeStored } from './tab-storage';

/** Like useState for a text, but stored under `name` in this tab. */
export function useDraft(name: string): [string, (text: string) => void] {
  const account = useSession().account ?? '';
  const storedName = `draft:${name}`;
  const [draft, setDraft] = useState({ storedName, text: readStored(account, storedName, '') });
  // A component that is reused for another conversation switches to that conversation's draft.
  const current =
    draft.storedName === storedName ? draft.text : readStored(account, storedName, '');
  if (draft.storedName !== storedName) setDraft({ storedName, text: current });

  return [
    current,
    (text) => {
      setDraft({ storedName, text });
      writeStored(account, storedName, text);
    },
  ];
}
