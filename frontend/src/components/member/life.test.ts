import { expect, test } from 'vitest';

import { lifeOf, LIVES } from './life';

test('a life that is no longer offered is the usual one', () => {
  expect(lifeOf('3-hours')).toBe('3-hours');
  for (const other of [undefined, '2-years', 'toString']) expect(lifeOf(other)).toBe('7-days');
  expect(Object.keys(LIVES)).toHaveLength(7);
});
