import { describe, expect, test } from 'vitest';

import { segments } from './text';

// Source of the case, text, and what is found. A glob, because images are built without tests/.
type Case = [string, string, string[]];
const tables = import.meta.glob<Case[]>('../../../tests/grammar/cases.json', {
  eager: true,
  import: 'default',
});
const cases = Object.values(tables).flat();

const found = (text: string) =>
  segments(text)
    .filter(({ kind }) => kind !== 'text')
    .map(({ text: part }) => part);

describe('links, mentions and tags', () => {
  test('the table of cases is there', () => expect(cases.length).toBeGreaterThan(300));

  test.each(cases)('%s: %j', (_, text, expected) => expect(found(text)).toEqual(expected));

  test('the segments joined are the whole text', () => {
    const text = 'a @bb c #dd https://example.org/x, e\n@ff';
    expect(
      segments(text)
        .map(({ text: part }) => part)
        .join(''),
    ).toBe(text);
  });

  test('a tag links to a search for it, a mention to the person', () => {
    expect(segments('#a_b')).toEqual([
      { kind: 'tag', text: '#a_b', to: '/search?term=%23a_b' },
    ]);
    expect(segments('＃猫')).toEqual([
      { kind: 'tag', text: '＃猫', to: '/search?term=%23%E7%8C%AB' },
    ]);
    expect(segments('＠bayko')).toEqual([{ kind: 'mention', text: '＠bayko', to: '/@bayko' }]);
  });

  test('a link tells the host that browsers go to', () => {
    expect(segments('https://Example.org/a')).toEqual([
      {
        kind: 'link',
        text: 'https://Example.org/a',
        to: 'https://Example.org/a',
        host: 'example.org',
      },
    ]);
    expect(segments('https://аррӏе.com')[0]).toMatchObject({ host: 'xn--80ak6aa92e.com' });
  });
});
