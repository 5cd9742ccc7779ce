// cruds.mjs - posting, replying, liking, reposting, deleting, expiry and search.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, testNeeding, watchRenders } from '../harness/browser.mjs';
import { newcomer, pageOf, stack, visitor } from '../harness/main.mjs';

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;

async function post(page, text) {
  await page.goto('/');
  await page.getByLabel('New crud').fill(text);
  await page.getByRole('button', { name: 'Crud', exact: true }).click();
  await article(page, text).waitFor();
}

const postAs = async (person, message, ttl = '1-day') =>
  assertOk(
    await stack.ask('POST', '/api/activities', { token: person.token, json: { message, ttl } }),
  );

describe('cruds', BESIDE, () => {
  test('the author of a crud is notified of replies, likes and reposts', async () => {
    const { person: ann, page } = await newcomer();
    const { person: ben, page: other } = await newcomer();
    const text = unique('Good morning');
    await post(page, text);
    assert.equal(await page.getByLabel('New crud').inputValue(), '');

    await other.goto(`/@${ann.handle}`);
    const there = article(other, text);
    await there.getByRole('button', { name: 'Like' }).click();
    await there.getByRole('button', { name: 'Like, 1', pressed: true }).waitFor();
    await there.getByRole('button', { name: 'Repost' }).click();
    await there.getByRole('button', { name: 'Repost, 1', pressed: true }).waitFor();
    await there.getByRole('button', { name: 'Reply' }).click();
    await other.waitForURL(/\/@.+\/status\/.+#reply$/);
    const answer = unique('And to you');
    await other.getByLabel(`Reply to ${ann.name}`).fill(answer);
    await other.keyboard.press('Control+Enter');
    await article(other, answer).waitFor();
    await other.getByRole('button', { name: 'Reply, 1' }).waitFor();

    await page.getByRole('link', { name: 'Notifications, 3 unread' }).waitFor();
    await page.getByRole('link', { name: 'Notifications' }).click();
    for (const action of ['liked your crud', 'reposted your crud'])
      await page.getByText(`${ben.name} @${ben.handle} ${action}`).waitFor();
    await article(page, answer).getByText('Replied to you').waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();

    // A second click undoes the like, and the counts that others see follow.
    await other.goBack();
    await there.getByRole('button', { name: 'Like, 1', pressed: true }).click();
    await there.getByRole('button', { name: 'Like, 0', pressed: false }).waitFor();
    // The page shows the change before the server has made it.
    await eventually('the counts', async () => {
      const [crud] = assertOk(await stack.ask('GET', `/api/activities/@${ann.handle}`)).activities;
      return crud.likes_count === 0 && crud.reposts_count === 1 && crud.replies_count === 1;
    });
    await leave(page, other);
  });

  testNeeding('bodies of requests', 'a notification that arrives while others are marked as read stays unread until it is shown', async () => {
    const { person: ann, page } = await newcomer();
    const ben = await newPerson(stack);
    const crud = await postAs(ann, unique('Good evening'));
    const like = { token: ben.token };
    assertOk(await stack.ask('PUT', `/api/activities/${crud.uuid}/like`, like));

    const marked = [];
    await page.route('**/api/activities/notifications/read', async (route) => {
      marked.push(route.request().postDataJSON());
      if (marked.length === 1)
        assertOk(await stack.ask('PUT', `/api/activities/${crud.uuid}/repost`, like));
      await route.continue();
    });
    let release;
    const released = new Promise((resolve) => (release = resolve));
    let lists = 0;
    await page.route('**/api/activities/notifications?*', async (route) => {
      if (++lists > 1) await released;
      await route.continue();
    });
    await page.goto('/notifications');
    await page.getByText(`${ben.name} @${ben.handle} liked your crud`).waitFor();
    await eventually('the list is read again', () => lists > 1);
    await page.getByRole('link', { name: 'Notifications, 1 unread' }).waitFor();
    assert.equal(marked.length, 1);

    release();
    await page.getByText(`${ben.name} @${ben.handle} reposted your crud`).waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    const list = await stack.ask('GET', '/api/activities/notifications', { token: ann.token });
    const [repost, first] = assertOk(list).map(({ uuid }) => ({ notification_uuid: uuid }));
    assert.deepEqual(marked, [first, repost]);
    await leave(page);
  });

  test('a deleted crud disappears and stays away after a reload', async () => {
    const { page } = await newcomer();
    const text = unique('Not for long');
    await post(page, text);
    const askToDelete = async () => {
      await article(page, text).getByRole('button', { name: 'More' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
    };
    await askToDelete();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    await askToDelete();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await article(page, text).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByLabel('New crud').waitFor();
    assert.equal(await article(page, text).count(), 0);
    await leave(page);
  });

  test('a crud disappears from an open page when it expires', async () => {
    const author = await newPerson(stack);
    const text = unique('Only a moment');
    const { uuid } = await postAs(author, text, '1-hour');
    const page = await pageOf('londo');
    await page.goto(`/@${author.handle}`);
    await article(page, text).waitFor();
    await stack.sql(
      `update activities set expires_at = now() + interval '2 s' where uuid = '${uuid}'`,
    );
    await page.reload();
    // The list appears with the profile. On a slow machine the crud may have expired by then.
    await page.locator('.profile').waitFor();
    await article(page, text).waitFor({ state: 'detached' });
    await page.goto(`/@${author.handle}/status/${uuid}`);
    await page.getByText('There’s nothing here').waitFor();
    await leave(page);
  });

  test('280 code points can be posted and 281 cannot, counted as the server counts', async () => {
    const { page } = await newcomer();
    await page.goto('/');
    const field = page.getByLabel('New crud');
    const send = page.getByRole('button', { name: 'Crud', exact: true });
    await field.fill(`${'👩🏽‍🚀'.repeat(70)}a`);
    assert.ok(await send.isDisabled(), '281 code points');
    await field.fill(`  ${'👩🏽‍🚀'.repeat(70)}\n `);
    assert.ok(await send.isEnabled(), '280 code points after trimming');
    await send.click();
    await article(page, '👩🏽‍🚀'.repeat(70)).waitFor();
    await leave(page);
  });

  test('after a lost response the crud is sent again and created once', async () => {
    const { person, page } = await newcomer();
    const keys = [];
    const text = unique('Once only');
    await page.route('**/api/activities', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      // Playwright does not see the bodies of Firefox; another body would be a key that is reused.
      await route.fetch({ postData: { message: text, ttl: '7-days' } });
      return route.abort('connectionreset');
    });
    await post(page, text);
    assert.equal(new Set(keys).size, 1);
    assert.equal(keys.length, 2);
    const { activities } = assertOk(await stack.ask('GET', `/api/activities/@${person.handle}`));
    assert.equal(activities.length, 1);
    await leave(page);
  });

  test('a like that fails is undone, and a message says so', async () => {
    const author = await newPerson(stack);
    const { uuid, message } = await postAs(author, unique('Try and like this'));
    const page = await pageOf('londo');
    await page.route('**/like', (route) => route.fulfill({ status: 403, body: '{}' }));
    await page.goto(`/@${author.handle}/status/${uuid}`);
    await article(page, message).getByRole('button', { name: 'Like' }).click();
    await page.getByText('Not saved.').waitFor();
    await page.getByRole('button', { name: 'Like, 0', pressed: false }).waitFor();
    await leave(page);
  });

  test('links, mentions and tags in a crud are clickable', async () => {
    const author = await newPerson(stack);
    const tag = `tag${author.handle.slice(2)}`;
    const message = `See https://example.org/a_(b)?c=d, ask @bayko about #${tag}.`;
    await postAs(author, message);
    const page = await visitor();
    await page.goto(`/@${author.handle}`);
    const link = page.getByRole('link', { name: 'https://example.org/a_(b)?c=d', exact: true });
    assert.equal(await link.getAttribute('href'), 'https://example.org/a_(b)?c=d');
    assert.match((await link.getAttribute('rel')) ?? '', /noopener/);
    await page.getByRole('link', { name: `#${tag}` }).click();
    await page.waitForURL(/\/search\?term=%23tag/);
    await article(page, message).waitFor();
    await page.getByRole('link', { name: '@bayko', exact: true }).first().click();
    await page.waitForURL('/@bayko');
    await page.getByRole('heading', { name: 'Andrew Bayko', level: 1 }).waitFor();
    await leave(page);
  });

  test('search runs while typing, and its address shows the same results again', async () => {
    const author = await newPerson(stack);
    const word = `w${randomUUID().slice(0, 8)}`;
    await postAs(author, `Grüße “${word}” und mehr #tag_${word}`);
    const page = await visitor();
    await page.goto('/search');
    const field = page.getByLabel('Search cruds');
    await field.pressSequentially(word, { delay: 10 });
    await article(page, word).waitFor();
    await page.waitForURL(`/search?term=${word}`);
    await page.reload();
    await article(page, word).waitFor();
    // The text in the box follows a click on a tag, and going back.
    await page.getByRole('link', { name: `#tag_${word}` }).click();
    await eventually('the tag', async () => (await field.inputValue()) === `#tag_${word}`);
    await page.goBack();
    await eventually('the word', async () => (await field.inputValue()) === word);
    await field.fill(`"${word}" -mehr`);
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    await field.fill(`' or 1=1; --`);
    await page.waitForURL(/1%3D1/);
    await page
      .getByRole('status')
      .filter({ hasText: /found/ })
      .first()
      .waitFor({ state: 'attached' });
    await leave(page);
  });

  test('a page that is chosen before a search begins is the one that comes', async () => {
    const page = await visitor();
    await page.goto('/search');
    const held = [];
    await page.route(/assets\/sign-in-page-/, (route) => void held.push(route));
    await page.getByLabel('Search cruds').fill('something');
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await eventually('a request for its code', () => held.length > 0);
    // The page's own timers tell that the pause before a search is over.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    for (const route of held) await route.continue();
    await page.getByLabel('Password').waitFor();
    assert.equal(new URL(page.url()).pathname, '/signin');
    await leave(page);
  });

  testNeeding('a slow processor', 'the search box keeps every keystroke while results load on a slow processor', async () => {
    const page = await visitor();
    await page.goto('/search');
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    const field = page.getByLabel('Search cruds');
    // Each pause is long enough to start a search, whose results load during the next word.
    const words = ['some', ' words', ' that', ' take', ' a', ' while'];
    for (const word of words) {
      await field.pressSequentially(word, { delay: 20 });
      await page.waitForTimeout(260);
    }
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await page.waitForURL('/search?term=some+words+that+take+a+while');
    assert.equal(await field.inputValue(), words.join(''));
    await leave(page);
  });

  test('scrolling loads more of a feed, and going back restores the position', async () => {
    const author = await newPerson(stack);
    const marks = [];
    for (let i = 0; i < 45; i++) marks.push((await postAs(author, `number ${i} of many`)).uuid);
    const page = await visitor();
    await page.goto(`/@${author.handle}`);
    await article(page, 'number 44 of many').waitFor();
    for (let i = 0; (await page.getByRole('article').count()) < 45; i++) {
      assert.ok(i < 200, 'all 45 cruds load');
      await page.mouse.wheel(0, 2000);
      await page.waitForTimeout(100);
    }
    const shown = await page.getByRole('article').locator('.crud-text').allInnerTexts();
    assert.deepEqual(
      shown,
      Array.from({ length: 45 }, (_, i) => `number ${44 - i} of many`),
    );

    const before = article(page, 'number 10 of many');
    await before.getByRole('link', { name: 'Open this crud' }).hover();
    const position = await eventually('a scroll position', () =>
      page.evaluate(() => window.scrollY),
    );
    await before.getByRole('link', { name: 'Open this crud' }).click();
    await page.locator('[data-main]').waitFor();
    assert.equal(await page.evaluate(() => window.scrollY), 0);
    await page.goBack();
    await before.waitFor();
    await eventually('the restored position', async () => {
      const now = await page.evaluate(() => window.scrollY);
      return Math.abs(now - position) < 5;
    });
    await leave(page);
  });

  test('on coming back, Home asks for one page and moves nothing: a button puts in what is new', async () => {
    const author = await newPerson(stack);
    for (let i = 0; i < 25; i++) await postAs(author, `known ${i}`);
    const page = await visitor({ viewport: { width: 800, height: 500 } });
    await page.clock.install();
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await eventually('a second page', async () => {
      await page.mouse.wheel(0, 3000);
      return (await page.getByRole('article').count()) > 25;
    });
    const card = page.getByRole('article').nth(15);
    const mark = (await card.getByRole('link', { name: 'Open this crud' }).getAttribute('href')) ?? '';
    const marked = page.getByRole('article').filter({ has: page.locator(`a[href="${mark}"]`) });
    await marked.scrollIntoViewIfNeeded();
    const was = (await marked.boundingBox())?.y;

    const fresh = [unique('first news'), unique('second news')];
    for (const text of fresh) await postAs(author, text);
    const asked = [];
    page.on('request', (request) => {
      if (/activities\/home/.test(request.url())) asked.push(request.url());
    });
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    const news = page.getByRole('button', { name: /\d+ new cruds?$|^Many new cruds$/ });
    await news.waitFor();
    assert.deepEqual(asked, [`${stack.url}/api/activities/home`]);
    assert.equal(await article(page, fresh[1]).count(), 0, 'nothing comes in by itself');
    assert.equal((await marked.boundingBox())?.y, was);
    // The open page of a visitor, who has no stream, looks by itself, too.
    await page.clock.fastForward(121_000);
    await eventually('the next look', () => asked.length >= 2);

    await news.click();
    await article(page, fresh[0]).waitFor();
    await article(page, fresh[1]).waitFor();
    await eventually('the top of the page', () => page.evaluate(() => window.scrollY === 0));
    const focused = await page.evaluate(() => document.activeElement.closest('.cruds') !== null);
    assert.ok(focused, 'the focus is on the feed');
    await leave(page);
  });

  test('time that passes renders no card again, and one like only its own card', async () => {
    const author = await newPerson(stack);
    for (let i = 0; i < 5; i++) await postAs(author, `steady ${i}`);
    // Far from the times at which their labels change.
    await stack.sql(
      `update activities set created_at = now() - interval '200 minutes',
         expires_at = now() + interval '100 hours' where user_uuid = '${author.uuid}'`,
    );
    const { page } = await newcomer();
    await page.clock.install();
    await page.goto(`/@${author.handle}`);
    await article(page, 'steady 4').waitFor();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    const renderedAgain = await watchRenders(page.getByRole('article'));
    await page.clock.runFor(20_000);
    assert.deepEqual(await renderedAgain(), []);
    await article(page, 'steady 2').getByRole('button', { name: 'Like' }).click();
    await page.getByRole('button', { name: 'Like, 1', pressed: true }).waitFor();
    await eventually('its card', async () => (await renderedAgain()).length === 1);
    await leave(page);
  });

  test('a feed that cannot be loaded says so, and “Try again” loads it', async () => {
    const page = await visitor();
    let down = true;
    await page.route('**/api/activities/home', (route) =>
      down
        ? route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, body: '{}' })
        : route.continue(),
    );
    await page.goto('/');
    await page.getByRole('alert').filter({ hasText: 'This didn’t load' }).waitFor();
    down = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('article').first().waitFor();
    await leave(page);
  });

  test('“Copy link” copies the address of a crud', async () => {
    const page = await visitor({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto('/');
    const first = page.getByRole('article').first();
    const path = await first.getByRole('link', { name: 'Open this crud' }).getAttribute('href');
    const copy = async () => {
      await first.getByRole('button', { name: 'More' }).click();
      await page.getByRole('button', { name: 'Copy link' }).click();
    };
    await copy();
    await page.getByText('Link copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), stack.url + path);
    // A log has an entry for each, so screen readers say the second one, too.
    await copy();
    await eventually('two messages', async () => {
      const said = page.getByRole('log', { name: 'Notices' }).locator('p');
      return (await said.allInnerTexts()).join() === 'Link copied,Link copied';
    });
    await leave(page);
  });
});
