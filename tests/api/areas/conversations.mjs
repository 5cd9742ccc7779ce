// conversations.mjs - two people start a conversation, answer, mark as read, and delete messages.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage, TIME, UUID } from '../harness/client.mjs';
import { typed } from '../harness/dynamodb.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const groupsOf = async ({ token }) =>
  assertOk(await stack.ask('GET', '/api/message_groups', { token }));
const messagesOf = async ({ token }, group, query = '') =>
  assertOk(await stack.ask('GET', `/api/messages/${group}${query}`, { token }));
const read = ({ token }, group, message_uuid) =>
  stack.ask('PUT', `/api/message_groups/${group}/read`, { token, json: { message_uuid } });
const remove = ({ token }, group, uuid) =>
  stack.ask('DELETE', `/api/messages/${group}/${uuid}`, { token });
const unreadOf = async (person, group) =>
  (await groupsOf(person)).find(({ uuid }) => uuid === group).unread_count;

// The time inside a version 7 UUID, in microseconds (RFC 9562 §6.2, method 3).
function microsecondsOf(uuid) {
  const hex = uuid.replaceAll('-', '');
  assert.equal(hex[12], '7', `${uuid} is of version 7`);
  const fraction = (parseInt(hex.slice(13, 16), 16) * 1000) / 4096;
  return BigInt(`0x${hex.slice(0, 12)}`) * 1000n + BigInt(Math.ceil(fraction));
}

function microsecondsOfTime(text) {
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(text.slice(20, 26));
}

