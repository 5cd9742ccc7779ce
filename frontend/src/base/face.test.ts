import { expect, test } from 'vitest';

import { initialsOf, toneOf } from './face';

test.each([
  ['Andrew Brown', 'AB'],
  ['andrew', 'A'],
  ['Ana María de la Cruz', 'AC'],
  ['  Zoë   Nguyễn ', 'ZN'],
  ['ß ß', 'SS'],
  ['e\u0301mile zola', 'E\u0301Z'],
  ['山田 太郎', '山太'],
  ['山田太郎', '山'],
  ['שלום עולם', 'שע'],
  ['علي حسن', 'ع\u200cح'],
  ['नमस्ते दुनिया', 'नदु'],
  ['Ana 🎉', 'A'],
  ['🎉 Ana', 'A'],
  ['👩🏽‍🚀 🎉', '👩🏽‍🚀'],
  ['"Bob" (Smith)', '"'],
  ['Ivanova 2', 'I2'],
  ['\u202e\u2800 x', 'X'],
  ['\u3164', 'B'],
])('the initials of %j are %j', (name, initials) =>
  expect(initialsOf(name, 'bayko')).toBe(initials),
);

test('a handle has one of twelve tones, and the same one in capitals', () => {
  const tones = Array.from({ length: 400 }, (_, i) => toneOf(`person${i}`));
  expect(new Set(tones).size).toBe(12);
  expect(Math.min(...tones)).toBe(0);
  expect(Math.max(...tones)).toBe(11);
  expect(toneOf('AndrewBrown')).toBe(toneOf('andrewbrown'));
});
