import type { Message } from '../api/types';

/** A screen reader says an element once, when it comes; older ones need not stay. */
const ANNOUNCED_MAX = 20;

interface NewMessages {
  /** For screen readers: what others have written since the conversation was opened. */
  announced: Message[];
  /** How many messages of others come after the newest one that was in view. */
  count: number;
}

/** The messages that others write while the conversation is open. The two times are created_at of messages. */
export function newMessages(
  messages: Message[],
  mine: string,
  openedAt: string,
  seenUntil: string,
): NewMessages {
  const others = messages.filter(({ handle, message }) => handle !== mine && message !== null);
  return {
    announced: others.filter(({ created_at }) => created_at > openedAt).slice(-ANNOUNCED_MAX),
    count: others.filter(({ created_at }) => created_at > seenUntil).length,
  };
}
