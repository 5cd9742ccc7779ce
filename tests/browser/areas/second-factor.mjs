// second-factor.mjs - signing in as user pools of AWS want it, and the security of the account in the settings:
// against a scripted Cognito what the stand-in lacks, and against the stand-in what it has.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { newAccount, newPerson, PASSWORD, setPassword } from '../../api/harness/people.mjs';
import { BESIDE, eventually, fillSignIn, leave, signedIn, signIn, signOut } from '../harness/browser.mjs';
import { Cognito, Pool, totp } from '../harness/cognito.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const ACCOUNT = '/settings/account';
const OTHER_PASSWORD = 'Other-Mountain-43';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const alert = (page, text) => page.getByRole('alert').filter({ hasText: text });
const operations = (cognito) => cognito.requests.map(({ operation }) => operation);

// A user pool with one new account: { person, pool, cognito, visit }, where visit() opens a browser that uses it.
async function newPool(account = {}) {
  const person = await newPerson(stack);
  const pool = new Pool(stack, person, { password: PASSWORD, ...account });
  const cognito = await Cognito.start(pool.answers());
  const visit = async () => {
    const page = await visitor();
    await cognito.serveTo(page, stack);
    return page;
  };
  return { person, pool, cognito, visit };
}

async function submitPassword(page, { email }, password = PASSWORD) {
  await page.goto('/signin');
  await fillSignIn(page, email, password);
}

async function openSettings(page) {
  await page.goto(ACCOUNT);
  await page.getByRole('heading', { name: 'Password', level: 3 }).waitFor();
}

describe('the code of an authenticator app', () => {
  test('is that of RFC 6238', () => {
    // Appendix B, the last 6 of the 8 digits.
    assert.equal(totp(SECRET, 59_000), '287082');
    assert.equal(totp(SECRET, 1_111_111_109_000), '081804');
    assert.equal(totp(SECRET, 20_000_000_000_000), '353130');
  });
});

describe('signing in at a user pool', BESIDE, () => {
  test('never sends the password, and tells a wrong one', async () => {
    const { person, cognito, visit } = await newPool();
    const page = await visit();
    await submitPassword(page, person, 'Wrong-Password-1');
    await alert(page, 'isn’t right').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Sign in').click();
    await signedIn(page);
    assert.doesNotMatch(JSON.stringify(cognito.requests), new RegExp(PASSWORD));
    await leave(page);
    cognito.close();
  });

  test('asks for the code of the app, which submits itself, and tells a wrong one', async () => {
    const { person, cognito, visit } = await newPool({ secret: SECRET });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    const code = page.getByLabel('Code');
    assert.equal(await code.getAttribute('autocomplete'), 'one-time-code');
    await code.fill('000000');
    await alert(page, 'isn’t the right code').waitFor();
    await code.fill(totp(SECRET).replace(/(...)/, '$1 '));
    await signedIn(page);
    assert.equal(cognito.inputsOf('RespondToAuthChallenge').length, 3);
    await leave(page);
    cognito.close();
  });

  test('begins again when the code comes too late', async () => {
    const { person, pool, cognito, visit } = await newPool({ secret: SECRET });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByLabel('Code').waitFor();
    pool.session = 'another one';
    await page.getByLabel('Code').fill(totp(SECRET));
    await alert(page, 'This took too long.').waitFor();
    assert.equal(await page.getByLabel('Email').inputValue(), person.email);
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Sign in').click();
    await page.getByLabel('Code').fill(totp(SECRET));
    await signedIn(page);
    await leave(page);
    cognito.close();
  });

  test('asks for a code that was sent to a phone', async () => {
    const { person, cognito, visit } = await newPool({ challenges: ['SMS_MFA'], sms: '424242' });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByText('We sent it to +*******1234.').waitFor();
    await page.getByLabel('Code').fill('424242');
    await signedIn(page);
    await leave(page);
    cognito.close();
  });

  test('prefers the app to a message', async () => {
    const { person, cognito, visit } = await newPool({ challenges: ['SELECT_MFA_TYPE'], secret: SECRET });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByText('Your authenticator app has it.').waitFor();
    await page.getByLabel('Code').fill(totp(SECRET));
    await signedIn(page);
    await leave(page);
    cognito.close();
  });

  test('replaces the password of an operator, then asks for the code', async () => {
    const { person, pool, cognito, visit } = await newPool({
      challenges: ['NEW_PASSWORD_REQUIRED'],
      secret: SECRET,
    });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await page.getByLabel('New password').fill('short');
    await button(page, 'Save and sign in').click();
    await alert(page, 'It still needs').waitFor();
    await page.getByLabel('New password').fill(OTHER_PASSWORD);
    await button(page, 'Save and sign in').click();
    await page.getByLabel('Code').fill(totp(SECRET));
    await signedIn(page);
    assert.equal(pool.password, OTHER_PASSWORD);
    await leave(page);
    cognito.close();
  });

  test('adds an app where the pool requires a second factor', async () => {
    const { person, pool, cognito, visit } = await newPool({ challenges: ['MFA_SETUP'] });
    const page = await visit();
    await submitPassword(page, person);
    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill('000000');
    await alert(page, 'isn’t the right code').waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill(totp(pool.offered));
    await signedIn(page);
    assert.equal(pool.secret, pool.offered);
    await leave(page);
    cognito.close();
  });
});

