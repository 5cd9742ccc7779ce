// discussion.mjs - the page of a crud: what it answers, the replies to replies, ways to share it; and the
// completion of people and tags in composers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson, newUserRows } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, settled, testNeeding } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const newWord = () => newHandle('word').replace('_', '');
const act = async ({ token }, method, path, json) =>
  assertOk(await stack.ask(method, path, { token, json }));
const post = (person, message) => act(person, 'POST', '/api/activities', { message, ttl: '1-day' });
const answer = (person, { uuid }, message) =>
  act(person, 'POST', `/api/activities/${uuid}/reply`, { message });
const pathOf = ({ handle, uuid }) => `/@${handle}/status/${uuid}`;
const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const LONG = `${'line\n'.repeat(30)}`;

// Where the top of an element is in the window.
const topOf = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top);

describe('discussions', BESIDE, () => {
  test('a crud stands below what it answers, and the page begins at it', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const first = await post(ann, `${LONG} the first`);
    const second = await answer(ben, first, `${LONG} the second`);
    const third = await answer(ann, second, 'the third');
    const page = await visitor({ viewport: { width: 390, height: 700 } });
    await page.goto(pathOf(third));
    const main = page.locator('.crud[data-main]');
    await main.getByText('the third').waitFor();
    const above = page.getByRole('list', { name: 'What this crud answers' }).getByRole('article');
    assert.equal(await above.count(), 2);
    assert.match(await above.nth(0).innerText(), /the first|line/);
    await eventually('the crud at the top', async () => Math.abs((await topOf(main)) - 52) < 3);

    // Another crud of the discussion, and back to the same place.
    const scrolled = () => page.evaluate(() => window.scrollY);
    const begin = await scrolled();
    await page.mouse.wheel(0, -100); // from now on the page is the reader's
    await eventually('a move', async () => (await scrolled()) === begin - 100);
    // Not by the pointer, which would scroll to it.
    await above.nth(0).getByRole('link', { name: /Open this crud/ }).evaluate((link) => link.click());
    await page.waitForURL(pathOf(first));
    await settled(page);
    assert.equal(await above.count(), 0);
    await page.goBack();
    await page.waitForURL(pathOf(third));
    // Texts are folded while the place is restored.
    await eventually('the place', async () => Math.abs((await scrolled()) - (begin - 100)) < 60);
    // A reload begins at the crud.
    await page.reload();
    await eventually('the crud at the top', async () => Math.abs((await topOf(main)) - 52) < 3);
    await leave(page);
  });

  test('a crud of a discussion that the reader cannot see is a line', async () => {
    const { person, page } = await newcomer();
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const first = await post(ann, 'the first');
    const second = await answer(ben, first, 'the second');
    const third = await answer(ann, second, 'the third');
    await act(person, 'PUT', `/api/users/@${ben.handle}/block`);
    const list = page.getByRole('list', { name: 'What this crud answers' });
    const lines = async () =>
      (await list.locator(':scope > li').allInnerTexts()).map((text) => /the \w+|is gone/.exec(text)?.[0]);
    await page.goto(pathOf(third));
    await list.waitFor();
    assert.deepEqual(await lines(), ['the first', 'is gone']);
    await act(person, 'DELETE', `/api/users/@${ben.handle}/block`);
    await act(person, 'PUT', `/api/users/@${ann.handle}/block`);
    await page.goto(pathOf(second));
    await page.getByText('This crud is gone').waitFor();
    assert.deepEqual(await lines(), ['is gone']);
    await leave(page);
  });

  test('of a deep discussion the nearest are shown, with a link to those before', async () => {
    const ann = await newPerson(stack);
    const cruds = [await post(ann, 'number 0')];
    for (let i = 1; i <= 22; i++) cruds.push(await answer(ann, cruds.at(-1), `number ${i}`));
    const page = await visitor();
    await page.goto(pathOf(cruds.at(-1)));
    const list = page.getByRole('list', { name: 'What this crud answers' });
    await list.waitFor();
    assert.equal(await list.getByRole('article').count(), 20);
    await list.getByRole('link', { name: 'Show earlier cruds' }).click();
    await page.waitForURL(pathOf(cruds[2]));
    await article(page, 'number 0').waitFor();
    assert.equal(await list.getByRole('article').count(), 2);
    await leave(page);
  });

  test('replies to a reply are shown in their place', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'the crud');
    const reply = await answer(ben, crud, 'the reply');
    for (const text of ['below one', 'below two']) await answer(ann, reply, text);
    const page = await visitor();
    await page.goto(pathOf(crud));
    await page.getByRole('button', { name: 'Show 2 replies' }).click();
    await article(page, 'below one').waitFor();
    await article(page, 'below two').waitFor();
    await page.getByRole('button', { name: 'Hide replies', expanded: true }).click();
    await article(page, 'below one').waitFor({ state: 'detached' });
    await leave(page);
  });
});

