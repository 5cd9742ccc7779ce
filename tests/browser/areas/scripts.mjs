// scripts.mjs - texts and names in every script: direction, imitation of other people, long texts,
// counting, what fields clean, and times on a device with a wrong clock.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newAccount, newHandle, newPerson, PASSWORD, say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, signOut, testNeeding } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const tag = () => randomUUID().slice(0, 8);

const post = async (person, message, ttl = '1-day') =>
  assertOk(
    await stack.ask('POST', '/api/activities', { token: person.token, json: { message, ttl } }),
  );

// A name as an old row may have it: the API refuses some of these.
const rename = (person, name) =>
  stack.sql(`update users set display_name = '${name}' where uuid = '${person.uuid}'`);

const directionOf = (locator) => locator.evaluate((element) => getComputedStyle(element).direction);

// The horizontal centre of the nth occurrence of a character in an element, as it is drawn.
const drawnAt = (locator, character) =>
  locator.evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { left, right } = range.getBoundingClientRect();
      return (left + right) / 2;
    }
    return null;
  }, character);

// Runs in the page: where each letter of an element is drawn, and whether nothing hides it.
function whereLettersAre(element) {
  element.scrollIntoView({ block: 'center' });
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const letters = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode())
    for (let i = 0; i < text.data.length; i++) {
      const range = document.createRange();
      range.setStart(text, i);
      range.setEnd(text, i + 1);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      letters.push({ left, top, visible: element.contains(there) });
    }
  return letters;
}

const HEBREW = 'מה שלומך היום?';
const ARABIC = 'كيف حالك اليوم؟';

describe('texts in every script', BESIDE, () => {
  for (const [language, text, name, end] of [
    ['Hebrew', HEBREW, 'דנה לוי', '?'],
    ['Arabic', ARABIC, 'ليلى حسن', '؟'],
  ])
    test(`${language} runs from right to left in cruds, messages, names, bios and fields`, async () => {
      const { person, page } = await newcomer();
      const other = await newPerson(stack);
      assertOk(
        await stack.ask('PUT', '/api/profile/update', {
          token: other.token,
          json: { display_name: name, bio: `${text} ${name}.` },
        }),
      );
      const crud = await post(other, `${text} @${person.handle} ${name}\nOK`);
      const { message_group_uuid: group } = assertOk(
        await say(stack, other, { handle: person.handle }, text),
      );

      await page.goto(`/@${other.handle}`);
      const shown = page.locator('.crud-text').filter({ hasText: text });
      assert.equal(await directionOf(shown), 'rtl', 'a crud');
      assert.ok((await drawnAt(shown, end)) < (await drawnAt(shown, text[0])), 'its last sign');
      // A paragraph has the direction of its own first letter.
      const latin = await shown.evaluate((element) => element.getBoundingClientRect().left);
      assert.ok((await drawnAt(shown, 'OK')) < latin + 40, 'its second paragraph');
      const at = await drawnAt(shown, '@');
      assert.ok(
        at < (await drawnAt(shown, person.handle)),
        'a mention in it runs as a handle does',
      );
      assert.equal(await directionOf(page.locator('.profile-bio')), 'rtl', 'a bio');
      assert.equal(await directionOf(article(page, text).locator('bdi')), 'rtl', 'a name');
      assert.equal(await directionOf(page.locator('.profile bdi')), 'rtl', 'the name above');

      await page.goto(`/@${other.handle}/status/${crud.uuid}`);
      assert.equal(await directionOf(page.locator('[data-main] .crud-text')), 'rtl', 'its page');
      const reply = page.getByLabel(`Reply to ${name}`);
      assert.equal(await directionOf(reply), 'ltr', 'an empty field');
      await reply.fill(text);
      assert.equal(await directionOf(reply), 'rtl', 'a reply');

      await page.goto(`/messages/${group}`);
      const message = page.locator('li.message').filter({ hasText: text }).getByText(text);
      assert.equal(await directionOf(message), 'rtl', 'a message');
      const row = page.getByRole('link', { name });
      assert.equal(await directionOf(row.getByText(text)), 'rtl', 'its preview');
      const field = page.getByPlaceholder('Write a message');
      await field.fill(text);
      assert.equal(await directionOf(field), 'rtl', 'a message being written');

      for (const [path, label] of [
        ['/', 'New crud'],
        ['/search', 'Search cruds'],
      ]) {
        await page.goto(path);
        await page.getByLabel(label).fill(text);
        assert.equal(await directionOf(page.getByLabel(label)), 'rtl', label);
      }
      await page.goto(`/@${person.handle}`);
      await page.getByRole('button', { name: 'Edit profile' }).click();
      for (const label of ['Display name', 'About you']) {
        await page.getByLabel(label).fill(text);
        assert.equal(await directionOf(page.getByLabel(label)), 'rtl', label);
      }
      await leave(page);
    });

  test('the title of a tab cuts no character in half', async () => {
    const author = await newPerson(stack);
    const start = `${tag()} ${'x'.repeat(30)}`;
    const page = await visitor();
    for (const [text, expected] of [
      [`${start}😀 and more`, `: ${start}😀…`],
      [`${start}👩‍👩‍👧 and more`, `: ${start}👩‍👩‍👧…`],
    ]) {
      const { uuid } = await post(author, text);
      await page.goto(`/@${author.handle}/status/${uuid}`);
      await article(page, text).waitFor();
      const title = await eventually('the title', async () => {
        const current = await page.evaluate(() => document.title);
        return current.includes(start) && current;
      });
      assert.ok(title.includes(expected), title);
      assert.ok(title.isWellFormed(), title);
    }
    await leave(page);
  });
});

