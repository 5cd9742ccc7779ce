import { describe, expect, test } from 'vitest';

import type { Message, MessageGroup } from '../api/types';
import {
  addMessages,
  firstUnread,
  overlaps,
  type Thread,
  withMessage,
  withNewerPage,
  withNewestPage,
  withOlderPage,
  withReread,
} from './thread';

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
const page = <T>(value: T, next: string | null = null, previous: string | null = null) => ({
  value,
  next,
  previous,
});
const group = (name: string, n: number, unread_count = 0): MessageGroup => ({
  uuid: name,
  kind: 'pair',
  name: null,
  state: 'accepted',
  messages_left: null,
  hidden: false,
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

describe('messages of a conversation', () => {
  const thread: Thread = {
    messages: range(10, 19),
    older: '/older',
    newer: null,
    cursor: 'm19',
    opened: { unread: null, newestAt: at(19) },
    starts: ['m10'],
  };

  test('messages from an event, an answer and an older page appear once and in order', () => {
    let now = addMessages(thread, [message(21), message(20)]);
    now = addMessages(now, [message(20)]);
    now = withOlderPage(now, page(range(5, 10)));
    expect(uuids(now.messages)).toEqual(uuids(range(5, 21)));
    expect(now.older).toBeNull();
    expect(now.starts).toEqual(['m5', 'm10']);
  });

  test('a page that does not reach the last one from a page leaves a gap, whatever events brought', () => {
    const now = withMessage(thread, message(60));
    expect(now.cursor).toBe('m19');
    expect(overlaps(now, page(range(19, 58)))).toBe(true);
    expect(overlaps(now, page(range(21, 60)))).toBe(false);
    const on = withNewerPage(now, page(range(20, 29), null, '/newer'));
    expect(uuids(on.messages)).toEqual([...uuids(range(10, 29)), 'm60']);
    expect([on.newer, on.cursor]).toEqual(['/newer', 'm29']);
  });

  test('a page from before a deletion does not bring the text back', () => {
    const gone = withReread(thread, [message(12, null)]);
    expect(addMessages(gone, [message(12)])).toBe(gone);
    expect(withNewestPage(gone, page(range(10, 19))).messages[2]?.message).toBeNull();
  });

  test('the newest page shows deletions and keeps the older pages', () => {
    const newest = page([message(18, null), message(19), message(20)], '/elsewhere');
    const now = withNewestPage(thread, newest);
    expect(uuids(now.messages)).toEqual(uuids(range(10, 20)));
    expect(now.messages.find(({ uuid }) => uuid === 'm18')?.message).toBeNull();
    expect(now.older).toBe('/older');
  });

  test('a gap before the newest page drops the known messages', () => {
    const now = withNewestPage(thread, page(range(50, 59), '/gap'));
    expect(uuids(now.messages)).toEqual(uuids(range(50, 59)));
    expect(now.older).toBe('/gap');
    expect(now.cursor).toBe('m59');
  });

  test('an answer without news changes no object, so that nothing is rendered', () => {
    const copy = structuredClone(thread.messages);
    expect(addMessages(thread, [])).toBe(thread);
    expect(withReread(thread, copy.slice(-3))).toBe(thread);
    expect(withNewestPage(thread, page(copy)).messages).toBe(thread.messages);
    const more = addMessages(thread, [message(20), ...copy]);
    expect(more.messages[3]).toBe(thread.messages[3]);
  });

  test('between older and newer pages a message of an event waits for its place', () => {
    const part: Thread = { ...thread, newer: '/newer' };
    expect(withMessage(part, message(60))).toBe(part);
    expect(uuids(withMessage(thread, message(60)).messages).at(-1)).toBe('m60');
    const next = withNewerPage(part, page(range(20, 29), '/older', '/newest'));
    expect(uuids(next.messages)).toEqual(uuids(range(10, 29)));
    expect([next.older, next.newer, next.cursor]).toEqual(['/older', '/newest', 'm29']);
    expect(withNewestPage(next, page(range(25, 34), '/x')).newer).toBeNull();
  });

  test('a page that is read again adds no messages', () => {
    const now = withReread(thread, [message(8), message(9), message(10, null)]);
    expect(uuids(now.messages)).toEqual(uuids(range(10, 19)));
    expect(now.messages[0]?.message).toBeNull();
  });

  test('the first unread message follows the read mark, else the count tells it', () => {
    const mine = { ...message(13), handle: 'me' };
    const messages = [...range(10, 12), mine, message(14), message(15, null), ...range(16, 17)];
    const of = (read_message_uuid: string | null, unread_count: number, previous?: string) =>
      firstUnread(page(messages, null, previous), 'me', {
        ...group('ann', 17, unread_count),
        read_message_uuid,
      });
    expect(of('m12', 3)).toBe('m14');
    expect(of('m13', 3)).toBe('m14');
    expect(of('m13', 0)).toBeUndefined();
    expect(of(null, 3)).toBe('m14'); // a deleted message is not counted
    expect(of('m1', 3)).toBe('m14');
    expect(of('m1', 7)).toBeUndefined(); // before this page
    expect(of(null, 3, '/newer')).toBeUndefined();
  });
});