describe('the security of the account', BESIDE, () => {
  test('an app is set up as a second factor and turned off', async () => {
    const { person, pool, cognito, visit } = await newPool();
    const page = await visit();
    await submitPassword(page, person);
    await signedIn(page);
    await openSettings(page);
    await button(page, 'Set up an app').click();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    const uri = new URL(await page.getByRole('link', { name: 'open the app' }).getAttribute('href'));
    assert.equal(uri.protocol, 'otpauth:');
    assert.equal(uri.searchParams.get('secret'), pool.offered);
    await page.getByText('JBSW Y3DP EHPK 3PXP').waitFor();
    await page.getByLabel('Code of the app').fill('000000');
    await alert(page, 'isn’t the code of your app').waitFor();
    assert.equal(pool.secret, undefined);
    await page.getByLabel('Code of the app').fill(totp(pool.offered));
    await page.getByText('It is on').waitFor();
    assert.equal(pool.secret, pool.offered);
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    assert.ok(!kept.includes(pool.offered), 'the page keeps the secret nowhere');

    // The next visit knows it, and asks for no new secret.
    await page.reload();
    await page.getByText('It is on').waitFor();
    assert.equal(cognito.inputsOf('AssociateSoftwareToken').length, 1);
    await button(page, 'Turn off').click();
    await button(page, 'Turn it off').click();
    await button(page, 'Set up an app').waitFor();
    assert.equal(pool.secret, undefined);
    await leave(page);
    cognito.close();
  });

  test('a pool without authenticator apps has no second factor to set up', async () => {
    const { person, cognito, visit } = await newPool({ withoutApps: true });
    const page = await visit();
    await submitPassword(page, person);
    await signedIn(page);
    await openSettings(page);
    await eventually('a refusal', () => operations(cognito).includes('AssociateSoftwareToken'));
    await button(page, 'Sign out everywhere').waitFor();
    assert.equal(await page.getByText('Second factor').count(), 0);
    await leave(page);
    cognito.close();
  });

  test('the password is changed, and a wrong or used one is told', async () => {
    const { person, pool, cognito, visit } = await newPool({ used: ['Old-Mountain-41'] });
    const page = await visit();
    await submitPassword(page, person);
    await signedIn(page);
    await openSettings(page);
    const before = page.getByLabel('Current password');
    const after = page.getByLabel('New password');
    await before.fill('Wrong-Password-1');
    await after.fill(OTHER_PASSWORD);
    await button(page, 'Change password').click();
    await alert(page, 'This isn’t your password.').waitFor();
    assert.ok(await before.evaluate((input) => input === document.activeElement));
    await before.fill(PASSWORD);
    await after.fill('Old-Mountain-41');
    await button(page, 'Change password').click();
    await alert(page, 'You have used this password before.').waitFor();
    await after.fill(OTHER_PASSWORD);
    await button(page, 'Change password').click();
    await page.getByText('Your password is changed.').waitFor();
    assert.equal(pool.password, OTHER_PASSWORD);
    assert.equal(await before.inputValue(), '');
    assert.equal(await page.getByRole('alert').filter({ hasText: /./ }).count(), 0);
    await leave(page);
    cognito.close();
  });

  test('signing out everywhere ends the sessions of other browsers, which say why', async () => {
    const { person, pool, cognito, visit } = await newPool();
    const [page, other] = [await visit(), await visit()];
    for (const one of [page, other]) {
      await submitPassword(one, person);
      await signedIn(one);
    }
    await other.goto('/notifications');
    await other.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    await page.goto('/');
    await page.getByLabel('New crud').fill('not finished yet');
    await openSettings(page);
    await button(page, 'Sign out everywhere').click();
    await page.getByText('This one has a draft').waitFor();
    await button(page, 'Stay').click();
    assert.equal(pool.revoked, false);
    await button(page, 'Sign out everywhere').click();
    await button(page, 'Delete and sign out everywhere').click();
    await page.waitForURL('/');
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    assert.deepEqual(operations(cognito).filter((name) => name === 'GlobalSignOut'), ['GlobalSignOut']);
    assert.equal(pool.revoked, true);

    // The token of the other browser ends, as it does within an hour.
    await other.evaluate(() => {
      const [head, , signature] = ['e30', '', 'x'];
      const old = btoa(JSON.stringify({ exp: 1_600_000_000, iat: 1_599_990_000 }));
      for (const key of Object.keys(localStorage))
        if (key.endsWith('.accessToken')) localStorage.setItem(key, `${head}.${old}.${signature}`);
    });
    await other.reload();
    await other.waitForURL('/signin?next=%2Fnotifications');
    await other.getByText('You were signed out on all devices.').waitFor();
    // It stands with this visit of the page, and is not said again at the next one.
    await other.reload();
    await other.getByText('You were signed out on all devices.').waitFor();
    await other.goto('/notifications');
    await other.waitForURL('/signin?next=%2Fnotifications');
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await other.getByText('You were signed out').count(), 0, 'it is said once');
    pool.revoked = false;
    await fillSignIn(other, person.email, PASSWORD);
    await other.waitForURL('/notifications');
    await leave(page, other);
    cognito.close();
  });

  test('a revoked session that opens the settings ends there, too', async () => {
    const { person, pool, cognito, visit } = await newPool();
    const page = await visit();
    await submitPassword(page, person);
    await signedIn(page);
    pool.revoked = true;
    await page.goto(ACCOUNT);
    await page.waitForURL(/^[^?]*\/signin\?next=/);
    await page.getByText('You were signed out on all devices.').waitFor();
    await leave(page);
    cognito.close();
  });
});