describe('names', BESIDE, () => {
  for (const [size, viewport] of [
    ['phone', { width: 360, height: 740 }],
    ['wide', { width: 1280, height: 800 }],
  ])
    test(`a handle is always shown whole and in order, whatever the name says (${size})`, async () => {
      const { person, page } = await newcomer({ viewport });
      const mine = await post(person, `Mine ${tag()}`);
      const check = async (place, { handle, name }) => {
        const shown = page.locator(place).locator('.handle').filter({ hasText: handle }).first();
        // The head of a conversation is drawn again when its messages arrive.
        const letters = await eventually('a handle that is drawn', async () => {
          const drawn = await shown.evaluate(whereLettersAre);
          return drawn.some(({ left }) => left > 0) && drawn;
        });
        const of = `${place} of ${JSON.stringify(name)}: ${JSON.stringify(letters)}`;
        assert.ok(
          letters.every(({ visible }) => visible),
          `a part of the handle is hidden: ${of}`,
        );
        const inOrder = ({ left, top }, i) =>
          i === 0 || left > letters[i - 1].left || top > letters[i - 1].top;
        assert.ok(letters.every(inOrder), `the handle is out of order: ${of}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `the page is ${width} px wide: ${of}`);
      };
      const others = [];
      for (const name of [
        `Andrew Brown @andrewbrown${'\u2800'.repeat(24)}`,
        'n\u202eworB werdnA',
        '\u2069\u2069\u202ex\u2067 nworbwerdna@',
        'W'.repeat(50),
        '\u3164\u200b',
      ]) {
        const other = await newPerson(stack);
        await rename(other, name);
        const text = `Believe me ${tag()} @${person.handle}`;
        const { uuid } = await post(other, text);
        const like = `/api/activities/${mine.uuid}/like`;
        assertOk(await stack.ask('PUT', like, { token: other.token }));
        const sent = assertOk(await say(stack, other, { handle: person.handle }, text));
        others.push({ ...other, name, uuid, group: sent.message_group_uuid });
      }
      for (const other of others) {
        await page.goto(`/@${other.handle}`);
        await check('.crud', other);
        await check('.profile', other);
        await page.goto(`/@${other.handle}/status/${other.uuid}`);
        await check('.crud[data-main]', other);
        await page.goto(`/messages/${other.group}`);
        await check('.thread-head', other);
      }
      await page.goto('/messages');
      for (const other of others) await check('.conversation', other);
      await page.goto('/notifications');
      await page.getByRole('button', { name: '4 others' }).click();
      for (const other of others) {
        await check('.notification', other);
        await check('.crud header', other);
      }
      await leave(page);
    });

  test('an avatar shows whole characters of the name, or of the handle', async () => {
    const { page } = await newcomer();
    for (const [name, letter] of [
      ['👩🏽‍🚀 Ana', 'A'],
      ['👩🏽‍🚀', '👩🏽‍🚀'],
      ['Zoë Nguyễn', 'ZN'],
      ['é̂ric', 'É̂'],
      ['\u202e\u3164', 'P'],
    ]) {
      const other = await newPerson(stack);
      await rename(other, name);
      await page.goto(`/@${other.handle}`);
      const shown = await page.locator('.profile .avatar').textContent();
      assert.equal(shown.normalize('NFD'), letter.normalize('NFD'));
    }
    await leave(page);
  });
});

describe('long texts', BESIDE, () => {
  test('a crud of 270 lines is folded in lists and whole on its own page', async () => {
    const { person: reader, page } = await newcomer();
    const author = await newPerson(stack);
    const text = `top ${tag()}${'\n'.repeat(260)}end`;
    const { uuid } = await post(author, text);
    await post(author, Array.from({ length: 8 }, (_, i) => `line ${i}`).join('\n'));
    await page.goto(`/@${author.handle}`);
    const card = article(page, text.slice(0, 12));
    const height = () => card.evaluate((element) => element.getBoundingClientRect().height);
    const more = card.getByRole('button', { name: 'Show more', expanded: false });
    await more.waitFor();
    assert.ok((await height()) < 420, `folded: ${await height()} px`);
    assert.equal(
      await article(page, 'line 7').getByRole('button', { name: 'Show more' }).count(),
      0,
      '8 lines are not folded',
    );
    await more.focus();
    await page.keyboard.press('Enter');
    const less = card.getByRole('button', { name: 'Show less', expanded: true });
    await less.waitFor();
    assert.ok((await height()) > 5000, `open: ${await height()} px`);
    await less.click();
    await more.waitFor();

    await page.goto(`/@${author.handle}/status/${uuid}`);
    await page.locator('[data-main]').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
    const whole = await page.locator('[data-main] .crud-text').boundingBox();
    assert.ok(whole.height > 5000, 'the whole text');

    // A notification quotes the crud.
    const mine = await post(reader, `mine${'\n'.repeat(260)}end`);
    assertOk(await stack.ask('PUT', `/api/activities/${mine.uuid}/like`, { token: author.token }));
    await page.goto('/notifications');
    const quoted = await page.locator('.quoted').boundingBox();
    assert.ok(quoted.height < 300, `quoted: ${quoted.height} px`);
    await leave(page);
  });

  test('a message of 1,000 lines is folded', async () => {
    const { person, page } = await newcomer();
    const other = await newPerson(stack);
    const { message_group_uuid: group } = assertOk(
      await say(stack, other, { handle: person.handle }, `top${'\n'.repeat(1000)}end`),
    );
    await page.goto(`/messages/${group}`);
    const message = page.locator('li.message').filter({ hasText: 'top' });
    await message.getByRole('button', { name: 'Show more' }).waitFor();
    const box = await message.boundingBox();
    assert.ok(box.height < 800, `${box.height} px`);
    await message.getByRole('button', { name: 'Show more' }).click();
    await eventually('the whole message', async () => (await message.boundingBox()).height > 20000);
    await leave(page);
  });

  test('a link that is folded away is shown when the keyboard reaches it', async () => {
    const author = await newPerson(stack);
    const text = `start ${tag()}${'\n'.repeat(30)}https://example.org/`;
    await post(author, text);
    const page = await visitor();
    await page.goto(`/@${author.handle}`);
    await article(page, text.slice(0, 14)).getByRole('button', { name: 'Show more' }).waitFor();
    await page.getByRole('link', { name: 'https://example.org/' }).focus();
    await page.getByRole('button', { name: 'Show less' }).waitFor();
    await leave(page);
  });
});

const HOUR_MS = 3_600_000;

// Shifts the clock of the page: Date and what uses it, but not the monotonic clock.
const shiftClock = (page, ms) =>
  page.addInitScript((shift) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...parts) {
        if (parts.length > 0) super(...parts);
        else super(Real.now() + shift);
      }
      static now() {
        return Real.now() + shift;
      }
    };
  }, ms);

