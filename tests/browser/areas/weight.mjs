// weight.mjs - the size of the first page's JavaScript, and how long browsers may cache it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventually, leave, settled } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

// Compressed JavaScript before a visitor can read, and before a signed-in person can read and write:
// with what authorises their requests.
const VISITOR_MAX = 105 * 1024;
const SIGNED_IN_MAX = 130 * 1024;
const CATALOG_MAX = 13 * 1024;

// The scripts that the page loads from now on.
function scriptsOf(page) {
  const scripts = [];
  page.on('response', (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response);
  });
  return scripts;
}

async function checkWeight(scripts, max) {
  const bytes = { gzip: 0, br: 0 };
  for (const script of scripts) {
    for (const encoding of Object.keys(bytes)) {
      const path = new URL(script.url()).pathname;
      const headers = { 'Accept-Encoding': encoding };
      const answer = await stack.ask('GET', path, { headers });
      assert.equal(answer.headers['content-encoding'], encoding);
      bytes[encoding] += Number(answer.headers['content-length']);
    }
    const headers = await script.allHeaders();
    assert.match(headers['cache-control'] ?? '', /max-age=31536000.*immutable/);
    assert.doesNotMatch(await script.text(), /USER_SRP_AUTH/, 'no auth library');
  }
  assert.ok(scripts.length > 0);
  for (const [encoding, size] of Object.entries(bytes))
    assert.ok(size <= max, `${size} bytes with ${encoding}`);
}

describe('first page', () => {
  test('loads at most 105 KB of compressed JavaScript for a visitor', async () => {
    const page = await visitor();
    const scripts = scriptsOf(page);
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await checkWeight(scripts, VISITOR_MAX);
    await leave(page);
  });

  test('in another language loads one more file, of at most 13 KB', async () => {
    const page = await visitor({ locale: 'de-DE' });
    const scripts = scriptsOf(page);
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    const catalogs = scripts.filter((script) => /\/assets\/(ar|de|en-XA|es)-/.test(script.url()));
    assert.equal(catalogs.length, 1);
    await checkWeight(catalogs, CATALOG_MAX);
    await leave(page);
  });

  test('loads at most 130 KB for a signed-in person, without the auth library', async () => {
    const { page } = await newcomer();
    const scripts = scriptsOf(page);
    let asked = false;
    let streams = 0;
    page.on('response', (response) => {
      if (response.url().endsWith('/api/live')) streams++;
      asked ||= response.url().endsWith('/api/users/me') && response.ok();
    });
    await page.goto('/');
    await page.getByLabel('New crud').waitFor();
    await eventually('a request that a token authorises', () => asked);
    await eventually('a stream', () => streams > 0);
    await settled(page);
    await checkWeight(scripts, SIGNED_IN_MAX);
    await leave(page);
  });
});
