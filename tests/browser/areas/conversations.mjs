// conversations.mjs - two people write to each other; no message is lost, doubled or out of order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, nextPage } from '../../api/harness/client.mjs';
import { say } from '../../api/harness/people.mjs';
import { SEEDED_GROUP } from '../../api/harness/routes.mjs';
import { eventually, leave } from '../harness/browser.mjs';
import { newcomer, pageOf, stack } from '../harness/main.mjs';

const messages = (page) => page.locator('.message');
const bubble = (page, text) => page.locator('.bubble').filter({ hasText: text });
const field = (page) => page.getByPlaceholder('Write a message');

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

const sent = (page, text) =>
  page.locator('.message:not([data-state])').filter({ hasText: text }).waitFor();

const textsOf = async (person, group) => {
  const answer = await stack.ask('GET', `/api/messages/${group}?limit=100`, {
    token: person.token,
  });
  return assertOk(answer).map(({ message }) => message);
};

// Two new people with a conversation; the first of them wrote the first message.
async function pair(options) {
  const [ann, ben] = [await newcomer(options), await newcomer(options)];
  const to = { handle: ben.person.handle };
  const first = assertOk(await say(stack, ann.person, to, 'Shall we begin?'));
  return { ann, ben, group: first.message_group_uuid };
}

const distanceFromEnd = (page) =>
  page.locator('.scroller').evaluate((element) => Math.round(Math.abs(element.scrollTop)));