describe('the same at the stand-in', BESIDE, () => {
  test('an app is set up, asked for when signing in, and turned off', async () => {
    const account = await newAccount(stack);
    const page = await visitor();
    await signIn(page, account.email, PASSWORD);
    await openSettings(page);
    await button(page, 'Set up an app').click();
    const link = await page.getByRole('link', { name: 'open the app' }).getAttribute('href');
    const secret = new URL(link).searchParams.get('secret');
    await page.getByLabel('Code of the app').fill(totp(secret));
    await page.getByText('It is on').waitFor();
    // The stand-in cannot end sessions, so that is not offered.
    assert.equal(await button(page, 'Sign out everywhere').count(), 0);

    await page.goto('/');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await submitPassword(page, account);
    await page.getByLabel('Code').fill('000000');
    await alert(page, 'isn’t the right code').waitFor();
    await page.getByLabel('Code').fill(totp(secret));
    await signedIn(page);
    await openSettings(page);
    await button(page, 'Turn off').click();
    await button(page, 'Turn it off').click();
    await button(page, 'Set up an app').waitFor();
    await page.goto('/');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await submitPassword(page, account);
    await signedIn(page);
    await leave(page);
  });

  test('the password is changed', async () => {
    const { person, page } = await newcomer();
    await openSettings(page);
    await page.getByLabel('Current password').fill('Wrong-Password-1');
    await page.getByLabel('New password').fill(OTHER_PASSWORD);
    await button(page, 'Change password').click();
    await alert(page, 'This isn’t your password.').waitFor();
    await page.getByLabel('Current password').fill(PASSWORD);
    await button(page, 'Change password').click();
    await page.getByText('Your password is changed.').waitFor();
    const other = await visitor();
    await signIn(other, person.email, OTHER_PASSWORD);
    await leave(page, other);
  });

  test('a person whose account an operator has made chooses a password, and is welcome', async () => {
    const account = await newAccount(stack);
    await setPassword(stack, account.username, 'Temporary-Pass-1', { Permanent: false });
    const page = await visitor();
    await submitPassword(page, account, 'Temporary-Pass-1');
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await page.getByLabel('New password').fill(OTHER_PASSWORD);
    await button(page, 'Save and sign in').click();
    await page.waitForURL('/welcome');
    await signedIn(page);
    await leave(page);
  });
});
