// notifications.mjs - rows of several people, what is unread, and following back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave } from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const act = async ({ token }, method, path, json) =>
  assertOk(await stack.ask(method, path, { token, json }));

describe('notifications', BESIDE, () => {
  test('people who like the same crud share a row, in which each of them can be found', async () => {
    const { person, page } = await newcomer();
    const message = 'a text of many\nlines '.repeat(8);
    const crud = await act(person, 'POST', '/api/activities', { message, ttl: '1-day' });
    const fans = [];
    for (let i = 0; i < 3; i++) {
      const fan = await newPerson(stack);
      await act(fan, 'PUT', `/api/activities/${crud.uuid}/like`);
      fans.unshift(fan);
    }
    await page.goto('/notifications');
    const row = page.locator('.notification');
    const [newest, ...others] = fans;
    await row.getByText(`${newest.name} @${newest.handle} and 2 others liked your crud`).waitFor();
    assert.equal(await row.count(), 1);
    assert.equal(await row.locator('.avatar').count(), 3);
    await row.getByText('New', { exact: true }).waitFor();
    const quote = row.locator('.quoted');
    const lines = await quote.evaluate(
      (element) => element.clientHeight / parseFloat(getComputedStyle(element).lineHeight),
    );
    assert.equal(Math.round(lines), 2);
    const more = row.getByRole('button', { name: '2 others' });
    assert.equal(await more.getAttribute('aria-expanded'), 'false');
    await more.click();
    for (const { handle } of others) await row.getByText(`@${handle}`).waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    await quote.click();
    await page.waitForURL(`/@${person.handle}/status/${crud.uuid}`);

    // A later one stands apart from those that were read.
    const late = await newPerson(stack);
    await act(late, 'PUT', `/api/activities/${crud.uuid}/like`);
    await page.goto('/notifications');
    await row.getByText(`@${late.handle} liked your crud`).waitFor();
    assert.equal(await row.count(), 2);
    assert.equal(await row.getByText('New', { exact: true }).count(), 1);
    await leave(page);
  });

  test('a follower is followed back from the row', async () => {
    const { person, page } = await newcomer();
    const fan = await newPerson(stack);
    await act(fan, 'PUT', `/api/users/@${person.handle}/follow`);
    await page.goto('/notifications');
    await page.getByRole('button', { name: 'Follow back' }).click();
    await page.getByRole('button', { name: 'Following' }).waitFor();
    await eventually('the follow', async () =>
      (await act(person, 'GET', `/api/activities/@${fan.handle}`)).profile.following);
    await page.reload();
    await page.getByRole('button', { name: 'Following' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Follow back' }).count(), 0);
    await leave(page);
  });
});
