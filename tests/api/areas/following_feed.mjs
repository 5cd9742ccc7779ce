// following_feed.mjs - GET /api/activities/following: the cruds of followed people, and their reposts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import { ask, assertCrud, expireIn, follow as readAll, get, mark, post, reply, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newPerson } from '../harness/people.mjs';

const PATH = '/api/activities/following';
const feed = (person) => get(person, PATH);
const follow = async (person, { handle }, method = 'PUT') =>
  assertOk(await ask(person, method, `/api/users/@${handle}/follow`));
const repost = async (person, { uuid }, method = 'PUT') =>
  assertOk(await mark(person, method, uuid, 'repost'));
const people = (count) => Promise.all(Array.from({ length: count }, () => newPerson(stack)));
const nameOf = ({ handle, name }) => ({ handle, display_name: name });

describe('the feed of followed people', () => {
  test('has their cruds and mine, newest first, without replies and without others', async () => {
    const [ann, ben, cat, dan] = await people(4);
    await follow(ann, ben);
    await follow(ann, cat);
    const cruds = [];
    for (const one of [ben, ann, cat, ben]) cruds.unshift(await post(one, 'hello'));
    const foreign = await post(dan, 'a stranger');
    await reply(ben, foreign.uuid, 'a reply');
    const rows = await feed(ann);
    assert.deepEqual(uuidsOf(rows), uuidsOf(cruds));
    for (const { reposted_by, ...crud } of rows) {
      assert.equal(reposted_by, null);
      assertCrud(crud, true);
    }
    assert.deepEqual(uuidsOf(await feed(dan)), [foreign.uuid]);
    await follow(ann, ben, 'DELETE');
    assert.deepEqual(uuidsOf(await feed(ann)), uuidsOf([cruds[1], cruds[2]]));
    await expireIn(cruds[1].uuid, -1000);
    assert.deepEqual(uuidsOf(await feed(ann)), uuidsOf([cruds[2]]));
    assertProblem(await stack.ask('GET', PATH), 401, 'token_missing');
  });

  test('has what they repost once, at the time of the earliest repost, with who reposted it', async () => {
    const [ann, ben, cat, dan] = await people(4);
    await follow(ann, ben);
    await follow(ann, cat);
    const foreign = await post(dan, 'a stranger');
    const early = await post(ben, 'early');
    await repost(dan, foreign);
    assert.deepEqual(uuidsOf(await feed(ann)), [early.uuid], 'people who are not followed repost nothing');
    await repost(cat, foreign);
    const late = await post(ben, 'late');
    await repost(ben, foreign); // moves nothing
    await repost(cat, early); // is there at its own time
    await repost(cat, await post(ann, 'mine'));
    const [mine, ...rows] = await feed(ann);
    assert.equal(mine.reposted_by, null);
    assert.deepEqual(uuidsOf(rows), uuidsOf([late, foreign, early]));
    assert.deepEqual(rows[1].reposted_by, nameOf(cat));
    assert.equal(rows[1].handle, dan.handle);

    await repost(cat, foreign, 'DELETE'); // now Ben's is the earliest
    const [, second] = await feed(ann);
    assert.equal(second.uuid, foreign.uuid);
    assert.deepEqual(second.reposted_by, nameOf(ben));
    await follow(ann, dan); // now it is there at its own time, as is all that Dan has written
    const all = await feed(ann);
    assert.deepEqual(uuidsOf(all), uuidsOf([mine, late, early, foreign]));
    assert.deepEqual(all.map(({ reposted_by }) => reposted_by), [null, null, null, null]);
  });

  test('has no repost of somebody who is suspended, muted, or whom a block hides', async () => {
    const [ann, ben, cat, dan] = await people(4);
    await follow(ann, ben);
    await follow(ann, cat);
    const foreign = await post(dan, 'a stranger');
    await repost(ben, foreign);
    await repost(cat, foreign);
    const by = async () => (await feed(ann)).map(({ reposted_by }) => reposted_by?.handle);
    assert.deepEqual(await by(), [ben.handle]);
    await assertDone(runCommand(stack, 'people/suspend', [ben.handle]));
    assert.deepEqual(await by(), [cat.handle]);
    await assertDone(runCommand(stack, 'people/unsuspend', [ben.handle]));
    assertOk(await ask(ann, 'PUT', `/api/users/@${dan.handle}/mute`));
    assert.deepEqual(await by(), []);
    assertOk(await ask(ann, 'DELETE', `/api/users/@${dan.handle}/mute`));
    assertOk(await ask(dan, 'PUT', `/api/users/@${ann.handle}/block`));
    assert.deepEqual(await by(), []);
  });

  test('is paged: each crud once, also when whole pages are not shown', async () => {
    const [ann, ben, cat, dan] = await people(4);
    await follow(ann, ben);
    await follow(ann, cat);
    const expected = [];
    for (let i = 0; i < 4; i++) expected.unshift(await post(ben, `crud ${i}`));
    // Ten reposts of cruds that are there at their own time, or earlier.
    for (const crud of expected) await repost(cat, crud);
    const foreign = [];
    for (let i = 0; i < 6; i++) foreign.push(await post(dan, `stranger ${i}`));
    for (const crud of foreign) await repost(ben, crud);
    for (const crud of foreign) await repost(cat, crud);
    expected.unshift(...foreign.reverse());
    for (const limit of [1, 2, 3, 7, 100])
      assert.deepEqual(uuidsOf(await readAll(ann, `${PATH}?limit=${limit}`)), uuidsOf(expected), `limit=${limit}`);
    const whole = await ask(ann, 'GET', `${PATH}?limit=100`);
    assert.equal(nextPage(whole), undefined);
    const first = await ask(ann, 'GET', `${PATH}?limit=1`);
    assert.deepEqual(assertOk(first), [], 'the six newest entries are reposts that move nothing');
    assert.ok(nextPage(first));
  });

  test('of somebody who follows many people is the same as of somebody who follows few', async () => {
    const [ann, ben, cat, dan] = await people(4);
    await stack.sql(
      `with many as (
         insert into users (uuid, cognito_user_id, handle, display_name)
         select gen_random_uuid(), 'feed-' || n || '${ann.uuid}', 'f' || n || '_' || substr('${ann.handle}', 3), 'One of many'
           from generate_series(1, 210) as n
         returning uuid
       )
       insert into follows (user_uuid, followed_uuid) select '${ann.uuid}', uuid from many`,
    );
    await follow(ann, ben);
    const cruds = [];
    for (let i = 0; i < 30; i++) cruds.unshift(await post(i % 3 ? ben : ann, `crud ${i}`));
    const foreign = await post(dan, 'a stranger');
    await repost(ben, foreign);
    await post(cat, 'somebody else');
    const expected = uuidsOf([foreign, ...cruds]);
    assert.deepEqual(uuidsOf(await feed(ann)), expected.slice(0, 20));
    for (const limit of [7, 100])
      assert.deepEqual(uuidsOf(await readAll(ann, `${PATH}?limit=${limit}`)), expected, `limit=${limit}`);
  });
});
