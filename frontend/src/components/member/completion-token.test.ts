import { expect, test } from 'vitest';

import { beginsWith, tokenAt } from './completion-token';

const at = (text: string) => {
  const caret = text.indexOf('|');
  return tokenAt(text.replace('|', ''), caret);
};

test('a sign and a letter at the caret are completed', () => {
  expect(at('@b|')).toEqual({ kind: 'person', term: 'b', start: 0, end: 2 });
  expect(at('hi @Zoë| and')).toEqual({ kind: 'person', term: 'Zoë', start: 3, end: 7 });
  expect(at('(#sun|)')).toEqual({ kind: 'tag', term: 'sun', start: 1, end: 5 });
  expect(at('a\n#é|')).toEqual({ kind: 'tag', term: 'é', start: 2, end: 4 });
  expect(at('＠bay|')).toEqual({ kind: 'person', term: 'bay', start: 0, end: 4 });
});

test('texts without spaces and from right to left have signs too', () => {
  expect(at('東京で@bay|')?.term).toBe('bay');
  expect(at('＃東京|')?.term).toBe('東京');
  expect(at('שלום @של|')?.term).toBe('של');
  expect(at('مرحبا #مر| نعم')?.term).toBe('مر');
});

test('addresses, words and lone signs are not completed', () => {
  for (const text of ['@|', '#|', 'a@b|', 'ab#c|', '@@b|', 'https://x.example/@b|', '&#3|', '@b |', 'b|'])
    expect(at(text), text).toBeUndefined();
});

test('a caret inside a word completes nothing', () => {
  expect(at('@ba|yko')).toBeUndefined();
  expect(at('@ba|-yko')?.term).toBe('ba');
});

test('a term that is too long for a handle completes nothing', () => {
  expect(at(`@${'x'.repeat(31)}|`)).toBeUndefined();
  expect(at(`${'y '.repeat(5000)}@${'x'.repeat(30)}|`)?.term.length).toBe(30);
});

test('options are found by the beginnings of their words, whatever the case and composition', () => {
  expect(beginsWith('bayko Bea Yko', 'YK')).toBe(true);
  expect(beginsWith('zoe Zoe\u0301', 'zoé')).toBe(true);
  expect(beginsWith('jl Jean-Luc', 'luc')).toBe(true);
  expect(beginsWith('bayko', 'ayko')).toBe(false);
});
