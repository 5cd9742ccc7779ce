// account.mjs - signing up and in, forgotten passwords, a handle that cannot be used, the profile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newAccount, newHandle, PASSWORD } from '../../api/harness/people.mjs';
import { fillSignIn, leave, signIn } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const CODE = '123456'; // the local Cognito sends everybody this one

describe('accounts', { concurrency: 3 }, () => {
  test('sign up, confirm with the code, sign in, sign out', async () => {
    const page = await visitor();
    const handle = newHandle('new');
    const email = `${handle}@example.org`;
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign up' }).first().click();
    await page.getByLabel('Name').fill('Newcomer Ünïcode');
    await page.getByLabel('Handle').fill(handle);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();

    await page.waitForURL('/confirm');
    assert.equal(await page.getByLabel('Email').inputValue(), email);
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('This is not the code that was sent.').waitFor();
    await page.getByLabel('Code').fill(CODE);
    await page.getByRole('button', { name: 'Confirm' }).click();

    await page.waitForURL('/signin');
    await page.getByText('Your email is confirmed.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/');
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(`/@${handle}`);
    await page.getByRole('heading', { name: 'Newcomer Ünïcode', level: 1 }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    const left = await page.evaluate(() => [
      ...Object.keys(localStorage).filter((key) => /Cognito/.test(key)),
      ...Object.keys(sessionStorage),
    ]);
    assert.deepEqual(left, [], 'nothing of the account stays in the browser');
    await leave(page);
  });

  test('what cannot be an account is said beside its field', async () => {
    const page = await visitor();
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Somebody');
    await page.getByLabel('Handle').fill('not a handle');
    await page.getByLabel('Email').fill('somebody@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('alert').filter({ hasText: '2 to 30 letters' }).waitFor();
    assert.equal(await page.getByLabel('Handle').getAttribute('aria-invalid'), 'true');
    await leave(page);
  });

  test('an account that is not confirmed is led to confirming', async () => {
    const page = await visitor();
    const handle = newHandle('late');
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Late');
    await page.getByLabel('Handle').fill(handle);
    await page.getByLabel('Email').fill(`${handle}@example.org`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('/confirm');
    await page.goto('/signin');
    await fillSignIn(page, `${handle}@example.org`, PASSWORD);
    await page.waitForURL('/confirm');
    await leave(page);
  });

  test('a wrong password says so, and does not say whether the account exists', async () => {
    const page = await visitor();
    await page.goto('/signin');
    for (const [email, password] of [
      ['andrewbrown', 'Wrong-Password-1'],
      [`${newHandle('nobody')}@example.org`, PASSWORD],
    ]) {
      await fillSignIn(page, email, password);
      await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor();
      await page.reload();
    }
    await leave(page);
  });

  test('a forgotten password is replaced with a code', async () => {
    const account = await newAccount(stack);
    const page = await visitor();
    await page.goto('/signin');
    await page.getByRole('link', { name: 'Forgotten password?' }).click();
    await page.getByRole('heading', { name: 'Forgotten password' }).waitFor();
    await page.getByLabel('Email').fill(account.email);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('Code').fill(CODE);
    await page.getByLabel('New password').fill('Other-Mountain-43');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    await page.getByLabel('Password').fill('Other-Mountain-43');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await leave(page);
  });

  for (const [what, preferred_username, said] of [
    ['taken', 'BAYKO', 'Somebody else has the handle'],
    ['not usable', 'with space', 'cannot be used here'],
    ['missing', undefined, 'has no handle yet'],
  ])
    test(`a handle that is ${what} is replaced, and one goes on`, async () => {
      const account = await newAccount(stack, { preferred_username });
      const page = await visitor();
      await signIn(page, account.email, PASSWORD);
      await page.getByText(said).waitFor();
      await page.getByLabel('Handle').fill('londo');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('@londo is not free either.').waitFor();
      const handle = newHandle('chosen');
      await page.getByLabel('Handle').fill(handle);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('heading', { name: 'Home' }).waitFor();
      await page.getByText(`@${handle}`).waitFor();
      await leave(page);
    });

  test('the profile is edited, and the new name stands everywhere', async () => {
    const { person, page } = await newcomer();
    await page.goto('/');
    const text = `signed ${person.handle}`;
    await page.getByLabel('New crud').fill(text);
    await page.getByRole('button', { name: 'Crud', exact: true }).click();
    await page.getByRole('article').filter({ hasText: text }).waitFor();

    await page.goto(`/@${person.handle}`);
    await page.getByRole('button', { name: 'Edit profile' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Display name').fill(' ');
    await dialog.getByText('A name is needed.').waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Save' }).isDisabled());
    await dialog.getByLabel('Display name').fill('名前 🚀 Name');
    await dialog.getByLabel('About you').fill('Likes #clouds and @bayko.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: '名前 🚀 Name', level: 1 }).waitFor();
    await page.getByRole('link', { name: '#clouds' }).waitFor();
    await page.getByRole('article').filter({ hasText: '名前 🚀 Name' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '名前 🚀 Name', level: 1 }).waitFor();
    await leave(page);
  });
});
