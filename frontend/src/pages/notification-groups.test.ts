import { expect, test } from 'vitest';

import type { Crud, Notification } from '../api/types';
import { grouped } from './notification-groups';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
let last = 0;

function notification(
  kind: Notification['kind'],
  handle: string,
  { hours = 0, crud = 'one', read = false } = {},
): Notification {
  const activity = kind === 'follow' ? null : ({ uuid: crud } as Crud);
  const created_at = new Date(NOW - hours * HOUR).toISOString();
  return { uuid: String(++last), kind, handle, display_name: handle, read, created_at, activity };
}

/** `ann+ben like` */
const drawn = (notifications: Notification[]) =>
  grouped(notifications).map(
    ({ entries }) => `${entries.map(({ handle }) => handle).join('+')} ${entries[0].kind}`,
  );

test('people who like the same crud share a row, others do not', () => {
  expect(
    drawn([
      notification('like', 'ann'),
      notification('like', 'ben'),
      notification('like', 'cat', { crud: 'another' }),
      notification('repost', 'dan'),
    ]),
  ).toEqual(['ann+ben like', 'cat like', 'dan repost']);
});

test('a row stands where its newest notification was, and what is between others stays', () => {
  expect(
    drawn([
      notification('like', 'ann'),
      notification('reply', 'ben'),
      notification('like', 'cat', { hours: 1 }),
      notification('mention', 'dan', { hours: 2 }),
    ]),
  ).toEqual(['ann+cat like', 'ben reply', 'dan mention']);
});

test('unread notifications stay apart from read ones', () => {
  expect(
    drawn([
      notification('follow', 'ann'),
      notification('follow', 'ben', { read: true }),
      notification('follow', 'cat', { read: true }),
    ]),
  ).toEqual(['ann follow', 'ben+cat follow']);
});

test('a row has what happened within a day of its newest notification', () => {
  expect(
    drawn([
      notification('like', 'ann'),
      notification('like', 'ben', { hours: 24 }),
      notification('like', 'cat', { hours: 25 }),
      notification('like', 'dan', { hours: 49 }),
    ]),
  ).toEqual(['ann+ben like', 'cat+dan like']);
});

test('a person who did it twice is named once', () => {
  expect(
    drawn([notification('follow', 'ann'), notification('follow', 'ann', { hours: 2 })]),
  ).toEqual(['ann follow']);
});

test('replies and mentions stand alone', () => {
  expect(drawn([notification('reply', 'ann'), notification('reply', 'ann')])).toEqual([
    'ann reply',
    'ann reply',
  ]);
  expect(grouped([])).toEqual([]);
});
