// page.mjs - the frame of the page: its start, slow answers, narrow screens, focus and titles.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson, PASSWORD, say } from '../../api/harness/people.mjs';
import { makeConversations } from '../../bench/harness/data.mjs';
import {
  BESIDE,
  eventually,
  holdBack,
  leave,
  newTab,
  settled,
  signIn,
  signOut,
  testNeeding,
} from '../harness/browser.mjs';
import { newcomer, pageOf, stack, visitor } from '../harness/main.mjs';

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const field = (page) => page.getByPlaceholder('Write a message');
const heading = (page, name, level) => page.getByRole('heading', { name, level });

const post = async (person, message) =>
  assertOk(
    await stack.ask('POST', '/api/activities', {
      token: person.token,
      json: { message, ttl: '1-day' },
    }),
  );

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

// A conversation of two new people; the second one has the page.
async function conversation(options) {
  const other = await newPerson(stack);
  const { person, page } = await newcomer(options);
  const first = assertOk(await say(stack, other, { handle: person.handle }, 'Good day'));
  return { other, person, page, group: first.message_group_uuid };
}

describe('the page', BESIDE, () => {
  test('a signed-in person is not taken for a visitor while the account is being read', async () => {
    const author = await newPerson(stack);
    const { message } = await post(author, `liked early by ${author.handle}`);
    const { page } = await newcomer();
    await page.addInitScript(() => {
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!entry.hadRecentInput) window.shifts += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const release = await holdBack(page, '**/api/users/me');
    await page.goto('/');
    await page.getByLabel('New crud').waitFor();
    const card = article(page, message);
    await card.waitFor();
    release();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    const shifts = await page.evaluate(() => window.shifts);
    assert.ok(shifts <= 0.02, `the layout shifts by ${shifts}`);

    // The next visit shows the account at once, and a failure does not take it away.
    await page.route('**/api/users/me', (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.reload();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    await card.getByRole('button', { name: 'Like' }).click();
    await card.getByRole('button', { name: 'Like, 1', pressed: true }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/');
    await leave(page);
  });

  test('the Enter that ends a composition sends nothing, in the order of WebKit’s events', async () => {
    const { page, person, group } = await conversation();
    await page.goto(`/messages/${group}`);
    await field(page).fill('にほんご');
    await field(page).evaluate((element) => {
      element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
      const key = { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true };
      element.dispatchEvent(new KeyboardEvent('keydown', key));
    });
    assert.equal(await field(page).inputValue(), 'にほんご');
    await field(page).press('Enter');
    await page.locator('.message.mine:not([data-state])').waitFor();
    const path = `/api/messages/${group}`;
    const sent = assertOk(await stack.ask('GET', path, { token: person.token }));
    assert.deepEqual(
      sent.map(({ message }) => message),
      ['Good day', 'にほんご'],
    );
    await leave(page);
  });

  testNeeding('touch', 'on a touch screen Enter is a new line, and a conversation has the whole height', async () => {
    const { page, group } = await conversation({
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    await page.goto(`/messages/${group}`);
    await field(page).tap();
    await page.keyboard.type('one');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two');
    assert.equal(await field(page).inputValue(), 'one\ntwo');
    assert.ok(!(await page.getByRole('navigation', { name: 'Main' }).isVisible()));
    const { y, height } = await page.locator('.message-composer').boundingBox();
    assert.ok(y + height > 630, 'the composer is at the lower edge');
    // A short conversation stands beside the composer.
    const message = await page.locator('.message').boundingBox();
    assert.ok(y - message.y < 150, `${y - message.y} pixels above the composer`);
    // iOS zooms in on a field with a smaller font.
    await page.goto('/');
    const size = await page
      .getByLabel('Gone in')
      .evaluate((select) => parseFloat(getComputedStyle(select).fontSize));
    assert.ok(size >= 16, `${size} px`);
    await leave(page);
  });

  testNeeding('touch', 'on a phone a tap in the corner opens the menu of the account and signs nobody out', async () => {
    const { page, person } = await newcomer({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await page.goto('/');
    await page.getByRole('button', { name: /^Account/ }).waitFor();
    const out = page.getByRole('button', { name: 'Sign out' });
    assert.equal(await out.count(), 0, 'no page has the button itself');
    await page.touchscreen.tap(24, 26);
    await out.waitFor();
    await page.getByRole('dialog', { name: 'Account' }).getByText(`@${person.handle}`).waitFor();
    // Far from the corner: a second tap at the same place only closes the menu.
    await page.touchscreen.tap(24, 26);
    await out.waitFor({ state: 'detached' });
    await page.getByLabel('New crud').waitFor();
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await leave(page);
  });

  test('nothing is wider than 320 pixels, and 400 % zoom leaves room for messages', async () => {
    const { page, person, group } = await conversation({ viewport: { width: 320, height: 640 } });
    const { uuid } = await post(person, 'narrow');
    for (const path of [
      '/',
      `/@${person.handle}`,
      `/@${person.handle}/status/${uuid}`,
      '/notifications',
      '/search',
      '/messages',
      `/messages/${group}`,
    ]) {
      await page.goto(path);
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      assert.ok((await overflow(page)) <= 0, path);
      const small = await page.locator('.nav-items .nav-item').evaluateAll((all) =>
        all
          .map((item) => ({ name: item.innerText, box: item.getBoundingClientRect() }))
          .filter(({ box: { width, height } }) => width > 0 && (width < 44 || height < 44))
          .map(({ name }) => name),
      );
      assert.deepEqual(small, [], 'a finger finds each part of the navigation');
    }
    await page.setViewportSize({ width: 360, height: 225 });
    const { height } = await page.locator('.scroller').boundingBox();
    assert.ok(height >= 90, `${height} pixels of messages`);
    await leave(page);
  });

  test('a page that is not there says what is missing, everywhere in the same shape', async () => {
    const { page } = await newcomer();
    for (const path of ['/@nobody_here', '/messages/new/nobody_here']) {
      await page.goto(path);
      await heading(page, 'There’s nothing here').waitFor();
      await page.getByText('Nobody here is called @nobody_here.').waitFor();
      const { height } = await page.getByRole('link', { name: 'Go home' }).boundingBox();
      assert.ok(height < 60, `a button of ${height} pixels`);
      await eventually('the title', async () => /^Not found/.test(await page.title()));
    }
    await leave(page);
  });

  test('Back on a crud that a link opened stays on the site', async () => {
    const author = await newPerson(stack);
    const { uuid } = await post(author, 'found elsewhere');
    const page = await visitor();
    await page.goto(`/@${author.handle}/status/${uuid}`);
    await page.getByRole('button', { name: 'Back' }).click();
    await heading(page, 'Home', 1).waitFor();
    assert.equal(page.url(), `${stack.url}/`);
    await page.getByRole('link', { name: 'Search' }).click();
    await page.goto(`/@${author.handle}`);
    await page.getByRole('link', { name: 'Open this crud' }).click();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.waitForURL(`/@${author.handle}`);
    await leave(page);
  });

  test('the frame and the chosen colours are there before the code', async () => {
    const page = await visitor({ colorScheme: 'light' });
    const release = await holdBack(page, /assets\/(page|libraries)-.*\.js/);
    await page.addInitScript(() => {
      if (window.origin !== 'null') localStorage.setItem('cruddur:theme', 'dark');
    });
    await page.goto('/', { waitUntil: 'commit' });
    await page.locator('.skeleton').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.locator('.brand').waitFor();
    release();
    await page.getByRole('article').first().waitFor();
    await leave(page);
  });

  test('after a change of the page the focus is in it, and its title is said', async () => {
    const page = await pageOf('andrewbrown');
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await page.getByRole('link', { name: /^Notifications/ }).click();
    await heading(page, 'Notifications', 1).waitFor();
    await eventually('the focus', () =>
      page.evaluate(() => document.getElementById('main').contains(document.activeElement)),
    );
    await page
      .getByRole('status')
      .filter({ hasText: /Notifications · Cruddur/ })
      .waitFor({ state: 'attached' });
    await leave(page);
  });

  testNeeding('forced colours', 'a message is read before its button, and has an edge in forced colours', async () => {
    const { page, person, group } = await conversation({ forcedColors: 'active' });
    assertOk(await say(stack, person, { message_group_uuid: group }, 'my answer'));
    await page.goto(`/messages/${group}`);
    const mine = page.locator('.message.mine');
    await mine.waitFor();
    const order = await mine.evaluate((element) => {
      const [text, button] = ['.bubble', '.message-more'].map((one) => element.querySelector(one));
      return text.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING;
    });
    assert.ok(order, 'the text comes first');
    const edge = (bubble) =>
      bubble.evaluate((element) => getComputedStyle(element).borderBlockStartWidth);
    assert.notEqual(await edge(mine.locator('.bubble')), '0px');
    assert.notEqual(
      await edge(mine.locator('.bubble')),
      await edge(page.locator('.message:not(.mine) .bubble')),
    );
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    await leave(page);
  });

  test('a feed that was asked for early in vain is asked for again', async () => {
    const page = await visitor();
    let asked = 0;
    await page.route('**/api/activities/home', (route) =>
      ++asked === 1 ? route.abort() : route.continue(),
    );
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    assert.equal(asked, 2);
    await leave(page);
  });

  test('where the code of a part cannot be loaded, the rest of the page stays', async () => {
    const page = await visitor();
    const refused = [];
    await page.route(/assets\/(shortcuts|new-cruds)/, (route) => {
      refused.push(route.request().url());
      return route.abort();
    });
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('?');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await eventually('both parts were asked for', () => new Set(refused).size === 2);
    await settled(page);
    assert.ok((await page.getByRole('article').count()) > 0);
    assert.equal(await page.getByRole('heading', { name: 'This page didn’t load' }).count(), 0);
    await leave(page);
  });

  testNeeding('print styles', 'a conversation is printed whole, in dark letters, without what only a screen needs', async () => {
    const [ann, ben] = [await newcomer(), await newPerson(stack)];
    const [{ group }] = await makeConversations(stack, ann.person, [ben], 200);
    const { page } = ann;
    const to = { message_group_uuid: group };
    assertOk(await say(stack, ben, to, Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n')));
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`/messages/${group}`);
    const begin = page.getByText('This is the start of your conversation.');
    await eventually('the first message', async () => {
      await page.locator('.scroller').evaluate((element) => element.scrollBy(0, -2000));
      return (await begin.count()) === 1;
    });
    assert.ok((await page.locator('.message').count()) < 201);
    await page.evaluate(() => {
      // 0 to 255; color() has parts of one.
      const brightness = (element) => {
        const { color } = getComputedStyle(element);
        const [r, g, b] = color.match(/[\d.]+/g).map(Number);
        return Math.max(r, g, b) * (color.startsWith('color(') ? 255 : 1);
      };
      window.addEventListener('beforeprint', () => {
        const shown = (name) =>
          [...document.querySelectorAll(name)].some((element) => element.checkVisibility());
        const bubbles = [...document.querySelectorAll('.message .bubble')];
        const scroller = document.querySelector('.scroller');
        window.printed = {
          bubbles: bubbles.length,
          brightest: Math.max(...bubbles.map(brightness)),
          screen: [
            ...['.nav', '.message-composer', '.conversations-list', '.fold-button'],
            ...['.thread-back', '.message-more', '.thread-menu'],
          ].filter(shown),
          cut: scroller.scrollHeight - scroller.clientHeight,
          folded: [...document.querySelectorAll('.fold')].filter(
            (text) => text.scrollHeight - text.clientHeight > 8,
          ).length,
        };
      });
    });
    // The listener above runs after the page's own; the sheet of styles for paper is in use then.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    const printed = await page.evaluate(() => window.printed);
    assert.equal(printed.bubbles, 201);
    assert.equal(printed.folded, 0, 'long texts are whole');
    assert.ok(printed.brightest < 128, `brightness ${printed.brightest}`);
    assert.deepEqual(printed.screen, []);
    assert.equal(printed.cut, 0);
    await leave(page);
  });

  test('every new message is announced, equal ones too, and the title counts all that is unread', async () => {
    const { page, person, other, group } = await conversation();
    await page.goto(`/messages/${group}`);
    await page.locator('.bubble').first().waitFor();
    for (const text of ['ok', 'ok', 'and now?'])
      assertOk(await say(stack, other, { message_group_uuid: group }, text));
    await page.locator('.bubble').filter({ hasText: 'and now?' }).waitFor();
    const lines = await page.getByRole('log').locator('p').allInnerTexts();
    assert.deepEqual(
      lines,
      ['ok', 'ok', 'and now?'].map((text) => `${other.name}: ${text}`),
    );
    const crud = await post(person, 'to be liked');
    const like = `/api/activities/${crud.uuid}/like`;
    assertOk(await stack.ask('PUT', like, { token: other.token }));
    await eventually('a count', async () => /^\(1\) /.test(await page.title()));
    const icon = page.locator('link[type="image/svg+xml"]');
    assert.equal(await icon.getAttribute('href'), '/favicon-unread.svg');
    await page.getByRole('link', { name: 'Notifications, 1 unread' }).click();
    await eventually('no count', async () => /^Notifications/.test(await page.title()));
    await eventually(
      'the usual icon',
      async () => (await icon.getAttribute('href')) === '/favicon.svg',
    );
    await leave(page);
  });

  test('the form for signing in is for visitors, and a filled one asks for the password', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    for (const path of ['/signin?next=%2Fsearch', '/signup']) {
      await page.goto(path);
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
    }
    // A dialog closes by a press beside it.
    await page.goto('/messages');
    await page.getByRole('button', { name: 'New message' }).first().click();
    await page.getByRole('dialog').waitFor();
    await page.mouse.click(5, 5);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await leave(page);
  });

  test('several tabs refresh an expired token once', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    await settled(page); // its own requests after the sign-in
    const tabs = [page, await newTab(page), await newTab(page)];
    let refreshes = 0;
    const { origin } = new URL(stack.config.cognitoEndpoint);
    const toCognito = (url) => url.origin === origin;
    await page.context().route(toCognito, (route) => {
      if (route.request().method() === 'POST') refreshes++;
      return route.continue();
    });
    const expired = [{ alg: 'RS256' }, { exp: 1_600_000_000, iat: 1_599_990_000 }, {}]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    await page.evaluate((token) => {
      for (const key of Object.keys(localStorage))
        if (key.endsWith('.accessToken')) localStorage.setItem(key, token);
    }, expired);
    await Promise.all(tabs.map((tab) => tab.goto('/notifications')));
    for (const tab of tabs) await heading(tab, 'No notifications yet').waitFor();
    assert.equal(refreshes, 1);
    await leave(page);
  });
});