describe('conversations', () => {
  test('a conversation starts by handle, and both lists show it with its last message', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assert.deepEqual(await groupsOf(ann), []);
    const first = assertOk(await say(stack, ann, { handle: ben.handle }, 'Hello, Ben'));
    assert.deepEqual(Object.keys(first).sort(), [
      'created_at',
      'display_name',
      'handle',
      'message',
      'message_group_uuid',
      'uuid',
    ]);
    assert.match(first.message_group_uuid, UUID);
    assert.match(first.created_at, TIME);
    assert.equal(first.handle, ann.handle);
    assert.equal(first.display_name, ann.name);
    assert.equal(first.message, 'Hello, Ben');
    const group = first.message_group_uuid;

    assert.deepEqual(await groupsOf(ben), [
      {
        uuid: group,
        display_name: ann.name,
        handle: ann.handle,
        message: 'Hello, Ben',
        created_at: first.created_at,
        unread_count: 1,
      },
    ]);
    const answer = assertOk(await say(stack, ben, { message_group_uuid: group }, 'Hello, Ann'));
    assert.equal(answer.message_group_uuid, group);
    assert.ok(answer.created_at > first.created_at);
    assert.deepEqual(await groupsOf(ann), [
      {
        uuid: group,
        display_name: ben.name,
        handle: ben.handle,
        message: 'Hello, Ann',
        created_at: answer.created_at,
        unread_count: 1,
      },
    ]);
    // Sending does not reset the sender's own unread count.
    assert.equal(await unreadOf(ben, group), 1);

    for (const person of [ann, ben]) {
      const messages = await messagesOf(person, group);
      const shown = messages.map(({ uuid, handle, display_name, message, created_at }) => ({
        message_group_uuid: group,
        uuid,
        display_name,
        handle,
        message,
        created_at,
      }));
      assert.deepEqual(shown, [first, answer]);
      for (const { deleted_at } of messages) assert.equal(deleted_at ?? null, null);
    }
  });

  test('a message by handle, from either person, goes to the existing conversation', async () => {
    const { ann, ben, group } = await newPair(stack);
    for (const [from, to] of [
      [ann, ben],
      [ben, ann],
      [ann, { handle: ben.handle.toUpperCase() }],
    ])
      assert.equal(
        assertOk(await say(stack, from, { handle: to.handle }, 'again')).message_group_uuid,
        group,
      );
    assert.equal((await groupsOf(ann)).length, 1);
    assert.equal((await groupsOf(ben)).length, 1);
  });

  test('a conversation is found by the handle of the other person', async () => {
    const { ann, ben, group } = await newPair(stack);
    const withHandle = (person, handle) =>
      stack.ask('GET', `/api/message_groups/@${handle}`, { token: person.token });
    assert.deepEqual(assertOk(await withHandle(ann, ben.handle)), (await groupsOf(ann))[0]);
    assert.equal(assertOk(await withHandle(ben, ann.handle.toUpperCase())).uuid, group);
    const stranger = await newPerson(stack);
    for (const [person, handle] of [
      [ann, stranger.handle],
      [stranger, ben.handle],
      [ann, ann.handle],
      [ann, newHandle()],
    ])
      assertProblem(await withHandle(person, handle), 404, 'not_found');
  });

  test('a user without an account can receive messages', async () => {
    const ann = await newPerson(stack);
    const [handle] = await newUserRows(stack, 1);
    const { message_group_uuid } = assertOk(await say(stack, ann, { handle }, 'Are you there?'));
    assert.equal((await groupsOf(ann))[0].uuid, message_group_uuid);
  });

  test('the conversation with the last message comes first', async () => {
    const ann = await newPerson(stack);
    const handles = await newUserRows(stack, 3);
    for (const handle of handles) assertOk(await say(stack, ann, { handle }, 'hello'));
    const order = async () => (await groupsOf(ann)).map(({ handle }) => handle);
    assert.deepEqual(await order(), handles.toReversed());
    assertOk(await say(stack, ann, { handle: handles[0] }, 'once more'));
    assert.deepEqual(await order(), [handles[0], handles[2], handles[1]]);
  });

  test('marking the newest message as read resets unread_count; an older one is stale', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const second = assertOk(await say(stack, ann, { message_group_uuid: group }, 'and'));
    assert.equal(await unreadOf(ben, group), 2);
    assertProblem(await read(ben, group, first.uuid), 409, 'read_stale');
    assert.equal(await unreadOf(ben, group), 2);
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 0);
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    assert.equal((await read(ann, group, second.uuid.toUpperCase())).status, 204);
    assertOk(await say(stack, ann, { message_group_uuid: group }, 'one more'));
    assert.equal(await unreadOf(ben, group), 1);
    assert.notEqual((await read(ben, group, UNUSED_UUID)).status, 204);
    assert.equal(await unreadOf(ben, group), 1);
    assertProblem(await read(ben, UNUSED_UUID, second.uuid), 404, 'not_found');
  });

  test('message times increase, and the uuid of a message contains its microsecond', async () => {
    const { ann, ben, group } = await newPair(stack);
    for (let i = 0; i < 10; i++)
      assertOk(await say(stack, i % 2 ? ann : ben, { message_group_uuid: group }, `${i}`));
    const messages = await messagesOf(ann, group);
    assert.equal(messages.length, 11);
    for (const [i, { uuid, created_at }] of messages.entries()) {
      assert.equal(microsecondsOf(uuid), microsecondsOfTime(created_at), uuid);
      if (i > 0) assert.ok(created_at > messages[i - 1].created_at);
    }
  });

  test("messages and lists show a person's current names", async () => {
    const { ann, ben, group } = await newPair(stack);
    await stack.sql(`update users set display_name = 'Dr Ann' where uuid = '${ann.uuid}'`);
    const handle = newHandle('renamed');
    await stack.sql(`update users set handle = '${handle}' where uuid = '${ann.uuid}'`);
    const [message] = await messagesOf(ben, group);
    assert.equal(message.display_name, 'Dr Ann');
    assert.equal(message.handle, handle);
    const [shown] = await groupsOf(ben);
    assert.equal(shown.display_name, 'Dr Ann');
    assert.equal(shown.handle, handle);
    const answer = assertOk(await say(stack, ann, { message_group_uuid: group }, 'It is me'));
    assert.equal(answer.display_name, 'Dr Ann');
  });

  test('after a user is deleted, the names stored with each message are shown', async () => {
    const { ann, ben, group } = await newPair(stack, 'I was here');
    assertOk(await say(stack, ben, { message_group_uuid: group }, 'And so was I'));
    await stack.sql(`delete from users where uuid = '${ann.uuid}'`);
    const [gone, here] = await messagesOf(ben, group);
    assert.equal(gone.message, 'I was here');
    assert.equal(gone.display_name, ann.name);
    assert.equal(gone.handle, ann.handle);
    assert.equal(here.display_name, ben.name);
    const [shown] = await groupsOf(ben);
    assert.equal(shown.display_name, ann.name);
    assert.equal(shown.handle, ann.handle);
  });

  test('the items in the table have the documented attributes', async () => {
    const { ann, ben, group, first } = await newPair(stack, 'as designed');
    const [message, ...others] = await stack.table.messages(group);
    assert.equal(others.length, 0);
    for (const [name, value] of Object.entries({
      sk: first.created_at,
      message_uuid: first.uuid,
      message: 'as designed',
      user_uuid: ann.uuid,
      user_display_name: ann.name,
      user_handle: ann.handle,
    }))
      assert.deepEqual(message[name], { S: value }, name);
    for (const [mine, other, unread] of [
      [ann, ben, '0'],
      [ben, ann, '1'],
    ]) {
      const [row] = await stack.table.partition(`GRP#${mine.uuid}`);
      assert.deepEqual(row.unread_count, { N: unread });
      for (const [name, value] of Object.entries({
        sk: `GROUP#${group}`,
        message_group_uuid: group,
        last_message_at: first.created_at,
        last_message_uuid: first.uuid,
        message: 'as designed',
        user_uuid: other.uuid,
        user_display_name: other.name,
        user_handle: other.handle,
      }))
        assert.deepEqual(row[name], { S: value }, name);
    }
    const [low, high] = [ann.uuid, ben.uuid].sort();
    const [pair] = await stack.table.partition(`PAIR#${low}#${high}`);
    assert.deepEqual(pair.group_uuid, { S: group });
  });
});

