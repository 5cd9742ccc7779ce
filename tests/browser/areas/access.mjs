// access.mjs - accessibility: axe on every page (light, dark, phone, wide), and keyboard-only use.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { newPerson, PASSWORD, say } from '../../api/harness/people.mjs';
import { SEEDED_GROUP } from '../../api/harness/routes.mjs';
import { leave } from '../harness/browser.mjs';
import { newcomer, pageOf, stack, visitor } from '../harness/main.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page) {
  // The Content-Security-Policy blocks added scripts; evaluate() uses the debugger, which may.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run());
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
}

async function check(page, path) {
  await page.goto(path);
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
  assert.deepEqual(await violations(page), [], path);
}

describe('accessibility', { concurrency: 3 }, () => {
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
        '/not/there',
      ])
        await check(page, path);
      await page.goto('/@andrewbrown');
      await page.getByRole('link', { name: 'Open this crud' }).first().click();
      await page.getByLabel('Reply to Andrew Brown').waitFor();
      assert.deepEqual(await violations(page), [], 'a crud with its replies');
      await page.getByRole('button', { name: 'Delete' }).first().click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], 'a dialog');
      await leave(anonymous, page);
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
    await press('Tab', /New crud/);
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
