import { describe, expect, test } from 'vitest';

import type { Message } from '../api/types';
import { BLOCK_MS, inDays, PART_SIZE } from './blocks';

const NOON = Date.parse('2026-11-20T12:00:00Z');

/** A message of a person, so long after noon. */
function message(handle: string, ms: number, uuid = `${handle} ${ms}`): Message {
  const created_at = new Date(NOON + ms).toISOString();
  return { uuid, handle, display_name: handle, message: 'a text', created_at };
}

/** `[` and `]` are the ends of a block, `|` those of a part, `/` those of a day. */
const drawn = (messages: Message[], around: Parameters<typeof inDays>[1] = {}) =>
  inDays(messages, around)
    .map((parts) =>
      parts
        .map((lines) =>
          lines
            .map(
              ({ message: { handle }, first, last }) =>
                `${first ? '[' : ''}${handle}${last ? ']' : ''}`,
            )
            .join(' '),
        )
        .join(' | '),
    )
    .join(' / ');

describe('blocks', () => {
  test('have the messages of one person that follow each other', () => {
    const messages = [
      message('ann', 0),
      message('ann', 1_000),
      message('ben', 2_000),
      message('ann', 3_000),
    ];
    expect(drawn(messages)).toBe('[ann ann] [ben] [ann]');
    expect(drawn([])).toBe('');
  });

  test('end after a pause that is longer than five minutes', () => {
    const messages = [message('ann', 0), message('ann', BLOCK_MS), message('ann', 2 * BLOCK_MS + 1)];
    expect(drawn(messages)).toBe('[ann ann] [ann]');
  });

  test('end with the day, in the time zone of the reader', () => {
    // Berlin is one hour ahead in November.
    const midnight = 11 * 3_600_000;
    const messages = [message('ann', midnight - 1_000), message('ann', midnight)];
    expect(drawn(messages)).toBe('[ann] / [ann]');
  });

  test('end at the line above the unread messages', () => {
    const messages = [message('ann', 0), message('ann', 1, 'unread'), message('ann', 2)];
    expect(drawn(messages, { begin: 'unread' })).toBe('[ann] [ann ann]');
  });

  test('go on over the ends of parts', () => {
    const messages = [message('ann', 0), message('ann', 1, 'page'), message('ann', 2)];
    expect(drawn(messages, { starts: ['page'] })).toBe('[ann | ann ann]');
  });

  test('go on with messages that are on their way', () => {
    expect(drawn([message('ben', 0), message('ann', 1)], { goesOn: true })).toBe('[ben] [ann');
    expect(drawn([], { goesOn: true })).toBe('');
  });

  test('a part has a certain number of messages', () => {
    const messages = Array.from({ length: 2 * PART_SIZE + 1 }, (_, i) => message('ann', i));
    const [parts] = inDays(messages, {});
    expect(parts?.map(({ length }) => length)).toEqual([PART_SIZE, PART_SIZE, 1]);
  });

  test('of earlier messages change nothing behind the first one that was there', () => {
    const known = [message('ann', 5_000), message('ann', 6_000), message('ben', 7_000)];
    const after = inDays([message('ann', 0), ...known], {
      starts: [known[0]?.uuid ?? ''],
    }).flat(2);
    expect(after.slice(2)).toEqual(inDays(known, {}).flat(2).slice(1));
  });
});