describe('times', BESIDE, () => {
  for (const [hours, where] of [
    [2, 'two hours ahead'],
    [-5, 'five hours behind'],
  ])
    test(`a device whose clock is ${where} shows the same cruds and times`, async () => {
      const author = await newPerson(stack);
      const text = `On time ${tag()}`;
      const { uuid } = await post(author, text, '1-hour');
      const page = await visitor();
      await shiftClock(page, hours * HOUR_MS);
      for (const path of ['/', `/@${author.handle}`, `/@${author.handle}/status/${uuid}`]) {
        await page.goto(path);
        const shown = article(page, text);
        await shown.waitFor();
        assert.match(await shown.locator('.crud-left').innerText(), /(1 hour|1h|5\d minutes|5\dm)$/, path);
      }
      await page.goto(`/@${author.handle}`);
      const at = article(page, text).locator('header time');
      assert.match(await at.innerText(), /^(now|\dm)$/);
      // It still disappears when it expires.
      await stack.sql(
        `update activities set expires_at = now() + interval '4 s' where uuid = '${uuid}'`,
      );
      await page.reload();
      await page.locator('.profile').waitFor();
      await article(page, text).waitFor({ state: 'detached' });
      await leave(page);
    });

  test('a message of now is of today on a device whose clock is two days ahead', async () => {
    const { person, page } = await newcomer();
    const other = await newPerson(stack);
    const { message_group_uuid: group } = assertOk(
      await say(stack, other, { handle: person.handle }, 'Just now'),
    );
    await shiftClock(page, 48 * HOUR_MS);
    // The auth library has noted the difference when it signed in.
    await page.addInitScript(
      ([key, drift]) => {
        if (window.origin !== 'null') localStorage.setItem(key, drift);
      },
      [
        `CognitoIdentityServiceProvider.${stack.config.userPoolClientId}.${person.email}.clockDrift`,
        String(-48 * HOUR_MS),
      ],
    );
    await page.goto(`/messages/${group}`);
    await page.locator('li.message').filter({ hasText: 'Just now' }).waitFor();
    // Midnight may pass while the page loads.
    assert.match(await page.locator('.day').innerText(), /^(Today|Yesterday)$/);
    assert.match(await page.locator('.conversation time').innerText(), /^(now|\dm)$/);
    await leave(page);
  });

  testNeeding('time zones that change', 'times follow a time zone that changes while the page is open', async () => {
    const { person, page } = await newcomer();
    const other = await newPerson(stack);
    const { message_group_uuid: group } = assertOk(
      await say(stack, other, { handle: person.handle }, 'What time is it?'),
    );
    const devices = await page.context().newCDPSession(page);
    const shown = page.locator('li.message time');
    await devices.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Tokyo' });
    await page.goto(`/messages/${group}`);
    const before = await shown.innerText();
    await devices.send('Emulation.setTimezoneOverride', { timezoneId: 'America/Lima' });
    await eventually('another time', async () => (await shown.innerText()) !== before);
    await leave(page);
  });
});

