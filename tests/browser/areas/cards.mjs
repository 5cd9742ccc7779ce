// cards.mjs - the card of a crud: its menu, its fuse, its end while it is being read, and what opens it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, MOTIONS, testNeeding } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const unique = (start) => `${start} ${randomUUID().slice(0, 8)}`;
const FOLDED = 'This crud has expired';

const act = async ({ token }, method, path, json) =>
  assertOk(await stack.ask(method, path, { token, json }));
const post = (person, message, ttl = '1-day') =>
  act(person, 'POST', '/api/activities', { message, ttl });

// A crud that was posted and ends so many minutes from now.
const setLife = (uuid, postedAgo, endsIn) =>
  stack.sql(
    `update activities set created_at = now() - interval '${postedAgo} min',
       expires_at = now() + interval '${endsIn} min' where uuid = '${uuid}'`,
  );

const focused = (page) =>
  page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);

describe('cards', BESIDE, () => {
  test('the menu opens by keyboard, its arrow keys go round, and Escape leads back to its button', async () => {
    const { person, page } = await newcomer();
    const { message } = await post(person, unique('with a menu'));
    await page.goto(`/@${person.handle}`);
    const more = article(page, message).getByRole('button', { name: 'More' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    assert.equal(await more.getAttribute('aria-expanded'), 'true');
    const names = ['Bookmark', 'Copy link', 'Delete'];
    await eventually('the first entry', async () => (await focused(page)) === names[0]);
    for (const [key, name] of [
      ['ArrowDown', names[1]],
      ['ArrowDown', names[2]],
      ['ArrowDown', names[0]],
      ['ArrowUp', names[2]],
      ['Home', names[0]],
      ['End', names[2]],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), name, key);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete' }).waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'More');
    const closed = () =>
      eventually('closed', async () => (await more.getAttribute('aria-expanded')) === 'false');
    await closed();
    // The Tab key leaves it, and a second press on the button closes it.
    await page.keyboard.press('Enter');
    await eventually('the first entry', async () => (await focused(page)) === names[0]);
    await page.keyboard.press('Shift+Tab');
    await page.getByRole('button', { name: 'Delete' }).waitFor({ state: 'detached' });
    await closed();
    await more.click();
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    await more.click();
    await page.getByRole('button', { name: 'Delete' }).waitFor({ state: 'detached' });
    await closed();
    // A dialog of an entry gives the focus back to the button, too.
    await more.click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'More');
    await leave(page);
  });

  test('the icons stand in the same columns, with and without counts', async () => {
    const [author, fan] = [await newPerson(stack), await newPerson(stack)];
    const { uuid } = await post(author, unique('many'));
    await post(author, unique('none'), '1-hour');
    await act(fan, 'PUT', `/api/activities/${uuid}/like`);
    await stack.sql(
      `update activities set likes_count = 12345, reposts_count = 999, replies_count = 88 where uuid = '${uuid}'`,
    );
    for (const width of [320, 600, 1440]) {
      const page = await visitor({ viewport: { width, height: 700 } });
      await page.goto(`/@${author.handle}`);
      await page.getByRole('article').nth(1).waitFor();
      const columns = await page
        .getByRole('article')
        .evaluateAll((cards) =>
          cards.map((card) =>
            [...card.querySelectorAll('footer .action')].map(
              (button) => button.querySelector('.icon').getBoundingClientRect().x,
            ),
          ),
        );
      assert.equal(columns[0].length, 4);
      assert.deepEqual(columns[0], columns[1], `${width} pixels`);
      await leave(page);
    }
  });

  test('the fuse is as long as the rest of the life, and warm near the end, which is also said', async () => {
    const author = await newPerson(stack);
    const [half, tenth, hour] = [
      await post(author, unique('half')),
      await post(author, unique('tenth')),
      await post(author, unique('hour'), '1-hour'),
    ];
    await setLife(half.uuid, 3000, 3000);
    await setLife(tenth.uuid, 9100, 900);
    await setLife(hour.uuid, 15, 45);
    const page = await visitor({ reducedMotion: 'reduce' });
    await page.goto(`/@${author.handle}`);
    for (const [{ message }, part, isWarm, words] of [
      [half, 0.5, false, /2d$/],
      [tenth, 0.09, true, /15 hours$/],
      [hour, 0.75, true, /45 minutes$/],
    ]) {
      const card = article(page, message);
      await card.waitFor();
      assert.match(await card.locator('.crud-left').innerText(), words);
      const [fuse, whole] = [await card.locator('.fuse').boundingBox(), await card.boundingBox()];
      assert.ok(Math.abs(fuse.width / whole.width - part) < 0.01, `${fuse.width} of ${whole.width}`);
      assert.ok(Math.abs(fuse.x - whole.x) < 1, 'it begins with the line');
      assert.equal((await card.locator('.fuse[data-ending]').count()) === 1, isWarm, message);
    }
    await leave(page);
  });

  test('the fuse burns without rendering the cards again', async () => {
    const author = await newPerson(stack);
    const { uuid, message } = await post(author, unique('burning'));
    await setLife(uuid, 0, 100);
    const page = await visitor({ reducedMotion: 'reduce' });
    await page.clock.install();
    await page.goto(`/@${author.handle}`);
    const fuse = article(page, message).locator('.fuse');
    await fuse.waitFor({ state: 'attached' });
    const before = (await fuse.boundingBox()).width;
    await page.clock.runFor(10 * 60_000);
    await eventually('a fuse that is a tenth shorter', async () => {
      const { width } = await fuse.boundingBox();
      return width / before < 0.92 && width / before > 0.88;
    });
    await leave(page);
  });

  test('a crud that expires while it is read folds to a line, and is gone when one comes back', async () => {
    const author = await newPerson(stack);
    const { uuid, message } = await post(author, unique('going'));
    const stays = await post(author, unique('staying'));
    await setLife(uuid, 50, 1);
    const page = await visitor();
    await page.clock.install();
    await page.goto(`/@${author.handle}`);
    await article(page, message).waitFor();
    await page.clock.runFor(70_000);
    await page.getByText(FOLDED).waitFor();
    await page.clock.runFor(1_000);
    await article(page, message).waitFor({ state: 'detached' });
    assert.equal(await page.getByText(FOLDED).count(), 1);
    assert.equal(await article(page, stays.message).count(), 1);
    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByRole('heading', { name: 'Search', level: 1 }).waitFor();
    await page.goBack();
    await article(page, stays.message).waitFor();
    assert.equal(await page.getByText(FOLDED).count(), 0);
    await leave(page);
  });

  test('on its own page an expired crud keeps its replies on the screen', async () => {
    const { person, page } = await newcomer();
    const { uuid, message } = await post(person, unique('discussed'));
    const reply = await act(person, 'POST', `/api/activities/${uuid}/reply`, {
      message: unique('an answer'),
    });
    await stack.sql(
      `update activities set expires_at = now() + interval '30 s' where uuid = '${uuid}'`,
    );
    await page.clock.install();
    await page.goto(`/@${person.handle}/status/${uuid}`);
    await page.getByLabel(`Reply to ${person.name}`).waitFor();
    await page.clock.runFor(40_000);
    await page.getByText(FOLDED).waitFor();
    await page.clock.runFor(1_000);
    assert.equal(await page.locator('[data-main]').count(), 0);
    assert.equal(await page.getByLabel(`Reply to ${person.name}`).count(), 0);
    await article(page, reply.message).waitFor();
    assert.equal(await article(page, message).count(), 0);
    await leave(page);
  });

  test('authors are told before a crud with replies ends, and nobody else is', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const { uuid } = await post(ann.person, unique('answered'));
    const alone = await post(ann.person, unique('not answered'));
    await act(ben.person, 'POST', `/api/activities/${uuid}/reply`, { message: unique('yes') });
    await setLife(uuid, 100, 50);
    await setLife(alone.uuid, 100, 50);
    const hint = 'Your crud ends within the hour. It has a reply.';
    await ann.page.goto(`/@${ann.person.handle}`);
    await ann.page.getByText(hint).waitFor();
    assert.equal(await ann.page.getByText('ends within the hour').count(), 1);
    await ben.page.goto(`/@${ann.person.handle}`);
    await article(ben.page, alone.message).waitFor();
    assert.equal(await ben.page.getByText('ends within the hour').count(), 0);
    await leave(ann.page, ben.page);
  });

  testNeeding('windows', 'the whole card opens the crud, but not where text is selected or something else is pressed', async () => {
    const author = await newPerson(stack);
    const { uuid, message } = await post(author, unique('open me by my text'));
    const path = `/@${author.handle}/status/${uuid}`;
    const page = await visitor();
    await page.goto(`/@${author.handle}`);
    const text = article(page, message).locator('.crud-text');
    // Selecting text.
    const { x, y, height } = await text.boundingBox();
    await page.mouse.move(x + 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + height / 2, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await page.evaluate(() => String(window.getSelection())), '');
    // A button, and the menu that it opens.
    await article(page, message).getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(new URL(page.url()).pathname, `/@${author.handle}`);
    // In a new tab.
    for (const options of [{ modifiers: ['Control'] }, { button: 'middle' }]) {
      const [tab] = await Promise.all([page.context().waitForEvent('page'), text.click(options)]);
      await tab.waitForURL(path);
      await tab.close();
    }
    assert.equal(new URL(page.url()).pathname, `/@${author.handle}`);
    await text.click();
    await page.waitForURL(path);
    await page.locator('[data-main]').click({ position: { x: 5, y: 5 } });
    assert.equal(new URL(page.url()).pathname, path);
    await leave(page);
  });

  test('a like pops and its count rolls, not in a page that asks for no motion', async () => {
    for (const reducedMotion of MOTIONS) {
      const author = await newPerson(stack);
      const { message } = await post(author, unique('to be liked'));
      const { page } = await newcomer({ reducedMotion });
      await page.goto(`/@${author.handle}`);
      const like = article(page, message).getByRole('button', { name: /^Like/ });
      const animations = () =>
        like.evaluate((button) =>
          [button.querySelector('.icon'), button.querySelector('.action-count')].map(
            (part) => getComputedStyle(part).animationName,
          ),
        );
      await like.waitFor();
      assert.deepEqual(await animations(), ['none', 'none'], 'nothing moves at first');
      await like.click();
      await article(page, message).getByRole('button', { name: 'Like, 1', pressed: true }).waitFor();
      const moving = reducedMotion === 'reduce' ? ['none', 'none'] : ['pop', 'roll'];
      assert.deepEqual(await animations(), moving);
      await leave(page);
    }
  });

  test('the letters of all avatars can be read in light and dark', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await visitor({ colorScheme });
      await page.goto('/');
      await page.getByRole('article').first().waitFor();
      const contrasts = await page.evaluate(() => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
        const luminance = (colour) => {
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const avatar = document.querySelector('.avatar');
        return Array.from({ length: 12 }, (_, tone) => {
          avatar.dataset.tone = tone;
          const { color, backgroundColor } = getComputedStyle(avatar);
          const [one, other] = [luminance(color), luminance(backgroundColor)].sort((a, b) => b - a);
          return (one + 0.05) / (other + 0.05);
        });
      });
      assert.equal(contrasts.length, 12);
      assert.ok(Math.min(...contrasts) >= 4.5, `${colorScheme}: ${contrasts}`);
      await leave(page);
    }
  });
});
