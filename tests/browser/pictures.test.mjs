// pictures.test.mjs - every page as it looks, compared with the pictures in pictures/: phone and wide, light and
// dark, from left to right and from right to left. A page that looks different on purpose gets new pictures
// with UPDATE=1; look at them. The pictures of a failure are in build/pictures.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

import { assertOk } from '../api/harness/client.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { launch, newVisitor, storageOf } from './harness/browser.mjs';
import { ANONYMOUS, GROUP, open, openCrud, OWNER, SIGNED_IN, SIZES } from './harness/pages.mjs';

const KNOWN = fileURLToPath(new URL('pictures', import.meta.url));
const FAILED = fileURLToPath(new URL('../../build/pictures', import.meta.url));
const UPDATE = process.env.UPDATE === '1';
// Of all pixels, so many may differ: what fonts and drawing change, but no place or colour of a part.
const SHARE_MAX = 0.004;

const KINDS = {
  'phone-light': { viewport: SIZES.phone, colorScheme: 'light', locale: 'en-GB' },
  'wide-dark': { viewport: SIZES.wide, colorScheme: 'dark', locale: 'en-GB' },
  'phone-dark-ar': { viewport: SIZES.phone, colorScheme: 'dark', locale: 'ar' },
  'wide-light-ar': { viewport: SIZES.wide, colorScheme: 'light', locale: 'ar' },
};

// One font on all machines. Times, and what is drawn by them, change from run to run, and their widths with them.
const STYLE = `
  * { font-family: 'Noto Sans', 'Noto Sans Arabic', sans-serif !important; }
  time, .crud-left, .fuse, .aside-left, .sample-left, .life-end, .day, .as-of { display: none !important; }
`;

const stack = await Stack.start();
const browser = await launch();
after(async () => {
  await browser.close();
  await stack.down();
});

const storageState = await storageOf(browser, stack, OWNER);
// The pages below would mark notifications and messages as read one after the other.
const token = await stack.token(OWNER);
assertOk(await stack.ask('PUT', '/api/activities/notifications/read', { token }), 204);
const [{ uuid: message_uuid }] = assertOk(await stack.ask('GET', `/api/messages/${GROUP}?limit=1`, { token }));
assertOk(await stack.ask('PUT', `/api/message_groups/${GROUP}/read`, { token, json: { message_uuid } }), 204);

const read = (file) => PNG.sync.read(fs.readFileSync(file));

// The share of pixels of a picture that are not as they are known; 1 for another size, or without a known one.
function difference(name, actual) {
  const file = `${KNOWN}/${name}.png`;
  const known = fs.existsSync(file) ? read(file) : undefined;
  const { width, height, data } = PNG.sync.read(actual);
  if (known?.width !== width || known?.height !== height) return { share: 1 };
  const picture = new PNG({ width, height });
  const pixels = pixelmatch(known.data, data, picture.data, width, height, { threshold: 0.2 });
  return { share: pixels / (width * height), picture };
}

function check(name, actual) {
  if (UPDATE) {
    fs.writeFileSync(`${KNOWN}/${name}.png`, actual);
    return undefined;
  }
  const { share, picture } = difference(name, actual);
  if (share <= SHARE_MAX) return undefined;
  fs.mkdirSync(FAILED, { recursive: true });
  fs.writeFileSync(`${FAILED}/${name}.png`, actual);
  if (picture) fs.writeFileSync(`${FAILED}/${name}-difference.png`, PNG.sync.write(picture));
  return `${name}: ${(100 * share).toFixed(1)} % of the pixels`;
}

// About noon, so that the same seeds are of one day (the names of these zones have the sign of POSIX).
const hours = new Date().getUTCHours() - 12;
const timezoneId = `Etc/GMT${hours < 0 ? '' : '+'}${hours}`;
// Half the size is enough to see a part that has moved. The style is not in the page's Content-Security-Policy.
const options = { deviceScaleFactor: 0.5, reducedMotion: 'reduce', bypassCSP: true, timezoneId };

describe('pictures', { concurrency: 2 }, () => {
  for (const [kind, look] of Object.entries(KINDS))
    test(`the pages look as they did (${kind})`, async () => {
      const different = [];
      const shoot = async (page, name) => {
        const full = `${name}-${kind}`;
        different.push(check(full, await page.screenshot({ style: STYLE, animations: 'disabled' })));
      };
      const visitor = await newVisitor(browser, stack, { ...look, ...options });
      const member = await newVisitor(browser, stack, { ...look, ...options, storageState });
      for (const [page, pages] of [[visitor, ANONYMOUS], [member, SIGNED_IN]])
        for (const [name, address] of Object.entries(pages)) {
          await open(page, address);
          await shoot(page, name);
        }
      await openCrud(member);
      await shoot(member, 'status');
      for (const page of [visitor, member]) await page.context().close();
      assert.deepEqual(different.filter(Boolean), []);
    });
});
