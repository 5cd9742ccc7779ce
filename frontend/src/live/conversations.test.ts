import { describe, expect, test } from 'vitest';

import type { Message, MessageGroup } from '../api/types';
import {
  conversationOf,
  currentOf,
  listed,
  NO_CONVERSATIONS,
  withConversation,
  withCopies,
  withFront,
  withHidden,
  withMessageIn,
  withMyMark,
  withOlder,
  withoutText,
  withPerson,
  withRead,
  withSeen,
} from './conversations';

const at = (n: number) => `2026-11-22T12:00:00.${String(n).padStart(6, '0')}+00:00`;
const place = (n: number) => `019ab9e2-8d00-7000-8000-${String(n).padStart(12, '0')}`;
const conversation = (name: string, n: number, unread_count = 0): MessageGroup => ({
  uuid: name,
  kind: 'pair',
  name: null,
  state: 'accepted',
  messages_left: null,
  hidden: false,
  handle: name,
  display_name: name,
  message: 'text',
  message_uuid: place(n),
  created_at: at(n),
  unread_count,
  read_message_uuid: null,
  seen: [],
  members_count: 2,
  members: [
    { uuid: `of-${name}`, handle: name, display_name: name, avatar_url: null },
    { uuid: 'me', handle: 'me', display_name: 'Me', avatar_url: null },
  ],
});
const message = (n: number, text: string): Message => ({
  uuid: place(n),
  handle: 'a',
  display_name: 'a',
  message: text,
  created_at: at(n),
});
const page = (value: MessageGroup[], next: string | null = null) => ({
  value,
  next,
  previous: null,
});
const names = (all: typeof NO_CONVERSATIONS) => listed(all)?.map(({ uuid }) => uuid);
const EARLY = 0;
const LATE = Infinity;

const two = withFront(NO_CONVERSATIONS, page([conversation('a', 30), conversation('b', 20)], '/2'), EARLY);

describe('the list of conversations', () => {
  test('is not known before it was read, whatever events tell', () => {
    const all = withConversation(NO_CONVERSATIONS, conversation('a', 30));
    expect(listed(all)).toBeUndefined();
    expect(conversationOf(all, 'a')?.handle).toBe('a');
  });

  test('a conversation that moved to the front appears once, even if an older page has it', () => {
    const all = withFront(two, page([conversation('c', 40, 1), conversation('a', 30)], '/2'), LATE);
    expect(names(all)).toEqual(['c', 'a', 'b']);
    const more = withOlder(all, page([conversation('d', 5)]), LATE);
    expect(names(more)).toEqual(['c', 'a', 'b', 'd']);
    expect(more.list?.older).toBeNull();
  });

  test('a front that does not reach the list begins it again', () => {
    const all = withFront(two, page([conversation('d', 90), conversation('e', 80)], '/3'), LATE);
    expect(names(all)).toEqual(['d', 'e']);
    expect(all.list?.older).toBe('/3');
  });

  test('a conversation that the list has not reached is known, and comes in with its next message', () => {
    let all = withRead(two, [conversation('z', 1)], LATE);
    expect(names(all)).toEqual(['a', 'b']);
    all = withMessageIn(all, 'z', message(50, 'hello'), true);
    expect(names(all)).toEqual(['z', 'a', 'b']);
    expect(conversationOf(all, 'z')).toMatchObject({ message: 'hello', unread_count: 1 });
  });

  test('an answer without news changes no object', () => {
    const again = page([conversation('a', 30), conversation('b', 20)], '/2');
    expect(withFront(two, again, LATE)).toBe(two);
    expect(listed(two)).toBe(listed(two));
  });
});

describe('requests and hidden conversations', () => {
  const waiting = { ...conversation('r', 99), state: 'request' as const };

  test('a request is known and not listed, until it is accepted', () => {
    const all = withConversation(two, waiting);
    expect(names(all)).toEqual(['a', 'b']);
    expect(conversationOf(all, 'r')?.state).toBe('request');
    expect(names(withConversation(all, conversation('r', 99)))).toEqual(['r', 'a', 'b']);
  });

  test('a hidden one is listed again with its next message', () => {
    const all = withHidden(two, 'a');
    expect(names(all)).toEqual(['b']);
    expect(conversationOf(all, 'a')?.hidden).toBe(true);
    expect(names(withMessageIn(all, 'a', message(31, 'new'), true))).toEqual(['a', 'b']);
    expect(withHidden(two, 'unknown')).toBe(two);
  });

  test('one that the first page no longer has was hidden elsewhere', () => {
    const page1 = page([conversation('c', 40), conversation('b', 20)], '/2');
    expect(names(withFront(two, page1, LATE))).toEqual(['c', 'b']);
    // Events since it was asked for know better.
    const told = withConversation(two, conversation('a', 31));
    expect(names(withFront(told, page1, EARLY))).toEqual(['c', 'a', 'b']);
    // A request is in another list; so is nothing that is older than the page.
    const all = withConversation(two, waiting);
    expect(conversationOf(withFront(all, page([conversation('a', 30)], '/2'), LATE), 'r')?.hidden).toBe(false);
    expect(conversationOf(withFront(all, page([conversation('a', 30)]), LATE), 'b')?.hidden).toBe(true);
  });
});

