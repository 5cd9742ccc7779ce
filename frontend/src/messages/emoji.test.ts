import { expect, test } from 'vitest';

import { isEmojiOnly } from './emoji';

test.each([
  ['one', '👍'],
  ['three', '🎉🎉🎉'],
  ['with blanks between', '🎉 🎉  🎉'],
  ['with a selector', '❤️'],
  ['with a colour of skin', '👍🏽👋🏿'],
  ['a family', '👨‍👩‍👧‍👦'],
  ['an astronaut with a colour of skin', '👩🏽‍🚀'],
  ['joined without selectors', '👁‍🗨'],
  ['flags', '🇩🇪🇺🇳🇦🇶'],
  ['the flag of a region', '🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿'],
  ['keycaps', '1️⃣#️⃣'],
  ['three families', '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦'],
])('large: %s', (_, text) => {
  expect(isEmojiOnly(text)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['a blank', ' '],
  ['four', '🎉🎉🎉🎉'],
  ['with a letter', '👍a'],
  ['with a sign', '👍!'],
  ['digits, which are emoji to Unicode', '12'],
  ['a sign in the style of text', '©'],
  ['half of a flag', '🇩'],
  ['a lone joiner', '\u200d'],
  ['on two lines', '👍\n👍'],
  ['a letter with a heap of marks', `a${'\u0301'.repeat(30)}`],
  ['an emoji with marks of a letter', `👍${'\u0301'.repeat(10)}`],
])('not large: %s', (_, text) => {
  expect(isEmojiOnly(text)).toBe(false);
});
