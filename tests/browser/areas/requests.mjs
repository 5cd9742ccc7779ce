// requests.mjs - the settings page, requests of strangers, and hidden conversations.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, newTab, settled } from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page) => page.getByPlaceholder('Write a message');
const bubble = (page, text) => page.locator('.bubble').filter({ hasText: text });
const entry = (page, count) => page.getByRole('link', { name: `Requests (${count})`, exact: true });
const row = (page, { person }) => page.locator('.conversation').filter({ hasText: person.handle });
const set = async ({ person: { token } }, json) =>
  assertOk(await stack.ask('PUT', '/api/users/me/settings', { token, json }));
const settingsOf = async ({ person: { token } }) =>
  assertOk(await stack.ask('GET', '/api/users/me/settings', { token }));
const tell = async (from, to, text) =>
  assertOk(await say(stack, from.person, { handle: to.person.handle }, text)).message_group_uuid;

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

const sent = (page, text) =>
  page.locator('.message:not([data-state])').filter({ hasText: text }).waitFor();

describe('settings', BESIDE, () => {
  test('are reached from the account menu, shown, and saved as they are chosen', async () => {
    const ann = await newcomer();
    const { page } = ann;
    await page.goto('/');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    const radio = (name) => page.getByRole('radio', { name, exact: true });
    const receipts = page.getByRole('checkbox', { name: 'Show who has read what' });
    await radio('Everyone').and(page.locator(':checked')).waitFor();
    assert.equal(await receipts.isChecked(), true);
    await radio('Everyone, strangers as requests').check();
    await eventually('the choice', async () => (await settingsOf(ann)).messages_from === 'requests');
    await receipts.uncheck();
    await eventually('the receipts', async () => !(await settingsOf(ann)).read_receipts);
    await page.reload();
    await radio('Everyone, strangers as requests').and(page.locator(':checked')).waitFor();
    assert.equal(await receipts.isChecked(), false);

    // A choice that the server does not get is taken back, and the page says so.
    await page.route('**/api/users/me/settings', (route) => route.abort());
    await radio('Nobody').click();
    await page.getByRole('alert').filter({ hasText: 'Not saved.' }).waitFor();
    await radio('Everyone, strangers as requests').and(page.locator(':checked')).waitFor();
    await page.unroute('**/api/users/me/settings');
    await radio('Nobody').check();
    await eventually('the choice', async () => (await settingsOf(ann)).messages_from === 'nobody');
    await leave(page);
  });

  test('read receipts that are turned off show neither person that messages were seen', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const group = await tell(ann, ben, 'Have you seen this?');
    await ann.page.goto(`/messages/${group}`);
    await ben.page.goto(`/messages/${group}`);
    await ann.page.locator('.tick[data-seen]').waitFor();
    await set(ben, { read_receipts: false });
    await ann.page.reload();
    await bubble(ann.page, 'Have you seen this?').waitFor();
    await settled(ann.page);
    assert.equal(await ann.page.locator('.tick[data-seen]').count(), 0);
    await write(ben.page, 'Yes');
    await bubble(ann.page, 'Yes').waitFor();
    await settled(ben.page);
    assert.equal(await ben.page.locator('.tick[data-seen]').count(), 0);
    await leave(ann.page, ben.page);
  });
});