describe('events', () => {
  test('a message counts once, and an older one not at all', () => {
    const once = withMessageIn(two, 'a', message(31, 'new'), true);
    expect(conversationOf(once, 'a')).toMatchObject({ message: 'new', unread_count: 1 });
    expect(withMessageIn(once, 'a', message(31, 'new'), true)).toBe(once);
    expect(withMessageIn(once, 'a', message(29, 'old'), true)).toBe(once);
    expect(withMessageIn(once, 'unknown', message(99, 'new'), true)).toBe(once);
  });

  test('stays when a page comes that was asked for before', () => {
    const all = withMessageIn(two, 'a', message(31, 'new'), true);
    expect(withFront(all, page([conversation('a', 30), conversation('b', 20)], '/2'), EARLY)).toBe(all);
    const later = withFront(all, page([conversation('a', 32), conversation('b', 20)], '/2'), LATE);
    expect(conversationOf(later, 'a')).toMatchObject({ message: 'text', unread_count: 0 });
  });

  test('the preview has 140 code points, and none after a deletion', () => {
    const all = withMessageIn(two, 'a', message(31, '🙂'.repeat(200)), false);
    expect(conversationOf(all, 'a')?.message).toBe('🙂'.repeat(140));
    expect(withoutText(all, 'a', place(30))).toBe(all);
    expect(conversationOf(withoutText(all, 'a', place(31)), 'a')?.message).toBeNull();
  });

  test('read marks move only forwards', () => {
    const seen = withSeen(two, 'a', 'a', place(5));
    expect(conversationOf(seen, 'a')?.seen).toEqual([{ handle: 'a', message_uuid: place(5) }]);
    expect(withSeen(seen, 'a', 'a', place(4))).toBe(seen);
    expect(conversationOf(withSeen(seen, 'a', 'a', place(6)), 'a')?.seen).toEqual([
      { handle: 'a', message_uuid: place(6) },
    ]);
    const mine = withMyMark(two, 'a', place(30), 0);
    expect(conversationOf(mine, 'a')?.read_message_uuid).toBe(place(30));
  });

  test('a new name appears in every conversation with that person', () => {
    const all = withPerson(two, { uuid: 'of-a', handle: 'a2', display_name: 'New' });
    expect(conversationOf(all, 'a')).toMatchObject({ handle: 'a2', display_name: 'New' });
    expect(conversationOf(all, 'a')?.members[0]?.display_name).toBe('New');
    expect(conversationOf(all, 'b')).toBe(conversationOf(two, 'b'));
    const me = withPerson(two, { uuid: 'me', handle: 'me', display_name: 'I' });
    expect(conversationOf(me, 'a')?.display_name).toBe('a');
  });
});

describe('copies of the device', () => {
  const page = (value: MessageGroup[], next: string | null = null) => ({ value, next, previous: null });
  const copies = withCopies(page([conversation('b', 2, 3), conversation('a', 1)], '/more'), 1_000);

  test('are shown, and nothing follows from them', () => {
    expect(listed(copies)?.map(({ uuid }) => uuid)).toEqual(['b', 'a']);
    expect(conversationOf(copies, 'b')?.unread_count).toBe(3);
    expect(currentOf(copies, 'b')).toBeUndefined();
    expect(withMessageIn(copies, 'b', message(9, 'new'), true)).toBe(copies);
    expect(withMyMark(copies, 'b', place(2), 0)).toBe(copies);
  });

  test('end with the first page that is read, also those that it does not have', () => {
    const now = withFront(copies, page([conversation('c', 3), conversation('b', 2)]), 0);
    expect(listed(now)?.map(({ uuid }) => uuid)).toEqual(['c', 'b']);
    expect(currentOf(now, 'b')?.unread_count).toBe(0);
    expect(conversationOf(now, 'a')).toBeUndefined();
  });

  test('do not hide what an event tells', () => {
    const told = withConversation(copies, conversation('b', 5, 1));
    const now = withFront(told, page([conversation('b', 2), conversation('a', 1)]), -1);
    expect(currentOf(now, 'b')?.unread_count).toBe(1);
  });

  test('of a conversation that was read alone become that conversation', () => {
    const now = withRead(copies, [conversation('b', 2, 3)], 1);
    expect(currentOf(now, 'b')?.unread_count).toBe(3);
  });
});
