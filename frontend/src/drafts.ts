/* The unsent text of each composer. */
import { useState } from 'react';

import { useSession } from './auth/session';
import { readStored, writeStored } from './stored';

/** Like useState for a text, under a name; kept until it is emptied. */
export function useDraft(name: string): [string, (text: string) => void] {
  const account = useSession().account ?? '';
  const place = `draft:${name}`;
  const [draft, setDraft] = useState({ place, text: readStored(account, place, '') });
  // Another conversation in the same component has a draft of its own.
  const current = draft.place === place ? draft.text : readStored(account, place, '');
  if (draft.place !== place) setDraft({ place, text: current });

  return [
    current,
    (text) => {
      setDraft({ place, text });
      writeStored(account, place, text);
    },
  ];
}