describe('deleting', () => {
  test('an older message leaves a tombstone, and its text is removed everywhere', async () => {
    const text = `secret-${newHandle()}`;
    const { ann, ben, group, first } = await newPair(stack, text);
    const second = assertOk(await say(stack, ann, { message_group_uuid: group }, 'stays'));
    assert.equal((await remove(ann, group, first.uuid)).status, 204);
    for (const person of [ann, ben]) {
      const [gone, stays] = await messagesOf(person, group);
      assert.equal(gone.uuid, first.uuid);
      assert.equal(gone.message, null);
      assert.match(gone.deleted_at, TIME);
      assert.equal(gone.created_at, first.created_at);
      assert.equal(stays.message, 'stays');
      const [shown] = await groupsOf(person);
      assert.equal(shown.message, 'stays');
      assert.equal(shown.created_at, second.created_at);
    }
    assert.ok(!JSON.stringify(await stack.table.scan()).includes(text));
  });

  test('the newest message disappears from both lists as well', async () => {
    const text = `secret-${newHandle()}`;
    const { ann, ben, group } = await newPair(stack, 'first');
    const newest = assertOk(
      await say(stack, ann, { message_group_uuid: group }, text, { key: newHandle() }),
    );
    assert.equal((await remove(ann, group, newest.uuid)).status, 204);
    for (const person of [ann, ben]) {
      const [shown] = await groupsOf(person);
      assert.equal(shown.message, null);
      assert.equal(shown.created_at, newest.created_at);
      const messages = await messagesOf(person, group);
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['first', null],
      );
    }
    assert.ok(!JSON.stringify(await stack.table.scan()).includes(text));
    // The conversation still accepts messages.
    assertOk(await say(stack, ben, { message_group_uuid: group }, 'what was it?'));
    assert.equal((await groupsOf(ann))[0].message, 'what was it?');
  });

  test('deleting a message again succeeds and changes nothing', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    assert.equal((await remove(ann, group, first.uuid)).status, 204);
    const [tombstone] = await messagesOf(ben, group);
    assert.equal((await remove(ann, group, first.uuid)).status, 204);
    assert.equal((await remove(ann, group, first.uuid.toUpperCase())).status, 204);
    assert.deepEqual(await messagesOf(ben, group), [tombstone]);
  });

  test("deleting the other person's message is a 403, even after it was deleted", async () => {
    const { ann, ben, group, first } = await newPair(stack);
    assertProblem(await remove(ben, group, first.uuid), 403, 'forbidden');
    assert.equal((await messagesOf(ann, group))[0].message, first.message);
    assert.equal((await remove(ann, group, first.uuid)).status, 204);
    assertProblem(await remove(ben, group, first.uuid), 403, 'forbidden');
  });

  test('a message that does not exist in this conversation is a 404', async () => {
    const { ann, group } = await newPair(stack);
    const [handle] = await newUserRows(stack, 1);
    const elsewhere = assertOk(await say(stack, ann, { handle }, 'elsewhere'));
    const { message_group_uuid: other, uuid } = elsewhere;
    const unused = `${uuid.slice(0, -1)}${uuid.endsWith('0') ? '1' : '0'}`;
    assertProblem(await remove(ann, group, uuid), 404, 'not_found');
    assertProblem(await remove(ann, group, UNUSED_UUID), 404, 'not_found');
    assertProblem(await remove(ann, other, unused), 404, 'not_found');
    assert.equal((await messagesOf(ann, other))[0].message, 'elsewhere');
  });

  test('a deletion and a message at the same time both take effect', async () => {
    const { ann, ben, group } = await newPair(stack);
    const to = { message_group_uuid: group };
    for (let i = 0; i < 5; i++) {
      const mine = assertOk(await say(stack, ann, to, `mine ${i}`));
      const [deleted, answered] = await Promise.all([
        remove(ann, group, mine.uuid),
        say(stack, ben, to, `yours ${i}`),
      ]);
      assert.equal(deleted.status, 204);
      assertOk(answered);
      for (const person of [ann, ben])
        assert.equal((await groupsOf(person))[0].message, `yours ${i}`);
    }
    const texts = (await messagesOf(ann, group)).map(({ message }) => message);
    assert.deepEqual(
      texts.slice(1),
      Array.from({ length: 5 }, (_, i) => [null, `yours ${i}`]).flat(),
    );
  });
});

