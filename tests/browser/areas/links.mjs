// links.mjs - links and the browser's history: what the router does itself, and what it leaves to the browser.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, testNeeding } from '../harness/browser.mjs';
import { pageOf, stack, visitor } from '../harness/main.mjs';

const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const item = (page, name) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
const entries = (page) => page.evaluate(() => window.history.length);

// Tells whether the page has been loaded again since.
async function mark(page) {
  await page.evaluate(() => (window.marked = true));
  return () => page.evaluate(() => window.marked === true);
}

describe('links', BESIDE, () => {
  test('a click shows the next page without loading it, and back and forward lead through them', async () => {
    const page = await visitor();
    await page.goto('/');
    const same = await mark(page);
    assert.equal(await item(page, 'Home').getAttribute('aria-current'), 'page');
    await item(page, 'Search').click();
    await heading(page, 'Search').waitFor();
    assert.equal(await item(page, 'Search').getAttribute('aria-current'), 'page');
    assert.equal(await item(page, 'Home').getAttribute('aria-current'), null);
    assert.match((await item(page, 'Search').getAttribute('class')) ?? '', /\bactive\b/);
    await page.goBack();
    await heading(page, 'Home').waitFor();
    await page.goForward();
    await heading(page, 'Search').waitFor();
    assert.ok(await same());
    await leave(page);
  });

  test('the link of the page that is shown adds nothing to the history', async () => {
    const page = await visitor();
    await page.goto('/search');
    await heading(page, 'Search').waitFor();
    const before = await entries(page);
    for (let i = 0; i < 3; i++) await item(page, 'Search').click();
    assert.equal(await entries(page), before);
    await item(page, 'Home').click();
    await heading(page, 'Home').waitFor();
    await page.goBack();
    await heading(page, 'Search').waitFor();
    await leave(page);
  });

  testNeeding('tabs that a click opens', 'a click with Ctrl, or with the middle button, opens a tab and leaves the page', async () => {
    const page = await visitor();
    await page.goto('/');
    const same = await mark(page);
    for (const options of [{ modifiers: ['Control'] }, { button: 'middle' }]) {
      const opened = page.context().waitForEvent('page');
      await item(page, 'Search').click(options);
      const tab = await opened;
      await heading(tab, 'Search').waitFor();
      await tab.close();
    }
    assert.ok(await same());
    assert.equal(new URL(page.url()).pathname, '/');
    await leave(page);
  });

  test('encoded paths lead to their pages, and unknown ones say so', async () => {
    const person = await newPerson(stack);
    const page = await visitor();
    for (const path of [`/%40${person.handle}`, `/@${person.handle}/`]) {
      await page.goto(path);
      await heading(page, person.name).waitFor();
    }
    await page.goto('/%73earch');
    await heading(page, 'Search').waitFor();
    for (const path of ['/no', '/no/such', '/no/such/page', '/messages/a/b/c', '/@%25', '/%2F%2Felsewhere']) {
      await page.goto(path);
      await heading(page, 'There’s nothing here').waitFor();
    }
    await leave(page);
  });

  test('a reload keeps what a page was told, and the way back', async () => {
    const person = await newPerson(stack);
    const message = 'a crud to go back from';
    const json = { message, ttl: '1-day' };
    assertOk(await stack.ask('POST', '/api/activities', { token: person.token, json }));
    const page = await pageOf('andrewbrown');
    await page.goto('/search');
    await heading(page, 'Search').waitFor();
    await page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/@${person.handle}`);
    await page.getByRole('article').filter({ hasText: message }).locator('a.quiet').first().click();
    await page.waitForURL(/\/status\//);
    await page.reload();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await heading(page, person.name).waitFor();
    await page.goBack();
    await heading(page, 'Search').waitFor();
    await leave(page);
  });

  test('the tabs of a profile keep the place of the reader', async () => {
    const person = await newPerson(stack);
    for (let i = 0; i < 12; i++) {
      const json = { message: `crud ${i}\n\nof a long list`, ttl: '1-day' };
      assertOk(await stack.ask('POST', '/api/activities', { token: person.token, json }));
    }
    const page = await visitor({ viewport: { width: 390, height: 500 } });
    await page.goto(`/@${person.handle}`);
    await page.getByRole('article').nth(5).waitFor();
    await page.evaluate(() => window.scrollTo(0, 80));
    await page.getByRole('link', { name: 'Cruds', exact: true }).evaluate((link) => link.click());
    await eventually('the same place', () => page.evaluate(() => window.scrollY === 80));
    await leave(page);
  });
});
