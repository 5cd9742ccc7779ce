import { describe, expect, test } from 'vitest';

import { isEnding, isInLastHour, restOfLife } from './fuse';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-28T12:00:00Z');
const life = (hours: number) => ({
  created_at: new Date(START).toISOString(),
  expires_at: new Date(START + hours * HOUR).toISOString(),
});

describe('the rest of a life of ten hours', () => {
  test.each([
    [-1, '1.000'],
    [0, '1.000'],
    [2.5, '0.750'],
    [9.996, '0.000'],
    [10, '0.000'],
    [11, '0.000'],
  ])('after %d hours is %s', (hours, rest) =>
    expect(restOfLife(life(10), START + hours * HOUR)).toBe(rest),
  );
});

test('a life without a length is over', () => {
  expect(restOfLife(life(0), START)).toBe('0.000');
});

test.each([
  [1, 0, true],
  [3, 1.9, false],
  [3, 2, true],
  [240, 215.9, false],
  [240, 216, true],
])('of %d hours, after %d: ending %s', (hours, passed, ending) =>
  expect(isEnding(life(hours), START + passed * HOUR)).toBe(ending),
);

test.each([
  [240, 216, false],
  [240, 238.9, false],
  [240, 239, true],
  [240, 239.9, true],
  [240, 240, false],
])('of %d hours, after %d: in the last hour %s', (hours, passed, last) =>
  expect(isInLastHour(life(hours), START + passed * HOUR)).toBe(last),
);
