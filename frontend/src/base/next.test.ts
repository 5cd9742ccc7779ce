import { expect, test } from 'vitest';

import { pathOfThisSite } from './next';

test.each([
  [null, '/'],
  ['', '/'],
  ['/messages?a=1#b', '/messages?a=1#b'],
  ['//example.org/evil', '/'],
  ['/\\example.org', '/'],
  ['https://example.org/', '/'],
  ['messages', '/'],
])('%j leads to %s', (wanted, path) =>
  expect(pathOfThisSite(wanted, 'https://cruddur.example')).toBe(path),
);
