// discussions.mjs - the cruds that a crud answers, in GET /api/activities/{uuid}.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../harness/client.mjs';
import { ask, assertCrud, get, mark, post, reply, show, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newPerson } from '../harness/people.mjs';

const MOST = 20;

// A crud and replies to it, each to the one before, by people in turn.
async function discussion(people, depth) {
  const cruds = [await post(people[0], 'first')];
  for (let i = 1; i < depth; i++)
    cruds.push(await reply(people[i % people.length], cruds.at(-1).uuid, `answer ${i}`));
  return cruds;
}
const ancestorsOf = async (person, uuid) => assertOk(await show(person, uuid)).ancestors;

describe('discussions', () => {
  test('a crud has what it answers, from the first of the discussion down', async () => {
    const people = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
    const cruds = await discussion(people, 5);
    for (const [i, { uuid }] of cruds.entries()) {
      const { activity, ancestors, replies } = assertOk(await show(people[0], uuid));
      assert.equal(activity.uuid, uuid);
      assert.deepEqual(uuidsOf(ancestors), uuidsOf(cruds.slice(0, i)));
      assert.deepEqual(uuidsOf(replies), uuidsOf(cruds.slice(i + 1, i + 2)));
      for (const one of ancestors) assertCrud(one, true);
    }
    // By the other address, without a token, and on a later page of the replies.
    const { uuid, handle } = cruds[2];
    await reply(people[1], uuid, 'another');
    const target = `/api/activities/@${handle}/status/${uuid}?limit=1`;
    const answer = await ask(undefined, 'GET', target);
    const next = /<([^>]*)>; rel="next"/.exec(answer.headers.link)[1];
    for (const { ancestors, replies } of [assertOk(answer), await get(undefined, next)]) {
      assert.equal(replies.length, 1);
      assert.deepEqual(uuidsOf(ancestors), uuidsOf(cruds.slice(0, 2)));
      for (const one of ancestors) assertCrud(one, false);
    }
  });

  test('counts and marks are those of today', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [first, second] = await discussion([ann, ben], 2);
    assertOk(await mark(ben, 'PUT', first.uuid));
    const [one] = await ancestorsOf(ben, second.uuid);
    assert.equal(one.likes_count, 1);
    assert.equal(one.liked, true);
    assert.equal(one.replies_count, 1);
    assert.equal((await ancestorsOf(ann, second.uuid))[0].liked, false);
  });

  test('those that the caller cannot see are left out', async () => {
    const [ann, ben, cat] = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
    const cruds = await discussion([ann, ben, cat], 4);
    const last = cruds.at(-1).uuid;
    const without = (i) => uuidsOf(cruds.slice(0, 3).filter((_, n) => n !== i));
    const block = (method, one, other) =>
      ask(one, method, `/api/users/@${other.handle}/block`).then(assertOk);

    await block('PUT', cat, ben);
    assert.deepEqual(uuidsOf(await ancestorsOf(cat, last)), without(1));
    assert.deepEqual(uuidsOf(await ancestorsOf(ann, last)), without(undefined));
    await block('DELETE', cat, ben);
    await block('PUT', ben, cat);
    assert.deepEqual(uuidsOf(await ancestorsOf(cat, last)), without(1));
    await block('DELETE', ben, cat);
    assertOk(await ask(cat, 'PUT', `/api/users/@${ben.handle}/mute`)); // hides from feeds only
    assert.deepEqual(uuidsOf(await ancestorsOf(cat, last)), without(undefined));

    await assertDone(runCommand(stack, 'people/suspend', [ben.handle]));
    assert.deepEqual(uuidsOf(await ancestorsOf(undefined, last)), without(1));
    await assertDone(runCommand(stack, 'people/unsuspend', [ben.handle]));
    assert.deepEqual(uuidsOf(await ancestorsOf(undefined, last)), without(undefined));
  });

  test('of a deep discussion, the nearest are shown', async () => {
    const ann = await newPerson(stack);
    const cruds = await discussion([ann], MOST + 3);
    const { ancestors } = assertOk(await show(ann, cruds.at(-1).uuid));
    assert.deepEqual(uuidsOf(ancestors), uuidsOf(cruds.slice(2, -1)));
    assert.equal(ancestors[0].reply_to_activity_uuid, cruds[1].uuid);
    assert.equal((await ancestorsOf(ann, ancestors[0].uuid)).length, 2);
  });
});
