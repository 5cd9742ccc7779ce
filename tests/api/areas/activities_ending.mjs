// activities_ending.mjs - GET /api/activities/ending: the cruds that end within 3 hours.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertProblem, nextPage, sleep } from '../harness/client.mjs';
import {
  ask,
  assertCrud,
  expireIn,
  follow,
  mark,
  post,
  reply,
  uuidsOf,
} from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson } from '../harness/people.mjs';

const PATH = '/api/activities/ending';
const HOUR = 3_600_000;

describe('cruds that end soon', () => {
  test('the next to end comes first; replies and what has more than 3 hours are left out', async () => {
    const ann = await newPerson(stack);
    const made = [];
    for (const ms of [2.9 * HOUR, HOUR / 60, 3.1 * HOUR, 100, HOUR]) {
      const { uuid } = await post(ann, `ends in ${ms} ms`, '1-day');
      await reply(ann, uuid, 'and a reply ends with it');
      await expireIn(uuid, ms);
      made.push(uuid);
    }
    await sleep(200);
    const rows = await follow(ann, `${PATH}?limit=100`);
    for (const row of rows) {
      assertCrud(row, true);
      assert.equal(row.reply_to_activity_uuid, null);
    }
    const ends = rows.map(({ expires_at }) => expires_at);
    assert.deepEqual(ends, ends.toSorted());
    const mine = uuidsOf(rows).filter((uuid) => made.includes(uuid));
    assert.deepEqual(mine, [made[1], made[4], made[0]]);
  });

  test('every page follows the one before, also where several end at one moment', async () => {
    const ann = await newPerson(stack);
    const made = [];
    for (let i = 0; i < 7; i++) made.push((await post(ann, `together ${i}`, '1-day')).uuid);
    await stack.sql(
      `update activities set expires_at = date_trunc('second', now()) + interval '90 minutes'
        where uuid in (${made.map((uuid) => `'${uuid}'`)})`,
    );
    const rows = uuidsOf(await follow(ann, `${PATH}?limit=2`)).filter((uuid) => made.includes(uuid));
    assert.deepEqual(rows, made.toSorted());
  });

  test('a signed-in person sees what they liked, and a cursor of another list is refused', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const { uuid } = await post(ann, 'liked at the end', '1-hour');
    await mark(ben, 'PUT', uuid);
    const of = async (person) =>
      (await follow(person, `${PATH}?limit=100`)).find((crud) => crud.uuid === uuid);
    assert.equal((await of(ben)).liked, true);
    assert.equal((await of(ann)).liked, false);
    assert.equal((await of()).liked, undefined);
    await post(ann, 'another one');
    const home = await ask(ben, 'GET', '/api/activities/home?limit=1');
    const cursor = new URL(nextPage(home), stack.url).searchParams.get('cursor');
    assertProblem(await ask(ben, 'GET', `${PATH}?cursor=${cursor}`), 400, 'cursor_invalid');
  });
});
