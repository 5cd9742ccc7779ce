// manifest.test.mjs - the texts outside of the catalogs are in every language: those of the icon, its shortcuts, and
// the page without JavaScript.
import fs from 'node:fs';
import { expect, test } from 'vitest';

const read = (name) => fs.readFileSync(new URL(name, import.meta.url), 'utf8');
const languages = fs
  .readdirSync(new URL('src/locales', import.meta.url))
  .map((name) => /^(.*)\.po$/.exec(name)?.[1])
  .filter((name) => name !== undefined && name !== 'en-XA');
const translated = languages.filter((language) => language !== 'en').sort();

test('the texts of the manifest are in every language', () => {
  const { shortcuts, ...app } = JSON.parse(read('public/manifest.webmanifest'));
  expect(Object.keys(app.description_localized).sort()).toEqual(translated);
  for (const { name_localized } of shortcuts)
    expect(Object.keys(name_localized).sort()).toEqual(translated);
});

test('the page says in every language that it needs JavaScript', () => {
  const [, inside] = /<noscript>(.*?)<\/noscript>/s.exec(read('index.html'));
  expect([...inside.matchAll(/lang="(.*?)"/g)].map(([, language]) => language).sort()).toEqual(languages.sort());
});
