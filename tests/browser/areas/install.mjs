// install.mjs - the service worker: pages without a network, a new build beside an open page, and what is on
// the device after signing out. Each test has a browser of its own; what a deploy changes, a stack of its own.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson, say } from '../../api/harness/people.mjs';
import { Stack } from '../../api/harness/stack.mjs';
import {
  eventually,
  launch,
  leave,
  newTab,
  newVisitor,
  rowsOnDevice,
  sessionOf,
  signedIn,
  signOut,
  testNeeding as needing,
} from '../harness/browser.mjs';
import { newcomer, stack } from '../harness/main.mjs';

const testNeeding = (name, run) => needing('a network that can be turned off', name, run);
const ALLOWED = { serviceWorkers: 'allow' };

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const bubble = (page, text) => page.locator('.bubble').filter({ hasText: text });
const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;

const post = async (where, { token }, message) =>
  assertOk(
    await where.ask('POST', '/api/activities', { token, json: { message, ttl: '1-day' } }),
  );

// Wait until the service worker of the page has the files of its build.
const installed = (page) =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    while (active.state !== 'activated')
      await new Promise((resolve) => active.addEventListener('statechange', resolve, { once: true }));
  });

// Everything in Cache Storage: [[path, text], …].
const kept = (page) =>
  page.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
    }
    return found;
  });

const copies = (page, ...names) =>
  eventually(`copies of ${names.join(', ')}`, async () => {
    const found = (await rowsOnDevice(page)).filter(([, kind]) => kind === 'copy');
    return names.every((wanted) => found.some(([, , name]) => name === wanted));
  });

// Tells whether the page has been loaded again since.
async function mark(page) {
  await page.evaluate(() => (window.marked = true));
  return () => page.evaluate(() => window.marked === true);
}

