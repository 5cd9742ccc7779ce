import { i18n } from '@lingui/core';
import { beforeAll, describe, expect, test } from 'vitest';

import { isHandle, nameProblem, textLength, textProblem } from './limits';

const NOTHING_VISIBLE = 'Use at least one character that can be seen.';

beforeAll(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

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
    // Control characters are not sent.
    ['a\0b\r\n\x07c', 4],
  ])('%j has %d characters', (text, length) => expect(textLength(text)).toBe(length));
});

test('a name or a text that the server would refuse has a reason', () => {
  expect(nameProblem('Ana')).toBeUndefined();
  expect(nameProblem(' \t')).toBe('Enter a name.');
  expect(nameProblem('\u3164\u2800')).toBe(NOTHING_VISIBLE);
  expect(nameProblem('👩🏽‍🚀'.repeat(12))).toBeUndefined();
  expect(nameProblem('👩🏽‍🚀'.repeat(13))).toBe('Use at most 50 characters.');
  // Characters that are not sent do not count.
  expect(nameProblem(`${'x'.repeat(50)}\u2800\u2800`)).toBeUndefined();
  expect(textProblem('', 3)).toBeUndefined();
  expect(textProblem(' a\0b\x07c ', 3)).toBeUndefined();
  expect(textProblem('abcd', 3)).toBe('Use at most 3 characters.');
  expect(textProblem('\u200b', 3)).toBe(NOTHING_VISIBLE);
});

test('isHandle accepts valid handles only', () => {
  for (const good of ['ab', 'A_9', 'x'.repeat(30)]) expect(isHandle(good)).toBe(true);
  for (const bad of ['', 'a', 'x'.repeat(31), 'a b', 'ä_b', '@ab', 'ab\n'])
    expect(isHandle(bad)).toBe(false);
});
