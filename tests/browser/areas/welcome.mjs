// welcome.mjs - the first-run page: once, after the first sign-in; every step can be skipped.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson, PASSWORD } from '../../api/harness/people.mjs';
import { violations } from '../harness/axe.mjs';
import { BESIDE, eventually, fillSignIn, leave, settled, signedIn, signOut } from '../harness/browser.mjs';
import { stack, visitor } from '../harness/main.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const step = (page, name) => page.getByRole('heading', { name, level: 2 });

// Sign up on a page, up to the first-run page.
async function signUp(page, { path = '/signup', name = 'New Person' } = {}) {
  const handle = newHandle('first');
  const email = `${handle}@example.org`;
  await page.goto(path);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Handle').fill(handle);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign up').click();
  await page.waitForURL(/\/confirm/);
  await page.getByLabel('Code').fill('123456');
  await page.waitForURL(/\/welcome/);
  await step(page, 'Introduce yourself').waitFor();
  return { handle, email };
}

describe('the first-run page', BESIDE, () => {
  test('takes the profile, people to follow and the first crud', async () => {
    // Somebody to suggest: with a follower.
    const [liked, fan] = [await newPerson(stack), await newPerson(stack)];
    assertOk(await stack.ask('PUT', `/api/users/@${liked.handle}/follow`, { token: fan.token }));
    const page = await visitor({ viewport: { width: 320, height: 700 }, colorScheme: 'dark' });
    const { handle } = await signUp(page);
    await settled(page);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.getByLabel('Display name').inputValue(), 'New Person');
    await page.getByLabel('Display name').fill(' ');
    await page.getByText('Enter a name.').waitFor();
    assert.ok(await button(page, 'Save and continue').isDisabled());
    await page.getByLabel('Display name').fill('Newer Person');
    await page.getByLabel('About you').fill('Here for the fuses.');
    await button(page, 'Save and continue').click();

    await step(page, 'Follow some people').waitFor();
    assert.ok(
      await step(page, 'Follow some people').evaluate((one) => one === document.activeElement),
    );
    const people = page.locator('.people > li');
    await people.first().waitFor();
    assert.ok((await people.count()) <= 5);
    const followed = await people.first().locator('.handle').textContent();
    await settled(page);
    assert.deepEqual(await violations(page), []);
    await people.first().getByRole('button', { name: 'Follow' }).click();
    await people.first().getByRole('button', { name: 'Following', pressed: true }).waitFor();
    await button(page, 'Continue').click();

    await step(page, 'Write your first crud').waitFor();
    await settled(page);
    assert.deepEqual(await violations(page), []);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    assert.ok(overflow <= 0, `${overflow} pixels too wide`);
    await page.getByRole('textbox', { name: 'Your first crud' }).fill(`hello from ${handle}`);
    await button(page, 'Crud').click();
    await page.waitForURL('/');
    await page.getByRole('article').filter({ hasText: `hello from ${handle}` }).waitFor();

    const { profile, activities } = assertOk(await stack.ask('GET', `/api/activities/@${handle}`));
    assert.equal(profile.display_name, 'Newer Person');
    assert.equal(profile.bio, 'Here for the fuses.');
    const [crud] = activities;
    assert.equal(Date.parse(crud.expires_at) - Date.parse(crud.created_at), 86_400_000);
    const following = await eventually('the followed person', async () => {
      const list = assertOk(await stack.ask('GET', `/api/users/@${handle}/following`));
      return list.length > 0 && list;
    });
    assert.equal(`@${following[0].handle}`, followed.startsWith('@') ? followed : `@${followed}`);
    await leave(page);
  });

  test('is shown once; each step can be skipped, and a reload stays there', async () => {
    const page = await visitor();
    const { email, handle } = await signUp(page, { path: '/signup?next=%2Fsearch%3Fterm%3Dbayko' });
    await page.reload();
    await step(page, 'Introduce yourself').waitFor();
    for (const name of ['Introduce yourself', 'Follow some people', 'Write your first crud']) {
      await step(page, name).waitFor();
      await button(page, 'Skip').click();
    }
    await page.waitForURL('/search?term=bayko');
    await page.goto('/welcome');
    await page.waitForURL('/');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto('/signin');
    await fillSignIn(page, email, PASSWORD);
    await page.waitForURL('/');
    await signedIn(page);
    const { profile, activities } = assertOk(await stack.ask('GET', `/api/activities/@${handle}`));
    assert.equal(profile.bio, null);
    assert.deepEqual(activities, []);
    await leave(page);
  });

  test('is left by every link, and the way back does not lead there again', async () => {
    const page = await visitor();
    await signUp(page);
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.waitForURL('/');
    await page.getByLabel('New crud').waitFor();
    await page.goBack();
    await page.waitForURL('/');
    await page.getByLabel('New crud').waitFor();
    await leave(page);
  });

  test('is not for people who sign in later or elsewhere', async () => {
    const person = await newPerson(stack);
    const page = await visitor();
    await page.goto('/signin');
    await fillSignIn(page, person.email, PASSWORD);
    await page.waitForURL('/');
    await signedIn(page);
    await page.goto('/welcome');
    await page.waitForURL('/');
    await leave(page);
  });
});