describe('a conversation across New Year', () => {
  test('is listed, paged, polled by older ids and can be deleted from', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const group = 'fe1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b';
    const times = [
      '2023-12-30T10:00:00.000001+00:00',
      '2024-12-31T23:59:59.999998+00:00',
      '2024-12-31T23:59:59.999999+00:00',
      '2025-01-01T00:00:00.000000+00:00',
      '2025-01-01T00:00:00.000001+00:00',
      '2026-01-01T00:00:00.000000+00:00',
    ];
    // Version 4 UUIDs, as in the legacy table: they contain no time.
    const uuids = times.map((_, i) => `0000000${i}-aaaa-4bbb-8ccc-00000000000${i}`);
    const texts = times.map((time) => `written at ${time}`);
    for (const [i, time] of times.entries())
      await stack.table.put(
        typed({
          pk: `MSG#${group}`,
          sk: time,
          message_uuid: uuids[i],
          message: texts[i],
          user_uuid: ann.uuid,
          user_display_name: ann.name,
          user_handle: ann.handle,
        }),
      );
    for (const [mine, other] of [
      [ann, ben],
      [ben, ann],
    ])
      await stack.table.put(
        typed({
          pk: `GRP#${mine.uuid}`,
          sk: `GROUP#${group}`,
          message_group_uuid: group,
          last_message_at: times.at(-1),
          last_message_uuid: uuids.at(-1),
          message: texts.at(-1),
          unread_count: 0,
          user_uuid: other.uuid,
          user_display_name: other.name,
          user_handle: other.handle,
        }),
      );
    const [low, high] = [ann.uuid, ben.uuid].sort();
    await stack.table.put(typed({ pk: `PAIR#${low}#${high}`, sk: 'PAIR', group_uuid: group }));

    const shown = await messagesOf(ben, group);
    assert.deepEqual(
      shown.map(({ message }) => message),
      texts,
    );
    assert.deepEqual(
      shown.map(({ created_at }) => created_at),
      times,
    );
    let path = `/api/messages/${group}?limit=4`;
    const paged = [];
    while (path) {
      const answer = await stack.ask('GET', path, { token: ann.token });
      paged.unshift(...assertOk(answer).map(({ uuid }) => uuid));
      path = nextPage(answer);
    }
    assert.deepEqual(paged, uuids);
    const after = await messagesOf(ben, group, `?after=${uuids[2]}`);
    assert.deepEqual(
      after.map(({ uuid }) => uuid),
      uuids.slice(3),
    );

    const written = assertOk(await say(stack, ben, { handle: ann.handle }, 'Happy New Year'));
    assert.equal(written.message_group_uuid, group);
    assert.equal((await remove(ann, group, uuids[1])).status, 204);
    const rest = (await messagesOf(ann, group)).map(({ message }) => message);
    assert.deepEqual(rest, [...texts.with(1, null), 'Happy New Year']);
  });
});
