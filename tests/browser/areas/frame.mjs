// frame.mjs - the frame of the pages at five widths: navigation, the column beside the page, the composer
// as a sheet, and the menu of the account.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson, say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, settled } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;
const act = async ({ token }, method, path, json) =>
  assertOk(await stack.ask(method, path, { token, json }));
const post = (person, message, ttl = '1-day') =>
  act(person, 'POST', '/api/activities', { message, ttl });

const WIDTHS = [320, 390, 768, 1100, 1440];
const PATHS = ['/', '/following', '/search', '/notifications', '/settings', '/messages', '/bookmarks'];
const BESIDE_PATHS = /\/api\/(activities\/ending|trends|users\/suggested)/;

const boxOf = (page, selector) => page.locator(selector).boundingBox();
const account = (page) => page.getByRole('button', { name: /^Account/ });

// Counts the requests of the column beside the page, and the layout's shifts.
async function watch(page) {
  const asked = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    // The page of the search asks for the tags itself.
    const bySearch = new URL(page.url()).pathname === '/search' && pathname === '/api/trends';
    if (BESIDE_PATHS.test(pathname) && !bySearch) asked.push(pathname);
  });
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return asked;
}

describe('the frame', BESIDE, () => {
  for (const width of WIDTHS)
    test(`${width} pixels: its columns, and nothing wider than the screen`, async () => {
      const { person, page } = await newcomer({ viewport: { width, height: 800 } });
      const crud = await post(person, unique('framed'));
      const asked = await watch(page);
      for (const path of [...PATHS, `/@${person.handle}`, `/@${person.handle}/status/${crud.uuid}`]) {
        await page.goto(path);
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        await settled(page);
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.ok(over <= 0, `${path} is ${over} pixels too wide`);
      }
      await page.goto('/');
      await page.getByLabel('New crud').waitFor();
      await account(page).waitFor();
      const [nav, main] = [await boxOf(page, '.nav'), await boxOf(page, 'main')];
      if (width < 760) {
        // Without the bar by which Firefox scrolls.
        const room = await page.evaluate(() => document.documentElement.clientWidth);
        assert.equal(nav.width, room);
        assert.equal(nav.height, 52);
        assert.equal(nav.y + nav.height, 800);
        assert.equal(main.width, room);
      } else {
        assert.equal(nav.width, width < 1300 ? 72 : 240);
        assert.equal(main.width, 600);
        assert.equal(main.x, nav.x + nav.width);
      }
      assert.equal(await page.locator('.aside').count(), width < 1000 ? 0 : 1);
      if (width < 1000) assert.deepEqual(asked, [], 'nothing is asked for that is not shown');
      else {
        await page.getByRole('heading', { name: 'Burning out soon' }).waitFor();
        const beside = await boxOf(page, '.aside');
        assert.equal(beside.width, width < 1300 ? 300 : 320);
        assert.equal(beside.x, main.x + main.width);
        // In the middle of the screen.
        const { width: end } = await boxOf(page, 'body');
        assert.ok(Math.abs(nav.x - (end - beside.x - beside.width)) <= 1);
        await page.goto('/messages');
        await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
        assert.equal(await page.locator('.aside').count(), 0);
      }
      await leave(page);
    });

  test('beside the page are cruds that end soon, tags and people, without a shift of the layout', async () => {
    const [author, other] = [await newPerson(stack), await newPerson(stack)];
    const { person, page } = await newcomer({ viewport: { width: 1440, height: 900 } });
    await act(person, 'PUT', `/api/users/@${author.handle}/follow`);
    await act(author, 'PUT', `/api/users/@${other.handle}/follow`);
    const crud = await post(author, unique('nearly over'));
    await act(other, 'POST', `/api/activities/${crud.uuid}/reply`, { message: unique('yes') });
    await stack.sql(
      `update activities set expires_at = now() + interval '55 s' where uuid = '${crud.uuid}'`,
    );
    await watch(page);
    await page.goto('/');
    const aside = page.getByRole('complementary');
    const row = aside.getByRole('link').filter({ hasText: crud.message });
    await row.filter({ hasText: 'less than a minute left · 1 reply' }).waitFor();
    const follow = aside.getByRole('button', { name: `Follow @${other.handle}`, exact: true });
    await follow.waitFor();
    await settled(page);
    const shifts = await page.evaluate(() => window.shifts);
    assert.ok(shifts <= 0.02, `the layout shifts by ${shifts}`);
    await follow.click();
    await eventually('the follow', async () =>
      (await act(person, 'GET', `/api/activities/@${other.handle}`)).profile.following);
    // It is taken away when it ends.
    await row.waitFor({ state: 'detached', timeout: 90_000 });
    await aside.getByLabel('Search Cruddur').fill('#hello & more');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?term=%23hello(\+|%20)%26(\+|%20)more$/);
    // The page has it.
    await aside.getByLabel('Search Cruddur').waitFor({ state: 'detached' });
    await leave(page);
  });

  test('a failure beside the page is a quiet line, and the page is as it was', async () => {
    const page = await visitor({ viewport: { width: 1440, height: 900 } });
    await page.clock.install();
    let failed = 0;
    await page.route(BESIDE_PATHS, (route) => {
      failed++;
      return route.fulfill({ status: 503, body: '{}' });
    });
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await eventually('the lines', async () => {
      await page.clock.runFor(2_000);
      return (await page.getByText('Not available right now.').count()) === 2;
    });
    assert.ok(failed >= 2);
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.ok((await page.getByRole('article').count()) > 0);
    await leave(page);
  });

  test('a page that becomes wide gets its column, and loses it again', async () => {
    const page = await visitor({ viewport: { width: 900, height: 700 } });
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await page.setViewportSize({ width: 1200, height: 700 });
    await page.getByRole('heading', { name: 'Burning out soon' }).waitFor();
    assert.equal(await page.getByRole('heading', { name: 'People to follow' }).count(), 0);
    await page.setViewportSize({ width: 900, height: 700 });
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await leave(page);
  });

  test('the icons of the rail have their names beside them, by pointer and by keyboard', async () => {
    const { page } = await newcomer({ viewport: { width: 900, height: 800 } });
    await page.goto('/');
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    const label = page.locator('.nav-label', { hasText: 'Messages' });
    const width = async () => (await label.boundingBox()).width;
    assert.ok((await width()) <= 1);
    await page.getByRole('link', { name: 'Messages' }).hover();
    assert.ok((await width()) > 40);
    await page.mouse.move(500, 400);
    await page.getByRole('link', { name: 'Notifications' }).focus();
    await page.keyboard.press('Tab');
    assert.ok((await width()) > 40);
    await leave(page);
  });

  test('“New crud” opens the composer on every page; on a phone it is the whole screen', async () => {
    for (const viewport of [{ width: 390, height: 800 }, { width: 1100, height: 800 }]) {
      const { person, page } = await newcomer({ viewport });
      await page.goto('/notifications');
      await page.getByRole('button', { name: 'New crud' }).click();
      const sheet = page.getByRole('dialog', { name: 'New crud' });
      await eventually('the focus', () =>
        page.evaluate(() => document.activeElement.matches('.sheet textarea')),
      );
      await eventually(`the size in ${viewport.width}`, async () => {
        const { width, height } = await sheet.boundingBox();
        return (width === viewport.width && height === viewport.height) === viewport.width < 760;
      });
      const text = unique('from everywhere');
      await page.keyboard.type(text);
      await sheet.getByLabel('Gone in').selectOption('3 hours');
      await sheet.getByText(/^until .*\d\d:\d\d$/).waitFor();
      await sheet.getByRole('button', { name: 'Crud', exact: true }).click();
      await sheet.waitFor({ state: 'detached' });
      await eventually('the crud', async () =>
        (await act(person, 'GET', `/api/activities/@${person.handle}`)).activities.some(
          ({ message }) => message === text,
        ),
      );
      // The life is remembered.
      await page.getByRole('button', { name: 'New crud' }).click();
      assert.equal(await sheet.getByLabel('Gone in').inputValue(), '3-hours');
      await leave(page);
    }
  });

  test('a ring appears when little room is left, and says so', async () => {
    const { page } = await newcomer();
    await page.goto('/');
    const field = page.getByLabel('New crud');
    const ring = page.locator('.composer .count-ring');
    await field.fill('a'.repeat(223));
    assert.equal(await ring.locator('svg').count(), 0);
    await field.fill('a'.repeat(224));
    await ring.locator('svg').waitFor();
    await field.fill('a'.repeat(270));
    await page.getByRole('status').filter({ hasText: '10 characters left' }).waitFor({ state: 'attached' });
    await field.fill('a'.repeat(283));
    await page.getByRole('status').filter({ hasText: '3 over the limit' }).waitFor({ state: 'attached' });
    assert.equal(await ring.getAttribute('data-state'), 'over');
    await leave(page);
  });

  test('the menu of the account has the appearance as radio buttons, and signs out last', async () => {
    const { person, page } = await newcomer({ colorScheme: 'light' });
    await page.goto('/');
    await account(page).click();
    const menu = page.getByRole('dialog', { name: 'Account' });
    await menu.getByText(`@${person.handle}`).waitFor();
    const names = await menu.locator('a, button').allInnerTexts();
    assert.equal(names[0], 'Profile');
    assert.equal(names.at(-1), 'Sign out');
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    assert.ok(await menu.getByRole('radio', { name: 'System' }).isChecked());
    await menu.getByRole('radio', { name: 'Dark' }).check();
    assert.notEqual(await background(), light);
    // Up and down go on to the entries around the three.
    await page.keyboard.press('ArrowUp');
    assert.equal(
      await page.evaluate(() => document.activeElement.textContent),
      'Blocked and muted',
    );
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Account/);
    await page.reload();
    await account(page).click();
    assert.ok(await menu.getByRole('radio', { name: 'Dark' }).isChecked());
    await menu.getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(`/@${person.handle}`);
    await menu.waitFor({ state: 'detached' });
    await leave(page);
  });

  test('on a phone an open conversation has the room of the bar', async () => {
    const other = await newPerson(stack);
    const { person, page } = await newcomer({ viewport: { width: 390, height: 800 } });
    const sent = assertOk(await say(stack, other, { handle: person.handle }, 'Good day'));
    await page.goto('/messages');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.goto(`/messages/${sent.message_group_uuid}`);
    await page.locator('.bubble').waitFor();
    assert.ok(!(await page.getByRole('navigation', { name: 'Main' }).isVisible()));
    await leave(page);
  });

  test('the tabs of Home stay at the top, and the button with new cruds stays below them', async () => {
    const author = await newPerson(stack);
    for (let i = 0; i < 12; i++) await post(author, unique('scrolled'));
    const { page } = await newcomer({ viewport: { width: 1100, height: 500 } });
    await page.goto('/');
    await page.getByRole('article').nth(8).waitFor();
    await page.mouse.move(500, 300);
    await page.mouse.wheel(0, 900);
    await eventually('a scroll', () => page.evaluate(() => window.scrollY > 300));
    const tabs = page.getByRole('navigation', { name: 'Feeds' });
    const { y, height } = await tabs.boundingBox();
    assert.ok(y >= 0 && y + height <= 52, `${y} and ${height}`);
    await post(author, unique('new'));
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    const news = page.getByRole('button', { name: /new cruds?$/ });
    await news.waitFor();
    const [pill, main] = [await news.boundingBox(), await boxOf(page, 'main')];
    assert.ok(pill.y >= 52 && pill.y < 80, `at ${pill.y}`);
    assert.ok(Math.abs(pill.x + pill.width / 2 - main.x - main.width / 2) <= 1, 'in the middle');
    await tabs.getByRole('link', { name: 'Following' }).click();
    await page.waitForURL('/following');
    await tabs.locator('[aria-current="page"]').filter({ hasText: 'Following' }).waitFor();
    await leave(page);
  });
});
