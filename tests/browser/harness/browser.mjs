// browser.mjs - people at their browsers: Debian's Chromium, one context per person.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

import { LOCAL_PASSWORD } from '../../api/harness/local.mjs';

export { LOCAL_PASSWORD as PASSWORD };
// For a state to come about, also on a slow machine.
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

// A context of its own, which notices what no page may do: throw, or break the policy.
export async function newVisitor(browser, stack, options = {}) {
  const context = await browser.newContext({ baseURL: stack.url, locale: 'en-GB', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  context.faults = [];
  context.on('weberror', (fault) => context.faults.push(String(fault.error().stack)));
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy/.test(text) || /^Warning:/.test(text)) context.faults.push(text);
  });
  const page = await context.newPage();
  return page;
}

export async function leave(...pages) {
  for (const page of pages) {
    const context = page.context();
    await context.close();
    assert.deepEqual(context.faults, [], 'no page throws or breaks the Content-Security-Policy');
  }
}

// Fill in the form of /signin, wherever one was led to it from.
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

// Poll until `look` gives something true; its last answer is what a failure shows.
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE_MS;
  let answer;
  do {
    answer = await look();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  return assert.fail(`${what}: ${JSON.stringify(answer)}`);
}
