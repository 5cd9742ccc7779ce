// notifications.mjs - notifications about replies, likes, reposts, mentions and follows by others.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage, TIME, UUID } from '../harness/client.mjs';
import { ask, assertCrud, follow, get, mark, post, reply, uuidsOf } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newPair, newPerson, newUserRows } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const PATH = '/api/activities/notifications';
const notificationsOf = (person) => get(person, PATH);
const unread = async (person) => (await get(person, '/api/users/me')).unread_notifications;
const kinds = async (person) => (await notificationsOf(person)).map(({ kind }) => kind);

const followBy = async (person, method, { handle }) =>
  assertOk(await ask(person, method, `/api/users/@${handle}/follow`));

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

  test('a follow is listed without a crud, once a day, and ends with the follow', async () => {
    const { ann, ben } = await newPair(stack);
    const stream = await openStream(stack, ann);
    for (let i = 0; i < 2; i++) await followBy(ben, 'PUT', ann);
    const [row, ...others] = await notificationsOf(ann);
    assert.deepEqual(others, []);
    const { uuid, created_at } = row;
    assert.match(uuid, UUID);
    assert.match(created_at, TIME);
    assert.deepEqual(row, {
      uuid, kind: 'follow', display_name: ben.name, handle: ben.handle, read: false, created_at, activity: null,
    });
    assert.deepEqual(await stream.first('notification'), row);
    stream.close();
    assert.equal(await unread(ann), 1);

    await followBy(ben, 'DELETE', ann);
    assert.deepEqual(await notificationsOf(ann), []);
    assert.equal(await unread(ann), 0);
    await followBy(ben, 'PUT', ann); // within a day: it returns as read
    assert.deepEqual(await notificationsOf(ann), [{ ...row, read: true }]);
    assert.equal(await unread(ann), 0);

    await followBy(ben, 'DELETE', ann);
    const age = `update notifications set created_at = created_at - interval '2 days' where uuid = '${uuid}'`;
    await stack.sql(age);
    await followBy(ben, 'PUT', ann);
    const [later] = await notificationsOf(ann);
    assert.equal(later.read, false);
    assert.ok(later.created_at > created_at);
    assert.equal(await unread(ann), 1);

    // A block ends it, and its end does not bring it back.
    await followBy(ann, 'PUT', ben);
    assertOk(await ask(ann, 'PUT', `/api/users/@${ben.handle}/block`));
    assertOk(await ask(ann, 'DELETE', `/api/users/@${ben.handle}/block`));
    assert.deepEqual([await notificationsOf(ann), await notificationsOf(ben)], [[], []]);
  });

  test('a follow by somebody who is muted is not told', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assertOk(await ask(ann, 'PUT', `/api/users/@${ben.handle}/mute`));
    assertOk(await ask(ben, 'PUT', `/api/users/@${ann.handle}/follow`));
    assertOk(await ask(ann, 'DELETE', `/api/users/@${ben.handle}/mute`));
    assert.deepEqual(await notificationsOf(ann), []);
  });

  test('a follow is not shown while the person is suspended, and is purged after its end', async () => {
    const [ann, ben, cat] = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
    for (const one of [ben, cat]) assertOk(await ask(one, 'PUT', `/api/users/@${ann.handle}/follow`));
    const handles = async () => (await notificationsOf(ann)).map(({ handle }) => handle);
    await assertDone(runCommand(stack, 'people/suspend', [ben.handle]));
    assert.deepEqual(await handles(), [cat.handle]);
    assertOk(await ask(cat, 'DELETE', `/api/users/@${ann.handle}/follow`));
    await stack.sql(`update notifications set created_at = created_at - interval '2 days' where user_uuid = '${ann.uuid}'`);
    await assertDone(runCommand(stack, 'db/purge-expired'));
    const kept = await stack.sql(`select actor_uuid from notifications where user_uuid = '${ann.uuid}'`);
    assert.deepEqual(kept, [[ben.uuid]]);
    await assertDone(runCommand(stack, 'people/unsuspend', [ben.handle]));
    assert.deepEqual(await handles(), [ben.handle]);
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

  // Everything of `actor` that notifies `person`.
  async function notifyAll(actor, person, crud) {
    assertOk(await mark(actor, 'PUT', crud.uuid));
    assertOk(await mark(actor, 'PUT', crud.uuid, 'repost'));
    await reply(actor, crud.uuid, 'an answer');
    await post(actor, `hello @${person.handle}`);
    await followBy(actor, 'PUT', person);
  }
  const KINDS = { likes: 'like', reposts: 'repost', replies: 'reply', mentions: 'mention', follows: 'follow' };

  for (const [name, kind] of Object.entries(KINDS))
    test(`of ${name} come from everyone, from people whom one follows, or from nobody`, async () => {
      const ann = await newPerson(stack);
      const [friend, stranger] = [await newPerson(stack), await newPerson(stack)];
      await followBy(ann, 'PUT', friend);
      const crud = await post(ann, 'tell me');
      const choose = async (value) =>
        assertOk(await ask(ann, 'PUT', '/api/users/me/settings', { json: { [`notify_${name}`]: value } }));
      const toldBy = async (person) =>
        (await notificationsOf(ann)).filter(({ handle }) => handle === person.handle).map((row) => row.kind);
      const stream = await openStream(stack, ann);

      await choose('following');
      await notifyAll(stranger, ann, crud);
      await notifyAll(friend, ann, crud);
      assert.deepEqual((await toldBy(friend)).sort(), Object.values(KINDS).sort());
      const others = Object.values(KINDS).filter((other) => other !== kind).sort();
      assert.deepEqual((await toldBy(stranger)).sort(), others);
      assert.equal(await unread(ann), 9);
      await stream.first('notification', (event) => event.kind === 'follow' && event.handle === friend.handle);
      assert.equal(stream.of('notification').length, 9);

      await choose('nobody');
      const third = await newPerson(stack);
      await followBy(ann, 'PUT', third);
      await notifyAll(third, ann, crud);
      assert.deepEqual((await toldBy(third)).sort(), others);
      assert.equal((await notificationsOf(ann)).length, 13, 'those that are there stay');

      await choose('everyone');
      const fourth = await newPerson(stack);
      await notifyAll(fourth, ann, crud);
      assert.deepEqual((await toldBy(fourth)).sort(), Object.values(KINDS).sort());
      stream.close();
    });

  test('of texts are a list of their own, with pages', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'tell me');
    await notifyAll(ben, ann, crud);
    const mentions = (rest = '') => get(ann, `${PATH}?kind=mentions${rest}`);
    assert.deepEqual((await mentions()).map(({ kind }) => kind), ['mention', 'reply']);
    assert.equal((await get(ann, `${PATH}?kind=notifications`)).length, 5);
    const answer = await ask(ann, 'GET', `${PATH}?kind=mentions&limit=1`);
    assert.deepEqual(assertOk(answer).map(({ kind }) => kind), ['mention']);
    const next = nextPage(answer);
    assert.match(next, /kind=mentions/);
    assert.deepEqual((await get(ann, next)).map(({ kind }) => kind), ['reply']);
    // A cursor of one list is refused by the other.
    assertProblem(await ask(ann, 'GET', next.replace('kind=mentions&', '')), 400, 'cursor_invalid');
    assertProblem(await ask(ann, 'GET', `${PATH}?kind=likes`), 422, 'kind_invalid');
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
