// browser.mjs - Debian's Chromium, or with BROWSER=firefox its Firefox; one browser context per person.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chromium, firefox } from 'playwright-core';

import { LOCAL_PASSWORD } from '../../api/harness/local.mjs';

export { LOCAL_PASSWORD as PASSWORD };
// The longest wait for an expected state, enough for a slow machine.
export const PATIENCE_MS = 30_000;

const IN_FIREFOX = process.env.BROWSER === 'firefox';

// The tests of a suite run beside each other; not in Firefox, of whose pages only one has the focus.
export const BESIDE = { concurrency: IN_FIREFOX ? 1 : 3 };

// Playwright cannot ask Firefox for less motion.
export const MOTIONS = IN_FIREFOX ? ['no-preference'] : ['no-preference', 'reduce'];

// A test that needs something of the browser which Playwright cannot do with Firefox.
export const testNeeding = (_what, name, run) => IN_FIREFOX || test(name, run);

export function launch() {
  if (IN_FIREFOX)
    return firefox.launch({
      channel: 'moz-firefox',
      executablePath: '/usr/bin/firefox-esr',
      // A mouse: fine (2) and hovering (4). Without a screen Firefox takes itself for one of a phone.
      firefoxUserPrefs: {
        'ui.primaryPointerCapabilities': 6,
        'ui.allPointerCapabilities': 6,
        'dom.serviceWorkers.enabled': false,
      },
    });
  return chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
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

// Playwright fills in a field of Firefox by setting its value, which React does not see. This types it.
function typeTexts() {
  const type = (text) => {
    document.execCommand('insertText', false, text);
    return null; // no frame to go on in
  };
  Object.defineProperty(window, '__pw_bidiInsertText', { get: () => type, set() {} });
}

// Playwright does not see the bodies of Firefox's requests: those to `url` have them in the address, too.
function showBodies(url) {
  const { fetch } = window;
  window.fetch = (target, options) =>
    fetch(String(target).startsWith(url) ? `${target}?${encodeURIComponent(options.body)}` : target, options);
}

// Answer the requests of all pages of a context to `url` by answer(route, body).
export async function answerRequests(context, url, answer) {
  if (IN_FIREFOX) await context.addInitScript(showBodies, url);
  const bodyOf = (request) =>
    IN_FIREFOX ? decodeURIComponent(new URL(request.url()).search.slice(1)) : request.postData();
  await context.route(`${url}/**`, (route) => answer(route, bodyOf(route.request())));
}

// A page in a new context, which records its requests, exceptions and violations of the Content-Security-Policy, also
// those of Trusted Types.
export async function newVisitor(browser, stack, options = {}) {
  return inTurn(() => openVisitor(browser, stack, options));
}

// Another tab of the browser of a page.
export const newTab = (page) => inTurn(() => page.context().newPage());

// Firefox fails to open two windows at the same time.
let opened = Promise.resolve();
function inTurn(open) {
  if (!IN_FIREFOX) return open();
  const next = opened.then(open);
  opened = next.catch(() => {});
  return next;
}

async function openVisitor(browser, stack, options) {
  // Only the area `install` has a service worker: it answers requests before the routes of a test.
  const serviceWorkers = IN_FIREFOX ? {} : { serviceWorkers: 'block' };
  const own = { baseURL: stack.url, locale: 'en-GB', ...serviceWorkers };
  const context = await browser.newContext({ ...own, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  if (IN_FIREFOX) await context.addInitScript(typeTexts);
  context.problems = [];
  context.on('weberror', (thrown) => context.problems.push(String(thrown.error().stack)));
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy|Trusted/.test(text) || /^Warning:/.test(text)) context.problems.push(text);
  });
  watchRequests(context);
  return context.newPage();
}

const STREAM = /\/api\/live$/;
const QUIET_MS = 500;

function watchRequests(context) {
  const open = new Set();
  context.traffic = { open, changedAt: 0 };
  const change = (changed) => {
    changed();
    context.traffic.changedAt = Date.now();
  };
  context.on('request', (request) => {
    if (!STREAM.test(request.url())) change(() => open.add(request));
  });
  for (const end of ['requestfinished', 'requestfailed'])
    context.on(end, (request) => change(() => open.delete(request)));
  // Chromium may not tell the end of a request whose document is left, be it begun before the request of the next
  // document or after it.
  context.on('page', (page) => {
    let ofPage = new Set();
    let next = null;
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) next = request;
      ofPage.add(request);
    });
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame() || !next) return;
      const left = ofPage;
      left.delete(next);
      [ofPage, next] = [new Set([next]), null];
      change(() => left.forEach((request) => open.delete(request)));
    });
  });
}

// Wait until nothing is loading. The stream of events does not count: it never ends.
export async function settled(page) {
  const { traffic } = page.context();
  await page.waitForLoadState('load');
  const urls = () => [...traffic.open].map((request) => request.url()).join(' ');
  await eventually(() => `a page that loads nothing more than ${urls()}`, async () => {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 5));
    return traffic.open.size === 0 && Date.now() - traffic.changedAt > QUIET_MS;
  });
}

// The storage of a browser in which a person is signed in, as the auth library writes it.
export function sessionOf(stack, person) {
  const item = (name, value) => ({
    name: `CognitoIdentityServiceProvider.${stack.config.userPoolClientId}.${name}`,
    value,
  });
  const localStorage = [
    item('LastAuthUser', person.email),
    item(`${person.email}.accessToken`, person.token),
    item(`${person.email}.idToken`, person.idToken),
    item(`${person.email}.clockDrift`, '0'),
  ];
  return { cookies: [], origins: [{ origin: stack.url, localStorage }] };
}

// The storage of the browser of a seeded person who has signed in.
export async function storageOf(browser, stack, user) {
  const page = await newVisitor(browser, stack);
  await signIn(page, user);
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

export async function leave(...pages) {
  for (const page of pages) {
    const context = page.context();
    // A request may be on its way through a test's own route.
    for (const open of context.pages()) await open.unrouteAll({ behavior: 'ignoreErrors' });
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
  await signedIn(page);
}

const account = (page) => page.getByRole('button', { name: 'Account' });

// Wait for the frame of a signed-in person.
export const signedIn = (page) => account(page).waitFor();

// Choose “Sign out” in the menu of the account.
export async function signOut(page) {
  await account(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

// Hold back the requests of a page for an address. Returns a function that lets them go.
export async function holdBack(page, url) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

// Returns a function that tells the texts of those elements that React has rendered again since. It
// gives an element new properties then, whether or not they differ.
export async function watchRenders(elements) {
  await elements.evaluateAll((all) => {
    window.watched = all.map((element) => {
      const key = Object.keys(element).find((name) => name.startsWith('__reactProps$'));
      return { element, key, before: element[key] };
    });
  });
  return () =>
    elements.page().evaluate(() =>
      window.watched
        .filter(({ element, key, before }) => element[key] !== before)
        .map(({ element }) => element.innerText),
    );
}

// The keys of the rows that the page keeps on the device: [account, kind, name].
export const rowsOnDevice = (page) =>
  page.evaluate(async () => {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('cruddur'));
    const rows = await done(database.transaction('kept').objectStore('kept').getAllKeys());
    database.close();
    return rows;
  });

// Poll until `probe` returns something true; a failure shows its last result.
export async function eventually(expected, probe) {
  const end = Date.now() + PATIENCE_MS;
  let result;
  do {
    result = await probe();
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  const said = typeof expected === 'function' ? expected() : expected;
  return assert.fail(`${said}: ${JSON.stringify(result)}`);
}
