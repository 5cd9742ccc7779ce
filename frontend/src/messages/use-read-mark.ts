import { useEffect, useRef, useState } from 'react';

import type { Me, Message } from '../api/types';
import { markRead } from './thread';

const RETRY_MS = 3_000;

/** While `seen` is true, tell the server that the messages have been read. */
export function useReadMark(group: string, messages: Message[], seen: boolean, me: Me) {
  const read = useRef<{ uuid: string; others: string | undefined }>(undefined);
  const [attempt, setAttempt] = useState(0);
  const uuid = messages.at(-1)?.uuid;
  const others = messages.findLast(({ handle }) => handle !== me.handle)?.uuid;
  useEffect(() => {
    if (!seen || uuid === undefined || read.current?.uuid === uuid) return;
    // After the first mark, the caller's own messages leave nothing unread.
    if (read.current && read.current.others === others) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void markRead(group, uuid).then((done) => {
      if (done) read.current = { uuid, others };
      else timer = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    });
    return () => clearTimeout(timer);
  }, [group, uuid, others, seen, attempt]);
}