describe('fields', BESIDE, () => {
  test('blanks around an email, a handle and a code are no mistake', async () => {
    const page = await visitor();
    const handle = newHandle('blank');
    const email = `${handle}@example.org`;
    await page.goto('/signup');
    await page.getByLabel('Name').fill(' Ana\t\u202eMaria\u200b ');
    await page.getByLabel('Handle').fill(`@${handle} `);
    await page.getByLabel('Email').fill(`${email}\u200b`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('/confirm');
    assert.equal(await page.getByLabel('Email').inputValue(), email);
    await page.getByLabel('Code').fill(' 123 456\u00a0'); // a whole code submits itself
    await page.waitForURL('/welcome');
    await page.getByRole('heading', { name: 'Introduce yourself' }).waitFor(); // it is shown once
    await page.goto('/');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto('/signin');
    await page.getByLabel('Email').fill(` ${email} `);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/');
    await page.getByRole('link', { name: 'Profile' }).waitFor(); // the person is registered
    await page.goto(`/@${handle}`);
    await page.locator('.profile').getByText('Ana Maria', { exact: true }).waitFor();
    await leave(page);
  });

  test('a handle with a trailing blank finds the person to write to', async () => {
    const { page } = await newcomer();
    const other = await newPerson(stack);
    await page.goto('/messages');
    await page.getByRole('button', { name: 'New message' }).first().click();
    await page.getByLabel('To (name or handle)').fill(`@${other.handle} `);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`/messages/new/${other.handle}`);
    await leave(page);
  });

  test('control characters of a paste are left out, and do not count', async () => {
    const { person, page } = await newcomer();
    await page.goto('/');
    const text = `Pasted ${tag()}`;
    await page.getByLabel('New crud').fill(`\u001b${text}\u0007\n${'x'.repeat(280 - 16)}`);
    await page.getByRole('button', { name: 'Crud', exact: true }).click();
    await article(page, text).waitFor();
    const { activities } = assertOk(await stack.ask('GET', `/api/activities/@${person.handle}`));
    assert.equal(activities[0].message, `${text}\n${'x'.repeat(280 - 16)}`);
    await leave(page);
  });

  test('a text or a name that nobody could see says so at the field', async () => {
    const { person, page } = await newcomer();
    const reason = page.getByRole('alert').filter({ hasText: 'can be seen' });
    await page.goto('/');
    await page.getByLabel('New crud').fill('\u3164\u2800\u200b');
    await reason.waitFor();
    await page.getByLabel('New crud').fill('');
    await reason.waitFor({ state: 'detached' });
    await page.goto(`/@${person.handle}`);
    await page.getByRole('button', { name: 'Edit profile' }).click();
    await page.getByLabel('Display name').fill('\u2800\u202e');
    await reason.waitFor();
    await page.getByLabel('Display name').fill('x'.repeat(51));
    await page.getByRole('alert').filter({ hasText: 'at most 50' }).waitFor();
    assert.equal(await page.getByLabel('Display name').getAttribute('aria-invalid'), 'true');
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
    await leave(page);
  });

  test('a refusal by the server is said at the field', async () => {
    const { person, page } = await newcomer();
    await page.route('**/api/profile/update', (route) =>
      route.fulfill({ status: 422, json: { errors: ['display_name_invalid'] } }),
    );
    await page.goto(`/@${person.handle}`);
    await page.getByRole('button', { name: 'Edit profile' }).click();
    await page.getByLabel('Display name').fill('Refused');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'that everyone can see' }).waitFor();
    assert.equal(await page.getByLabel('Display name').getAttribute('aria-invalid'), 'true');
    await page.getByLabel('Display name').fill('Another');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await leave(page);
  });

  test('the form for a new account says at once that a handle is taken, and which are free', async () => {
    const page = await visitor();
    const wanted = [];
    await page.route('**/api/handles/*', (route) => {
      const handle = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1));
      wanted.push(handle);
      if (handle === 'unknown') return route.fulfill({ status: 404, json: { errors: [] } });
      return route.fulfill({
        json:
          handle === 'support'
            ? { available: false, reason: 'handle_reserved', suggestions: ['support_9'] }
            : { available: true, reason: null, suggestions: [] },
      });
    });
    await page.goto('/signup');
    const field = page.getByLabel('Handle');
    await field.pressSequentially('support ');
    await page.getByRole('alert').filter({ hasText: 'reserved' }).waitFor();
    await page.getByRole('button', { name: '@support_9' }).click();
    assert.equal(await field.inputValue(), 'support_9');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await field.fill('unknown');
    await eventually('the question', () => wanted.includes('unknown'));
    assert.equal(await page.getByRole('alert').count(), 0);
    await leave(page);
  });

  test('posting works on plain HTTP, where crypto.randomUUID is missing', async () => {
    const { page } = await newcomer();
    await page.addInitScript(() => {
      delete Crypto.prototype.randomUUID;
    });
    await page.goto('/');
    const text = `Plain ${tag()}`;
    await page.getByLabel('New crud').fill(text);
    await page.getByRole('button', { name: 'Crud', exact: true }).click();
    await article(page, text).waitFor();
    const other = await newPerson(stack);
    await page.goto(`/messages/new/${other.handle}`);
    await page.getByPlaceholder('Write a message').fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/messages\/[0-9a-f-]{36}$/);
    await leave(page);
  });
});
