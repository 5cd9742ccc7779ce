// screenshots.mjs - pictures of every page, phone and wide, light and dark, in English and Arabic; of two people
// who write to each other; and of texts and names in several scripts, which need the fonts of the group
// `pictures` in packages.txt.
// Usage: node tests/browser/screenshots.mjs FOLDER [URL of a running stack]
import fs from 'node:fs';
import path from 'node:path';

import { Stack } from '../api/harness/stack.mjs';
import { PASSWORD } from '../api/harness/people.mjs';
import { launch, newVisitor, settled, signIn, storageOf } from './harness/browser.mjs';
import { ANONYMOUS, GROUP, open, openCrud, OWNER, SIGNED_IN, SIZES } from './harness/pages.mjs';
import { writeInScripts } from './harness/scripts.mjs';

// English, and a language that runs from right to left.
const LANGUAGES = { '': 'en-GB', '-ar': 'ar' };

const [folder = 'screenshots', url] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const stack = url ? { url } : await Stack.start();
const browser = await launch();
// Accounts and messages are made only in the stack that this program started.
const scripts = url ? undefined : await writeInScripts(stack);

const storageState = await storageOf(browser, stack, OWNER);

const picture = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });

async function shoot(page, name, address) {
  await open(page, address);
  await picture(page, name);
}

async function shootPages(kind, options) {
  const visitor = await newVisitor(browser, stack, options);
  for (const [name, address] of Object.entries(ANONYMOUS)) await shoot(visitor, `${name}-${kind}`, address);
  const member = await newVisitor(browser, stack, { ...options, storageState });
  for (const [name, address] of Object.entries(SIGNED_IN)) await shoot(member, `${name}-${kind}`, address);
  await openCrud(member);
  await picture(member, `status-${kind}`);
  for (const page of [visitor, member]) await page.context().close();
}

async function shootScripts(kind, options) {
  const page = await newVisitor(browser, stack, options);
  await signIn(page, scripts.reader.email, PASSWORD);
  await shoot(page, `scripts-feed-${kind}`, '/');
  await page
    .getByRole('article')
    .nth(3)
    .evaluate((card) => card.scrollIntoView());
  await page.screenshot({ path: path.join(folder, `scripts-feed-2-${kind}.png`) });
  await shoot(page, `scripts-notifications-${kind}`, '/notifications');
  await shoot(page, `scripts-messages-${kind}`, '/messages');
  for (const [name, group] of Object.entries(scripts.groups))
    await shoot(page, `scripts-${name}-${kind}`, `/messages/${group}`);
  await page.context().close();
}

// Two browsers side by side: one person writes, the message arrives, and the other one has read it.
async function shootTwo(kind, options) {
  const people = ['andrewbrown', 'bayko'];
  const pages = [];
  for (const name of people) {
    const page = await newVisitor(browser, stack, options);
    await signIn(page, name);
    await page.goto(`/messages/${GROUP}`);
    await settled(page);
    pages.push(page);
  }
  const [left, right] = pages;
  const board = await browser.newPage({
    viewport: { width: 2 * options.viewport.width + 24, height: options.viewport.height },
  });
  const shootBoth = async (moment) => {
    const images = [];
    for (const page of pages) {
      const image = await page.screenshot();
      images.push(`<img src="data:image/png;base64,${image.toString('base64')}">`);
    }
    await board.setContent(
      `<body style="margin:0;background:gray;display:flex;gap:24px">${images.join('')}`,
    );
    await board.screenshot({ path: path.join(folder, `two-${moment}-${kind}.png`) });
  };
  const text = 'You see this while I write to you.';
  await left.getByPlaceholder('Write a message').pressSequentially(text);
  await right.locator('.typing').waitFor();
  await shootBoth('writing');
  await left.getByRole('button', { name: 'Send' }).click();
  await right.locator('.bubble').filter({ hasText: text }).last().waitFor();
  await left.locator('.mine .message-foot').last().getByText('Seen').waitFor({ state: 'attached' });
  await shootBoth('seen');
  for (const page of [...pages, board]) await page.context().close();
}

try {
  for (const [size, viewport] of Object.entries(SIZES))
    for (const colorScheme of ['light', 'dark']) {
      const kind = `${size}-${colorScheme}`;
      const options = { viewport, colorScheme, hasTouch: size === 'phone' };
      for (const [suffix, locale] of Object.entries(LANGUAGES))
        await shootPages(`${kind}${suffix}`, { ...options, locale });
      if (!scripts) continue;
      await shootTwo(kind, options);
      await shootScripts(kind, options);
    }
} finally {
  await browser.close();
  await stack.down?.();
}
