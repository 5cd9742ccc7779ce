// outbox.mjs - nothing that is written gets lost or doubled: no network, slow answers, failures,
// closed tabs, several tabs, signing out, and browsers that keep nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson, PASSWORD, say } from '../../api/harness/people.mjs';
import {
  BESIDE,
  eventually,
  leave,
  newTab,
  rowsOnDevice,
  signIn,
  signOut,
  testNeeding,
} from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;
const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const waiting = (page, text) => page.getByLabel('Not sent yet').filter({ hasText: text });
const newCrud = (page) => page.getByLabel('New crud');
const offline = (page, yes) => page.context().setOffline(yes);

async function write(page, text) {
  await newCrud(page).fill(text);
  await page.getByRole('button', { name: 'Crud', exact: true }).click();
}

const post = async (person, message) =>
  assertOk(
    await stack.ask('POST', '/api/activities', {
      token: person.token,
      json: { message, ttl: '1-day' },
    }),
  );

const crudsOf = async ({ handle }) =>
  assertOk(await stack.ask('GET', `/api/activities/@${handle}`)).activities.map(
    ({ message }) => message,
  );

const messagesOf = async (person, group) =>
  assertOk(
    await stack.ask('GET', `/api/messages/${group}?limit=100`, { token: person.token }),
  ).map(({ message }) => message);

// Names of everything that the browser keeps, wherever it could be.
const keptBy = async (page) => [
  ...(await rowsOnDevice(page)).map(String),
  ...(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])),
];

