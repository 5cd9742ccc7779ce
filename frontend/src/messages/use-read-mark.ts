import { useEffect, useRef, useState } from 'react';

import type { Me, Message } from '../api/types';
import { markRead } from './thread';

const RETRY_MS = 3_000;

/** While `seen` is true, tell the server that the messages up to `last` have been read. */
export function useReadMark(group: string, last: Message | undefined, seen: boolean, me: Me) {
  const read = useRef<string>(undefined);
  const [attempt, setAttempt] = useState(0);
  const uuid = last?.uuid;
  const mine = last?.handle === me.handle;
  useEffect(() => {
    if (!seen || uuid === undefined || read.current === uuid) return;
    // After the first mark, the caller's own messages leave nothing unread.
    if (mine && read.current !== undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void markRead(group, uuid).then((done) => {
      if (done) read.current = uuid;
      else timer = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    });
    return () => clearTimeout(timer);
  }, [group, uuid, mine, seen, attempt]);
}
