// account.mjs - signing up and in, resetting a password, choosing another handle, the profile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newAccount, newHandle, PASSWORD } from '../../api/harness/people.mjs';
import {
  BESIDE,
  eventually,
  fillSignIn,
  leave,
  settled,
  signedIn,
  signIn,
  signOut,
} from '../harness/browser.mjs';
import { Cognito } from '../harness/cognito.mjs';
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
    await page.getByText('That isn’t the code we sent.').waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href]),
    );
    assert.ok(!kept.includes(PASSWORD), 'the password is only in memory');
    await page.getByLabel('Code').fill(CODE); // which submits itself

    await page.waitForURL('/welcome');
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
    await page.waitForURL('/signin');
    await page.getByText('Your email is confirmed.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/welcome');
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

  test('a handle is proposed from the name, and others while a taken one is typed', async () => {
    const page = await visitor();
    const checks = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/handles/')) checks.push(request.url());
    });
    await page.goto('/signup');
    const handle = page.getByLabel('Handle');
    const family = newHandle('').replace('_', 'x');
    await page.getByLabel('Name').fill(`Zoë ${family}`);
    await page.getByLabel('Name').press('Tab');
    await page.getByText(`@zoe${family} is free.`, { exact: true }).first().waitFor();
    assert.equal(await handle.inputValue(), `zoe${family}`);
    await page.keyboard.type('mine');
    assert.equal(await handle.inputValue(), 'mine', 'typing replaces it');

    await handle.fill('Bayko');
    await page.getByRole('alert').filter({ hasText: 'This handle is taken' }).waitFor();
    const suggestions = page.locator('.suggestions').getByRole('button');
    await suggestions.nth(2).waitFor();
    const names = await suggestions.allTextContents();
    assert.equal(names.length, 3);
    assert.equal(names[0], `@zoe${family}`, 'from the name first');
    const asked = checks.length;
    assert.ok(asked <= 6, `${asked} checks`);
    await suggestions.nth(2).press('Enter');
    await page.getByText(`${names[2]} is free.`).first().waitFor();
    assert.ok(await handle.evaluate((input) => input === document.activeElement));
    // A handle that the person has chosen is not replaced by another proposal.
    await page.getByLabel('Name').fill('Somebody Else');
    await handle.focus();
    await settled(page);
    assert.equal(`@${await handle.inputValue()}`, names[2]);
    await leave(page);
  });

  test('a field says what is wrong when it is left, and the first bad one gets the focus', async () => {
    const page = await visitor();
    const made = [];
    page.on('request', (request) => {
      if (request.headers()['x-amz-target']) made.push(request.url());
    });
    await page.goto('/signup');
    const faults = () => page.locator('.field [role=alert]').allTextContents();
    await page.getByLabel('Name').press('Tab');
    assert.deepEqual(await faults(), [], 'an empty field is not wrong yet');
    await page.getByLabel('Email').fill('somebody@');
    await page.getByLabel('Password').fill('short');
    assert.deepEqual(await faults(), ['This isn’t a whole email address.']);
    assert.match(await page.getByText('It still needs').textContent(), /3 more characters/);
    await page.getByLabel('Password').press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Enter a name.' }).waitFor();
    assert.equal((await faults()).length, 4);
    assert.ok(await page.getByLabel('Name').evaluate((input) => input === document.activeElement));
    await page.getByLabel('Name').fill('佐藤');
    await page.getByLabel('Handle').fill(newHandle('good'));
    await page.getByLabel('Handle').press('Enter');
    assert.ok(await page.getByLabel('Email').evaluate((input) => input === document.activeElement));
    assert.deepEqual(made, []);
    await leave(page);
  });

  test('a password can be shown, and the caret stays where it is', async () => {
    const page = await visitor();
    await page.goto('/signin');
    const field = page.getByLabel('Password');
    await field.fill('Mountain-Air-42');
    await field.evaluate((input) => input.setSelectionRange(3, 8));
    const caret = () =>
      field.evaluate((input) => [input.selectionStart, input.selectionEnd, input.type]);
    await page.getByRole('button', { name: 'Show password' }).click();
    assert.deepEqual(await caret(), [3, 8, 'text']);
    assert.ok(await field.evaluate((input) => input === document.activeElement));
    await page.getByRole('button', { name: 'Hide password' }).press('Enter');
    assert.deepEqual(await caret(), [3, 8, 'password']);
    assert.ok(await page.getByRole('button', { name: 'Show password' }).evaluate((one) => one === document.activeElement));
    // Password managers look for it when the form is sent.
    await page.getByRole('button', { name: 'Show password' }).press('Enter');
    await page.getByLabel('Email').fill(`${newHandle('nobody')}@example.org`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'isn’t right' }).waitFor();
    assert.equal(await field.getAttribute('type'), 'password');
    await leave(page);
  });

  test('password managers find names, passwords and codes', async () => {
    const page = await visitor();
    for (const [path, fields] of [
      ['/signin', { Email: 'username', Password: 'current-password' }],
      ['/signup', { Name: 'name', Email: 'username', Password: 'new-password' }],
      ['/confirm', { Email: 'username', Code: 'one-time-code' }],
    ]) {
      await page.goto(path);
      for (const [label, value] of Object.entries(fields))
        assert.equal(await page.getByLabel(label).getAttribute('autocomplete'), value, `${path} ${label}`);
    }
    await leave(page);
  });

  test('another code can be asked for, after a while', async () => {
    const cognito = await Cognito.start({ ResendConfirmationCode: () => ({}) });
    const page = await visitor();
    await cognito.serveTo(page, stack);
    await page.clock.install();
    await page.goto('/confirm');
    const resend = page.getByRole('button', { name: /^Send a new code/ });
    assert.ok(await resend.isDisabled(), 'to nobody');
    await page.getByLabel('Email').fill('somebody@example.org');
    await resend.click();
    await page.getByText('A new code is on its way.').waitFor();
    assert.match(await resend.textContent(), /in [23]\d s$/);
    assert.ok(await resend.isDisabled());
    await page.clock.fastForward(31_000);
    await page.getByRole('button', { name: 'Send a new code', exact: true }).click();
    await eventually('a second request', () => cognito.inputsOf('ResendConfirmationCode').length === 2);
    for (const { Username } of cognito.inputsOf('ResendConfirmationCode'))
      assert.equal(Username, 'somebody@example.org');
    await leave(page);
    cognito.close();
  });

  test('beside the form are cruds that expire, where there is room', async () => {
    const page = await visitor({ viewport: { width: 1280, height: 800 } });
    for (const path of ['/signin', '/signup']) {
      await page.goto(path);
      const sample = page.getByRole('region', { name: 'Say it. Let it go.' });
      await sample.getByRole('listitem').nth(2).waitFor();
      assert.equal(await sample.getByRole('listitem').count(), 3);
      assert.equal(await sample.locator('a, button, input, [tabindex]').count(), 0);
      const box = await sample.boundingBox();
      const form = await page.locator('form').boundingBox();
      assert.ok(box.x + box.width <= form.x, 'at the start of the line');
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.sample').waitFor({ state: 'detached' });
    await leave(page);

    const phone = await visitor({ viewport: { width: 390, height: 844 } });
    const read = [];
    phone.on('request', (request) => {
      if (request.url().includes('/api/activities')) read.push(request.url());
    });
    await phone.goto('/signin');
    await phone.getByLabel('Password').waitFor();
    await settled(phone);
    assert.deepEqual(read, []);
    await leave(phone);
  });

  for (const width of [390, 1280])
    test(`a visitor is invited once (${width})`, async () => {
      const page = await visitor({ viewport: { width, height: 800 } });
      await page.goto('/');
      await page.getByRole('article').first().waitFor();
      for (const name of ['Sign in', 'Sign up'])
        assert.equal(await page.getByRole('link', { name, exact: true }).count(), 1, name);
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
      await page.locator(`.nav a[href="/@${handle}"]`).waitFor();
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
