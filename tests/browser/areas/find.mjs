// find.mjs - finding people and tags, bookmarks, what a person writes, and who follows me.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson, newUserRows } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const newWord = () => newHandle('word').replace('_', '');
const article = (page, text) => page.getByRole('article').filter({ hasText: text });
const row = (page, text) => page.locator('.people > li').filter({ hasText: text });
const act = async ({ token }, method, path, json) =>
  assertOk(await stack.ask(method, path, { token, json }));
const post = (person, message) => act(person, 'POST', '/api/activities', { message, ttl: '1-day' });

describe('finding', BESIDE, () => {
  test('a person is found by a word of their name, followed there, and written to', async () => {
    const { person, page } = await newcomer();
    const word = newWord();
    const other = await newPerson(stack, { name: `Zoë ${word}` });
    await page.goto('/search');
    await page.getByLabel('Search cruds').fill(word.slice(0, -1));
    await page.getByText('Nothing found').first().waitFor();
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await row(page, other.handle).getByRole('button', { name: 'Follow', exact: true }).click();
    await row(page, other.handle).getByRole('button', { name: 'Following' }).waitFor();
    await page.reload();
    await row(page, other.handle).getByRole('button', { name: 'Following' }).waitFor();
    await page.getByLabel('Search cruds').fill(`${word}x`);
    await page.getByText('Nobody found').waitFor();

    await page.goto('/messages');
    await page.getByRole('button', { name: 'New message' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('To (name or handle)').fill(person.handle);
    await dialog.getByText('0 people found').waitFor();
    await dialog.getByLabel('To (name or handle)').fill(`zoe ${word}`);
    await dialog.getByText('1 person found').waitFor();
    await dialog.getByRole('button', { name: other.handle }).click();
    await page.waitForURL(`/messages/new/${other.handle}`);
    await leave(page);
  });

  test('a visitor sees the tags that most people use, and what has them', async () => {
    const tag = newWord();
    const authors = await newUserRows(stack, 70);
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at)
       select uuid, 'all of us say #${tag}', now() + interval '1 hour' from users
        where handle in (${authors.map((handle) => `'${handle}'`)})`,
    );
    await stack.sql('select trends_refresh()');
    const page = await visitor();
    await page.goto('/search');
    await page.getByRole('link', { name: `#${tag} 70 people · 70 cruds` }).click();
    await article(page, `#${tag}`).first().waitFor();
    assert.equal(await page.getByLabel('Search cruds').inputValue(), `#${tag}`);
    await leave(page);
  });

  test('people to follow are those whom my people follow, and are gone when they are followed', async () => {
    const { person, page } = await newcomer();
    const [friend, theirs] = [await newPerson(stack), await newPerson(stack)];
    await act(person, 'PUT', `/api/users/@${friend.handle}/follow`);
    await act(friend, 'PUT', `/api/users/@${theirs.handle}/follow`);
    await page.goto('/following');
    await page.getByRole('link', { name: 'People to follow' }).click();
    await page.locator('.people > li').first().getByText(`@${theirs.handle}`, { exact: true }).waitFor();
    await row(page, theirs.handle).getByRole('button', { name: 'Follow', exact: true }).click();
    await row(page, theirs.handle).getByRole('button', { name: 'Following' }).waitFor();
    await eventually('the follow', async () =>
      (await act(person, 'GET', `/api/activities/@${theirs.handle}`)).profile.following);
    await page.reload();
    await page.getByRole('heading', { name: 'People to follow' }).waitFor();
    await eventually('the list without them', async () => (await row(page, theirs.handle).count()) === 0);
    await leave(page);
  });

  test('a bookmark is kept, listed under Account, and removed', async () => {
    const { person, page } = await newcomer();
    const author = await newPerson(stack);
    const word = newWord();
    const crud = await post(author, `${word} for later`);
    await page.goto(`/@${author.handle}`);
    const choose = async (entry) => {
      await article(page, word).getByRole('button', { name: 'More' }).click();
      await page.getByRole('button', { name: entry, exact: true }).click();
    };
    await choose('Bookmark');
    await eventually('the bookmark', async () =>
      (await act(person, 'GET', '/api/activities/bookmarks')).some(({ uuid }) => uuid === crud.uuid));
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('link', { name: 'Bookmarks' }).click();
    await page.getByRole('heading', { name: 'Bookmarks' }).waitFor();
    await choose('Remove bookmark');
    await eventually('its end', async () =>
      (await act(person, 'GET', '/api/activities/bookmarks')).length === 0);
    await page.reload();
    await page.getByText('No bookmarks yet').waitFor();
    await leave(page);
  });

  test('a profile has tabs for cruds, replies and reposts', async () => {
    const [author, other] = [await newPerson(stack), await newPerson(stack)];
    const word = newWord();
    await post(author, `${word} crud`);
    const foreign = await post(other, `${word} foreign`);
    await act(author, 'POST', `/api/activities/${foreign.uuid}/reply`, { message: `${word} reply` });
    await act(author, 'PUT', `/api/activities/${foreign.uuid}/repost`);
    const page = await visitor();
    await page.goto(`/@${author.handle}`);
    const shown = async (kind) => {
      await article(page, `${word} ${kind}`).waitFor();
      assert.equal(await article(page, word).count(), 1);
      await page.getByText('1 crud ·').waitFor();
    };
    await shown('crud');
    await page.getByRole('link', { name: 'Replies' }).click();
    await shown('reply');
    await page.getByRole('link', { name: 'Reposts' }).click();
    await shown('foreign');
    await page.reload();
    await shown('foreign');
    await page.getByRole('link', { name: 'Cruds', exact: true }).click();
    await shown('crud');
    await leave(page);
  });

  test('a new follower is told at once, and leads to their page', async () => {
    const { person, page } = await newcomer();
    const fan = await newPerson(stack);
    await page.goto('/');
    await page.getByText('Connecting').waitFor({ state: 'hidden' });
    await act(fan, 'PUT', `/api/users/@${person.handle}/follow`);
    await page.getByRole('link', { name: 'Notifications, 1 unread' }).click();
    await page.getByText(`${fan.name} @${fan.handle} follows you`).waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    await page.getByRole('link', { name: fan.handle }).first().click();
    await page.waitForURL(`/@${fan.handle}`);
    await leave(page);
  });
});
