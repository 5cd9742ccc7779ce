import { useState } from 'react';

import type { Me, Message } from '../api/types';

/** A screen reader says an element once, when it comes; older ones need not stay. */
const ANNOUNCED_MAX = 20;

interface NewMessages {
  /** For screen readers: the messages that others have written since this page opened. */
  announced: Message[];
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
  return {
    announced: others.filter(({ created_at }) => created_at > openedAt).slice(-ANNOUNCED_MAX),
    count: others.filter(({ created_at }) => created_at > seenUntil).length,
    markSeen: () => {
      if (seenUntil !== newest) setSeenUntil(newest);
    },
  };
}
