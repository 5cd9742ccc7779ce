// session.mjs - refreshed and ended sessions, reloads, going back, page errors, the theme.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertDone, runCommand } from '../../api/harness/operate.mjs';
import { newPerson, PASSWORD } from '../../api/harness/people.mjs';
import { SEEDED_GROUP } from '../../api/harness/routes.mjs';
import {
  BESIDE,
  eventually,
  fillSignIn,
  leave,
  signedIn,
  signIn,
  signOut,
} from '../harness/browser.mjs';
import { pageOf, stack, visitor } from '../harness/main.mjs';

// Change what the library stores, as time or another program would.
function spoil(page, names, value) {
  return page.evaluate(
    ([endings, text]) => {
      for (const key of Object.keys(localStorage))
        if (endings.some((ending) => key.endsWith(`.${ending}`))) localStorage.setItem(key, text);
    },
    [names, value],
  );
}

// An expired token; only the library reads it, so its signature does not matter.
const EXPIRED = [{ alg: 'RS256' }, { exp: 1_600_000_000, iat: 1_599_990_000, sub: 'x' }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

describe('sessions', BESIDE, () => {
  test('an expired access token is refreshed silently', async () => {
    const page = await pageOf('londo');
    await page.goto('/');
    await page.getByLabel('New crud').waitFor();
    await spoil(page, ['accessToken', 'idToken'], EXPIRED);
    await page.goto('/messages');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    await leave(page);
  });

  test('a token that the server refuses is replaced once, and the page loads', async () => {
    const page = await pageOf('londo');
    let refused = 0;
    await page.route('**/api/users/me', (route) =>
      refused++ === 0 ? route.fulfill({ status: 401, body: '{}' }) : route.continue(),
    );
    await page.goto('/notifications');
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    // The page does not wait for the account, which it remembers.
    await eventually('a second request', () => refused >= 2);
    await leave(page);
  });

  test('an ended session leads to the sign-in page and back to the same page', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    await page.goto('/search?term=bayko#top');
    await page.getByRole('article').first().waitFor();
    await spoil(page, ['accessToken', 'idToken'], EXPIRED);
    await spoil(page, ['refreshToken'], 'unknown');
    await page.reload();
    await page.waitForURL(/\/signin\?next=/);
    await page.getByText('Your session has ended.').waitFor();
    await page.reload();
    await page.getByText('Your session has ended.').waitFor();
    assert.doesNotMatch(page.url(), /eyJ/, 'no token in the address');
    await fillSignIn(page, person.email, PASSWORD);
    await page.waitForURL('/search?term=bayko#top');
    await signedIn(page);
    await leave(page);
  });

  test('sign-in returns to the page that required it, but never to another site', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await page.goto('/notifications');
    await page.waitForURL('/signin?next=%2Fnotifications');
    await fillSignIn(page, person.email, PASSWORD);
    await page.waitForURL('/notifications');

    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto('/signin?next=//example.org/evil');
    await fillSignIn(page, person.email, PASSWORD);
    await signedIn(page);
    assert.equal(new URL(page.url()).pathname, '/');
    await leave(page);
  });

  test('a suspended person sees why at once, in every tab, and the pages again afterwards', async () => {
    const person = await newPerson(stack);
    const page = await visitor();
    await signIn(page, person.email, PASSWORD);
    await page.goto('/messages');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    const second = await page.context().newPage();
    await second.goto('/notifications');
    await second.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    const title = { name: 'Your account is suspended' };

    await assertDone(runCommand(stack, 'people/suspend', [person.handle]));
    for (const tab of [page, second]) await tab.getByRole('heading', title).waitFor();
    await page.reload();
    await page.getByRole('heading', title).waitFor();
    await page.goto('/');
    await page.getByRole('heading', title).waitFor();

    await assertDone(runCommand(stack, 'people/unsuspend', [person.handle]));
    await page.reload();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    assert.equal(await page.getByRole('heading', title).count(), 0);
    await second.close();
    await leave(page);
  });

  test('every address can be reloaded, and unknown ones show the not-found page', async () => {
    const page = await pageOf('andrewbrown');
    for (const [path, heading] of [
      ['/', 'Home'],
      ['/@bayko', 'Andrew Bayko'],
      ['/notifications', 'Notifications'],
      ['/search', 'Search'],
      ['/messages', 'Messages'],
      ['/messages/new/altbrown', 'Alt Brown'],
      [`/messages/${SEEDED_GROUP}`, 'Andrew Bayko'],
      ['/messages/00000000-0000-4000-8000-000000000000', 'There’s nothing here'],
      ['/@nobody_at_all', 'There’s nothing here'],
      ['/@bayko/status/not-a-uuid', 'There’s nothing here'],
      ['/no/such/page', 'There’s nothing here'],
    ]) {
      await page.goto(path);
      await page.reload();
      await page.getByRole('heading', { name: heading }).first().waitFor();
    }
    await leave(page);
  });

  test('going back and forward shows the same pages again', async () => {
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

  // A browser that does not ask again for a script that has failed offers to load the page again.
  const reloadIfOffered = async (page) => {
    const button = page.getByRole('button', { name: 'Reload' }).first();
    if (await button.isVisible()) await button.click();
  };
  const comes = (page, part) =>
    eventually(() => `${part}`, async () => {
      await reloadIfOffered(page);
      return part.isVisible();
    });

  test('a page whose code cannot be loaded says so, and the navigation still works', async () => {
    const page = await visitor();
    await page.route('**/assets/search-*.js', (route) => route.abort());
    await page.goto('/');
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByRole('heading', { name: 'This page didn’t load' }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    await page.unroute('**/assets/search-*.js');
    await eventually('the page', async () => {
      await reloadIfOffered(page);
      await page.getByRole('link', { name: 'Search' }).click();
      return page.getByLabel('Search cruds').isVisible();
    });
    await leave(page);
  });

  test('a part whose code cannot be loaded takes nothing else with it, and comes later', async () => {
    const [person, page] = [await newPerson(stack), await visitor()];
    await signIn(page, person.email, PASSWORD);
    const asked = new Map();
    await page.route(/assets\/(aside|aside-people|report|crud-options)-.*\.js$/, (route) => {
      const [, name] = /assets\/([\w-]+?)-[\w-]{8}\.js/.exec(route.request().url());
      asked.set(name, (asked.get(name) ?? 0) + 1);
      return asked.get(name) < 2 ? route.abort() : route.continue();
    });
    await page.goto('/@bayko');
    await comes(page, page.getByRole('complementary').getByRole('heading', { name: 'Burning out soon' }));
    assert.equal(await page.getByRole('heading', { name: 'This page didn’t load' }).count(), 0);
    // A script that has not come is asked for again at the next press.
    const report = async () => {
      await reloadIfOffered(page);
      try {
        for (const button of [
          page.getByRole('article').first().getByRole('button', { name: 'More' }),
          page.getByRole('button', { name: 'Report' }),
        ])
          await button.click({ timeout: 3000 });
        return true;
      } catch {
        return false;
      }
    };
    await eventually('the menu', report);
    const question = page.getByRole('dialog').getByText('Report this crud');
    const asks = () => question.waitFor({ timeout: 3000 }).then(() => true, () => false);
    await eventually('the dialog', async () => (await asks()) || ((await report()) && asks()));
    assert.ok(asked.get('report') >= 2);
    await leave(page);
  });

  test('a member whose code cannot be loaded reads the feed, and writes when it has come', async () => {
    const person = await newPerson(stack);
    const page = await visitor();
    await signIn(page, person.email, PASSWORD);
    let asked = 0;
    await page.route('**/assets/member-*.js', (route) => {
      asked++;
      return asked < 3 ? route.abort() : route.continue();
    });
    await page.goto('/');
    await comes(page, page.getByRole('article').first());
    await comes(page, page.getByLabel('New crud'));
    await signedIn(page);
    assert.ok(asked >= 3);
    await leave(page);
  });

  test('no script of a page can turn text into HTML or into a script (Trusted Types)', async () => {
    const page = await visitor();
    await page.goto('/');
    const outcomes = await page.evaluate(() => {
      const outcome = (work) => {
        try {
          work();
          return 'done';
        } catch (error) {
          return error.name;
        }
      };
      return [
        outcome(() => (document.createElement('div').innerHTML = '<b>text</b>')),
        outcome(() => (document.createElement('script').src = '/assets/other.js')),
        outcome(() => window.trustedTypes.createPolicy('ours', { createHTML: (text) => text })),
      ];
    });
    assert.deepEqual(outcomes, ['TypeError', 'TypeError', 'TypeError']);
    await page.context().close(); // with the violations that the browser reports
  });

  test('the chosen theme survives a reload', async () => {
    const page = await visitor({ colorScheme: 'light' });
    await page.goto('/');
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: 'Theme: System' }).click();
    await page.getByRole('button', { name: 'Theme: Light' }).click();
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: Dark' }).waitFor();
    assert.equal(await background(), dark);
    await leave(page);
  });
});
