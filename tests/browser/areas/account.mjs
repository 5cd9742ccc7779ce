// account.mjs - signing up and in, resetting a password, choosing another handle, the profile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newAccount, newHandle, PASSWORD } from '../../api/harness/people.mjs';
import { BESIDE, fillSignIn, leave, signedIn, signIn, signOut } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const CODE = '123456'; // the only code that the local Cognito sends

describe('accounts', BESIDE, () => {
  test('a person signs up, confirms with the code, is signed in and signs out', async () => {
    const page = await visitor();
    const handle = newHandle('new');
    const email = `${handle}@example.org`;
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign up' }).first().click();
    await page.getByRole('heading', { name: 'Sign up' }).waitFor();
    await page.getByLabel('Name').fill('Newcomer Ünïcode');
    await page.getByLabel('Handle').fill(handle);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();

    await page.waitForURL('/confirm');
    assert.equal(await page.getByLabel('Email').inputValue(), email);
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('That isn’t the code we sent.').waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href]),
    );
    assert.ok(!kept.includes(PASSWORD), 'the password is only in memory');
    await page.getByLabel('Code').fill(CODE);
    await page.getByRole('button', { name: 'Confirm' }).click();

    await page.waitForURL('/');
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(`/@${handle}`);
    await page.getByRole('heading', { name: 'Newcomer Ünïcode', level: 1 }).waitFor();

    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    const left = await page.evaluate(() => [
      ...Object.keys(localStorage).filter((key) => /Cognito/.test(key)),
      ...Object.keys(sessionStorage),
    ]);
    assert.deepEqual(left, [], 'the browser keeps nothing of the account');
    await leave(page);
  });

  test('an invalid field of the sign-up form shows the reason', async () => {
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

  test('signing in to an unconfirmed account leads to the confirmation page', async () => {
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
    // A reload forgets the password, so the page asks for it.
    await page.reload();
    await page.getByLabel('Code').fill(CODE);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.waitForURL('/signin');
    await page.getByText('Your email is confirmed.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(page);
    await leave(page);
  });

  test('a taken handle is told before the account is made', async () => {
    const page = await visitor();
    const made = [];
    page.on('request', (request) => {
      if (/\.SignUp$/.test(request.headers()['x-amz-target'] ?? '')) made.push(request.url());
    });
    const handle = newHandle('free');
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Second');
    await page.getByLabel('Email').fill(`${handle}@example.org`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('Handle').fill('BAYKO');
    await page.getByLabel('Handle').press('Enter'); // at once, before the field has asked
    await page.getByRole('alert').filter({ hasText: '@BAYKO isn’t available.' }).waitFor();
    assert.deepEqual(made, []);
    await page.getByLabel('Handle').fill(handle);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('/confirm');
    assert.equal(made.length, 1);
    await leave(page);
  });

  test('a wrong password and an unknown account show the same error', async () => {
    const page = await visitor();
    await page.goto('/signin');
    for (const [email, password] of [
      ['andrewbrown', 'Wrong-Password-1'],
      [`${newHandle('nobody')}@example.org`, PASSWORD],
    ]) {
      await fillSignIn(page, email, password);
      await page.getByRole('alert').filter({ hasText: 'isn’t right' }).waitFor();
      await page.reload();
    }
    await leave(page);
  });

  test('a forgotten password is reset with a code', async () => {
    const account = await newAccount(stack);
    const page = await visitor();
    await page.goto('/signin');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByRole('heading', { name: 'Reset your password' }).waitFor();
    await page.getByLabel('Email').fill(account.email);
    await page.getByRole('button', { name: 'Send code' }).click();
    await page.getByLabel('Code').fill(CODE);
    await page.getByLabel('New password').fill('Other-Mountain-43');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password has been changed.').waitFor();
    await page.getByLabel('Password').fill('Other-Mountain-43');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(page);
    await leave(page);
  });

  for (const [state, preferred_username, reason] of [
    ['taken', 'BAYKO', 'Someone else already has the handle'],
    ['invalid', 'with space', 'can’t be used here'],
    ['missing', undefined, 'doesn’t have a handle yet'],
  ])
    test(`a person whose handle is ${state} chooses another one and continues`, async () => {
      const account = await newAccount(stack, { preferred_username });
      const page = await visitor();
      await signIn(page, account.email, PASSWORD);
      await page.getByText(reason).waitFor();
      await page.getByLabel('Handle').fill('londo');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('@londo isn’t available.').waitFor();
      const handle = newHandle('chosen');
      await page.getByLabel('Handle').fill(handle);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Home' }).waitFor();
      await page.getByText(`@${handle}`).waitFor();
      await leave(page);
    });

  test('a person edits the profile, and the new name appears everywhere', async () => {
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
    await dialog.getByText('Enter a name.').waitFor();
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
