// follows.mjs - PUT, DELETE /api/users/@{handle}/follow, the lists of followers and of followed people,
// and what a profile tells of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { ask, follow as readAll, get } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newHandle, newPerson } from '../harness/people.mjs';

const tryFollow = (person, handle, method = 'PUT') =>
  ask(person, method, `/api/users/@${handle}/follow`);
const follow = async (person, { handle }) => assertOk(await tryFollow(person, handle));
const unfollow = async (person, { handle }) => assertOk(await tryFollow(person, handle, 'DELETE'));
const profile = async (person, { handle }) => (await get(person, `/api/activities/@${handle}`)).profile;
const counts = async (person) => {
  const { followers_count, following_count } = await profile(undefined, person);
  return [followers_count, following_count];
};
const relation = (handle, following, followed_by) => ({
  handle,
  following,
  followed_by,
  blocking: false,
  muting: false,
});
// The counts of all people are those of the rows.
const assertCounted = async () =>
  assert.deepEqual(
    await stack.sql(
      `select u.handle from users u left join follow_counts c on c.user_uuid = u.uuid
        where coalesce(c.followers, 0) <> (select count(*) from follows where followed_uuid = u.uuid)
           or coalesce(c.following, 0) <> (select count(*) from follows where user_uuid = u.uuid)`,
    ),
    [],
  );

describe('following', () => {
  test('is told to both sides, counted, and repeated without effect', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assert.deepEqual(await follow(ann, ben), relation(ben.handle, true, false));
    const again = await tryFollow(ann, ben.handle.toUpperCase());
    assert.deepEqual(assertOk(again), relation(ben.handle, true, false));
    assert.deepEqual(await follow(ben, ann), relation(ann.handle, true, true));
    assert.deepEqual([await counts(ann), await counts(ben)], [[1, 1], [1, 1]]);
    const seen = await profile(ann, ben);
    assert.deepEqual([seen.following, seen.followed_by], [true, true]);
    assert.ok(!('following' in (await profile(undefined, ben))));
    assert.deepEqual(await unfollow(ann, ben), relation(ben.handle, false, true));
    assert.deepEqual(await unfollow(ann, ben), relation(ben.handle, false, true));
    assert.deepEqual([await counts(ann), await counts(ben)], [[1, 0], [0, 1]]);
    await assertCounted();
  });

  test('is listed on both sides, the latest first, page by page', async () => {
    const others = [];
    for (let i = 0; i < 4; i++) others.push(await newPerson(stack));
    const ben = await newPerson(stack);
    for (const one of others) await follow(one, ben);
    await follow(ben, others[1]);
    await follow(ben, others[0]);
    const path = (side) => `/api/users/@${ben.handle}/${side}`;
    const handles = (people) => people.map(({ handle }) => handle);
    const all = await readAll(undefined, `${path('followers')}?limit=3`);
    assert.deepEqual(handles(all), handles(others).reverse());
    assert.deepEqual(handles(await get(undefined, path('following'))), handles(others.slice(0, 2)));
    const [first] = await get(others[1], path('followers'));
    assert.deepEqual(first, await profile(others[1], others[3]));
    const [anonymous] = await get(undefined, path('followers'));
    assert.deepEqual(anonymous, await profile(undefined, others[3]));
    assert.deepEqual(await get(undefined, `/api/users/@${others[3].handle}/followers`), []);
    const nobody = newHandle();
    assertProblem(await stack.ask('GET', `/api/users/@${nobody}/followers`), 404, 'not_found');
    assertProblem(await stack.ask('GET', `/api/users/@${nobody}/following`), 404, 'not_found');

    // Suspended people are in no list.
    await assertDone(runCommand(stack, 'people/suspend', [others[3].handle]));
    assert.deepEqual(handles(await get(undefined, path('followers'))), handles(others.slice(0, 3)).reverse());
    await assertDone(runCommand(stack, 'people/unsuspend', [others[3].handle]));
  });

  test('needs a token, another person, and one who exists', async () => {
    const ann = await newPerson(stack);
    for (const method of ['PUT', 'DELETE']) {
      assertProblem(await tryFollow(undefined, ann.handle, method), 401, 'token_missing');
      assertProblem(await tryFollow(ann, ann.handle, method), 422, 'user_is_self');
      assertProblem(await tryFollow(ann, newHandle(), method), 404, 'not_found');
      assertProblem(await tryFollow(ann, 'no-handle', method), 404, 'not_found');
    }
    assert.deepEqual(await counts(ann), [0, 0]);
  });

  test('at the same time, by many and in both directions, every follow is counted once', async () => {
    const people = [];
    for (let i = 0; i < 6; i++) people.push(await newPerson(stack));
    const all = people.flatMap((one) => people.filter((other) => other !== one).map((other) => [one, other]));
    await Promise.all(all.map(([one, other]) => follow(one, other)));
    for (const one of people) assert.deepEqual(await counts(one), [5, 5]);
    await Promise.all(all.filter((_, i) => i % 2).map(([one, other]) => unfollow(one, other)));
    await assertCounted();
    // The follows of a person who is deleted go with them.
    await stack.sql(`delete from users where uuid = '${people[0].uuid}'`);
    await assertCounted();
  });

  test('has a quota, which a repetition does not use', async () => {
    const ann = await newPerson(stack);
    const ben = await newPerson(stack);
    await stack.sql(`insert into quota_uses (user_uuid, quota, hour, used)
      values ('${ann.uuid}', 'follows', date_trunc('hour', now(), 'UTC'), 399)`);
    const last = await tryFollow(ann, ben.handle);
    assertOk(last);
    assert.match(last.headers.ratelimit, /"follows";r=0/);
    assertOk(await tryFollow(ann, ben.handle));
    await unfollow(ann, ben);
    const refused = await tryFollow(ann, ben.handle);
    assertProblem(refused, 429, 'quota_exceeded');
    assert.deepEqual(await counts(ben), [0, 0]);
  });
});