describe('installed', () => {
  testNeeding('Home and a conversation open without a network, with their age, and what is written is sent later', async () => {
    const { person, page } = await newcomer(ALLOWED);
    const other = await newPerson(stack);
    const hello = assertOk(await say(stack, other, { handle: person.handle }, 'Hello'));
    const group = hello.message_group_uuid;
    const [stays, ends] = [unique('Stays'), unique('Ends')];
    await post(stack, person, stays);
    const { uuid } = await post(stack, person, ends);
    await page.goto(`/messages/${group}`);
    await bubble(page, 'Hello').waitFor();
    await page.goto('/');
    await article(page, ends).waitFor();
    await copies(page, 'home', 'conversations', `thread/${group}`);
    await installed(page);

    // The copy is from before the crud's end, the visit from after it.
    await page.evaluate(async (ended) => {
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await done(indexedDB.open('cruddur'));
      const table = database.transaction('kept', 'readwrite').objectStore('kept');
      for (const key of await done(table.getAllKeys())) {
        if (key[2] !== 'home') continue;
        const row = await done(table.get(key));
        row.page.value.find(({ uuid }) => uuid === ended).expires_at = '2026-01-01T00:00:00.000000+00:00';
        await done(table.put(row, key));
      }
      database.close();
    }, uuid);
    await page.goto('about:blank');
    await page.context().setOffline(true);
    await page.goto(stack.url);
    await article(page, stays).waitFor();
    assert.equal(await article(page, ends).count(), 0, 'an expired crud');
    await page.getByText(/^As of \d\d:\d\d/).waitFor();

    await page.getByRole('link', { name: /^Messages/ }).click();
    await page.getByText(/^As of \d\d:\d\d/).first().waitFor();
    await page.getByRole('link', { name: new RegExp(`@${other.handle}`) }).click();
    await bubble(page, 'Hello').waitFor();
    await page.getByText(/^As of \d\d:\d\d/).first().waitFor();
    await page.getByPlaceholder('Write a message').fill('From a tunnel');
    await page.keyboard.press('Enter');
    await bubble(page, 'From a tunnel').waitFor();

    await page.goto(`${stack.url}/@${other.handle}`);
    await heading(page, 'This isn’t on your device').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.context().setOffline(false);
    await eventually('the message at the server', async () => {
      const list = await stack.ask('GET', `/api/messages/${group}`, { token: other.token });
      return assertOk(list).some(({ message }) => message === 'From a tunnel');
    });
    await heading(page, other.name).waitFor();
    await leave(page);
  });

  testNeeding('signing out leaves nothing of the account in any storage, and no answer of the API is ever kept', async () => {
    const { person, page } = await newcomer(ALLOWED);
    const text = unique('A crud');
    await post(stack, person, text);
    await page.goto('/');
    await article(page, text).waitFor();
    await copies(page, 'home');
    await installed(page);
    await page.reload();
    await article(page, text).waitFor();
    await page.getByRole('link', { name: /^Messages/ }).click();
    await heading(page, 'No conversations yet').waitFor();
    const check = async () => {
      const files = await kept(page);
      assert.ok(files.length > 5);
      for (const [file, content] of files) {
        assert.match(file, /^\/(index\.html|assets\/[^/]+)$/);
        for (const secret of [text, person.handle, person.email, person.token])
          assert.ok(!content.includes(secret), file);
      }
    };
    await check();
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await check();
    assert.deepEqual(await rowsOnDevice(page), []);
    const left = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    for (const secret of [text, person.handle, person.email, person.token])
      assert.ok(!left.includes(secret), left);
    await page.context().setOffline(true);
    await page.goto('/');
    await heading(page, 'Home').waitFor();
    assert.equal(await article(page, text).count(), 0);
    await leave(page);
  });

  testNeeding('the number on the icon is that of the tab, until the person signs out', async () => {
    const { person, page } = await newcomer(ALLOWED);
    await page.addInitScript(() => {
      window.badges = [];
      navigator.setAppBadge = async (count) => void window.badges.push(count);
      navigator.clearAppBadge = async () => void localStorage.setItem('cleared', 'yes');
    });
    const other = await newPerson(stack);
    assertOk(await say(stack, other, { handle: person.handle }, 'One'));
    const { uuid } = await post(stack, person, 'to be liked');
    const like = { token: other.token };
    assertOk(await stack.ask('PUT', `/api/activities/${uuid}/like`, like));
    await page.goto('/');
    await eventually('the number', () => page.evaluate(() => window.badges.at(-1) === 2));
    await eventually('the title', async () => /^\(2\) /.test(await page.title()));
    assert.ok(await page.locator('link[href="/favicon-unread.svg"]').count());
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('cleared')), 'yes');
    await leave(page);
  });

  testNeeding('a shortcut of the icon begins a crud', async () => {
    const { page } = await newcomer();
    await page.goto('/#new');
    await eventually('the focus', () =>
      page.getByLabel('New crud').evaluate((field) => field === document.activeElement),
    );
    assert.equal(page.url(), `${stack.url}/`);
    await leave(page);
  });
});

// A build whose files have other names, in the place of the one that is served.
function deploy(www, build) {
  const assets = path.join(www, 'assets');
  const names = fs.readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const renamed = new Map(names.map((name) => [name, name.replace(/(\.\w+)$/, `${build}$1`)]));
  const texts = ['index.html', 'service-worker.js', ...names.map((name) => `assets/${name}`)];
  const update = (text) => [...renamed].reduce((now, [from, to]) => now.replaceAll(from, to), text);
  const before = fs.readFileSync(path.join(www, 'index.html'));
  const files = new Map(
    texts.map((name) => [name, update(fs.readFileSync(path.join(www, name), 'utf8'))]),
  );
  fs.rmSync(assets, { recursive: true });
  fs.mkdirSync(assets, { mode: 0o755 });
  const digest = (text) => createHash('sha256').update(text).digest('base64');
  for (const [name, text] of files) {
    const [folder, base] = [path.dirname(name), path.basename(name)];
    const to = path.join(www, folder, renamed.get(base) ?? base);
    const content =
      name === 'service-worker.js'
        ? text.replaceAll(digest(before), digest(files.get('index.html')))
        : text;
    fs.writeFileSync(to, content, { mode: 0o644 });
  }
  return [...renamed.keys()].map((name) => `/assets/${name}`);
}

