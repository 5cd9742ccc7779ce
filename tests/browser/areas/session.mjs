// session.mjs - sessions that end or go on, reloading anywhere, the way back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newPerson, PASSWORD } from '../../api/harness/people.mjs';
import { SEEDED_GROUP } from '../../api/harness/routes.mjs';
import { fillSignIn, leave, signIn } from '../harness/browser.mjs';
import { pageOf, stack, visitor } from '../harness/main.mjs';

// What the library keeps, changed as time or somebody else would.
function spoil(page, names, value) {
  return page.evaluate(
    ([endings, text]) => {
      for (const key of Object.keys(localStorage))
        if (endings.some((ending) => key.endsWith(`.${ending}`))) localStorage.setItem(key, text);
    },
    [names, value],
  );
}

// A token that was good until it expired; nobody but the library looks at it then.
const EXPIRED = [{ alg: 'RS256' }, { exp: 1_600_000_000, iat: 1_599_990_000, sub: 'x' }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

describe('sessions', { concurrency: 3 }, () => {
  test('an access token that has expired is refreshed without anybody noticing', async () => {
    const page = await pageOf('londo');
    await page.goto('/');
    await page.getByLabel('New crud').waitFor();
    await spoil(page, ['accessToken', 'idToken'], EXPIRED);
    await page.goto('/messages');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    await leave(page);
  });

  test('a token that the server refuses is replaced once, and the page goes on', async () => {
    const page = await pageOf('londo');
    let refused = 0;
    await page.route('**/api/users/me', (route) =>
      refused++ === 0 ? route.fulfill({ status: 401, body: '{}' }) : route.continue(),
    );
    await page.goto('/notifications');
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    assert.ok(refused >= 2);
    await leave(page);
  });

  test('a session that is over leads to sign-in and back to where one was', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    await page.goto('/search?term=bayko#top');
    await page.getByRole('article').first().waitFor();
    await spoil(page, ['accessToken', 'idToken'], EXPIRED);
    await spoil(page, ['refreshToken'], 'revoked');
    await page.reload();
    await page.waitForURL(/\/signin\?next=/);
    await page.getByText('Your session has ended.').waitFor();
    assert.doesNotMatch(page.url(), /eyJ/, 'no token in the address');
    await fillSignIn(page, person.email, PASSWORD);
    await page.waitForURL('/search?term=bayko#top');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await leave(page);
  });

  test('pages for the signed-in lead to sign-in, and on from there only within the site', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await page.goto('/notifications');
    await page.waitForURL('/signin?next=%2Fnotifications');
    await fillSignIn(page, person.email, PASSWORD);
    await page.waitForURL('/notifications');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto('/signin?next=//example.org/evil');
    await fillSignIn(page, person.email, PASSWORD);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/');
    await leave(page);
  });

  test('every address can be reloaded, and an unknown one says so', async () => {
    const page = await pageOf('andrewbrown');
    for (const [path, heading] of [
      ['/', 'Home'],
      ['/@bayko', 'Andrew Bayko'],
      ['/notifications', 'Notifications'],
      ['/search', 'Search'],
      ['/messages', 'Messages'],
      ['/messages/new/altbrown', 'Alt Brown'],
      [`/messages/${SEEDED_GROUP}`, 'Andrew Bayko'],
      ['/messages/00000000-0000-4000-8000-000000000000', 'There is nothing here'],
      ['/@nobody_at_all', 'There is nothing here'],
      ['/@bayko/status/not-a-uuid', 'There is nothing here'],
      ['/no/such/page', 'There is nothing here'],
    ]) {
      await page.goto(path);
      await page.reload();
      await page.getByRole('heading', { name: heading }).first().waitFor();
    }
    await leave(page);
  });

  test('the way back leads through the pages as they were', async () => {
    const page = await visitor();
    await page.goto('/');
    await page.getByRole('link', { name: 'Open this crud' }).first().click();
    await page.locator('[data-main]').waitFor();
    const status = page.url();
    await page.locator('[data-main] .crud-author').click();
    await page.locator('.profile').waitFor();
    await page.goBack();
    await page.waitForURL(status);
    await page.locator('[data-main]').waitFor();
    await page.goBack();
    await page.waitForURL('/');
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.goForward();
    await page.waitForURL(status);
    await leave(page);
  });

  test('a page whose code does not come says so, and the way out works', async () => {
    const page = await visitor();
    await page.route('**/assets/search-*.js', (route) => route.abort());
    await page.goto('/');
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByRole('heading', { name: 'This page did not load' }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    await leave(page);
  });

  test('the colours that one chose stay', async () => {
    const page = await visitor({ colorScheme: 'light' });
    await page.goto('/');
    const paper = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.getByRole('button', { name: 'Colours: System' }).click();
    await page.getByRole('button', { name: 'Colours: Light' }).click();
    const dark = await paper();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole('button', { name: 'Colours: Dark' }).waitFor();
    assert.equal(await paper(), dark);
    await leave(page);
  });
});
