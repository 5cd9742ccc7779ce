// device.mjs - what a person saw last is shown at once at their next visit, also without a network, and
// gives way to what the server tells.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, rowsOnDevice, settled, signOut } from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const bubble = (page, text) => page.locator('.bubble').filter({ hasText: text });
const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;

const copies = async (page) =>
  (await rowsOnDevice(page)).filter(([, kind]) => kind === 'copy').map(([, , name]) => name);

const kept = (page, ...names) =>
  eventually(`copies of ${names.join(', ')}`, async () => {
    const found = await copies(page);
    return names.every((name) => found.includes(name));
  });

// A network on which no answer of the API comes. Returns how to repair it.
async function silence(page) {
  const held = [];
  await page.context().route('**/api/**', (route) => void held.push(route));
  return async () => {
    await page.context().unroute('**/api/**');
    await Promise.all(held.map((route) => route.continue().catch(() => {})));
  };
}

async function postAs(person, text) {
  const json = { message: text, ttl: '1-day' };
  return assertOk(await stack.ask('POST', '/api/activities', { token: person.token, json }));
}

async function remove({ token }, path) {
  assert.equal((await stack.ask('DELETE', path, { token })).status, 204);
}

async function pair() {
  const [ann, ben] = [await newcomer(), await newcomer()];
  const first = assertOk(await say(stack, ben.person, { handle: ann.person.handle }, 'Hello'));
  return { ann, ben, group: first.message_group_uuid };
}

describe('device', BESIDE, () => {
  test('the home feed is there before the server answers, and what is gone goes', async () => {
    const { person, page } = await newcomer();
    const [stays, goes] = [unique('Stays'), unique('Goes')];
    await postAs(person, stays);
    const gone = await postAs(person, goes);
    // A crud from the moment of the request may be missing in its answer.
    await stack.sql(
      `update activities set created_at = created_at - interval '5 seconds' where user_uuid = '${person.uuid}'`,
    );
    await page.goto('/');
    await article(page, goes).waitFor();
    await kept(page, 'home');
    const repair = await silence(page);
    await page.reload();
    await article(page, stays).waitFor();
    await article(page, goes).waitFor();
    await page.getByText(/^As of \d\d:\d\d/).waitFor();
    await remove(person, `/api/activities/${gone.uuid}`);
    const fresh = unique('Fresh');
    await postAs(person, fresh);
    await repair();
    await article(page, goes).waitFor({ state: 'detached' });
    await page.getByText(/^As of/).waitFor({ state: 'detached' });
    assert.equal(await article(page, fresh).count(), 0, 'nothing moves under the reader');
    await page.getByRole('button', { name: /new cruds?$/ }).click();
    await article(page, fresh).waitFor();
    await leave(page);
  });

  test('conversations are there before the server answers, and can be answered', async () => {
    const { ann, ben, group } = await pair();
    const { page } = ann;
    await page.goto(`/messages/${group}`);
    await bubble(page, 'Hello').waitFor();
    await kept(page, 'conversations', `thread/${group}`);
    const repair = await silence(page);
    await page.goto('/messages');
    await page.getByRole('link', { name: new RegExp(`@${ben.person.handle}`) }).click();
    await bubble(page, 'Hello').waitFor();
    await page.getByPlaceholder('Write a message').fill('On my way');
    await page.keyboard.press('Enter');
    await bubble(page, 'On my way').waitFor();
    await repair();
    await eventually('the answer at the server', async () => {
      const path = `/api/messages/${group}`;
      const list = assertOk(await stack.ask('GET', path, { token: ben.person.token }));
      return list.some(({ message }) => message === 'On my way');
    });
    await leave(page, ben.page);
  });

  test('a conversation opens at its first unread message, and a text that was deleted is gone', async () => {
    const { ann, ben, group } = await pair();
    const { page } = ann;
    const told = assertOk(
      await say(stack, ben.person, { message_group_uuid: group }, 'A secret'),
    );
    await page.goto(`/messages/${group}`);
    await bubble(page, 'A secret').waitFor();
    await page.getByRole('link', { name: 'Messages', exact: true }).waitFor();
    await kept(page, `thread/${group}`);
    await settled(page);
    await page.goto('about:blank');

    await remove(ben.person, `/api/messages/${group}/${told.uuid}`);
    for (let i = 1; i <= 30; i++)
      assertOk(await say(stack, ben.person, { message_group_uuid: group }, `News ${i}`));
    const repair = await silence(page);
    await page.goto(`${stack.url}/messages/${group}`);
    await bubble(page, 'A secret').waitFor();
    await repair();
    await page.locator('.unread-line').waitFor();
    await bubble(page, 'A secret').waitFor({ state: 'detached' });
    const inView = (text) =>
      page.locator('.message-text').filter({ hasText: text }).evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    await eventually('the first unread message in view', () => inView(/^News 1$/));
    assert.equal(await inView(/^News 30$/), false);
    await leave(page, ben.page);
  });

  test('signing out leaves no copy on the device', async () => {
    const { ann, ben, group } = await pair();
    const { page } = ann;
    await page.goto(`/messages/${group}`);
    await bubble(page, 'Hello').waitFor();
    await kept(page, 'conversations', `thread/${group}`);
    await page.goto('/');
    await kept(page, 'home');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    assert.deepEqual(await copies(page), []);
    await leave(page, ben.page);
  });
});