describe('requests', BESIDE, () => {
  test('wait apart without a number, are shown live, and are accepted', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await set(ben, { messages_from: 'requests' });
    await ben.page.goto('/messages');
    await ben.page.getByText('No conversations yet').waitFor();
    await ann.page.goto(`/messages/new/${ben.person.handle}`);
    await write(ann.page, 'Hello, look at https://example.org');
    await ann.page.waitForURL(/\/messages\/[0-9a-f-]{36}$/);
    await ann.page.getByText('Until then you can send 2 more messages').waitFor();

    await entry(ben.page, 1).click();
    await row(ben.page, ann).getByText('Hello, look at').waitFor();
    assert.match(await ben.page.title(), /^Requests/);
    await row(ben.page, ann).click();
    await bubble(ben.page, 'Hello, look at').waitFor();
    await ben.page.getByText('wants to write to you').waitFor();
    assert.equal(await bubble(ben.page, 'Hello').getByRole('link').count(), 0, 'no links of strangers');
    await write(ann.page, 'Second');
    await ann.page.getByText('you can send one more message').waitFor();
    await bubble(ben.page, 'Second').waitFor();
    await write(ann.page, 'Third');
    await ann.page.getByText('You can write more when').waitFor();
    assert.equal(await field(ann.page).count(), 0);
    await bubble(ben.page, 'Third').waitFor();
    await settled(ben.page);
    assert.equal(await ann.page.locator('.tick[data-seen]').count(), 0);
    assert.doesNotMatch(await ben.page.title(), /\(\d/, 'nothing is unread');

    await button(ben.page, 'Accept').click();
    await ben.page.getByText('wants to write to you').waitFor({ state: 'detached' });
    await bubble(ben.page, 'Hello').getByRole('link').waitFor();
    await field(ann.page).waitFor();
    await ann.page.locator('.tick[data-seen]').last().waitFor();
    await write(ann.page, 'Fourth');
    await bubble(ben.page, 'Fourth').waitFor();
    await ben.page.goto('/messages');
    await row(ben.page, ann).waitFor();
    assert.equal(await entry(ben.page, 1).count(), 0);
    await leave(ann.page, ben.page);
  });

  test('are accepted by an answer, in all tabs', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await set(ben, { messages_from: 'requests' });
    const group = await tell(ann, ben, 'Hello');
    const tab = await newTab(ben.page);
    await tab.goto('/messages');
    await entry(tab, 1).waitFor();
    await ben.page.goto(`/messages/${group}`);
    await write(ben.page, 'Hello, Ann');
    await sent(ben.page, 'Hello, Ann');
    await ben.page.getByText('wants to write to you').waitFor({ state: 'detached' });
    await row(tab, ann).getByText('Hello, Ann').waitFor();
    await entry(tab, 1).waitFor({ state: 'detached' });
    await leave(ann.page, ben.page);
  });

  test('are hidden, come back with a message, and end with a block', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await set(ben, { messages_from: 'requests' });
    const group = await tell(ann, ben, 'Hello');
    await ben.page.goto(`/messages/${group}`);
    await button(ben.page, 'Hide').click();
    await ben.page.getByText('No requests').waitFor();
    await tell(ann, ben, 'Hello again');
    await row(ben.page, ann).getByText('Hello again').click();
    await button(ben.page, 'Block').click();
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
    await ben.page.getByText('No requests').waitFor();
    await eventually('the block', async () => {
      const answer = await say(stack, ann.person, { message_group_uuid: group }, 'and again');
      return answer.status === 403 && answer.body.errors[0] === 'conversation_closed';
    });
    await leave(ann.page, ben.page);
  });

  test('that nobody may send are refused with the reason', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await set(ben, { messages_from: 'nobody' });
    await ann.page.goto(`/messages/new/${ben.person.handle}`);
    await write(ann.page, 'Hello');
    await ann.page.getByText('This person doesn’t take first messages from you.').waitFor();
    await leave(ann.page, ben.page);
  });
});

describe('a hidden conversation', BESIDE, () => {
  test('leaves the list in all tabs, also after reading again, until something new comes', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const group = await tell(ann, ben, 'Hello');
    const tab = await newTab(ben.page);
    await tab.goto('/messages');
    await row(tab, ann).waitFor();
    await ben.page.goto(`/messages/${group}`);
    await bubble(ben.page, 'Hello').waitFor();
    await ben.page.locator('.thread-head').getByRole('button', { name: 'More' }).click();
    await button(ben.page, 'Hide conversation').click();
    await ben.page.waitForURL(/\/messages$/);
    for (const page of [ben.page, tab]) await row(page, ann).waitFor({ state: 'detached' });
    await tab.reload();
    await tab.getByText('No conversations yet').waitFor();
    // It can be opened, and that changes nothing.
    await tab.goto(`/messages/${group}`);
    await bubble(tab, 'Hello').waitFor();
    await settled(tab);
    assert.equal(await row(tab, ann).count(), 0);
    await tell(ann, ben, 'Something new');
    await bubble(tab, 'Something new').waitFor();
    for (const page of [ben.page, tab]) await row(page, ann).getByText('Something new').waitFor();
    await leave(ann.page, ben.page);
  });
});