describe('outbox', BESIDE, () => {
  test('the composer is empty at once, and leaving the page doubles nothing', async () => {
    const { person, page } = await newcomer();
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const used = new Set();
    await page.route('**/api/activities', async (route) => {
      used.add(route.request().headers()['idempotency-key']);
      await released;
      await route.continue();
    });
    await page.goto('/');
    const [first, second] = [unique('slow one'), unique('written in the meantime')];
    await write(page, first);
    assert.equal(await newCrud(page).inputValue(), '');
    await waiting(page, first).getByText('Sending…').waitFor();
    await newCrud(page).fill(second);
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByLabel('Search cruds').waitFor();
    release();
    await eventually('the crud', async () => (await crudsOf(person)).length === 1);
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await article(page, first).waitFor();
    assert.equal(await newCrud(page).inputValue(), second);
    assert.equal(await waiting(page, first).count(), 0);
    assert.equal(used.size, 1);
    assert.deepEqual(await crudsOf(person), [first]);
    await leave(page);
  });

  test('cruds, replies and marks of a time offline are sent when the network is back', async () => {
    const { person, page } = await newcomer();
    const author = await newPerson(stack);
    const crud = await post(author, unique('answer me'));
    const [own, answer] = [unique('from a tunnel'), unique('an answer')];
    await page.goto('/');
    await newCrud(page).waitFor();
    await page.goto(`/@${author.handle}/status/${crud.uuid}`);
    const field = page.getByLabel(`Reply to ${author.name}`);
    await field.waitFor();
    await offline(page, true);
    await page.getByText('You’re offline. What you write is sent when you’re back.').waitFor();
    await field.fill(answer);
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click();
    await waiting(page, answer).getByText('Waiting for a connection').waitFor();
    const card = article(page, crud.message);
    await card.getByRole('button', { name: 'Like' }).click();
    await card.getByRole('button', { name: 'Like, 1', pressed: true }).waitFor();
    await card.getByRole('button', { name: 'Repost' }).click();
    await card.getByRole('button', { name: 'Repost, 1', pressed: true }).click();
    await card.getByRole('button', { name: 'Repost, 0', pressed: false }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await write(page, own);
    await page.getByText('You’re offline. 4 waiting').waitFor();
    await offline(page, false);
    await article(page, own).waitFor();
    await eventually('all of it', async () => {
      const path = `/api/activities/${crud.uuid}`;
      const { activity, replies } = assertOk(await stack.ask('GET', path));
      return (
        activity.likes_count === 1 &&
        activity.reposts_count === 0 &&
        replies.length === 1 &&
        replies[0].message === answer
      );
    });
    assert.deepEqual(await crudsOf(person), [own]);
    await page.getByText('You’re offline.').waitFor({ state: 'detached' });
    await leave(page);
  });

  test('a network that goes and comes changes neither an open menu nor a field', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    // Without a reload: the parts of members come after the page.
    await signIn(page, person.email, PASSWORD);
    const text = 'in the middle of a';
    await newCrud(page).fill(text);
    await newCrud(page).evaluate((field) => Object.assign(field, { isTheSame: true }));
    await page.getByRole('button', { name: 'Account' }).click();
    const entry = page.getByRole('button', { name: 'Sign out' });
    await entry.evaluate((button) => Object.assign(button, { isTheSame: true }));
    const note = page.getByText('You’re offline.');
    await offline(page, true);
    await note.waitFor();
    await offline(page, false);
    await note.waitFor({ state: 'detached' });
    for (const element of [newCrud(page), entry])
      assert.deepEqual(await element.evaluate((same) => [same.isTheSame, same.checkVisibility()]), [true, true]);
    await page.keyboard.press('Escape');
    assert.equal(await newCrud(page).inputValue(), text);
    await leave(page);
  });

  test('a waiting message is sent after its tab was closed, once', async () => {
    const { person, page } = await newcomer();
    const other = await newPerson(stack);
    const to = { handle: other.handle };
    const { message_group_uuid: group } = assertOk(await say(stack, person, to, 'Hello'));
    await page.goto(`/messages/${group}`);
    await page.getByText('Hello').first().waitFor();
    await offline(page, true);
    await page.getByPlaceholder('Write a message').fill('left in a closed tab');
    await page.keyboard.press('Enter');
    await page.getByText('Waiting for a connection').waitFor();
    await eventually('the outbox on the device', async () =>
      (await keptBy(page)).some((key) => key.includes('unsent')),
    );
    await page.close();
    await offline(page, false);
    const again = await newTab(page);
    await again.goto('/search');
    await eventually('delivery', async () => (await messagesOf(person, group)).length === 2);
    await again.goto(`/messages/${group}`);
    await again.locator('.message:not([data-state])').nth(1).waitFor();
    assert.deepEqual(await messagesOf(person, group), ['Hello', 'left in a closed tab']);
    await leave(again);
  });

  testNeeding('bodies of requests', 'two tabs have one outbox, and each text is sent once and in its order', async () => {
    const { person, page } = await newcomer();
    const second = await newTab(page);
    for (const tab of [page, second]) {
      await tab.goto('/');
      await newCrud(tab).waitFor();
    }
    const sent = [];
    await page.context().route('**/api/activities', (route) => {
      sent.push(route.request().postDataJSON().message);
      return route.continue();
    });
    await offline(page, true);
    const texts = [];
    for (let i = 0; i < 6; i++) {
      texts.push(unique(`number ${i}`));
      await write(i % 2 ? second : page, texts[i]);
      await waiting(i % 2 ? page : second, texts[i]).waitFor();
    }
    await offline(page, false);
    for (const tab of [page, second]) await article(tab, texts[5]).waitFor();
    await eventually('all of them', async () => (await crudsOf(person)).length === 6);
    assert.deepEqual((await crudsOf(person)).toReversed(), texts);
    assert.deepEqual(sent, texts);

    // A mark in one tab is seen in the other, and a draft is one draft.
    await article(page, texts[0]).getByRole('button', { name: 'Like' }).click();
    await article(second, texts[0])
      .getByRole('button', { name: 'Like, 1', pressed: true })
      .waitFor();
    await newCrud(page).fill('half a crud');
    await eventually('the draft', async () => (await newCrud(second).inputValue()) === 'half a crud');
    await leave(page);
  });

  test('a crud that fails says why, and can be tried again, edited or discarded', async () => {
    const { person, page } = await newcomer();
    let answer = { status: 503, body: '{}' };
    await page.route('**/api/activities', (route) =>
      answer ? route.fulfill(answer) : route.continue(),
    );
    await page.goto('/');
    const text = unique('of no use yet');
    await page.getByLabel('Gone in').selectOption('3 hours');
    await write(page, text);
    const alert = page.getByRole('alert').filter({ hasText: 'Not sent.' });
    await alert.filter({ hasText: 'Cruddur is having trouble.' }).waitFor();
    // From everywhere else a note leads to it.
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByText('1 not sent.').waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    answer = { status: 422, body: '{"errors":["message_invalid"]}' };
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('dialog').getByText('Remove special characters.').waitFor();
    // Editing takes it back into its composer, with its time to live, above what is there.
    await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).click();
    await newCrud(page).waitFor();
    await eventually('the text', async () => (await newCrud(page).inputValue()) === text);
    assert.equal(await page.getByLabel('Gone in').inputValue(), '3-hours');
    await eventually('the focus', () =>
      newCrud(page).evaluate((field) => field === document.activeElement),
    );

    answer = { status: 429, body: '{"errors":["quota_exceeded"]}' };
    await page.getByRole('button', { name: 'Crud', exact: true }).click();
    await alert.filter({ hasText: 'Try again tomorrow.' }).waitFor();
    answer = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await article(page, text).waitFor();
    answer = { status: 403, body: '{}' };
    await write(page, 'regretted');
    await alert.waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await alert.waitFor({ state: 'detached' });
    assert.deepEqual(await crudsOf(person), [text]);
    await leave(page);
  });

  test('signing out asks about what is unsent, then nothing of the account is on the device', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    const scripts = [];
    page.on('request', (request) => scripts.push(request.url()));
    const second = await newTab(page);
    await second.goto('/');
    await newCrud(second).fill('a draft of another tab');
    await page.goto('/');
    await eventually('the draft', async () => (await newCrud(page).inputValue()) !== '');
    await page.route('**/api/activities', (route) => route.fulfill({ status: 403, body: '{}' }));
    await write(page, 'sent without success');
    await page.getByRole('alert').filter({ hasText: 'Not sent.' }).waitFor();
    await newCrud(page).fill('another draft');

    await signOut(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('one thing that isn’t sent yet and a draft').waitFor();
    await dialog.getByRole('button', { name: 'Stay' }).click();
    assert.equal(await newCrud(page).inputValue(), 'another draft');
    await signOut(page);
    await dialog.getByRole('button', { name: 'Delete and sign out' }).click();
    for (const tab of [page, second])
      await tab.getByRole('link', { name: 'Sign in' }).first().waitFor();
    assert.deepEqual(await keptBy(page), []);
    assert.deepEqual(await keptBy(second), []);
    assert.deepEqual(
      scripts.filter((url) => /assets\/cognito/.test(url)),
      [],
      'signing out needs no auth library',
    );
    await signIn(page, person.email, PASSWORD);
    assert.equal(await newCrud(page).inputValue(), '');
    await leave(page);
  });

  test('a browser that keeps nothing shows the feed, signs in, posts and signs out', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await page.context().addInitScript(() => {
      if (window.origin === 'null') return;
      const denied = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      };
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
        Object.defineProperty(window, name, { get: denied });
      navigator.locks.request = () => Promise.reject(new DOMException('no', 'SecurityError'));
      window.BroadcastChannel = denied;
    });
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await page.getByRole('button', { name: 'Theme: System' }).click();
    await page.getByRole('button', { name: 'Theme: Light' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await page.getByLabel('Email').fill(person.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const text = unique('kept nowhere');
    await write(page, text);
    await article(page, text).waitFor();
    await offline(page, true);
    await page.getByText('Keep this tab open until then.').waitFor();
    await offline(page, false);
    assert.deepEqual(await crudsOf(person), [text]);
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await leave(page);
  });
});
