/* The writer of the last message of a conversation. The list does not tell it; the messages that are known do. */
import { useSyncExternalStore } from 'react';

import type { Page } from '../api/http';
import { useMyHandle } from '../api/people';
import type { Message, MessageGroup } from '../api/types';
import { useStore } from '../live/store';
import { list, onDevice } from '../session/device';
import { useSession } from '../session/session';

interface Copy {
  group?: string;
  page: Page<Message[]>;
}

const lastOf = (messages: Message[] | undefined, uuid: string | null) => {
  const last = messages?.at(-1);
  return last?.uuid === uuid ? last.handle : undefined;
};

/** Whether the caller wrote it, as far as this device knows. */
export function useLastIsMine({ uuid, message_uuid, unread_count }: MessageGroup): boolean {
  const mine = useMyHandle();
  const account = useSession().account ?? '';
  const open = useStore(({ threads }) => lastOf(threads.get(uuid)?.messages, message_uuid));
  const kept = useSyncExternalStore(onDevice, () => {
    const copy = list<Copy>(account, 'copy').find(({ group }) => group === uuid);
    return lastOf(copy?.page.value, message_uuid);
  });
  return unread_count === 0 && mine !== undefined && (open ?? kept) === mine;
}
