import { useState } from 'react';

import type { Me, Message } from '../api/types';

interface NewMessages {
  /** For screen readers: the last message that the other person wrote since this page opened. */
  announcement: string;
  /** How many messages the other person wrote since the last markSeen. */
  count: number;
  markSeen: () => void;
}

/** The messages that the other person writes while the conversation is open. */
export function useNewMessages(messages: Message[], me: Me): NewMessages {
  const newest = messages.at(-1)?.created_at ?? '';
  const [openedAt] = useState(newest);
  const [seenUntil, setSeenUntil] = useState(newest);
  const others = messages.filter(({ handle, message }) => handle !== me.handle && message !== null);
  const last = others.at(-1);
  return {
    announcement: last && last.created_at > openedAt ? `${last.display_name}: ${last.message}` : '',
    count: others.filter(({ created_at }) => created_at > seenUntil).length,
    markSeen: () => {
      if (seenUntil !== newest) setSeenUntil(newest);
    },
  };
}
