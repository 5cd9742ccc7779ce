import { useEffect, useRef, useState } from 'react';

import type { Message } from '../api/types';
import { markRead } from './thread';

const RETRY_MS = 3_000;
/** While the person scrolls, the server is told after this pause. */
const PAUSE_MS = 300;

interface Shown {
  messages: Message[];
  /** Whether the newest message is in the list. */
  complete: boolean;
  /** created_at of the newest message that was in view. */
  seenUntil: string;
}

/** Tell the server up to which message the caller has read. */
export function useReadMark(group: string, shown: Shown, mine: string) {
  const { messages, complete, seenUntil } = shown;
  const marked = useRef<string>(undefined);
  const [attempt, setAttempt] = useState(0);
  const others = messages.filter(({ handle }) => handle !== mine);
  const uuid = messages.findLast(({ created_at }) => created_at <= seenUntil)?.uuid;
  // The caller's own messages leave nothing unread.
  const newest = others.findLast(({ created_at }) => created_at <= seenUntil)?.uuid ?? '';
  const waiting = useRef<() => void>(undefined);
  useEffect(() => {
    waiting.current = undefined;
    if (uuid === undefined || marked.current === newest) return;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const mark = async () => {
      waiting.current = undefined;
      if (await markRead(group, uuid)) marked.current = newest;
      // Far above the newest message the server refuses, until more has been in view.
      else if (complete) retry = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    };
    waiting.current = () => void mark();
    const timer = setTimeout(waiting.current, marked.current === undefined ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(retry);
    };
  }, [group, uuid, newest, complete, attempt]);

  // A message that was in view has been read, also when the person leaves within the pause.
  useEffect(() => () => waiting.current?.(), [group]);
}
