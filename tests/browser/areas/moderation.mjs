// moderation.mjs - reporting a crud, a message and a person, and the pages of moderators.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { joinModerators, newHandle, newPerson, say, signIn } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, sessionOf } from '../harness/browser.mjs';
import { newcomer, pageOf, stack, visitor } from '../harness/main.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page, name) => page.getByRole('dialog', { name });
const newWord = () => newHandle('word').replace('_', '');
const post = async ({ token }, message) =>
  assertOk(await stack.ask('POST', '/api/activities', { token, json: { message, ttl: '1-day' } }));
const tryReport = ({ token }, json) => stack.ask('POST', '/api/reports', { token, json: { reason: 'spam', ...json } });
const report = async (...args) => assertOk(await tryReport(...args), 204);

// The rows of what a person has reported: [kind, reason, note, state].
const reportsOf = ({ uuid }) =>
  stack.sql(`select kind, reason, note, coalesce(action, 'open') from reports where reporter_uuid = '${uuid}'`);

async function moderator() {
  const person = await newPerson(stack);
  await joinModerators(stack, person);
  const later = { ...person, token: await signIn(stack, person) };
  return { person: later, page: await visitor({ storageState: sessionOf(stack, later) }) };
}

// Fill in the form of a report.
async function fill(page, reason, note) {
  await page.getByLabel(reason).check();
  if (note) await page.getByLabel('Anything else?').fill(note);
  await page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
  await page.getByText('A moderator will look at it').first().waitFor();
  await eventually('no dialog', async () => (await page.getByRole('dialog').count()) === 0);
}

// The report with this text; its queue may have several pages.
async function find(page, text) {
  const found = page.locator('.report').filter({ hasText: text });
  await eventually('the report', async () => {
    await page.mouse.wheel(0, 20_000);
    return (await found.count()) > 0;
  });
  return found;
}

describe('reporting', BESIDE, () => {
  test('a crud: what is wrong is chosen first, and the author is not told', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const crud = await post(ben.person, `buy ${newWord()}`);
    await ann.page.goto(`/@${ben.person.handle}`);
    const card = ann.page.getByRole('article').filter({ hasText: crud.message });
    await card.getByRole('button', { name: 'More' }).click();
    await button(ann.page, 'Report this crud').click();
    const form = dialog(ann.page, 'Report this crud');
    assert.ok(await form.getByRole('button', { name: 'Report', exact: true }).isDisabled());
    await fill(ann.page, 'Spam', 'Again and again.');
    assert.deepEqual(await reportsOf(ann.person), [['crud', 'spam', 'Again and again.', 'open']]);
    // One's own cruds can be deleted instead.
    await ben.page.goto(`/@${ben.person.handle}`);
    await ben.page.getByRole('article').getByRole('button', { name: 'More' }).click();
    await ben.page.getByRole('button', { name: 'Delete' }).waitFor();
    assert.equal(await button(ben.page, 'Report this crud').count(), 0);
    await ben.page.keyboard.press('Escape');
    assert.equal(await ben.page.getByText('report', { exact: false }).count(), 0);
    await leave(ann.page, ben.page);
  });

  test('a person and a message, and the conversation', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const sent = assertOk(await say(stack, ben.person, { handle: ann.person.handle }, `a threat ${newWord()}`));
    await ann.page.goto(`/@${ben.person.handle}`);
    await button(ann.page, 'More').click();
    await button(ann.page, 'Report').click();
    await dialog(ann.page, `Report @${ben.person.handle}`).waitFor();
    await fill(ann.page, 'Pretends to be someone else');

    await ann.page.goto(`/messages/${sent.message_group_uuid}`);
    const message = ann.page.locator('li.message').filter({ hasText: sent.message });
    for (const what of ['Report this message', 'Report the conversation']) {
      await message.hover();
      await message.getByRole('button', { name: 'More' }).click();
      await button(ann.page, what).click();
      await fill(ann.page, 'Harassment');
    }
    assert.deepEqual(
      (await reportsOf(ann.person)).map(([kind, reason]) => [kind, reason]).sort(),
      [['conversation', 'harassment'], ['message', 'harassment'], ['person', 'impersonation']],
    );
    await leave(ann.page, ben.page);
  });

  test('that fails says so and keeps what was written', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const crud = await post(ben.person, `gone ${newWord()}`);
    await ann.page.goto(`/@${ben.person.handle}`);
    await ann.page.getByRole('article').getByRole('button', { name: 'More' }).click();
    await button(ann.page, 'Report this crud').click();
    await ann.page.getByLabel('Something else').check();
    await ann.page.getByLabel('Anything else?').fill('a note');
    const { token } = ben.person;
    assertOk(await stack.ask('DELETE', `/api/activities/${crud.uuid}`, { token }), 204);
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
    await ann.page.getByRole('alert').getByText('Not sent. It’s no longer there.').waitFor();
    assert.equal(await ann.page.getByLabel('Anything else?').inputValue(), 'a note');
    await button(ann.page, 'Cancel').click();
    await ann.page.getByLabel('Anything else?').waitFor({ state: 'detached' });
    await leave(ann.page, ben.page);
  });

  test('needs an account', async () => {
    const ben = await newPerson(stack);
    await post(ben, `hello ${newWord()}`);
    const page = await visitor();
    await page.goto(`/@${ben.handle}`);
    await page.getByRole('button', { name: 'More' }).click();
    await button(page, 'Copy link').waitFor();
    assert.equal(await button(page, 'Report this crud').count(), 0);
    await leave(page);
  });
});

