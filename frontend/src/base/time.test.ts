import { i18n } from '@lingui/core';
import { beforeAll, describe, expect, test } from 'vitest';

import {
  ago,
  clockTime,
  dayLabel,
  endIn,
  followTimeZone,
  isPast,
  sameDay,
  timeLeft,
  timeLeftInWords,
} from './time';

const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime();
const before = (ms: number) => new Date(NOW - ms).toISOString();
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeAll(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

describe('ago', () => {
  test.each([
    [-5 * SECOND, 'now'],
    [0, 'now'],
    [MINUTE - 1, 'now'],
    [MINUTE, '1m'],
    [1.5 * MINUTE, '2m'],
    [59.4 * MINUTE, '59m'],
    [HOUR - 1, '1h'],
    [1.6 * HOUR, '2h'],
    [DAY - 1, '24h'],
    [36 * HOUR, '36h'],
    [36 * HOUR + 1, '2d'],
    [7 * DAY - 1, '7d'],
  ])('%d ms ago reads %s', (passed, shown) => expect(ago(before(passed), NOW)).toBe(shown));

  test('times older than a week read as a date, with the year if it is another year', () => {
    expect(ago(before(8 * DAY), NOW)).toMatch(/14/);
    expect(ago(before(8 * DAY), NOW)).not.toMatch(/2026/);
    expect(ago(before(400 * DAY), NOW)).toMatch(/2025/);
  });
});

describe('timeLeft', () => {
  test.each([
    [-DAY, '<1m'],
    [MINUTE - 1, '<1m'],
    [MINUTE, '1m'],
    [HOUR, '1h'],
    // A few seconds after one of these was chosen.
    [HOUR - 6 * SECOND, '1h'],
    [3 * HOUR - 6 * SECOND, '3h'],
    [12 * HOUR - 6 * SECOND, '12h'],
    [DAY - 6 * SECOND, '24h'],
    [3 * DAY - 6 * SECOND, '3d'],
    [7 * DAY - 6 * SECOND, '7d'],
    [30 * DAY - 6 * SECOND, '30d'],
    [36 * HOUR + 1, '2d'],
    [2.4 * DAY, '2d'],
  ])('%d ms left reads %s', (rest, shown) => expect(timeLeft(before(-rest), NOW)).toBe(shown));
});

test.each([
  [-DAY, 'less than a minute'],
  [MINUTE - 1, 'less than a minute'],
  [MINUTE, '1 minute'],
  [59.4 * MINUTE, '59 minutes'],
  [HOUR - 1, '1 hour'],
  [36 * HOUR, '36 hours'],
  [36 * HOUR + 1, '2 days'],
  [30 * DAY - 6 * SECOND, '30 days'],
])('%d ms left in words is %s', (rest, words) =>
  expect(timeLeftInWords(before(-rest), NOW)).toBe(words),
);

test.each([
  [HOUR, /^Sunday.*(13:00|01:00 PM)$/],
  [DAY, /^Monday.*12:00/],
  [7 * DAY - 1, /^Sunday.*(11:59)/],
  [7 * DAY, /^(Nov 29|29 Nov).*12:00/],
])('what ends in %d ms ends at %s', (ms, end) => expect(endIn(ms, NOW)).toMatch(end));

describe('isPast', () => {
  test('a time is past from that exact moment on', () => {
    expect(isPast(before(0), NOW)).toBe(true);
    expect(isPast(before(-1), NOW)).toBe(false);
  });
});

describe('dayLabel', () => {
  test('Today and Yesterday are calendar days, not spans of 24 hours', () => {
    const justAfterMidnight = new Date(2026, 10, 22, 0, 1).getTime();
    expect(dayLabel(new Date(2026, 10, 21, 23, 59).toISOString(), justAfterMidnight)).toBe(
      'Yesterday',
    );
    expect(dayLabel(new Date(2026, 10, 22, 0, 0).toISOString(), justAfterMidnight)).toBe('Today');
    expect(dayLabel(new Date(2026, 10, 20, 12, 0).toISOString(), justAfterMidnight)).toMatch(/20/);
  });

  test('a change to or from summer time does not shift days', () => {
    for (let day = 1; day <= 365; day++) {
      const noon = new Date(2026, 0, day, 12).getTime();
      const eveBefore = new Date(2026, 0, day - 1, 23, 30).toISOString();
      expect(dayLabel(eveBefore, noon)).toBe('Yesterday');
    }
  });
});

describe('sameDay', () => {
  test('compares calendar days in local time', () => {
    const at = (hour: number, day = 22) => new Date(2026, 10, day, hour).toISOString();
    expect(sameDay(at(0), at(23))).toBe(true);
    expect(sameDay(at(23, 21), at(0))).toBe(false);
  });
});

test('dates follow the language', () => {
  try {
    i18n.loadAndActivate({ locale: 'de', messages: {} });
    expect(dayLabel(before(5 * DAY), NOW)).toBe('Tuesday, November 17');
    i18n.loadAndActivate({ locale: 'de', locales: ['de-AT'], messages: {} });
    expect(dayLabel(before(5 * DAY), NOW)).toBe('Dienstag, 17. November');
  } finally {
    i18n.loadAndActivate({ locale: 'en', messages: {} });
  }
  expect(dayLabel(before(5 * DAY), NOW)).toBe('Tuesday, November 17');
});

test('times follow the time zone of the device', () => {
  const zone = process.env.TZ;
  const noon = '2026-01-15T12:00:00.000000Z';
  try {
    process.env.TZ = 'Asia/Tokyo';
    followTimeZone();
    expect(clockTime(noon)).toMatch(/^(21|09):00/);
    process.env.TZ = 'America/Lima';
    followTimeZone();
    expect(clockTime(noon)).toMatch(/^07:00/);
  } finally {
    process.env.TZ = zone;
    followTimeZone();
  }
});
