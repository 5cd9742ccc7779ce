// browser.mjs - Debian's Chromium, with one browser context per person.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

import { LOCAL_PASSWORD } from '../../api/harness/local.mjs';

export { LOCAL_PASSWORD as PASSWORD };
// The longest wait for an expected state, enough for a slow machine.
export const PATIENCE_MS = 30_000;

export function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

// A page in a new context, which records exceptions and violations of the Content-Security-Policy, also
// those of Trusted Types.
export async function newVisitor(browser, stack, options = {}) {
  const context = await browser.newContext({ baseURL: stack.url, locale: 'en-GB', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  context.problems = [];
  context.on('weberror', (thrown) => context.problems.push(String(thrown.error().stack)));
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy|Trusted/.test(text) || /^Warning:/.test(text)) context.problems.push(text);
  });
  const page = await context.newPage();
  return page;
}

export async function leave(...pages) {
  for (const page of pages) {
    const context = page.context();
    await context.close();
    assert.deepEqual(context.problems, [], 'no page throws or breaks the Content-Security-Policy');
  }
}

// Fill in and submit the sign-in form of the current page.
export async function fillSignIn(page, email, password = LOCAL_PASSWORD) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function signIn(page, email, password = LOCAL_PASSWORD) {
  await page.goto('/signin');
  await fillSignIn(page, email, password);
  await page.waitForURL('/');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

// Poll until `probe` returns something true; a failure shows its last result.
export async function eventually(expected, probe) {
  const end = Date.now() + PATIENCE_MS;
  let result;
  do {
    result = await probe();
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  return assert.fail(`${expected}: ${JSON.stringify(result)}`);
}
