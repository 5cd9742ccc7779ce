import { describe, expect, test } from 'vitest';

import {
  cleanCode,
  cleanEmail,
  cleanHandle,
  cleanLine,
  cleanName,
  cleanText,
  cutGraphemes,
  firstGrapheme,
  hasVisible,
  isolated,
} from './characters';

describe('graphemes', () => {
  test.each([
    ['Ana', 'A'],
    ['👩🏽‍🚀 Ana', '👩🏽‍🚀'],
    ['🇩🇪🇫🇷', '🇩🇪'],
    ['e\u0301a', 'e\u0301'],
    ['नमस्ते', 'न'],
    ['\u202e\u2800\u200bx', 'x'],
    ['\u3164\u2800 ', undefined],
    ['', undefined],
  ])('the first of %j is %j', (text, first) => expect(firstGrapheme(text)).toBe(first));

  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['ab c', 3, 'ab…'],
    ['a😀b', 2, 'a😀…'],
    ['a👨‍👩‍👧‍👦b', 2, 'a👨‍👩‍👧‍👦…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301e\u0301…'],
  ])('%j in %d is %j', (text, max, cut) => expect(cutGraphemes(text, max)).toBe(cut));
});

test.each([
  ['a', true],
  ['\u0600', true],
  ['👩', true],
  [' \u200b\u2060\ufeff', false],
  ['\u3164\u115f\u1160\uffa0', false],
  ['\u2800\ufe0f\u202e\u{e0041}', false],
  ['\0\x07\x85', false],
  ['\u2800.', true],
])('something of %j can be seen: %s', (text, visible) => expect(hasVisible(text)).toBe(visible));

describe('isolated', () => {
  test('leaves names of one direction as they are', () => {
    for (const name of ['Ana', 'Ünïcode 日本', 'à 1']) expect(isolated(name)).toBe(name);
  });
  test('isolates names from right to left', () =>
    expect(isolated('דנה לוי')).toBe('\u2068דנה לוי\u2069'));
  test('removes what reorders the text around it', () =>
    expect(isolated('\u2069\u202eworB\n\u2067')).toBe('worB'));
});

describe('the cleaned form', () => {
  test.each([
    ['  a\r\nb\rc\u0085d\te ', 'a\nb\nc\nd\te'],
    ['a\0\x07\x1b[0m\x7f\x9fb', 'a[0mb'],
    ['a\ud83d', 'a\ufffd'],
    // Characters that have a meaning in a text stay.
    ['می\u200cخواهم \u202eא\u202c ❤\ufe0f', 'می\u200cخواهم \u202eא\u202c ❤\ufe0f'],
  ])('of the text %j: %j', (text, clean) => expect(cleanText(text)).toBe(clean));

  test('of a line', () => expect(cleanLine(' a\n\tb\u2028c ')).toBe('a b c'));

  test.each([
    [' Ana\tMaria\n', 'Ana Maria'],
    ['e\u0301', 'é'],
    ['\u202eAna\u2066\u061c\u200b\u00ad\u3164\u2800', 'Ana'],
    ['Andrew @andrew\u2800\u2800\u2800', 'Andrew @andrew'],
    ['Ana 👩🏽‍🚀❤\ufe0f', 'Ana 👩🏽‍🚀❤\ufe0f'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
    ['a\u200db\u{e0041}', 'ab'],
    ['日本\u3000太郎', '日本\u3000太郎'],
    ['\u3164', ''],
  ])('of the name %j: %j', (name, clean) => expect(cleanName(name)).toBe(clean));

  test.each([
    ['bayko ', 'bayko'],
    [' @bayko\u200b', 'bayko'],
    ['＠ｂａｙｋｏ', 'bayko'],
    ['\ufeff@ bayko\n', 'bayko'],
    // Not repaired: the rule of handles says so.
    ['bay ko', 'bay ko'],
  ])('of the handle %j: %j', (handle, clean) => expect(cleanHandle(handle)).toBe(clean));

  test.each([
    ['123 456', '123456'],
    [' 123\u00a0456\u200b\n', '123456'],
    ['123-456', '123456'],
    ['１２３４５６', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['۱۲۳۴۵۶', '123456'],
    ['१२३४५६', '123456'],
    ['๑๒๓๔๕๖', '123456'],
  ])('of the code %j: %j', (code, clean) => expect(cleanCode(code)).toBe(clean));

  test('of an email', () =>
    expect(cleanEmail(' ana @example.org\u200b\u00a0\n')).toBe('ana@example.org'));
});
