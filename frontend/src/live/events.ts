/* Events and their changes. An event may come twice, and after a page that has its change already. */
import { fetchJson } from '../api/http';
import { changeEverywhere } from '../api/crud-changes';
import { readFront } from '../api/front';
import { keys, queryClient } from '../api/queries';
import type { Me, Message, MessageGroup, Notification, SentMessage } from '../api/types';
import { type Content } from '../outbox/entry';
import { loadOutbox } from '../outbox/entries';
import { onLive } from './connection';
import {
  currentOf,
  withConversation,
  withHidden,
  withMessageIn,
  withMyMark,
  withPerson,
  withoutText,
  withRead,
  withSeen,
} from './conversations';
import { changeCount, countNew } from './counts';
import { isLater } from './place';
import {
  changeConversations,
  changeThread,
  readStore,
  typingCame,
  typingEnded,
} from './store';
import { withMessage, withReread } from './thread';

/** A message of the server, with its conversation. */
type Told = Message & { message_group_uuid: string };

/** So many uuids of what was counted are remembered. */
const COUNTED_MAX = 500;
const counted = new Set<string>();

function isNew(uuid: string): boolean {
  if (counted.has(uuid)) return false;
  counted.add(uuid);
  if (counted.size > COUNTED_MAX) for (const first of counted) return counted.delete(first);
  return true;
}

const myHandle = () => queryClient.getQueryData<Me>(keys.me)?.handle;
/** The messages of a conversation that the sum of unread messages has. */
function unreadIn(group: string): number {
  const conversation = currentOf(readStore().conversations, group);
  return conversation && !conversation.hidden ? conversation.unread_count : 0;
}

/** The conversation that is followed: its end is in view, so that what comes is read at once. */
let followed: string | undefined;

export function follow(group: string, follows: boolean) {
  if (follows) followed = group;
  else if (followed === group) followed = undefined;
}

/** Read one conversation again, and let the sum of unread messages follow. */
export async function readConversation(group: string): Promise<MessageGroup> {
  const askedAt = performance.now();
  const path = `/api/message_groups/${encodeURIComponent(group)}`;
  const conversation = await fetchJson<MessageGroup>(path);
  const known = currentOf(readStore().conversations, group) !== undefined;
  const before = unreadIn(group);
  changeConversations((all) => withRead(all, [conversation], askedAt));
  if (known) changeCount('unread_messages', unreadIn(group) - before);
  return conversation;
}

/** For what an event leaves open: it is read, or stays as it is until it is read anyway. */
function readQuietly(group: string) {
  readConversation(group).catch(() => {});
}

// --- messages -------------------------------------------------------------------------------------
function messageCame({ message_group_uuid: group, ...message }: Told) {
  const unread =
    isNew(message.uuid) && message.handle !== myHandle() && followed !== group;
  typingEnded(group, message);
  const before = currentOf(readStore().conversations, group);
  const known = before !== undefined;
  changeThread(group, (thread) => withMessage(thread, message));
  changeConversations((all) => withMessageIn(all, group, message, unread));
  if (unread) countNew('unread_messages', message.created_at);
  // Older messages of a hidden conversation count again.
  if (before?.hidden) void queryClient.invalidateQueries({ queryKey: keys.me });
  // The event of a conversation that begins comes with its first message.
  if (!known && readStore().conversations.list)
    setTimeout(() => {
      const now = currentOf(readStore().conversations, group);
      if (!now || now.created_at < message.created_at) readQuietly(group);
    }, 1_000);
}

/** A message was deleted, here or elsewhere. */
export function messageChanged({ message_group_uuid: group, ...message }: Told) {
  changeThread(group, (thread) => withReread(thread, [message]));
  if (message.message !== null) return;
  changeConversations((all) => withoutText(all, group, message.uuid));
  // It may have been unread.
  if (message.handle !== myHandle() && unreadIn(group) > 0) readQuietly(group);
}

/** How many unread messages follow a message; undefined if the server has to be asked. */
function unreadAfter(group: string, uuid: string): number | undefined {
  const { conversations, threads } = readStore();
  const conversation = currentOf(conversations, group);
  if (conversation && (conversation.unread_count === 0 || conversation.message_uuid === uuid)) return 0;
  const thread = threads.get(group);
  const mark = thread?.messages.find((message) => message.uuid === uuid);
  if (!thread || thread.isCopy || !mark || thread.newer !== null) return undefined;
  const mine = myHandle();
  return thread.messages.filter(
    ({ created_at, handle, message }) =>
      created_at > mark.created_at && handle !== mine && message !== null,
  ).length;
}

/** The caller has read up to a message, here or in another browser. */
export function readUpTo(group: string, uuid: string) {
  const conversation = currentOf(readStore().conversations, group);
  if (!conversation) {
    void queryClient.invalidateQueries({ queryKey: keys.me });
    return;
  }
  const { read_message_uuid: mark } = conversation;
  if (mark !== null && !isLater(uuid, mark)) return;
  const left = unreadAfter(group, uuid);
  if (left === undefined) {
    readQuietly(group);
    return;
  }
  const before = unreadIn(group);
  changeConversations((all) => withMyMark(all, group, uuid, left));
  changeCount('unread_messages', left - before);
}