describe('conversations', { concurrency: 3 }, () => {
  test('a new conversation starts from a profile, and both people see it', async () => {
    const { page } = await newcomer();
    const { person: ben, page: other } = await newcomer();
    await other.goto('/');
    await page.goto(`/@${ben.handle}`);
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByText(`Say hello to ${ben.name}`).waitFor();
    await write(page, 'Hello there');
    await page.waitForURL(/\/messages\/[0-9a-f-]{36}$/);
    await sent(page, 'Hello there');

    // The other person sees the unread message in the navigation and in the title.
    await other.getByRole('link', { name: 'Messages, 1 unread' }).waitFor();
    await eventually('the unread count in the title', async () =>
      /^\(1\) Home/.test(await other.title()),
    );
    await other.getByRole('link', { name: 'Messages' }).click();
    await other.getByRole('link', { name: /Hello there 1 unread/ }).click();
    await bubble(other, 'Hello there').waitFor();
    await other.getByRole('link', { name: 'Messages', exact: true }).waitFor();
    await eventually(
      'a title without an unread count',
      async () => !/^\(/.test(await other.title()),
    );

    // While both have the conversation open, each sees what the other writes.
    await write(other, 'General greetings');
    await bubble(page, 'General greetings').waitFor();
    await page
      .locator('[aria-live]')
      .filter({ hasText: 'General greetings' })
      .waitFor({ state: 'attached' });
    await write(page, 'And to you');
    await bubble(other, 'And to you').waitFor();
    assert.equal(await messages(page).count(), 3);

    // The page for a new message leads to the same conversation.
    const here = new URL(page.url()).pathname;
    await page.goto(`/messages/new/${ben.handle.toUpperCase()}`);
    await page.waitForURL(here);
    await leave(page, other);
  });

  test('Enter sends, Shift+Enter starts a new line, and fast messages stay in order', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.goto(`/messages/${group}`);
    await bubble(ann.page, 'Shall we begin?').waitFor();
    await field(ann.page).pressSequentially('line one');
    await field(ann.page).press('Shift+Enter');
    await field(ann.page).pressSequentially('line two');
    await field(ann.page).press('Enter');
    for (let i = 1; i <= 5; i++) await write(ann.page, `fast ${i}`);
    await sent(ann.page, 'fast 5');
    const expected = [
      'Shall we begin?',
      'line one\nline two',
      ...Array.from({ length: 5 }, (_, i) => `fast ${i + 1}`),
    ];
    assert.deepEqual(await textsOf(ben.person, group), expected);
    assert.deepEqual(await ann.page.locator('.bubble').allInnerTexts(), expected);
    await leave(ann.page, ben.page);
  });

  test('messages written offline are sent once and in order when the network is back', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.goto(`/messages/${group}`);
    await bubble(ann.page, 'Shall we begin?').waitFor();
    await ann.page.context().setOffline(true);
    await ann.page.getByText('You’re offline.').waitFor();
    for (const text of ['first', 'second', 'third']) await write(ann.page, text);
    await ann.page.getByText('Waiting for a connection').first().waitFor();
    assert.deepEqual(await textsOf(ben.person, group), ['Shall we begin?']);
    await ann.page.context().setOffline(false);
    await sent(ann.page, 'third');
    assert.deepEqual(await textsOf(ben.person, group), [
      'Shall we begin?',
      'first',
      'second',
      'third',
    ]);
    assert.equal(await messages(ann.page).count(), 4);
    await leave(ann.page, ben.page);
  });

  test('after a lost response the request is repeated and creates one message', async () => {
    const { ann, ben, group } = await pair();
    const keys = [];
    await ann.page.route('**/api/messages', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await ann.page.goto(`/messages/${group}`);
    await write(ann.page, 'only once');
    await sent(ann.page, 'only once');
    await eventually('the second request', () => keys.length === 2);
    assert.equal(keys[0], keys[1]);
    assert.deepEqual(await textsOf(ben.person, group), ['Shall we begin?', 'only once']);
    assert.equal(await bubble(ann.page, 'only once').count(), 1);
    await leave(ann.page, ben.page);
  });

  test('a message that cannot be sent says so, and a retry uses its first key', async () => {
    const { ann, ben, group } = await pair();
    let down = true;
    const keys = new Set();
    await ann.page.route('**/api/messages', (route) => {
      keys.add(route.request().headers()['idempotency-key']);
      const { message } = route.request().postDataJSON();
      if (message === 'regretted')
        return route.fulfill({ status: 422, body: '{"errors":["message_invalid"]}' });
      return down ? route.fulfill({ status: 503, body: '{}' }) : route.continue();
    });
    await ann.page.goto(`/messages/${group}`);
    await write(ann.page, 'with patience');
    await ann.page.getByRole('alert').filter({ hasText: 'Not sent.' }).waitFor();
    await write(ann.page, 'regretted');
    const regretted = messages(ann.page).filter({ hasText: 'regretted' });
    await regretted.getByRole('button', { name: 'Discard' }).click();
    await regretted.waitFor({ state: 'detached' });
    const keysBefore = keys.size;
    down = false;
    await ann.page.getByRole('button', { name: 'Try again' }).click();
    await sent(ann.page, 'with patience');
    assert.equal(keys.size, keysBefore);
    assert.deepEqual(await textsOf(ben.person, group), ['Shall we begin?', 'with patience']);
    await leave(ann.page, ben.page);
  });

  test('an unsent message survives a reload', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.goto(`/messages/${group}`);
    await bubble(ann.page, 'Shall we begin?').waitFor();
    await ann.page.route('**/api/messages', (route) => route.abort());
    await write(ann.page, 'hold on to this');
    await messages(ann.page).filter({ hasText: 'hold on to this' }).waitFor();
    await ann.page.unroute('**/api/messages');
    await ann.page.goto('/search');
    await eventually('delivery', async () =>
      (await textsOf(ben.person, group)).includes('hold on to this'),
    );
    assert.equal((await textsOf(ben.person, group)).length, 2);
    await leave(ann.page, ben.page);
  });

  test('a draft survives navigation and reload', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.goto(`/messages/${group}`);
    await field(ann.page).fill('half a thou');
    await ann.page.getByRole('link', { name: 'Home', exact: true }).click();
    await ann.page.getByLabel('New crud').fill('half a crud');
    await ann.page.goBack();
    assert.equal(await field(ann.page).inputValue(), 'half a thou');
    await ann.page.reload();
    assert.equal(await field(ann.page).inputValue(), 'half a thou');
    await ann.page.goto('/');
    assert.equal(await ann.page.getByLabel('New crud').inputValue(), 'half a crud');
    await leave(ann.page, ben.page);
  });

  test('scrolling up loads older messages up to the first one, without a jump', async () => {
    const page = await pageOf('andrewbrown', { viewport: { width: 1000, height: 700 } });
    const token = await stack.token('andrewbrown');
    let expected = [];
    for (let path = `/api/messages/${SEEDED_GROUP}?limit=100`; path;) {
      const answer = await stack.ask('GET', path, { token });
      expected = [...assertOk(answer).map(({ uuid }) => uuid), ...expected];
      path = nextPage(answer);
    }
    await page.goto(`/messages/${SEEDED_GROUP}`);
    await messages(page).first().waitFor();
    assert.equal(await distanceFromEnd(page), 0);
    const before = await messages(page).count();
    assert.ok(before < expected.length);

    // Hold the next page back, note where a message is, release the page, compare.
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/api/messages/*?*cursor=*', async (route) => {
      await held;
      await route.continue();
    });
    await page
      .locator('.scroller')
      .evaluate((element) => element.scrollTo(0, -element.scrollHeight));
    const text = await page.locator('.bubble').nth(5).innerText();
    const position = async () => Math.round((await bubble(page, text).first().boundingBox()).y);
    const was = await position();
    release();
    await eventually('older messages', async () => (await messages(page).count()) > before);
    // The line “Loading more…” may have disappeared.
    assert.ok(Math.abs((await position()) - was) < 60, `from ${was} to ${await position()}`);

    await eventually('all messages', async () => {
      await page
        .locator('.scroller')
        .evaluate((element) => element.scrollTo(0, -element.scrollHeight));
      return (await messages(page).count()) === expected.length;
    });
    await page.getByText('This is the start of your conversation.').waitFor();
    assert.ok((await page.locator('.day').count()) > 1, 'several days have headings');
    const title = await page.locator('.bubble').first().getAttribute('title');
    assert.match(title ?? '', /\b20\d\d\b.*\d\d:\d\d/, 'the tooltip has the full time');
    await leave(page);
  });

  test('while scrolled up, a new message moves nothing and stays unread', async () => {
    const { ann, ben, group } = await pair({ viewport: { width: 1000, height: 500 } });
    for (let i = 0; i < 30; i++)
      await say(stack, ben.person, { message_group_uuid: group }, `filling ${i}`);
    await ann.page.goto(`/messages/${group}`);
    await bubble(ann.page, 'filling 29').waitFor();
    await eventually('a read mark', async () => {
      const me = await stack.ask('GET', '/api/users/me', { token: ann.person.token });
      return me.body.unread_messages === 0;
    });
    await ann.page.locator('.scroller').evaluate((element) => element.scrollTo(0, -500));
    const y = async () => Math.round((await bubble(ann.page, 'filling 10').boundingBox()).y);
    await ann.page.getByRole('button', { name: 'Newest' }).waitFor();
    const was = await y();
    await say(stack, ben.person, { message_group_uuid: group }, 'a late one');
    await ann.page.getByRole('button', { name: '1 new' }).waitFor();
    assert.ok(Math.abs((await y()) - was) <= 1, `from ${was} to ${await y()}`);
    const me = await stack.ask('GET', '/api/users/me', { token: ann.person.token });
    assert.equal(me.body.unread_messages, 1);
    await ann.page.getByRole('button', { name: '1 new' }).click();
    await eventually('a read mark', async () => {
      const now = await stack.ask('GET', '/api/users/me', { token: ann.person.token });
      return now.body.unread_messages === 0;
    });
    assert.equal(await distanceFromEnd(ann.page), 0);
    await leave(ann.page, ben.page);
  });

  test('a message that arrives during marking is marked as read, too', async () => {
    const { ann, ben, group } = await pair();
    let stale = 0;
    await ben.page.route('**/read', async (route) => {
      if (stale++ === 0)
        await say(stack, ann.person, { message_group_uuid: group }, 'just arrived');
      await route.continue();
    });
    await ben.page.goto(`/messages/${group}`);
    await bubble(ben.page, 'just arrived').waitFor();
    await eventually('a read mark', async () => {
      const me = await stack.ask('GET', '/api/users/me', { token: ben.person.token });
      return me.body.unread_messages === 0;
    });
    assert.ok(stale >= 2);
    await leave(ann.page, ben.page);
  });

  test('deleting a message removes its text for both people and leaves a placeholder', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.goto(`/messages/${group}`);
    const own = messages(ann.page).filter({ hasText: 'Shall we begin?' });
    await own.hover();
    await own.getByRole('button', { name: 'Delete message' }).click();
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await ann.page.getByText('Message deleted').first().waitFor();
    assert.deepEqual(await textsOf(ben.person, group), [null]);
    await leave(ann.page, ben.page);
  });

  test('a phone shows either the list or the conversation, with a way back', async () => {
    const { ann, ben, group } = await pair({
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    await ben.page.goto('/messages');
    const row = ben.page.getByRole('link', { name: /Shall we begin\?/ });
    await row.tap();
    await ben.page.waitForURL(`/messages/${group}`);
    await bubble(ben.page, 'Shall we begin?').waitFor();
    assert.ok(!(await row.isVisible()));
    await field(ben.page).fill('from a phone');
    await ben.page.getByRole('button', { name: 'Send' }).tap();
    await sent(ben.page, 'from a phone');
    const overflow = () =>
      ben.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok((await overflow()) <= 0, 'nothing is wider than the screen');
    await ben.page.getByRole('link', { name: 'All conversations' }).tap();
    await ben.page.getByRole('link', { name: /from a phone/ }).waitFor();
    assert.ok((await overflow()) <= 0);
    await leave(ann.page, ben.page);
  });
});
