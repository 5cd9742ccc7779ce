import { describe, expect, test } from 'vitest';

import type { Message, MessageGroup } from '../api/types';
import {
  addMessages,
  type Thread,
  withFront,
  withNewestPage,
  withOlderGroups,
  withOlderPage,
  withPolled,
} from './lists';

const at = (n: number) => `2026-11-22T12:00:00.${String(n).padStart(6, '0')}+00:00`;
const message = (n: number, text: string | null = `text ${n}`): Message => ({
  uuid: `m${n}`,
  handle: 'ann',
  display_name: 'Ann',
  message: text,
  created_at: at(n),
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const uuids = (items: { uuid: string }[]) => items.map(({ uuid }) => uuid);

describe('messages of a conversation', () => {
  const thread: Thread = {
    messages: range(10, 19),
    older: '/older',
    cursor: 'm19',
    readAt: 1,
  };

  test('messages from a poll, a response and an older page appear once and in order', () => {
    let now = addMessages(thread, [message(21), message(20)]);
    now = addMessages(now, [message(20)]);
    now = withOlderPage(now, { value: range(5, 10), next: null });
    expect(uuids(now.messages)).toEqual(uuids(range(5, 21)));
    expect(now.older).toBeNull();
  });

  test('the next poll asks for what came after the last poll, not after an own message', () => {
    const sent = addMessages(thread, [message(21)]);
    expect(sent.cursor).toBe('m19');
    const polled = withPolled(sent, [message(20), message(21)]);
    expect(uuids(polled.messages)).toEqual(uuids(range(10, 21)));
    expect(polled.cursor).toBe('m21');
    expect(withPolled(polled, []).cursor).toBe('m21');
  });

  test('the newest page shows deletions and keeps the older pages', () => {
    const page = { value: [message(18, null), message(19), message(20)], next: '/elsewhere' };
    const now = withNewestPage(thread, page, 2);
    expect(uuids(now.messages)).toEqual(uuids(range(10, 20)));
    expect(now.messages.find(({ uuid }) => uuid === 'm18')?.message).toBeNull();
    expect(now.older).toBe('/older');
    expect(now.readAt).toBe(2);
  });

  test('a gap before the newest page drops the known messages', () => {
    const now = withNewestPage(thread, { value: range(50, 59), next: '/gap' }, 2);
    expect(uuids(now.messages)).toEqual(uuids(range(50, 59)));
    expect(now.older).toBe('/gap');
    expect(now.cursor).toBe('m59');
  });
});

describe('the list of conversations', () => {
  const group = (name: string, n: number, unread_count = 0): MessageGroup => ({
    uuid: name,
    kind: 'pair',
    name: null,
    handle: name,
    display_name: name,
    message: 'text',
    message_uuid: null,
    created_at: at(n),
    unread_count,
    read_message_uuid: null,
    seen: [],
    members_count: 2,
    members: [],
  });

  test('a conversation that moved to the front appears once, even if an older page has it', () => {
    let list = withFront(undefined, { value: [group('a', 30), group('b', 20)], next: '/2' });
    list = withFront(list, { value: [group('c', 40, 1), group('a', 30)], next: '/2' });
    expect(uuids(list.groups)).toEqual(['c', 'a', 'b']);
    list = withOlderGroups(list, { value: [group('c', 10), group('d', 5)], next: null });
    expect(uuids(list.groups)).toEqual(['c', 'a', 'b', 'd']);
    expect(list.groups[0]?.unread_count).toBe(1);
    expect(list.older).toBeNull();
  });
});
