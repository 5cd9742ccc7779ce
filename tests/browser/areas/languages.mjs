// languages.mjs - the language of the page: which one it is, and that no text of it was forgotten.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BESIDE, leave } from '../harness/browser.mjs';
import { newcomer, pageOf, visitor } from '../harness/main.mjs';
import { ANONYMOUS, open, openCrud, OWNER, SIGNED_IN } from '../harness/pages.mjs';

const KEY = 'cruddur:language';
const choose = (page, language) =>
  page.addInitScript(
    ([key, value]) => {
      if (window.origin !== 'null') localStorage.setItem(key, value);
    },
    [KEY, language],
  );
const shown = (page) =>
  page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

// The words of the page itself, without those of people: its texts, the names of its controls, its title.
const textsOf = (page) =>
  page.evaluate(() => {
    const WRITTEN = '[dir], bdi, time, script, style, noscript, option[lang], .brand, .avatar, .quoted, dd';
    const texts = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement.closest(WRITTEN)) texts.add(node.data);
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      for (const element of document.body.querySelectorAll(`[${name}]`))
        if (!element.closest('time')) texts.add(element.getAttribute(name));
    return [...texts];
  });

// In the accented English every text of the page has accents: plain words were not made for translation.
// Names of people, handles, texts in titles, and times are no texts of the page.
function plainIn(text) {
  const own = text
    .replace(/^.* \d{4} at .*$/, '')
    .replace(/^.*: .*(?= · Cruddur$)/, '')
    .replaceAll(/@\w+|#\w+|\S+@\S+|\S+\.\w+|\bCruddur\b|\bAPI\b|\b\d+[smhd]\b/g, '')
    .replaceAll(/Andrew Brown|Andrew Bayko|Andrew B\.?|Londo Mollari|Alt Brown|Coco/gi, '');
  return /[A-Za-z]{3,}/.test(own) && !/[\u00c0-\u024f\u1e00-\u1eff]/.test(own);
}

// Pages with no control that is not also on another one.
const LIKE_ANOTHER = ['confirm', 'following', 'mentions', 'missing', 'new', 'person'];

// The page, if it scrolls sideways, and controls whose text does not fit.
const tooWide = (page) =>
  page.evaluate(() => {
    const CONTROLS = 'button, a.button, label, legend, .tabs > a, h1, h2, h3';
    const { scrollWidth, clientWidth } = document.documentElement;
    const cut = [...document.querySelectorAll(CONTROLS)].filter(
      (element) =>
        element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1 && !element.matches('.unseen'),
    );
    const names = cut.map((element) => `“${element.textContent}” is cut off`);
    return scrollWidth > clientWidth ? ['the page', ...names] : names;
  });

describe('languages', BESIDE, () => {
  for (const [who, pages] of [['a visitor', ANONYMOUS], ['a member', SIGNED_IN]])
    test(`no text of the pages of ${who} was forgotten`, async () => {
      const page = who === 'a member' ? await pageOf(OWNER) : await visitor();
      await choose(page, 'en-XA');
      const forgotten = [];
      const look = async (name) => {
        for (const text of await textsOf(page)) if (plainIn(text)) forgotten.push(`${name}: ${text}`);
      };
      for (const [name, address] of Object.entries(pages)) {
        await open(page, address);
        assert.deepEqual(await shown(page), ['en-XA', 'ltr']);
        await look(name);
      }
      await openCrud(page);
      await look('status');
      assert.deepEqual(forgotten, []);
      await leave(page);
    });

  for (const [locale, language, direction, text] of [
    ['de-AT', 'de', 'ltr', 'Anmelden'],
    ['es-MX', 'es', 'ltr', 'Iniciar sesión'],
    ['ar-EG', 'ar', 'rtl', 'تسجيل الدخول'],
    ['fr-FR', 'en', 'ltr', 'Sign in'],
  ])
    test(`a browser that asks for ${locale} gets the page in ${language}`, async () => {
      const page = await visitor({ locale });
      await page.goto('/');
      await page.getByRole('link', { name: text, exact: true }).first().waitFor();
      assert.deepEqual(await shown(page), [language, direction]);
      await leave(page);
    });

  for (const locale of ['de-DE', 'es-ES', 'ar'])
    test(`with 320 pixels nothing is too wide or cut off (${locale})`, async () => {
      const look = { viewport: { width: 320, height: 640 }, locale };
      const [anonymous, member] = [await visitor(look), await pageOf(OWNER, look)];
      const found = [];
      for (const [page, pages] of [[anonymous, ANONYMOUS], [member, SIGNED_IN]])
        for (const [name, address] of Object.entries(pages)) {
          if (LIKE_ANOTHER.includes(name)) continue;
          await open(page, address);
          for (const fault of await tooWide(page)) found.push(`${name}: ${fault}`);
        }
      assert.deepEqual(found, []);
      await leave(anonymous, member);
    });

  test('a language is chosen in the settings, shown at once, and kept', async () => {
    const { page } = await newcomer();
    await page.goto('/settings/appearance');
    await page.getByRole('radio', { name: 'Deutsch' }).check();
    await page.getByRole('group', { name: 'Sprache' }).waitFor();
    assert.deepEqual(await shown(page), ['de', 'ltr']);
    assert.equal(await page.evaluate(() => document.activeElement.value), 'de', 'the focus stays');
    await page.getByRole('radio', { name: 'العربية' }).check();
    await page.getByRole('group', { name: 'اللغة' }).waitFor();
    assert.deepEqual(await shown(page), ['ar', 'rtl']);
    await page.reload();
    await page.getByRole('group', { name: 'اللغة' }).waitFor();
    assert.equal(await page.getByRole('radio', { name: 'العربية' }).isChecked(), true);
    await page.locator('[name=language][value=auto]').check();
    await page.getByRole('group', { name: 'Language' }).waitFor();
    assert.deepEqual(await shown(page), ['en', 'ltr']);
    assert.equal(await page.evaluate((key) => localStorage.getItem(key), KEY), null);
    await leave(page);
  });

  test('the page is in English while the texts of the language cannot be loaded', async () => {
    const page = await visitor({ locale: 'de-DE' });
    await page.route(/\/assets\/de-[^/]*\.js$/, (route) => route.abort());
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign in', exact: true }).first().waitFor();
    assert.deepEqual(await shown(page), ['en', 'ltr']);
    await leave(page);
  });
});
