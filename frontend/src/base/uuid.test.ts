import { expect, test } from 'vitest';

import { randomUuid } from './uuid';

test('a random UUID has its version and variant, and is new each time', () => {
  const all = Array.from({ length: 500 }, randomUuid);
  for (const uuid of all)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(all).size).toBe(all.length);
});