interface Mark {
  message_group_uuid: string;
  handle: string;
  message_uuid: string;
}

function markCame({ message_group_uuid: group, handle, message_uuid: uuid }: Mark) {
  if (handle === myHandle()) readUpTo(group, uuid);
  else changeConversations((all) => withSeen(all, group, handle, uuid));
}

/** The list of requests is read again together with the one of conversations. */
export const REQUESTS_KEY = [...keys.groups, 'requests'];

/** A conversation has begun or is accepted; or one that waits has changed. */
export function conversationCame(conversation: MessageGroup) {
  const { uuid, state, handle } = conversation;
  const waited = currentOf(readStore().conversations, uuid)?.state === 'request';
  changeConversations((all) => withConversation(all, conversation));
  void queryClient.invalidateQueries({ queryKey: keys.groupWith(handle) });
  if (waited || state === 'request')
    void queryClient.invalidateQueries({ queryKey: REQUESTS_KEY });
  // Nothing else tells the messages of a request.
  if (state === 'request') void queryClient.invalidateQueries({ queryKey: keys.thread(uuid) });
  // Its messages are unread from now on.
  else if (waited) void queryClient.invalidateQueries({ queryKey: keys.me });
}

/** The caller has hidden a conversation, here or in another browser. */
export function conversationGone(group: string) {
  const unread = unreadIn(group);
  changeConversations((all) => withHidden(all, group));
  changeCount('unread_messages', -unread);
  void queryClient.invalidateQueries({ queryKey: REQUESTS_KEY });
}

// --- everything else ------------------------------------------------------------------------------
function notificationCame({ uuid, read, created_at }: Notification) {
  if (read || !isNew(uuid)) return;
  countNew('unread_notifications', created_at);
  void queryClient.invalidateQueries({ queryKey: keys.notifications });
}

/** The front of the home feed is read at most so often, and not by all browsers at the same moment. */
const FRONT_MS = 30_000;
const FRONT_SPREAD_MS = 3_000;
let frontReadAt = -Infinity;
let frontTimer: ReturnType<typeof setTimeout> | undefined;

/** There are new cruds. A page that nobody looks at reads them when its reader comes back. */
function newerCame() {
  if (frontTimer !== undefined || document.hidden) return;
  const rest = Math.max(0, frontReadAt + FRONT_MS - performance.now());
  frontTimer = setTimeout(
    () => {
      frontTimer = undefined;
      frontReadAt = performance.now();
      readFront().catch(() => {}); // the next event, or the reader's return, reads it
    },
    rest + Math.random() * FRONT_SPREAD_MS,
  );
}

interface Person {
  uuid: string;
  handle: string;
  display_name: string;
  deleted?: true;
}

/** Somebody has another name, or has deleted the account. */
function personCame({ uuid, handle, display_name, deleted }: Person) {
  const named = <T extends { handle: string; display_name: string }>(one: T): T =>
    one.handle === handle && one.display_name !== display_name ? { ...one, display_name } : one;
  changeConversations((all) => withPerson(all, { uuid, handle, display_name, ...(deleted && { deleted }) }));
  for (const group of readStore().threads.keys())
    changeThread(group, (thread) => withReread(thread, thread.messages.map(named)));
  changeEverywhere(named);
  void queryClient.invalidateQueries({ queryKey: keys.person(handle) });
}

/** Events may have been missed: what is shown is read again. */
export function readAgain() {
  counted.clear();
  for (const queryKey of [keys.me, keys.groups, keys.threads, keys.notifications, keys.front])
    void queryClient.invalidateQueries({ queryKey });
}

const TAKE: Record<string, (data: unknown) => void> = {
  hello: readAgain,
  resync: readAgain,
  message: (data) => messageCame(data as Told),
  message_changed: (data) => messageChanged(data as Told),
  conversation: (data) => conversationCame(data as MessageGroup),
  conversation_gone: (data) => conversationGone((data as Mark).message_group_uuid),
  read: (data) => markCame(data as Mark),
  typing: (data) => {
    const { message_group_uuid: group, handle } = data as Mark;
    typingCame(group, handle);
  },
  notification: (data) => notificationCame(data as Notification),
  home: newerCame,
  person: (data) => personCame(data as Person),
};

onLive(({ name, data }) => TAKE[name]?.(data));

// An answer of the server, to this tab or another one, is as good as an event.
function answered(content: Content, answer: unknown) {
  if (content.kind !== 'message') return;
  messageCame(answer as SentMessage);
  if ('handle' in content.to)
    void queryClient.invalidateQueries({ queryKey: keys.groupWith(content.to.handle) });
}

loadOutbox().then(
  ({ onAnswered }) => onAnswered(answered),
  () => {
    // Without the sender nothing is delivered from here.
  },
);
