// access.mjs - accessibility: axe on every page (light, dark, phone, wide), and keyboard-only use.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newPerson, PASSWORD, say } from '../../api/harness/people.mjs';
import { SEEDED_GROUP } from '../../api/harness/routes.mjs';
import { violations } from '../harness/axe.mjs';
import { BESIDE, eventually, holdBack, leave, settled } from '../harness/browser.mjs';
import { newcomer, pageOf, stack, visitor } from '../harness/main.mjs';

async function check(page, path) {
  await page.goto(path);
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await settled(page);
  assert.deepEqual(await violations(page), [], path);
}

describe('accessibility', BESIDE, () => {
  for (const [size, viewport, colorScheme] of [
    ['phone', { width: 360, height: 740 }, 'dark'],
    ['wide', { width: 1280, height: 800 }, 'light'],
  ])
    test(`axe finds no violation on any page (${size}, ${colorScheme})`, async () => {
      const anonymous = await visitor({ viewport, colorScheme });
      for (const path of ['/', '/search?term=bayko', '/signin', '/signup', '/confirm', '/forgot'])
        await check(anonymous, path);
      const page = await pageOf('andrewbrown', { viewport, colorScheme });
      for (const path of [
        '/',
        '/@andrewbrown',
        '/@bayko',
        '/notifications',
        '/search',
        '/messages',
        `/messages/${SEEDED_GROUP}`,
        '/messages/new/altbrown',
        '/settings',
        '/settings/appearance',
        '/settings/account',
        '/not/there',
      ])
        await check(page, path);
      await page.goto('/@andrewbrown');
      await page.getByRole('link', { name: 'Open this crud' }).first().click();
      await page.getByLabel('Reply to Andrew Brown').waitFor();
      assert.deepEqual(await violations(page), [], 'a crud with its replies');
      await page.getByRole('button', { name: 'More', exact: true }).first().click();
      await page.getByRole('button', { name: 'Delete' }).waitFor();
      assert.deepEqual(await violations(page), [], 'a menu');
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], 'a dialog');
      await page.keyboard.press('Escape');
      await page.goto('/');
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      assert.deepEqual(await violations(page), [], 'the menu of the account');
      await leave(anonymous, page);
    });

  test('the messages are one tab stop, with arrow keys between them', async () => {
    const other = await newPerson(stack);
    const { person, page } = await newcomer();
    const first = await say(stack, other, { handle: person.handle }, 'See https://example.org/');
    const to = { message_group_uuid: first.body.message_group_uuid };
    for (let i = 1; i <= 5; i++) await say(stack, person, to, `own ${i}`);
    await page.goto(`/messages/${to.message_group_uuid}`);
    await page.locator('.bubble').filter({ hasText: 'own 5' }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    const stops = () =>
      page.locator('.scroller').evaluate((scroller) => {
        const all = [scroller, ...scroller.querySelectorAll('*')];
        return all.filter(({ tabIndex }) => tabIndex >= 0).map((one) => one.className);
      });
    assert.deepEqual(await stops(), ['message mine', 'icon-button message-more']);
    await page.getByLabel(/^Message to/).focus();
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'More');
    await page.keyboard.press('Shift+Tab');
    assert.match(await focused(), /own 5/);
    await page.keyboard.press('ArrowUp');
    assert.match(await focused(), /own 4/);
    await page.keyboard.press('Home');
    assert.match(await focused(), /See https/);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'https://example.org/');
    await page.keyboard.press('ArrowDown');
    assert.match(await focused(), /own 1/);
    await page.keyboard.press('End');
    assert.match(await focused(), /own 5/);
    assert.deepEqual(await violations(page), []);
    await leave(page);
  });

  test('“?” lists the keyboard shortcuts, which lead to pages and can be turned off', async () => {
    const { page } = await newcomer();
    await page.goto('/');
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.waitForURL('/search');
    const field = page.getByLabel('Search cruds');
    await field.waitFor();
    await field.press('n');
    assert.equal(await field.inputValue(), 'n', 'in a field a key is a letter');
    await field.fill('');
    await page.getByRole('heading', { name: 'Search' }).click();
    await page.keyboard.press('n');
    await page.waitForURL('/');
    await eventually('the focus in the composer', () =>
      page.evaluate(() => document.activeElement.matches('.composer textarea')),
    );
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL('/messages');

    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByLabel('Single keys').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.press('?');
    assert.equal(await sheet.count(), 0);
    assert.equal(new URL(page.url()).pathname, '/messages');
    await leave(page);
  });

  test('a menu that is opened while a page is on its way stays open when it comes', async () => {
    const { page } = await newcomer();
    const release = await holdBack(page, '**/assets/conversations-page-*.js');
    await page.goto('/search');
    await page.getByRole('link', { name: 'Messages' }).click();
    await page.getByRole('button', { name: 'Account' }).click();
    const entry = page.getByRole('button', { name: 'Sign out' });
    await entry.waitFor();
    release();
    await page.waitForURL('/messages');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    assert.ok(await entry.isVisible());
    await leave(page);
  });

  test('signing in, posting a crud and answering a message work by keyboard alone', async () => {
    const { person } = await newcomer();
    const other = await newPerson(stack);
    await say(stack, other, { handle: person.handle }, 'Can you reach this?');
    const page = await visitor();
    const press = async (key, until) => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press(key);
        const name = await page.evaluate(() => {
          const { activeElement: at } = document;
          return `${at.getAttribute('aria-label') ?? ''} ${at.textContent}`;
        });
        if (until.test(name)) return;
      }
      assert.fail(`${key} does not reach ${until}`);
    };
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await press('Tab', /Skip to main content/);
    await press('Tab', /Sign in$/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Email').waitFor();
    await page.keyboard.type(person.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('New crud').waitFor();
    await press('Tab', /^New crud/);
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement).outlineStyle,
    );
    assert.notEqual(outline, 'none', 'the focus is visible');
    await page.keyboard.type('written without a mouse');
    await press('Tab', /^ Crud$/);
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'written without a mouse' }).waitFor();
    await press('Shift+Tab', /Messages/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Can you reach this/ }).waitFor();
    await press('Tab', /Can you reach this/);
    await page.keyboard.press('Enter');
    await page.locator('.bubble').filter({ hasText: 'Can you reach this?' }).waitFor();
    await page.keyboard.type('Yes, I can');
    await page.keyboard.press('Enter');
    await page.locator('.message:not([data-state])').filter({ hasText: 'Yes, I can' }).waitFor();
    await leave(page);
  });
});