describe('a new build', () => {
  let own;
  let browser;
  before(async () => {
    [own, browser] = await Promise.all([
      Stack.start({ settings: { CRUDDUR_EPHEMERAL: '1' } }),
      launch(),
    ]);
  });
  after(async () => {
    await browser.close();
    await own.down();
  });
  const www = () => path.join(own.home, 'app/www');
  const open = async () => {
    const person = await newPerson(own);
    const storageState = sessionOf(own, person);
    return { person, page: await newVisitor(browser, own, { ...ALLOWED, storageState }) };
  };
  const entry = (page) => page.locator('script[type=module]').getAttribute('src');
  const look = (page) =>
    page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
  const note = (page) => page.getByRole('status').getByText('Update ready');
  const reload = (page) => note(page).getByRole('button', { name: 'Reload' }).click();

  testNeeding('waits until the person chooses it, and no draft or unsent text is lost', async () => {
    const { page } = await open();
    await page.goto('/');
    await signedIn(page);
    await installed(page);
    const tab = await newTab(page);
    await tab.goto('/');
    await signedIn(tab);
    const [first, second] = [await mark(page), await mark(tab)];
    const before = await entry(page);
    await tab.getByLabel('New crud').fill('A draft that stays');

    const old = deploy(www(), 'b');
    // nginx keeps a file open for a moment.
    for (const file of old)
      await eventually(`${file} to be gone`, async () => (await own.ask('GET', file)).status === 404);
    await eventually('the note', async () => {
      await look(page);
      return note(page).isVisible();
    });
    await note(tab).waitFor();
    assert.ok((await first()) && (await second()), 'nothing has been loaded again');
    // The old page loads its code from the device.
    await page.getByRole('link', { name: 'Search' }).click();
    await heading(page, 'Search').waitFor();

    // A crud that cannot be sent now.
    await page.goBack();
    await page.context().route('**/api/activities', (route) => route.abort());
    await tab.getByLabel('New crud').fill('An unsent crud');
    await tab.getByRole('button', { name: 'Crud', exact: true }).click();
    await tab.getByText('An unsent crud').waitFor();
    await tab.getByLabel('New crud').fill('A draft that stays');

    await reload(page);
    await eventually('the new build', async () => (await entry(page)) !== before);
    await signedIn(page);
    await eventually('the draft', async () =>
      (await page.getByLabel('New crud').inputValue()) === 'A draft that stays',
    );
    await page.getByText('An unsent crud').waitFor();
    assert.equal(await note(page).count(), 0);
    assert.ok(await second(), 'the other tab is as it was');
    await reload(tab);
    await eventually('the new build', async () => (await entry(tab)) !== before);
    assert.equal(await tab.getByLabel('New crud').inputValue(), 'A draft that stays');

    await page.context().unroute('**/api/activities');
    await page.getByRole('article').filter({ hasText: 'An unsent crud' }).waitFor();
    await leave(page);
  });

  testNeeding('is not announced to a page that has it; without a network the old one opens, whole', async () => {
    const { page } = await open();
    await page.goto('/');
    await signedIn(page);
    await installed(page);
    const before = await entry(page);
    deploy(www(), 'c');
    await page.context().setOffline(true);
    await page.goto('/search');
    await heading(page, 'Search').waitFor();
    assert.equal(await entry(page), before);
    await page.context().setOffline(false);
    await page.goto('/');
    await signedIn(page);
    assert.notEqual(await entry(page), before);
    await eventually('a service worker that waits', () =>
      page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null),
    );
    // The page asks it within its first seconds.
    await page.waitForFunction(() => performance.now() > 9_000);
    assert.equal(await note(page).count(), 0);
    await leave(page);
  });

  testNeeding('that is removed takes the service worker and its files along', async () => {
    const { page } = await open();
    await page.goto('/');
    await signedIn(page);
    await installed(page);
    assert.ok((await kept(page)).length > 0);
    const file = (name) => path.join(www(), name);
    fs.copyFileSync(file('no-service-worker.js'), file('service-worker.js'));
    await eventually('no service worker and no files', async () => {
      // nginx keeps open files for a second.
      await look(page).catch(() => {});
      const left = await page.evaluate(() => navigator.serviceWorker.getRegistrations());
      return left.length === 0 && (await kept(page)).length === 0;
    });
    await page.reload();
    await signedIn(page);
    await leave(page);
  });
});
