// bookmarks.mjs - PUT, DELETE /api/activities/{uuid}/bookmark and GET /api/activities/bookmarks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { ask, assertCrud, expireIn, follow as readAll, get, mark, post, reply, show, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newPerson } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const PATH = '/api/activities/bookmarks';
const bookmark = async (person, { uuid }) => assertOk(await mark(person, 'PUT', uuid, 'bookmark'));
const unbookmark = async (person, { uuid }) => assertOk(await mark(person, 'DELETE', uuid, 'bookmark'));
const bookmarks = async (person) => uuidsOf(await get(person, PATH));

describe('a bookmark', () => {
  test('is the own one, is repeated without effect, and is taken back', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ben, 'for later');
    for (let i = 0; i < 2; i++) {
      const answer = await bookmark(ann, crud);
      assertCrud(answer, true);
      assert.equal(answer.bookmarked, true);
    }
    assert.deepEqual(await bookmarks(ann), [crud.uuid]);
    assert.deepEqual(await bookmarks(ben), []);
    const { activity } = assertOk(await show(ben, crud.uuid));
    assert.equal(activity.bookmarked, false);
    assert.deepEqual(await get(ben, '/api/activities/notifications'), []);
    for (let i = 0; i < 2; i++) assert.equal((await unbookmark(ann, crud)).bookmarked, false);
    assert.deepEqual(await bookmarks(ann), []);
  });

  test('needs a crud and a caller', async () => {
    const ann = await newPerson(stack);
    for (const method of ['PUT', 'DELETE']) {
      assertProblem(await mark(ann, method, UNUSED_UUID, 'bookmark'), 404, 'not_found');
      assertProblem(await mark(undefined, method, UNUSED_UUID, 'bookmark'), 401, 'token_missing');
    }
    assertProblem(await stack.ask('GET', PATH), 401, 'token_missing');
  });

  test('ends with its crud, and is not shown while the author is suspended', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [first, second, third] = [await post(ben, 'a'), await post(ben, 'b'), await post(ann, 'c')];
    for (const crud of [first, second, third]) await bookmark(ann, crud);
    await expireIn(first.uuid, -1000);
    assert.deepEqual(await bookmarks(ann), uuidsOf([third, second]));
    await assertDone(runCommand(stack, 'people/suspend', [ben.handle]));
    assert.deepEqual(await bookmarks(ann), [third.uuid]);
    await assertDone(runCommand(stack, 'people/unsuspend', [ben.handle]));
    assert.deepEqual(await bookmarks(ann), uuidsOf([third, second]));
    assertOk(await ask(ben, 'DELETE', `/api/activities/${second.uuid}`), 204);
    assert.deepEqual(await stack.sql(`select activity_uuid from bookmarks where activity_uuid = '${second.uuid}'`), []);
  });
});

describe('the list of bookmarks', () => {
  test('has the latest bookmark first, with replies, page by page', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const cruds = [];
    for (let i = 0; i < 4; i++) cruds.push(await post(ben, `crud ${i}`));
    cruds.push(await reply(ben, cruds[0].uuid, 'a reply'));
    const order = [3, 0, 4, 1, 2].map((i) => cruds[i]);
    for (const crud of order) await bookmark(ann, crud);
    await bookmark(ann, order[0]); // moves nothing
    const expected = uuidsOf(order.reverse());
    for (const limit of [1, 2, 5, 100]) {
      const rows = await readAll(ann, `${PATH}?limit=${limit}`);
      for (const row of rows) assertCrud(row, true);
      assert.deepEqual(uuidsOf(rows), expected, `limit=${limit}`);
    }
  });
});
