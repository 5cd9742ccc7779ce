// weight.mjs - the size of the first page's JavaScript, and how long browsers may cache it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { leave } from '../harness/browser.mjs';
import { stack, visitor } from '../harness/main.mjs';

const JAVASCRIPT_MAX = 120 * 1024; // bytes of compressed JavaScript of the first page

describe('first page', () => {
  test('loads at most 120 KB of compressed JavaScript, without the auth library', async () => {
    const page = await visitor();
    const scripts = [];
    page.on('response', (response) => {
      if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response);
    });
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await page.waitForLoadState('networkidle');
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
      assert.doesNotMatch(await script.text(), /CognitoIdentityProvider\./, 'no auth library');
    }
    assert.ok(scripts.length > 0);
    for (const [encoding, size] of Object.entries(bytes))
      assert.ok(size <= JAVASCRIPT_MAX, `${size} bytes with ${encoding}`);
    await leave(page);
  });
});
