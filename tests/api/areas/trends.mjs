// trends.mjs - GET /api/trends: the tags that most people use in living cruds.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../harness/client.mjs';
import { ask, expireIn, get, newWord, post, reply } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newPerson, newUserRows } from '../harness/people.mjs';

const refresh = () => stack.sql('select trends_refresh()');
const MANY = 60; // so many that the tags of other tests do not come before
async function written(tag, people) {
  const list = (await newUserRows(stack, people)).map((handle) => `'${handle}'`);
  await stack.sql(
    `insert into activities (user_uuid, message, expires_at)
     select uuid, 'about #${tag}', now() + interval '1 hour' from users where handle in (${list})`,
  );
}
const trend = async (person, tag) =>
  (await get(person, '/api/trends')).find(({ tag: one }) => one === tag);

describe('trends', () => {
  test('count people and living cruds of a tag, in any case and composition', async () => {
    const word = newWord();
    const tag = `é${word}`;
    const people = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
    await written(tag, MANY);
    await post(people[0], `#${tag.toUpperCase()} and #${tag}`);
    await post(people[0], `#${tag.normalize('NFD')} again`);
    const crud = await post(people[1], `＃${tag}`);
    await reply(people[2], crud.uuid, `me too #${tag}`);
    await refresh();
    assert.deepEqual(await trend(undefined, tag), { tag, cruds_count: MANY + 4, people_count: MANY + 3 });
    const rows = await get(people[0], '/api/trends');
    const counts = rows.map(({ people_count }) => people_count);
    assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
    assert.ok(rows.length <= 20 && counts.every((count) => count >= 3));

    await expireIn(crud.uuid, -1000); // with its reply
    await refresh();
    assert.deepEqual(await trend(undefined, tag), { tag, cruds_count: MANY + 2, people_count: MANY + 1 });
    await assertDone(runCommand(stack, 'people/suspend', [people[0].handle]));
    await refresh();
    assert.deepEqual(await trend(undefined, tag), { tag, cruds_count: MANY, people_count: MANY });
    await assertDone(runCommand(stack, 'people/unsuspend', [people[0].handle]));
  });

  test('have only tags of three people', async () => {
    const tag = newWord();
    await written(tag, 2);
    const again = `insert into activities (user_uuid, message, expires_at)
      select user_uuid, message, expires_at from activities where message = 'about #${tag}'`;
    await stack.sql(again);
    await refresh();
    const count = () => stack.sql(`select people_count from trends where tag = '${tag}'`);
    assert.deepEqual(await count(), []);
    await written(tag, 1);
    await refresh();
    // Other tests may have filled the table with tags of more people.
    const [[all, least]] = await stack.sql('select count(*), min(people_count) from trends');
    assert.ok(Number(least) >= 3);
    if (Number(all) < 100) assert.deepEqual(await count(), [['3']]);
  });

  test('do not count people beyond a block', async () => {
    const tag = newWord();
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await written(tag, MANY);
    await post(ben, `#${tag} one`);
    await post(ben, `#${tag} two`);
    await refresh();
    const all = { tag, cruds_count: MANY + 2, people_count: MANY + 1 };
    assert.deepEqual(await trend(ann, tag), all);
    assertOk(await ask(ann, 'PUT', `/api/users/@${ben.handle}/mute`));
    assert.deepEqual(await trend(ann, tag), all);
    assertOk(await ask(ben, 'PUT', `/api/users/@${ann.handle}/block`));
    assert.deepEqual(await trend(ann, tag), { tag, cruds_count: MANY, people_count: MANY });
    assert.deepEqual(await trend(undefined, tag), all);
  });
});