describe('moderation', BESIDE, () => {
  test('is in the menu of moderators only, and its page exists for nobody else', async () => {
    const [mod, ann] = [await moderator(), await newcomer()];
    for (const { page } of [mod, ann]) {
      await page.goto('/');
      await page.getByRole('button', { name: /Account/ }).click();
      await page.getByRole('link', { name: 'Blocked and muted' }).waitFor();
    }
    await mod.page.getByRole('link', { name: 'Moderation' }).click();
    await mod.page.getByRole('heading', { name: 'Moderation', level: 1 }).waitFor();
    assert.equal(await ann.page.getByRole('link', { name: 'Moderation' }).count(), 0);
    await ann.page.goto('/moderation');
    await ann.page.getByRole('heading', { name: 'There’s nothing here' }).waitFor();
    assert.equal(await ann.page.locator('.report').count(), 0);
    const londo = await pageOf('londo@cruddur.example');
    await londo.goto('/moderation');
    await londo.getByRole('heading', { name: 'Moderation', level: 1 }).waitFor();
    await leave(mod.page, ann.page, londo);
  });

  test('a report shows who, whom, why and what, with the messages before it, and is dismissed', async () => {
    const [ann, ben, mod] = [await newPerson(stack), await newPerson(stack), await moderator()];
    const word = newWord();
    const first = assertOk(await say(stack, ben, { handle: ann.handle }, `before ${word} https://bad.example/`));
    const group = { message_group_uuid: first.message_group_uuid };
    const sent = assertOk(await say(stack, ben, group, `threat ${word}`));
    await report(ann, { ...group, message_uuid: sent.uuid, reason: 'harassment', note: `please ${word}` });
    await mod.page.goto('/moderation');
    const card = await find(mod.page, word);
    await card.getByRole('heading', { name: 'Harassment' }).waitFor();
    for (const text of [`please ${word}`, `before ${word}`, `threat ${word}`]) await card.getByText(text).waitFor();
    for (const { name } of [ann, ben]) await card.getByRole('link', { name }).first().waitFor();
    await card.locator('[data-reported]').getByText(`threat ${word}`).waitFor();
    assert.equal(await card.locator('.reported-texts a').count(), 0, 'nothing in a text can be followed');
    await card.getByRole('button', { name: 'Dismiss' }).click();
    await mod.page.getByLabel('Note').fill('friends');
    await mod.page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click();
    await eventually('the decision', async () => (await reportsOf(ann))[0][3] === 'dismiss');
    await eventually('the queue without it', async () => (await card.count()) === 0);
    await mod.page.getByRole('link', { name: 'Resolved' }).click();
    const resolved = await find(mod.page, word);
    await resolved.getByText('Dismissed').waitFor();
    await resolved.getByText('friends').waitFor();
    await resolved.getByRole('link', { name: mod.person.name }).waitFor();
    assert.equal(await resolved.getByRole('button', { name: 'Dismiss' }).count(), 0);
    await leave(mod.page);
  });

  test('a crud is removed, and its author suspended, each after a question', async () => {
    const [ann, ben, mod] = [await newPerson(stack), await newcomer(), await moderator()];
    const cruds = [await post(ben.person, `one ${newWord()}`), await post(ben.person, `two ${newWord()}`)];
    for (const { uuid } of cruds) await report(ann, { activity_uuid: uuid });
    await ben.page.goto('/messages');
    await mod.page.goto('/moderation');
    const shown = (crud) => stack.ask('GET', `/api/activities/${crud.uuid}`);
    const one = await find(mod.page, cruds[0].message);
    await one.getByRole('button', { name: 'Remove' }).click();
    await button(mod.page, 'Cancel').click();
    assertOk(await shown(cruds[0]));
    await one.getByRole('button', { name: 'Remove' }).click();
    await mod.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await eventually('the removal', async () => (await shown(cruds[0])).status === 404);
    assertOk(await shown(cruds[1]));
    const two = await find(mod.page, cruds[1].message);
    await two.getByRole('button', { name: 'Suspend' }).click();
    await mod.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await eventually('the suspension', async () => (await shown(cruds[1])).status === 404);
    await ben.page.getByText('suspended').first().waitFor();
    await leave(mod.page, ben.page);
  });

  test('a report that another moderator has resolved says so, and leaves the list', async () => {
    const [ann, ben, mod, other] = [await newPerson(stack), await newPerson(stack), await moderator(), await moderator()];
    await report(ann, { handle: ben.handle, note: 'a person' });
    await mod.page.goto('/moderation');
    const card = await find(mod.page, ben.handle);
    assert.equal(await card.getByRole('button', { name: 'Remove' }).count(), 0);
    const [[uuid]] = await stack.sql(`select uuid from reports where reporter_uuid = '${ann.uuid}'`);
    const { token } = other.person;
    assertOk(await stack.ask('POST', `/api/reports/${uuid}`, { token, json: { action: 'dismiss' } }));
    await card.getByRole('button', { name: 'Suspend' }).click();
    await mod.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await mod.page.getByText('Another moderator has resolved this report.').waitFor();
    await mod.page.getByRole('dialog').locator('footer').getByRole('button', { name: 'Close' }).click();
    await eventually('the queue without it', async () => (await card.count()) === 0);
    assert.deepEqual((await reportsOf(ann)).map(([, , , state]) => state), ['dismiss']);
    await leave(mod.page, other.page);
  });
});
