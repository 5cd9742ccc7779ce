/*
 * Conversations by uuid, as pages, answers and events tell them. An event or answer that came after a page
 * was asked for is newer than that page.
 */
import type { Page } from '../api/http';
import type { Message, MessageGroup } from '../api/types';
import { sameFields } from '../base/same';
import { isLater } from './place';

interface Known {
  conversation: MessageGroup;
  /** performance.now() when an event or answer changed it; 0 if only pages have told it; COPY. */
  changedAt: number;
}

/** It was kept on the device and has not been read since: it is shown, and nothing follows from it. */
const COPY = -1;

export interface Conversations {
  /** Also those that the list has not reached. */
  known: ReadonlyMap<string, Known>;
  /** The list as far as it was read, newest first; null before that. */
  list: {
    /** Path of the next page; null at the end. */
    older: string | null;
    /** created_at of its last conversation. */
    until: string;
    /** Date.now() when it was shown last, if it was kept on the device and has not been read since. */
    readAt?: number;
  } | null;
}

export const NO_CONVERSATIONS: Conversations = { known: new Map(), list: null };

/** The first characters of a message, as the list shows them (140 code points). */
const previewOf = (text: string) => Array.from(text).slice(0, 140).join('');

/** The conversation to show. */
export const conversationOf = ({ known }: Conversations, uuid: string): MessageGroup | undefined =>
  known.get(uuid)?.conversation;

/** The conversation as the server has told it. */
export function currentOf({ known }: Conversations, uuid: string): MessageGroup | undefined {
  const one = known.get(uuid);
  return one && one.changedAt !== COPY ? one.conversation : undefined;
}

const lists = new WeakMap<Conversations, MessageGroup[]>();

/** The list that a page shows; undefined before it was read. The same array until something changes. */
export function listed(all: Conversations): MessageGroup[] | undefined {
  const { list, known } = all;
  if (!list) return undefined;
  let found = lists.get(all);
  if (!found) {
    found = [...known.values()]
      .map(({ conversation }) => conversation)
      .filter(({ state, hidden }) => state !== 'request' && !hidden)
      .filter(({ created_at }) => list.older === null || created_at >= list.until)
      .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    lists.set(all, found);
  }
  return found;
}

function put(all: Conversations, conversation: MessageGroup, changedAt: number): Conversations {
  const before = currentOf(all, conversation.uuid);
  if (before && sameFields(before, conversation)) return all;
  return { ...all, known: new Map(all.known).set(conversation.uuid, { conversation, changedAt }) };
}

/** Conversations that the server answered to a request of the time `askedAt`. */
export function withRead(all: Conversations, read: MessageGroup[], askedAt: number): Conversations {
  return read.reduce((now, conversation) => {
    const changedAt = now.known.get(conversation.uuid)?.changedAt ?? 0;
    return changedAt > askedAt ? now : put(now, conversation, Math.max(changedAt, 0));
  }, all);
}

/** The front of the list as it was kept on the device. */
export function withCopies({ value, next }: Page<MessageGroup[]>, readAt: number): Conversations {
  const known = new Map(
    value.map((conversation) => [conversation.uuid, { conversation, changedAt: COPY }]),
  );
  return { known, list: { older: next, until: value.at(-1)?.created_at ?? '', readAt } };
}

function withoutCopies(all: Conversations): Conversations {
  const current = [...all.known].filter(([, { changedAt }]) => changedAt !== COPY);
  return current.length === all.known.size ? all : { list: null, known: new Map(current) };
}

/** Conversations that the first page would have if the caller had not hidden them, here or elsewhere. */
function withoutMissing(
  all: Conversations,
  { value, next }: Page<MessageGroup[]>,
  askedAt: number,
): Conversations {
  const until = value.at(-1)?.created_at ?? '';
  const found = new Set(value.map(({ uuid }) => uuid));
  const missing = [...all.known.values()].filter(
    ({ conversation: { uuid, state, hidden, created_at }, changedAt }) =>
      state !== 'request' &&
      !hidden &&
      !found.has(uuid) &&
      changedAt <= askedAt &&
      (next === null || created_at > until),
  );
  return missing.reduce((now, { conversation: { uuid } }) => withHidden(now, uuid), all);
}

