// settings.mjs - the parts of the settings; the account: an export of everything, and its deletion.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { runJobs } from '../../api/harness/operate.mjs';
import { newPerson, PASSWORD, resign, say } from '../../api/harness/people.mjs';
import {
  BESIDE,
  eventually,
  fillSignIn,
  leave,
  rowsOnDevice,
  settled,
  testNeeding,
} from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const PATH = '/settings/account';
const overflow = (page) =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function open(page) {
  await page.goto('/');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Account', exact: true }).click();
  await page.waitForURL(PATH);
  await page.getByRole('heading', { name: 'Delete your account', level: 3 }).waitFor();
}

// Make the access token of the page one of a sign-in long ago.
async function age(page, { token }) {
  const old = resign(token, { auth_time: Math.floor(Date.now() / 1000) - 3600 });
  await page.evaluate((value) => {
    const key = Object.keys(localStorage).find((name) => name.endsWith('.accessToken'));
    localStorage.setItem(key, value);
  }, old);
}

async function remove(page, { handle }) {
  await page.getByLabel('Your handle').fill(`@${handle.toUpperCase()}`);
  await button(page, 'Delete my account').click();
}

async function makeExport(page) {
  // Asks again at once.
  await page.route('**/api/users/me/export', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'retry-after': '1' } });
  });
  await open(page);
  await button(page, 'Export my data').click();
  await page.getByText('Your file is being made.').waitFor();
  await runJobs(stack);
  await page.getByText('Your file is ready.').waitFor();
}

describe('the settings', BESIDE, () => {
  test('have parts with addresses of their own', async () => {
    const { page, person } = await newcomer({ viewport: { width: 320, height: 640 } });
    for (const [path, title] of [
      ['/settings', 'Who may write to me'],
      ['/settings/privacy', 'Who may write to me'],
      ['/settings/appearance', 'Colours'],
    ]) {
      await page.goto(path);
      await page.getByRole('group', { name: title }).waitFor();
      assert.equal(await overflow(page), 0, path);
    }
    await page.goto('/settings/nowhere');
    await page.getByRole('heading', { name: 'There’s nothing here' }).waitFor();
    await page.goto('/settings/account#delete');
    await page.locator('.settings').getByText(`@${person.handle}`).first().waitFor();
    await eventually('the section in view', () =>
      page.evaluate(() => {
        const { top } = document.getElementById('delete').getBoundingClientRect();
        return top >= 0 && top < window.innerHeight && document.activeElement.id === 'delete';
      }),
    );
    assert.equal(await overflow(page), 0);
    await leave(page);
  });

  test('have the colours, by keyboard, which a reload keeps', async () => {
    const { page } = await newcomer({ colorScheme: 'light' });
    await page.goto('/settings/appearance');
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await page.getByRole('radio', { name: 'System' }).press('ArrowDown');
    await page.getByRole('radio', { name: 'Light' }).press('ArrowDown');
    await page.getByRole('radio', { name: 'Dark' }).and(page.locator(':checked')).waitFor();
    assert.equal(await scheme(), 'dark');
    await page.reload();
    await page.getByRole('radio', { name: 'Dark' }).and(page.locator(':checked')).waitFor();
    assert.equal(await scheme(), 'dark');
    await page.getByRole('radio', { name: 'System' }).check();
    assert.equal(await scheme(), 'light dark');
    await leave(page);
  });

  test('list whom one blocks and mutes, and end it', async () => {
    const { page, person } = await newcomer();
    const [blocked, muted] = [await newPerson(stack), await newPerson(stack)];
    const { token } = person;
    assertOk(await stack.ask('PUT', `/api/users/@${blocked.handle}/block`, { token }));
    assertOk(await stack.ask('PUT', `/api/users/@${muted.handle}/mute`, { token }));
    await page.goto('/settings');
    const list = (name) => page.getByRole('region', { name });
    await list('Blocked people').getByText(blocked.handle).first().waitFor();
    await list('Muted people').getByText(muted.handle).first().waitFor();
    await list('Blocked people').getByRole('button', { name: 'Unblock' }).click();
    await list('Muted people').getByRole('button', { name: 'Unmute' }).click();
    await eventually('nobody is hidden', async () => {
      const lists = ['blocks', 'mutes'].map((name) =>
        stack.ask('GET', `/api/users/me/${name}`, { token }),
      );
      return (await Promise.all(lists)).every((answer) => assertOk(answer).length === 0);
    });
    await leave(page);
  });
});

describe('the page of the account', BESIDE, () => {
  test('an export is made, and there is a link to it', async () => {
    const { page, person } = await newcomer();
    await makeExport(page);
    const link = page.getByRole('link', { name: 'Download' });
    assert.equal(await link.getAttribute('download'), `cruddur-${person.handle}.jsonl`);
    assert.match(await link.getAttribute('href'), /^blob:/);
    await leave(page);
  });

  testNeeding('downloads', 'the file of an export is whole', async () => {
    const { page, person } = await newcomer();
    await makeExport(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `cruddur-${person.handle}.jsonl`);
    const lines = fs.readFileSync(await download.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines[0].handle, person.handle);
    assert.deepEqual(lines.at(-1), { type: 'end', lines: lines.length - 1 });
    await leave(page);
  });

  test('the account is deleted after a new sign-in, and others see a deleted person', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const first = assertOk(await say(stack, ann.person, { handle: ben.person.handle }, 'a secret of Ann'));
    await ben.page.goto(`/messages/${first.message_group_uuid}`);
    await ben.page.locator('li.message', { hasText: 'a secret of Ann' }).waitFor();
    await open(ann.page);
    await settled(ann.page);
    await ann.page.getByLabel('Your handle').fill(ben.person.handle);
    assert.ok(await button(ann.page, 'Delete my account').isDisabled());

    await age(ann.page, ann.person);
    await remove(ann.page, ann.person);
    await ann.page.getByRole('alert').filter({ hasText: 'sign in again' }).waitFor();
    await button(ann.page, 'Sign in again').click();
    await ann.page.waitForURL('/signin?**');
    await fillSignIn(ann.page, ann.person.username, PASSWORD);
    await ann.page.waitForURL(PATH);
    await remove(ann.page, ann.person);
    await ann.page.waitForURL('/');
    await ann.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    const left = await ann.page.evaluate(() => Object.keys(localStorage).filter((key) => /Cognito|cruddur:me/.test(key)));
    assert.deepEqual(left, []);
    assert.deepEqual(await rowsOnDevice(ann.page), []);

    // The stream tells it; nothing leads to a profile, and nobody can write.
    await ben.page.getByRole('heading', { name: 'Deleted person' }).waitFor();
    await ben.page.getByText('This account was deleted.').waitFor();
    assert.equal(await ben.page.locator('.thread-head a[href^="/@"]').count(), 0);
    assert.equal(await ben.page.getByPlaceholder('Write a message').count(), 0);
    await stack.sql(
      `update erasures set begun_at = begun_at - interval '1 minute' where user_uuid = '${ann.person.uuid}'`,
    );
    await runJobs(stack);
    await ben.page.reload();
    await ben.page.getByRole('heading', { name: 'Deleted person' }).waitFor();
    await ben.page.getByText('Message deleted').first().waitFor();
    // The copy of the last visit is shown until the server has answered.
    await ben.page.getByText('a secret of Ann').first().waitFor({ state: 'detached' });
    await leave(ann.page, ben.page);
  });
});