describe('pages with a head', BESIDE, () => {
  test('the address that the server names leaves with its page', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'with a head');
    const page = await visitor();
    await page.goto(pathOf(crud));
    const canonical = page.locator('link[rel=canonical]');
    await article(page, 'with a head').waitFor();
    assert.ok((await canonical.getAttribute('href')).endsWith(pathOf(crud)));
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.waitForURL('/');
    await eventually('its end', async () => (await canonical.count()) === 0);
    const missing = await page.goto(`/@${newHandle()}`);
    assert.equal(missing.status(), 404);
    await page.getByText('There’s nothing here').waitFor();
    await leave(page);
  });
});

describe('sharing', BESIDE, () => {
  test('a link is copied, or shown to be copied by hand', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'to be shared');
    const page = await visitor();
    await page.addInitScript(() => {
      const copied = [];
      Object.assign(window, { copied, refuse: false });
      Object.defineProperty(navigator, 'clipboard', {
        value: {
          writeText: async (text) => {
            if (window.refuse) throw new DOMException('no permission', 'NotAllowedError');
            copied.push(text);
          },
        },
      });
    });
    for (const path of [pathOf(crud), `/@${ann.handle}`]) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Share' }).first().click();
      const dialog = page.getByRole('dialog');
      assert.equal(await dialog.getByRole('button', { name: 'Send as message' }).count(), 0);
      await dialog.getByRole('button', { name: 'Copy link' }).click();
      await page.getByText('Link copied').waitFor();
      assert.deepEqual(await page.evaluate(() => window.copied), [`${stack.url}${path}`]);
      await page.evaluate(() => (window.refuse = true));
      await page.getByRole('button', { name: 'Share' }).first().click();
      await dialog.getByRole('button', { name: 'Copy link' }).click();
      const field = dialog.getByLabel('Link');
      assert.equal(await field.inputValue(), `${stack.url}${path}`);
      assert.equal(
        await field.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd)),
        `${stack.url}${path}`,
      );
    }
    await leave(page);
  });

  test('a link is passed to the device where it has a way', async () => {
    const crud = await post(await newPerson(stack), 'to be passed on');
    const page = await visitor();
    await page.addInitScript(() => {
      window.shared = [];
      navigator.share = async (data) => void window.shared.push(data.url);
    });
    await page.goto(pathOf(crud));
    await page.getByRole('button', { name: 'Share' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Share…' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(await page.evaluate(() => window.shared), [`${stack.url}${pathOf(crud)}`]);
    await leave(page);
  });

  test('a link is the draft of a message, to somebody new and in a conversation', async () => {
    const { person, page } = await newcomer();
    const other = await newPerson(stack);
    const crud = await post(other, 'to be sent');
    for (const [path, target] of [
      [pathOf(crud), new RegExp(`/messages/new/${other.handle}$`)],
      [`/@${other.handle}`, /\/messages\/[0-9a-f-]{36}$/],
    ]) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Share' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Send as message' }).click();
      await dialog.getByLabel('To (name or handle)').fill(other.handle);
      await dialog.getByRole('button', { name: other.handle }).click();
      await page.waitForURL(target);
      const field = page.getByPlaceholder('Write a message');
      await eventually('the draft', async () => (await field.inputValue()) === `${stack.url}${path}`);
      await page.getByRole('button', { name: 'Send' }).click();
      await eventually('the message', async () =>
        (await act(person, 'GET', `/api/message_groups/@${other.handle}`).catch(() => ({}))).message === `${stack.url}${path}`);
    }
    await leave(page);
  });
});