/** The first page of the list. If it does not reach what is listed, the list ends with it. */
export function withFront(
  all: Conversations,
  page: Page<MessageGroup[]>,
  askedAt: number,
): Conversations {
  const before = withoutCopies(all);
  const shown = new Set(listed(before)?.map(({ uuid }) => uuid));
  const now = withoutMissing(withRead(before, page.value, askedAt), page, askedAt);
  if (now.list && page.value.some(({ uuid }) => shown.has(uuid))) return now;
  const list = { older: page.next, until: page.value.at(-1)?.created_at ?? '' };
  return sameFields(now.list, list) ? now : { ...now, list };
}

export function withOlder(
  all: Conversations,
  page: Page<MessageGroup[]>,
  askedAt: number,
): Conversations {
  const until = page.value.at(-1)?.created_at ?? all.list?.until ?? '';
  return { ...withRead(all, page.value, askedAt), list: { older: page.next, until } };
}

/** An event tells a conversation as it is now. */
export const withConversation = (all: Conversations, conversation: MessageGroup): Conversations =>
  put(all, conversation, performance.now());

const change = (all: Conversations, uuid: string, changes: Partial<MessageGroup>): Conversations => {
  const before = currentOf(all, uuid);
  return before ? put(all, { ...before, ...changes }, performance.now()) : all;
};

/** A message has come; `unread`: it is one that the caller has not seen. */
export function withMessageIn(
  all: Conversations,
  uuid: string,
  message: Message,
  unread: boolean,
): Conversations {
  const before = currentOf(all, uuid);
  if (!before || message.created_at <= before.created_at) return all;
  return change(all, uuid, {
    message: message.message === null ? null : previewOf(message.message),
    message_uuid: message.uuid,
    created_at: message.created_at,
    unread_count: before.unread_count + (unread ? 1 : 0),
    hidden: false,
  });
}

/** The caller has hidden it, until something new comes. */
export const withHidden = (all: Conversations, uuid: string): Conversations =>
  change(all, uuid, { hidden: true });

/** A message was deleted. */
export const withoutText = (all: Conversations, uuid: string, message: string): Conversations =>
  conversationOf(all, uuid)?.message_uuid === message ? change(all, uuid, { message: null }) : all;

/** The caller has read up to a message, after which `unread` ones are left. */
export function withMyMark(
  all: Conversations,
  uuid: string,
  read_message_uuid: string,
  unread_count: number,
): Conversations {
  return change(all, uuid, { read_message_uuid, unread_count });
}

/** Another member has read up to a message. */
export function withSeen(
  all: Conversations,
  uuid: string,
  handle: string,
  message_uuid: string,
): Conversations {
  const seen = conversationOf(all, uuid)?.seen ?? [];
  const before = seen.find((one) => one.handle === handle);
  if (before && !isLater(message_uuid, before.message_uuid)) return all;
  const others = seen.filter((one) => one !== before);
  return change(all, uuid, { seen: [...others, { handle, message_uuid }] });
}

/** A person has another name or handle, or has deleted the account. */
export function withPerson(
  all: Conversations,
  { uuid, ...names }: { uuid: string; handle: string; display_name: string; deleted?: true },
): Conversations {
  let now = all;
  for (const { conversation } of all.known.values()) {
    if (!conversation.members.some((member) => member.uuid === uuid)) continue;
    const members = conversation.members.map((member) =>
      member.uuid === uuid ? { ...member, ...names } : member,
    );
    const other = conversation.members[0]?.uuid === uuid ? names : {};
    now = change(now, conversation.uuid, { ...other, members });
  }
  return now;
}
