// notifications.mjs - what people are told of what others do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, TIME, UUID } from '../harness/client.mjs';
import { ask, assertCrud, follow, get, mark, post, reply, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson } from '../harness/people.mjs';

const PATH = '/api/activities/notifications';
const told = (person) => get(person, PATH);
const unread = async (person) => (await get(person, '/api/users/me')).unread_notifications;
const kinds = async (person) => (await told(person)).map(({ kind }) => kind);

describe('notifications', () => {
  test('reply, like, repost and mention are told, newest first, with the crud', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'tell me');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assertOk(await mark(ben, 'PUT', crud.uuid, 'repost'));
    const answer = await reply(ben, crud.uuid, 'an answer');
    const mention = await post(ben, `I met @${ann.handle} today`);

    const rows = await told(ann);
    assert.deepEqual(
      rows.map(({ kind, activity }) => [kind, activity.uuid]),
      [
        ['mention', mention.uuid],
        ['reply', answer.uuid],
        ['repost', crud.uuid],
        ['like', crud.uuid],
      ],
    );
    for (const row of rows) {
      assert.deepEqual(Object.keys(row).sort(), [
        'activity',
        'created_at',
        'display_name',
        'handle',
        'kind',
        'read',
        'uuid',
      ]);
      assert.match(row.uuid, UUID);
      assert.match(row.created_at, TIME);
      assert.equal(row.handle, ben.handle);
      assert.equal(row.display_name, ben.name);
      assert.equal(row.read, false);
      assertCrud(row.activity, true);
    }
    assert.equal(rows[2].activity.likes_count, 1);
    assert.equal(await unread(ann), 4);
    assert.deepEqual(await told(ben), []);
    assert.equal(await unread(ben), 0);
  });

  test('nobody is told of what they did themselves', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, `me, @${ann.handle}`);
    await reply(ann, crud.uuid, `again @${ann.handle}`);
    assertOk(await mark(ann, 'PUT', crud.uuid));
    assertOk(await mark(ann, 'PUT', crud.uuid, 'repost'));
    assert.deepEqual(await told(ann), []);
    assert.equal(await unread(ann), 0);
  });

  test('a person is told once of one crud, by what concerns them most', async () => {
    const [ann, ben, cid] = [
      await newPerson(stack),
      await newPerson(stack),
      await newPerson(stack),
    ];
    const crud = await post(ann, 'hello');
    await reply(ben, crud.uuid, `@${ann.handle} @${ann.handle.toUpperCase()} and @${cid.handle}`);
    assert.deepEqual(await kinds(ann), ['reply']);
    assert.deepEqual(await kinds(cid), ['mention']);
    await post(
      ben,
      `@${cid.handle}, @${cid.handle}: twice; x@${cid.handle} @${cid.handle}y @nobody_1`,
    );
    assert.deepEqual(await kinds(cid), ['mention', 'mention']);
  });

  test('what is taken back is not told any more', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    for (const what of ['like', 'repost']) {
      assertOk(await mark(ben, 'PUT', crud.uuid, what));
      assertOk(await mark(ben, 'PUT', crud.uuid, what));
    }
    assert.deepEqual(await kinds(ann), ['repost', 'like']);
    assertOk(await mark(ben, 'DELETE', crud.uuid));
    assert.deepEqual(await kinds(ann), ['repost']);
    assertOk(await mark(ben, 'DELETE', crud.uuid, 'repost'));
    const answer = await reply(ben, crud.uuid, 'never mind');
    assert.equal((await ask(ben, 'DELETE', `/api/activities/${answer.uuid}`)).status, 204);
    assert.deepEqual(await told(ann), []);
  });

  test('all of it can be marked as read, and what comes later is unread', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    for (let times = 0; times < 2; times++)
      assert.equal((await ask(ann, 'PUT', `${PATH}/read`)).status, 204);
    assert.equal(await unread(ann), 0);
    await reply(ben, crud.uuid, 'one more');
    assert.deepEqual(
      (await told(ann)).map(({ kind, read }) => [kind, read]),
      [
        ['reply', false],
        ['like', true],
      ],
    );
    assert.equal(await unread(ann), 1);
    // Somebody else's reading changes nothing.
    assert.equal((await ask(ben, 'PUT', `${PATH}/read`)).status, 204);
    assert.equal(await unread(ann), 1);
  });

  test('pages come whole while more arrive', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    const answers = [];
    for (let i = 0; i < 13; i++) answers.push(await reply(ben, crud.uuid, `${i}`));
    const rows = await follow(ann, `${PATH}?limit=4`, {
      between: () => reply(ben, crud.uuid, 'late'),
    });
    assert.deepEqual(
      rows.map(({ activity }) => activity.uuid),
      uuidsOf(answers).reverse(),
    );
    assert.equal(new Set(uuidsOf(rows)).size, 13);
  });

  test('they are personal', async () => {
    assertProblem(await ask(undefined, 'GET', PATH), 401, 'token_missing');
    assertProblem(await ask(undefined, 'PUT', `${PATH}/read`), 401, 'token_missing');
  });
});
