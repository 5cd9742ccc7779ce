import { describe, expect, test } from 'vitest';

import { hasControl, isHandle, textLength } from './limits';

describe('textLength', () => {
  test.each([
    ['', 0],
    ['  \n\t ', 0],
    [' a b ', 3],
    ['é', 1],
    ['e\u0301', 2],
    ['🚀', 1],
    ['👩🏽‍🚀', 4],
    // Characters that trim() removes and keeps (ECMA-262, WhiteSpace and LineTerminator).
    ['\u00a0\ufeff\u2028a\u3000\u2029', 1],
    ['\u200ba\u180e', 3],
  ])('%j has %d characters', (text, length) => expect(textLength(text)).toBe(length));
});

test('hasControl finds control characters, but allows newline and tab in multi-line texts', () => {
  expect(hasControl('a\nb\tc', true)).toBe(false);
  expect(hasControl('a\nb', false)).toBe(true);
  for (const control of ['\0', '\x07', '\r', '\x1f', '\x7f', '\x85', '\x9f'])
    expect(hasControl(`a${control}b`, true)).toBe(true);
  expect(hasControl('\u00a0é\u200b', false)).toBe(false);
});

test('isHandle accepts valid handles only', () => {
  for (const good of ['ab', 'A_9', 'x'.repeat(30)]) expect(isHandle(good)).toBe(true);
  for (const bad of ['', 'a', 'x'.repeat(31), 'a b', 'ä_b', '@ab', 'ab\n'])
    expect(isHandle(bad)).toBe(false);
});
