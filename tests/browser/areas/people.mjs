// people.mjs - following somebody: the button, what both see of it, and a device without a network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { eventually, leave, settled } from '../harness/browser.mjs';
import { newcomer, stack, visitor } from '../harness/main.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const pressed = (page) => button(page, 'Following').and(page.locator('[aria-pressed=true]'));

async function isFollowing(one, other) {
  const answer = await stack.ask('GET', `/api/activities/@${other.person.handle}`, {
    token: one.person.token,
  });
  return assertOk(answer).profile.following;
}

describe('people', { concurrency: 3 }, () => {
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

  test('a visitor who wants to follow somebody signs in first, and comes back to them', async () => {
    const page = await visitor();
    await page.goto('/@bayko');
    await page.getByRole('link', { name: 'Follow', exact: true }).click();
    await page.waitForURL('/signin?next=%2F%40bayko');
    await leave(page);
  });
});
