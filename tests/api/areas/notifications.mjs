// notifications.mjs - notifications about replies, likes, reposts and mentions by others.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, TIME, UUID } from '../harness/client.mjs';
import { ask, assertCrud, follow, get, mark, post, reply, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson, newUserRows } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const PATH = '/api/activities/notifications';
const notificationsOf = (person) => get(person, PATH);
const unread = async (person) => (await get(person, '/api/users/me')).unread_notifications;
const kinds = async (person) => (await notificationsOf(person)).map(({ kind }) => kind);

describe('notifications', () => {
  test('a reply, a like, a repost and a mention are listed newest first, with the crud', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'tell me');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assertOk(await mark(ben, 'PUT', crud.uuid, 'repost'));
    const answer = await reply(ben, crud.uuid, 'an answer');
    const mention = await post(ben, `I met @${ann.handle} today`);

    const rows = await notificationsOf(ann);
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
    assert.deepEqual(await notificationsOf(ben), []);
    assert.equal(await unread(ben), 0);
  });

  test('nobody is notified about their own actions', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, `me, @${ann.handle}`);
    await reply(ann, crud.uuid, `again @${ann.handle}`);
    assertOk(await mark(ann, 'PUT', crud.uuid));
    assertOk(await mark(ann, 'PUT', crud.uuid, 'repost'));
    assert.deepEqual(await notificationsOf(ann), []);
    assert.equal(await unread(ann), 0);
  });

  test('a person gets one notification per crud: a reply rather than a mention', async () => {
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

  test('undoing a like or repost, or deleting a reply, removes the notification', async () => {
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
    assert.deepEqual(await notificationsOf(ann), []);
  });

  test('all can be marked as read, and later ones are unread', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    for (let times = 0; times < 2; times++)
      assert.equal((await ask(ann, 'PUT', `${PATH}/read`)).status, 204);
    assert.equal(await unread(ann), 0);
    await reply(ben, crud.uuid, 'one more');
    assert.deepEqual(
      (await notificationsOf(ann)).map(({ kind, read }) => [kind, read]),
      [
        ['reply', false],
        ['like', true],
      ],
    );
    assert.equal(await unread(ann), 1);
    // Another person's request changes nothing.
    assert.equal((await ask(ben, 'PUT', `${PATH}/read`)).status, 204);
    assert.equal(await unread(ann), 1);
  });

  test('those that were shown are marked as read; what arrives later stays unread', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    const states = async () => (await notificationsOf(ann)).map(({ kind, read }) => [kind, read]);
    const read = (person, notification_uuid) =>
      ask(person, 'PUT', `${PATH}/read`, { json: { notification_uuid } });
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assertOk(await mark(ben, 'PUT', crud.uuid, 'repost'));
    const [newest, oldest] = await notificationsOf(ann);
    await reply(ben, crud.uuid, 'while Ann is reading');
    // Repeated, and with an older one, it changes nothing.
    for (const { uuid } of [newest, newest, oldest]) {
      assert.equal((await read(ann, uuid)).status, 204);
      assert.equal(await unread(ann), 1);
      assert.deepEqual(await states(), [
        ['reply', false],
        ['repost', true],
        ['like', true],
      ]);
    }

    // One that is gone, or that is another person's, is not found, and nothing is marked.
    assertOk(await mark(ben, 'DELETE', crud.uuid));
    const [{ uuid: last }] = await notificationsOf(ann);
    for (const [person, uuid] of [
      [ann, oldest.uuid],
      [ann, UNUSED_UUID],
      [ben, last],
    ])
      assertProblem(await read(person, uuid), 404, 'not_found');
    assert.equal(await unread(ann), 1);
    assert.equal((await read(ann, last.toUpperCase())).status, 204);
    assert.equal(await unread(ann), 0);
  });

  test('a body that names no notification is refused, and nothing is marked', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assertOk(await mark(ben, 'PUT', (await post(ann, 'hello')).uuid));
    const put = (options) => ask(ann, 'PUT', `${PATH}/read`, options);
    for (const notification_uuid of [undefined, null, '', ' '])
      assertProblem(await put({ json: { notification_uuid } }), 422, 'notification_uuid_blank');
    for (const notification_uuid of [7, [], {}, true, 'no-uuid', `${UNUSED_UUID}0`])
      assertProblem(await put({ json: { notification_uuid } }), 422, 'notification_uuid_invalid');
    const sent = (body, type) => ({ body, headers: { 'Content-Type': type } });
    for (const body of ['{', '[]', 'null', '{"notification_uuid":'])
      assertProblem(await put(sent(body, 'application/json')), 400, 'json_malformed');
    assertProblem(await put(sent('{}', 'text/plain')), 415, 'content_type_unsupported');
    assert.equal(await unread(ann), 1);
  });

  test('a like or repost that is removed and repeated is told once a day', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    for (const what of ['like', 'repost']) {
      const first = async () => (await notificationsOf(ann)).find(({ kind }) => kind === what);
      assertOk(await mark(ben, 'PUT', crud.uuid, what));
      const told = await first();
      assert.equal(told.read, false);
      for (let times = 0; times < 3; times++) {
        assertOk(await mark(ben, 'DELETE', crud.uuid, what));
        assert.equal(await first(), undefined);
        assert.equal(await unread(ann), 0);
        // The list is complete, but nothing is unread or new.
        assertOk(await mark(ben, 'PUT', crud.uuid, what));
        const again = await first();
        assert.deepEqual([again.read, again.created_at], [true, told.created_at]);
        assert.equal(await unread(ann), 0);
      }

      // The next day it is told again.
      assertOk(await mark(ben, 'DELETE', crud.uuid, what));
      await stack.sql(
        `update notifications_withdrawn set created_at = created_at - interval '24 hours'
          where activity_uuid = '${crud.uuid}'`,
      );
      assertOk(await mark(ben, 'PUT', crud.uuid, what));
      assert.equal((await first()).read, false);
      assert.equal(await unread(ann), 1);
      assert.equal((await ask(ann, 'PUT', `${PATH}/read`)).status, 204);
    }
    assert.deepEqual(await kinds(ann), ['repost', 'like']);
  });

  test('one crud notifies at most 10 people: an author answered, then those mentioned first', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [shorter, ...handles] = await newUserRows(stack, 11);
    // It is mentioned first and contains the handle that is mentioned last.
    const longer = `${shorter}x`;
    await stack.sql(`insert into users (handle, display_name) values ('${longer}', 'Longer')`);
    const told = async ({ uuid }) => {
      const rows = await stack.sql(
        `select kind, handle from notifications n join users u on u.uuid = n.user_uuid
          where n.activity_uuid = '${uuid}'`,
      );
      return rows.map(([kind, handle]) => `${kind} ${handle}`).sort();
    };
    const mentionsOf = (names) => names.map((handle) => `mention ${handle}`);
    const all = [longer, ...handles, shorter];
    const text = [ann.handle, longer.toUpperCase(), ...all].map((handle) => `@${handle}`).join(' ');

    const crud = await post(ann, text);
    assert.deepEqual(await told(crud), mentionsOf(all.slice(0, 10)).sort());
    const answer = await reply(ben, crud.uuid, text);
    assert.deepEqual(
      await told(answer),
      [`reply ${ann.handle}`, ...mentionsOf(all.slice(0, 9))].sort(),
    );
  });

  test('pages are complete while new notifications arrive', async () => {
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

  test('they require a token', async () => {
    assertProblem(await ask(undefined, 'GET', PATH), 401, 'token_missing');
    assertProblem(await ask(undefined, 'PUT', `${PATH}/read`), 401, 'token_missing');
  });
});
