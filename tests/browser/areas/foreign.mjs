// foreign.mjs - markup in what people write is shown as text and never interpreted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson, say } from '../../api/harness/people.mjs';
import { BESIDE, leave, settled } from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const ATTACKS = [
  '<img src=x onerror="window.hit=1">',
  '<script>window.hit=1</script>',
  '"><svg onload=window.hit=1>',
  'javascript:window.hit=1 https://example.org/"onmouseover="window.hit=1',
];

describe('markup in texts', BESIDE, () => {
  test('is shown as text in names, bios, cruds, replies, messages and searches', async () => {
    const { person, page } = await newcomer();
    const evil = await newPerson(stack);
    const as = (method, path, json) => stack.ask(method, path, { token: evil.token, json });
    const name = '<b onclick=x>"&lt;';
    assertOk(
      await as('PUT', '/api/profile/update', {
        display_name: name,
        bio: ATTACKS.slice(0, 3).join(' '),
      }),
    );
    let crud;
    for (const attack of ATTACKS) {
      const message = `${attack} @${person.handle}`;
      crud = assertOk(await as('POST', '/api/activities', { message, ttl: '1-day' }));
      assertOk(await as('POST', `/api/activities/${crud.uuid}/reply`, { message }));
      assertOk(await say(stack, evil, { handle: person.handle }, attack));
    }
    const { uuid: group } = assertOk(
      await stack.ask('GET', `/api/message_groups/@${evil.handle}`, { token: person.token }),
    );
    const term = encodeURIComponent(ATTACKS[0]);
    // An address with a dot is a file, not a page.
    const nobody = encodeURIComponent('<img src=x onerror=hit=1>');
    for (const path of [
      '/',
      `/@${evil.handle}`,
      `/@${evil.handle}/status/${crud.uuid}`,
      '/notifications',
      `/search?term=${term}`,
      `/search?term=@${evil.handle}`,
      '/messages',
      `/messages/${group}`,
      `/@${nobody}`,
      `/messages/new/${nobody}`,
    ]) {
      await page.goto(path);
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await settled(page);
      const { hit, scripts, handlers } = await page.evaluate(() => ({
        hit: window.hit,
        scripts: document.querySelectorAll('#root script, #root img, #root svg[onload]').length,
        handlers: [...document.querySelectorAll('#root *')].filter((element) =>
          [...element.attributes].some(({ name: attribute }) => attribute.startsWith('on')),
        ).length,
      }));
      assert.deepEqual(
        { hit, scripts, handlers },
        { hit: undefined, scripts: 0, handlers: 0 },
        path,
      );
    }
    await page.goto(`/messages/${group}`);
    for (const attack of ATTACKS) await page.getByText(attack, { exact: true }).first().waitFor();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    const links = await page
      .locator('.bubble a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    assert.deepEqual(links, ['https://example.org/']);
    await leave(page);
  });

  test('is shown as text in one’s own cruds and messages', async () => {
    const { page } = await newcomer();
    const other = await newPerson(stack);
    await page.goto('/');
    const attack = `${ATTACKS[0]} of my own`; // the other test posts the same attacks
    await page.getByLabel('New crud').fill(attack);
    await page.getByRole('button', { name: 'Crud', exact: true }).click();
    await page.getByRole('article').filter({ hasText: attack }).waitFor();
    await page.goto(`/messages/new/${other.handle}`);
    await page.getByPlaceholder('Write a message').fill(attack);
    await page.keyboard.press('Enter');
    await page.locator('.bubble').filter({ hasText: attack }).waitFor();
    assert.equal(await page.evaluate(() => window.hit), undefined);
    await leave(page);
  });
});
