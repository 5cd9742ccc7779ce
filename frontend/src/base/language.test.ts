import { i18n, type Messages } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { beforeAll, expect, test } from 'vitest';

import { messages as arabic } from '../locales/ar.po';
import { messages as german } from '../locales/de.po';
import { messages as english } from '../locales/en.po';
import { messages as spanish } from '../locales/es.po';
import './language';

beforeAll(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

test('the words of a person stay as they are in a text', () => {
  for (const name of ['\\u202e', 'C:\\x41', '\\', '{name}', "it's #1"])
    expect(t`Follow ${name}`).toBe(`Follow ${name}`);
  const name = '\\u0041';
  expect(i18n._({ id: 'unknown', message: 'Hello {name}', values: { name } })).toBe(`Hello ${name}`);
});

type Part = string | [name: string, type?: string, cases?: Record<string, Part[] | string>];

/** The names of the values, the tags, and the cases of plurals of a compiled message. */
function partsOf(message: Part[] | string): { used: Set<string>; plurals: string[][] } {
  const used = new Set<string>();
  const plurals: string[][] = [];
  for (const part of typeof message === 'string' ? [message] : message) {
    if (typeof part === 'string') {
      for (const [tag] of part.matchAll(/<\/?\w+\/?>/g)) used.add(tag);
      continue;
    }
    const [name, type, cases = {}] = part;
    used.add(name);
    if (type === 'plural') plurals.push(Object.keys(cases));
    for (const inner of Object.values(cases)) {
      const inside = partsOf(inner);
      for (const one of inside.used) used.add(one);
      plurals.push(...inside.plurals);
    }
  }
  return { used, plurals };
}

const CATALOGS: [string, Messages][] = [['de', german], ['es', spanish], ['ar', arabic]];

test.each(CATALOGS)('the texts in %s have the values and tags of the English ones', (_, catalog) => {
  expect(Object.keys(catalog).sort()).toEqual(Object.keys(english).sort());
  for (const [id, message] of Object.entries(english)) {
    const { used } = partsOf(message as Part[]);
    expect([id, partsOf(catalog[id] as Part[]).used]).toEqual([id, used]);
  }
});

test.each(CATALOGS)('a plural in %s has all cases of the language', (language, catalog) => {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  for (const [id, message] of Object.entries(catalog))
    for (const cases of partsOf(message as Part[]).plurals)
      expect([id, cases]).toEqual([id, expect.arrayContaining(pluralCategories)]);
});