describe('completion', BESIDE, () => {
  const options = (page) => page.getByRole('listbox').getByRole('option');

  test('a person is completed by keys, in each composer', async () => {
    const ben = await newPerson(stack);
    const word = newWord();
    const [zoe, zola] = [await newPerson(stack, { name: `Zoë ${word}` }), await newPerson(stack, { name: `Zola ${word}` })];
    const crud = await post(ben, 'a crud');
    const { page } = await newcomer();
    for (const [path, label] of [
      ['/', 'New crud'],
      [pathOf(crud), `Reply to ${ben.name}`],
      [`/messages/new/${ben.handle}`, `Message to ${ben.name}`],
    ]) {
      await page.goto(path);
      const field = page.getByLabel(label);
      await field.click();
      await field.pressSequentially(`hi @${word}`);
      await eventually('two people', async () => (await options(page).count()) === 2);
      await page.getByText('2 people, 1 of 2').waitFor();
      const [one, other] = await options(page).allInnerTexts();
      assert.equal(await field.getAttribute('aria-controls'), await page.getByRole('listbox').getAttribute('id'));
      const active = () => field.evaluate((text) => document.getElementById(text.getAttribute('aria-activedescendant'))?.innerText);
      assert.equal(await active(), one);
      await field.press('ArrowDown');
      await page.getByText('2 people, 2 of 2').waitFor();
      assert.equal(await active(), other);
      await field.press('ArrowDown');
      await field.press('ArrowUp');
      await field.press(path === '/' ? 'Tab' : 'Enter');
      const handle = [zoe, zola].find(({ handle: one_ }) => other.includes(one_)).handle;
      await eventually('the handle', async () => (await field.inputValue()) === `hi @${handle} `);
      assert.equal(await options(page).count(), 0);
      assert.equal(await field.getAttribute('aria-activedescendant'), null);
      await field.pressSequentially('and more');
      assert.equal(await field.inputValue(), `hi @${handle} and more`);
      await field.fill('');
    }
    await leave(page);
  });

  test('a tag is completed, by a press; Escape closes the list until another word', async () => {
    const { page } = await newcomer();
    const tag = newWord();
    const authors = await newUserRows(stack, 80);
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at)
       select uuid, 'all of us say #${tag}', now() + interval '1 hour' from users
        where handle in (${authors.map((handle) => `'${handle}'`)})`,
    );
    await stack.sql('select trends_refresh()');
    await page.goto('/');
    const field = page.getByLabel('New crud');
    await field.click();
    await field.pressSequentially(`#${tag.slice(0, -2)}`);
    await options(page).first().waitFor();
    await field.press('Escape');
    await eventually('no list', async () => (await options(page).count()) === 0);
    await field.pressSequentially(tag.slice(-2, -1));
    assert.equal(await options(page).count(), 0);
    await field.fill('');
    await field.pressSequentially(`#${tag.slice(0, 6)}`);
    await options(page).filter({ hasText: tag }).click();
    assert.equal(await field.inputValue(), `#${tag} `);
    assert.ok(await field.evaluate((one) => one === document.activeElement));
    await leave(page);
  });

  test('keys of an input method are for it, and failures are silent', async () => {
    const { page } = await newcomer();
    const word = newWord();
    const other = await newPerson(stack, { name: `Zoë ${word}` });
    await page.goto('/');
    const field = page.getByLabel('New crud');
    await field.click();
    await field.pressSequentially(`@${word}`);
    await options(page).first().waitFor();
    // As WebKit sends the Enter that ends a composition.
    const passed = await field.evaluate((text) =>
      text.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })));
    assert.ok(passed);
    assert.equal(await field.inputValue(), `@${word}`);
    await field.press('Enter');
    assert.equal(await field.inputValue(), `@${other.handle} `);

    await page.route(/\/api\/users\?/, (route) => route.fulfill({ status: 503, body: '' }));
    await field.fill('');
    const failed = page.waitForResponse(/\/api\/users\?/);
    await field.pressSequentially('@bay');
    await failed;
    await settled(page);
    assert.equal(await options(page).count(), 0);
    assert.equal(await page.getByRole('alert').count(), 0);
    await leave(page);
  });

  test('requests are few: one after a pause, none for addresses', async () => {
    const { page } = await newcomer();
    const asked = [];
    page.on('request', (request) => {
      if (/\/api\/users\?term=/.test(request.url())) asked.push(new URL(request.url()).searchParams.get('term'));
    });
    await page.goto('/');
    const field = page.getByLabel('New crud');
    await field.click();
    await page.evaluate(() => document.activeElement.focus());
    await page.keyboard.insertText('write to me@example and @bay');
    await page.keyboard.insertText('k');
    await page.keyboard.insertText('o');
    await eventually('a request', () => asked.length > 0);
    await settled(page);
    assert.deepEqual(asked, ['bayko']);
    await leave(page);
  });

  testNeeding('a phone', 'on a phone the list is a strip that leaves the composer in sight', async () => {
    const ben = await newPerson(stack);
    const word = newWord();
    for (const name of ['Zoë', 'Zola', 'Zora']) await newPerson(stack, { name: `${name} ${word}` });
    const { page } = await newcomer({ viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true });
    for (const [path, label] of [['/', 'New crud'], [`/messages/new/${ben.handle}`, `Message to ${ben.name}`]]) {
      await page.goto(path);
      const field = page.getByLabel(label);
      await field.tap();
      await field.pressSequentially(`@${word}`);
      await eventually('three people', async () => (await options(page).count()) === 3);
      const [list, box] = [await page.getByRole('listbox').boundingBox(), await field.boundingBox()];
      assert.equal(list.x, 0);
      assert.equal(list.width, 390);
      assert.ok(list.y + list.height <= 700 && list.y >= 0, JSON.stringify(list));
      assert.ok(list.y >= box.y + box.height || list.y + list.height <= box.y, 'the text is in sight');
      for (const option of await options(page).all())
        assert.ok((await option.boundingBox()).height >= 48);
      await options(page).nth(1).tap();
      assert.match(await field.inputValue(), /^@\w+ $/);
      await field.fill('');
    }
    await leave(page);
  });
});
