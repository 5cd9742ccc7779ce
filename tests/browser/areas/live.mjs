// live.mjs - what others do appears without being asked for, in every tab, over one stream.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, newTab, settled } from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const bubble = (page, text) => page.locator('.bubble').filter({ hasText: text });
const field = (page) => page.getByPlaceholder('Write a message');
const unread = (page, count) =>
  page.getByRole('link', { name: `Messages, ${count} unread`, exact: true });
const nothingUnread = (page) => page.getByRole('link', { name: 'Messages', exact: true });
const connecting = (page) => page.getByText('Connecting…');

const isStream = (request) => request.url().endsWith('/api/live');

// Counts the requests of a context from now on: { streams, others }.
function countRequests(page) {
  const counts = { streams: 0, others: [] };
  page.context().on('request', (request) => {
    if (isStream(request)) counts.streams++;
    else counts.others.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  return counts;
}

// The page of a person whose stream is open: what is shown was read again when it had been opened.
async function open(page, path) {
  const reads = [];
  const note = (response) => {
    if (/\/api\/(live|users\/me)$/.test(response.url())) reads.push(response.url());
  };
  page.on('response', note);
  await page.goto(path);
  await eventually('a stream and what follows it', () => {
    const stream = reads.findIndex((url) => url.endsWith('/live'));
    return stream >= 0 && reads.length > stream + 1;
  });
  page.off('response', note);
  await settled(page);
}

// Two new people with a conversation; the first of them wrote the first message.
async function pair(options) {
  const [ann, ben] = [await newcomer(options), await newcomer(options)];
  const first = assertOk(await say(stack, ann.person, { handle: ben.person.handle }, 'Hello'));
  return { ann, ben, group: first.message_group_uuid };
}

const sayIn = async (person, group, text) =>
  assertOk(await say(stack, person, { message_group_uuid: group }, text));

describe('live', BESIDE, () => {
  test('a message appears in the open conversation, and nothing is read for it', async () => {
    const { ann, ben, group } = await pair();
    await open(ann.page, `/messages/${group}`);
    const requests = countRequests(ann.page);
    await sayIn(ben.person, group, 'over the stream');
    await bubble(ann.page, 'over the stream').waitFor();
    await ann.page.locator('.conversation-last').filter({ hasText: 'over the stream' }).waitFor();
    await ann.page.locator('.message-foot').filter({ hasText: /\d/ }).last().waitFor();
    await eventually('the read mark', () =>
      requests.others.includes(`PUT /api/message_groups/${group}/read`),
    );
    await settled(ann.page);
    const reads = requests.others.filter((request) => /^GET \/api\/message/.test(request));
    assert.deepEqual(reads, []);
    await leave(ann.page, ben.page);
  });

  test('a message that was in view is read, although its reader leaves at once', async () => {
    const { ann, ben, group } = await pair();
    await open(ann.page, `/messages/${group}`);
    await bubble(ann.page, 'Hello').waitFor();
    // The click is in the task after the one that shows the message, within the pause before a mark.
    await ann.page.evaluate(() => {
      const isThere = () => document.querySelector('main').innerText.includes('and goodbye');
      new MutationObserver((changes, observer) => {
        if (!isThere()) return;
        observer.disconnect();
        setTimeout(() => document.querySelector('nav a[href="/search"]').click(), 50);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await sayIn(ben.person, group, 'and goodbye');
    await ann.page.waitForURL('/search');
    await eventually('nothing unread', async () => {
      const { body } = await stack.ask('GET', '/api/users/me', { token: ann.person.token });
      return body.unread_messages === 0;
    });
    await leave(ann.page, ben.page);
  });

  test('an idle open conversation asks for nothing', async () => {
    const { ann, ben, group } = await pair();
    const first = countRequests(ann.page);
    await open(ann.page, `/messages/${group}`);
    await eventually('the read mark', () => first.others.some((request) => request.startsWith('PUT')));
    await settled(ann.page);
    const requests = countRequests(ann.page);
    // Twice as long as anything was polled for before there were streams.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    // The code that looks for updates is loaded once.
    const others = requests.others.filter((request) => !request.startsWith('GET /assets/'));
    assert.deepEqual({ ...requests, others }, { streams: 0, others: [] });
    await leave(ann.page, ben.page);
  });

  test('a deletion removes the text from the conversation and the list at once', async () => {
    const { ann, ben, group } = await pair();
    const message = await sayIn(ann.person, group, 'soon gone');
    await open(ben.page, `/messages/${group}`);
    await bubble(ben.page, 'soon gone').waitFor();
    const { status } = await stack.ask('DELETE', `/api/messages/${group}/${message.uuid}`, {
      token: ann.person.token,
    });
    assert.equal(status, 204);
    await bubble(ben.page, 'Message deleted').waitFor();
    await ben.page.locator('.conversation-last').filter({ hasText: 'Message deleted' }).waitFor();
    await leave(ann.page, ben.page);
  });

  test('ticks say when a message was sent and when it was seen', async () => {
    const { ann, ben, group } = await pair();
    await open(ann.page, `/messages/${group}`);
    const foot = ann.page.locator('.mine .message-foot').last();
    await foot.getByText('Sent').waitFor({ state: 'attached' });
    await open(ben.page, `/messages/${group}`);
    await foot.getByText('Seen').waitFor({ state: 'attached' });
    // A later message is not seen until it is in view.
    await ben.page.goto('/');
    await sayIn(ann.person, group, 'and this?');
    await foot.getByText('Sent').waitFor({ state: 'attached' });
    await leave(ann.page, ben.page);
  });

  test('the page says that somebody is writing until the message comes', async () => {
    const { ann, ben, group } = await pair();
    await open(ann.page, `/messages/${group}`);
    await open(ben.page, `/messages/${group}`);
    await field(ben.page).pressSequentially('Well');
    await ann.page.getByText('typing…').waitFor();
    await ann.page.locator('.typing').waitFor();
    await field(ben.page).press('Enter');
    await bubble(ann.page, 'Well').waitFor();
    await ann.page.locator('.typing').waitFor({ state: 'detached' });
    // One's own writing is nothing to tell oneself.
    assert.equal(await ben.page.locator('.typing').count(), 0);
    await leave(ann.page, ben.page);
  });

  test('a number that was read before the conversation was marked as read is read again', async () => {
    const { ann, ben, group } = await pair();
    const { page } = ben;
    let release;
    const marked = new Promise((resolve) => (release = resolve));
    let asked = 0;
    await page.route('**/api/users/me', async (route) => {
      // The page needs the first answer; the second one, of the stream's hello, comes late.
      const response = await route.fetch();
      if (++asked === 2) await marked;
      await route.fulfill({ response });
    });
    const mark = page.waitForResponse((response) => response.url().endsWith(`/${group}/read`));
    await page.goto('/');
    await unread(page, 1).waitFor();
    await eventually('the second reading', () => asked >= 2);
    await page.getByRole('link', { name: /^Messages/ }).first().click();
    await page.locator('.conversation').first().click();
    assert.equal((await mark).status(), 204);
    await nothingUnread(page).waitFor();
    release();
    await eventually('the third reading', () => asked >= 3);
    await nothingUnread(page).waitFor();
    await leave(ann.page, ben.page);
  });

  test('the tabs of a browser share one stream; when its tab closes, another one goes on', async () => {
    const { ann, ben, group } = await pair();
    const { page } = ben;
    const requests = countRequests(page);
    await open(page, `/messages/${group}`);
    await eventually('the read mark', async () => nothingUnread(page).isVisible());
    const second = await newTab(page);
    await second.goto('/');
    await settled(second);
    assert.equal(requests.streams, 1);
    await page.goto('/search');
    await sayIn(ann.person, group, 'for every tab');
    await unread(second, 1).waitFor();
    await unread(page, 1).waitFor();
    // A message that is read in one tab is read in the others.
    await second.goto(`/messages/${group}`);
    await bubble(second, 'for every tab').waitFor();
    await nothingUnread(page).waitFor();
    await eventually('a title without a number', async () => !/^\(/.test(await page.title()));

    const before = requests.streams;
    const third = await newTab(page);
    await third.goto('/');
    await settled(third);
    await page.close();
    await second.close();
    await eventually('a stream of the tab that is left', () => requests.streams > before);
    await sayIn(ann.person, group, 'for the last tab');
    await unread(third, 1).waitFor();
    await leave(third, ann.page);
  });

  test('reading in one browser clears the number in another one', async () => {
    const { ann, ben, group } = await pair();
    await open(ben.page, '/');
    await unread(ben.page, 1).waitFor();
    const list = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.person.token }));
    const { status } = await stack.ask('PUT', `/api/message_groups/${group}/read`, {
      token: ben.person.token,
      json: { message_uuid: list[0].message_uuid },
    });
    assert.equal(status, 204);
    await nothingUnread(ben.page).waitFor();
    await leave(ann.page, ben.page);
  });

  test('a conversation that begins comes into the list', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await open(ben.page, '/messages');
    await ben.page.getByText('No conversations yet').waitFor();
    assertOk(await say(stack, ann.person, { handle: ben.person.handle }, 'May I?'));
    await ben.page.getByRole('link', { name: /May I\? 1 unread/ }).waitFor();
    await unread(ben.page, 1).waitFor();
    await leave(ann.page, ben.page);
  });

  test('a like is counted at once, and stands in the open list of notifications', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const { uuid } = assertOk(
      await stack.ask('POST', '/api/activities', {
        token: ann.person.token,
        json: { message: 'worth a like', ttl: '1-hour' },
      }),
    );
    await open(ann.page, '/');
    const like = (method) =>
      stack.ask(method, `/api/activities/${uuid}/like`, { token: ben.person.token });
    assertOk(await like('PUT'));
    await ann.page.getByRole('link', { name: 'Notifications, 1 unread' }).waitFor();
    await ann.page.getByRole('link', { name: 'Notifications, 1 unread' }).click();
    await ann.page.getByText('liked your crud').waitFor();
    await ann.page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    assertOk(
      await stack.ask('POST', `/api/activities/${uuid}/reply`, {
        token: ben.person.token,
        json: { message: 'and a reply' },
      }),
    );
    await ann.page.getByText('and a reply').waitFor();
    await leave(ann.page, ben.page);
  });

  test('a new crud of somebody else is offered, and moves nothing', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await open(ann.page, '/');
    const first = () =>
      ann.page.getByRole('link', { name: 'Open this crud' }).first().getAttribute('href');
    const was = await first();
    assertOk(
      await stack.ask('POST', '/api/activities', {
        token: ben.person.token,
        json: { message: `fresh from ${ben.person.handle}`, ttl: '1-hour' },
      }),
    );
    const offer = ann.page.getByRole('button', { name: /new cruds?$/ });
    await offer.waitFor();
    assert.equal(await first(), was);
    await offer.click();
    await ann.page.getByText(`fresh from ${ben.person.handle}`).waitFor();
    await leave(ann.page, ben.page);
  });

  test('where streams are impossible, messages come all the same', async () => {
    const { ann, ben, group } = await pair();
    await ann.page.route('**/api/live', (route) => route.abort());
    await ann.page.goto(`/messages/${group}`);
    await bubble(ann.page, 'Hello').waitFor();
    await sayIn(ben.person, group, 'without a stream');
    await bubble(ann.page, 'without a stream').waitFor();
    await connecting(ann.page).waitFor({ state: 'detached' });
    await leave(ann.page, ben.page);
  });
});

describe('live_hub is killed', () => {
  test('the page says so after a moment, and shows what came in between once', async () => {
    const { ann, ben, group } = await pair();
    await open(ann.page, `/messages/${group}`);
    await ann.page.route('**/api/live', (route) => route.abort());
    const configuration = `${stack.home}/etc/supervisord.conf`;
    execFileSync('supervisorctl', ['-c', configuration, 'signal', 'KILL', 'live-hub']);
    await sayIn(ben.person, group, 'in between');
    await connecting(ann.page).waitFor();
    await ann.page.unroute('**/api/live');
    await sayIn(ben.person, group, 'the last one');
    await bubble(ann.page, 'the last one').waitFor();
    await connecting(ann.page).waitFor({ state: 'detached' });
    for (const text of ['in between', 'the last one'])
      assert.equal(await bubble(ann.page, text).count(), 1, text);
    await leave(ann.page, ben.page);
  });
});
