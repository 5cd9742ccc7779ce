import { describe, expect, test } from 'vitest';

import { segments } from './text';

const found = (text: string) =>
  segments(text)
    .filter(({ kind }) => kind !== 'text')
    .map(({ text: part }) => part);

describe('links, mentions and tags', () => {
  test.each([
    ['Hi @bayko, see #one.', ['@bayko', '#one']],
    ['(@bayko)', ['@bayko']],
    ['me@example.org', []],
    ['@a', []],
    ['@ab', ['@ab']],
    [`@${'x'.repeat(30)}`, [`@${'x'.repeat(30)}`]],
    [`@${'x'.repeat(31)}`, []],
    ['a#b ##c &#39;', []],
    ['#日本語 #über_9', ['#日本語', '#über_9']],
    ['https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
    ['https://example.org/@bayko/#top', ['https://example.org/@bayko/#top']],
    ['https://', []],
    ['javascript:alert(1) data:text/html,x', []],
    ['https://example.org/"onclick="x', ['https://example.org/']],
  ])('in %j', (text, expected) => expect(found(text)).toEqual(expected));

  test('the segments joined are the whole text', () => {
    const text = 'a @bb c #dd https://example.org/x, e\n@ff';
    expect(
      segments(text)
        .map(({ text: part }) => part)
        .join(''),
    ).toBe(text);
  });

  test('a tag links to a search for it', () => {
    const [tag] = segments('#a_b');
    expect(tag).toEqual({ kind: 'tag', text: '#a_b', to: '/search?term=%23a_b' });
  });
});
