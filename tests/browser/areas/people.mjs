// people.mjs - following, muting and blocking somebody, the lists of people, and a device without a network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, say } from '../../api/harness/people.mjs';
import { BESIDE, eventually, leave, settled } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const pressed = (page) => button(page, 'Following').and(page.locator('[aria-pressed=true]'));

async function relationOf(one, other) {
  const answer = await stack.ask('GET', `/api/activities/@${other.person.handle}`, {
    token: one.person.token,
  });
  return assertOk(answer).profile;
}
const isFollowing = async (one, other) => (await relationOf(one, other)).following;

const relate = async (one, method, other, what) =>
  assertOk(
    await stack.ask(method, `/api/users/@${other.person.handle}/${what}`, { token: one.person.token }),
  );

const post = async ({ token }, message) =>
  assertOk(await stack.ask('POST', '/api/activities', { token, json: { message, ttl: '1-day' } }));

const newWord = () => newHandle('word').replace('_', '');

describe('people', BESIDE, () => {
  test('following somebody is shown and counted at once, and both see it', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await ann.page.goto(`/@${ben.person.handle}`);
    await ann.page.getByText('0 followers').waitFor();
    await button(ann.page, 'Follow').click();
    await pressed(ann.page).waitFor();
    await ann.page.getByText('1 follower ·').waitFor();
    await eventually('the follow', () => isFollowing(ann, ben));
    await ann.page.reload();
    await pressed(ann.page).waitFor();
    await ann.page.getByText('1 follower ·').waitFor();

    await ben.page.goto(`/@${ann.person.handle}`);
    await ben.page.getByText('Follows you').waitFor();
    await ben.page.getByText('1 following').waitFor();

    await button(ann.page, 'Following').click();
    await button(ann.page, 'Follow').waitFor();
    await ann.page.getByText('0 followers').waitFor();
    await eventually('the end of the follow', async () => !(await isFollowing(ann, ben)));
    await leave(ann.page, ben.page);
  });

  test('without a network a follow waits, and is sent when the network is back', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await ann.page.goto(`/@${ben.person.handle}`);
    await button(ann.page, 'Follow').waitFor();
    await settled(ann.page);
    await ann.page.context().setOffline(true);
    await button(ann.page, 'Follow').click();
    await pressed(ann.page).waitFor();
    await ann.page.getByText('1 waiting').waitFor();
    assert.equal(await isFollowing(ann, ben), false);
    await ann.page.context().setOffline(false);
    await eventually('the follow', () => isFollowing(ann, ben));
    await pressed(ann.page).waitFor();
    await leave(ann.page, ben.page);
  });

  test('the lists of followers lead from the profile, and have the same button', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await relate(ben, 'PUT', ann, 'follow');
    await ann.page.goto(`/@${ann.person.handle}`);
    await ann.page.getByRole('link', { name: '1 follower' }).click();
    const row = ann.page.locator('.people > li').filter({ hasText: ben.person.handle });
    await row.getByText('Follows you').waitFor();
    await row.getByRole('button', { name: 'Follow', exact: true }).click();
    await pressed(ann.page).waitFor();
    await eventually('the follow', () => isFollowing(ann, ben));
    await ann.page.getByRole('link', { name: 'Following', exact: true }).click();
    await row.waitFor();
    await ann.page.getByRole('link', { name: 'Followers', exact: true }).click();
    await row.getByRole('link').click();
    await ann.page.waitForURL(`/@${ben.person.handle}`);
    await ann.page.getByText('1 follower').waitFor();
    await ann.page.goto(`/@${newHandle()}/followers`);
    await ann.page.getByText('Nobody here is called').waitFor();
    await leave(ann.page, ben.page);
  });

  test('the feed of followed people has their cruds, and what they repost', async () => {
    const [ann, ben, cat] = [await newcomer(), await newcomer(), await newcomer()];
    const word = newWord();
    const own = await post(ben.person, `${word} by Ben`);
    const foreign = await post(cat.person, `${word} by Cat`);
    const crud = (text) => ann.page.getByRole('article').filter({ hasText: `${word} by ${text}` });
    await ann.page.goto('/');
    await ann.page.getByRole('link', { name: 'Following', exact: true }).click();
    await ann.page.getByText('Follow people to see their cruds here').waitFor();
    await ann.page.goto(`/@${ben.person.handle}`);
    await button(ann.page, 'Follow').click();
    await eventually('the follow', () => isFollowing(ann, ben));
    await ann.page.getByRole('link', { name: 'Home', exact: true }).click();
    await ann.page.getByRole('link', { name: 'Following', exact: true }).click();
    await crud('Cat').waitFor({ state: 'detached' }); // Home stays until the next page is there
    await crud('Ben').waitFor();
    assertOk(await stack.ask('PUT', `/api/activities/${foreign.uuid}/repost`, { token: ben.person.token }));
    await ann.page.reload();
    await crud('Cat').getByText('reposted').waitFor();
    await crud('Cat').getByRole('link', { name: ben.person.name }).waitFor();
    assert.equal(await crud('Ben').getByText('reposted').count(), 0);
    await crud('Ben').getByRole('button', { name: 'Like' }).click();
    await crud('Ben').locator('[aria-pressed=true]').waitFor();
    await eventually('the like', async () => {
      const answer = await stack.ask('GET', `/api/activities/${own.uuid}`);
      return assertOk(answer).activity.likes_count === 1;
    });
    await leave(ann.page, ben.page, cat.page);
  });

  test('muting hides somebody from the feeds, and is undone in the list', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    const word = newWord();
    await post(ben.person, `${word} here`);
    const crud = ann.page.locator('.crud-text').filter({ hasText: word });
    await ann.page.goto('/');
    await crud.waitFor();
    await ann.page.goto(`/@${ben.person.handle}`);
    await crud.waitFor();
    await button(ann.page, 'More').first().click();
    await button(ann.page, 'Mute').click();
    await ann.page.getByText('You mute this person').waitFor();
    await eventually('the mute', async () => (await relationOf(ann, ben)).muting);
    await crud.waitFor(); // the profile still shows everything
    await ann.page.getByRole('link', { name: 'Home', exact: true }).click();
    await ann.page.locator('.crud-text').first().waitFor();
    await eventually('the feed without the crud', async () => (await crud.count()) === 0);
    await ann.page.goto('/people/muted');
    await button(ann.page, 'Unmute').click();
    await button(ann.page, 'Mute').waitFor();
    await eventually('the end of the mute', async () => !(await relationOf(ann, ben)).muting);
    await leave(ann.page, ben.page);
  });

  test('blocking asks first, hides both from each other, and says why a message cannot be sent', async () => {
    const [ann, ben] = [await newcomer(), await newcomer()];
    await post(ben.person, `hello from ${ben.person.handle}`);
    const first = assertOk(await say(stack, ann.person, { handle: ben.person.handle }, 'Shall we begin?'));
    await ann.page.goto(`/@${ben.person.handle}`);
    await ann.page.locator('.crud-text').waitFor();
    await button(ann.page, 'More').first().click();
    await button(ann.page, 'Block').click();
    await ann.page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await relationOf(ann, ben)).blocking, false);
    await button(ann.page, 'More').first().click();
    await button(ann.page, 'Block').click();
    await ann.page.getByRole('dialog', { name: `Block @${ben.person.handle}?` }).getByRole('button', { name: 'Block' }).click();
    await ann.page.getByText('You block this person').waitFor();
    await button(ann.page, 'Unblock').waitFor();
    await eventually('the block', async () => (await relationOf(ann, ben)).blocking);

    await ben.page.goto(`/@${ann.person.handle}`);
    await ben.page.getByText('No cruds right now').waitFor();
    assert.equal(await ben.page.getByText('block').count(), 0, 'the other person is not told');
    await ben.page.goto(`/messages/${first.message_group_uuid}`);
    await ben.page.getByPlaceholder('Write a message').fill('Are you there?');
    await ben.page.keyboard.press('Enter');
    await ben.page.getByText('One of you blocks the other').waitFor();
    await button(ben.page, 'Discard').click();

    await ann.page.getByRole('button', { name: /Account/ }).click();
    await ann.page.getByRole('link', { name: 'Blocked and muted' }).click();
    await button(ann.page, 'Unblock').click();
    await button(ann.page, 'Block').waitFor();
    await eventually('the end of the block', async () => !(await relationOf(ann, ben)).blocking);
    await ben.page.getByPlaceholder('Write a message').fill('There you are!');
    await ben.page.keyboard.press('Enter');
    await ben.page.locator('li.message').filter({ hasText: 'There you are!' }).waitFor();
    await leave(ann.page, ben.page);
  });

  test('a visitor who wants to follow somebody signs in first, and comes back to them', async () => {
    const page = await visitor();
    await page.goto('/@bayko');
    await page.getByRole('link', { name: 'Follow', exact: true }).click();
    await page.waitForURL('/signin?next=%2F%40bayko');
    await leave(page);
  });
});
