// conversations.mjs - two people start a conversation, answer, mark as read, and delete messages.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage, TIME, UUID } from '../harness/client.mjs';
import { plain, typed } from '../harness/dynamodb.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import * as previous from '../harness/previous.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const groupsOf = async ({ token }) =>
  assertOk(await stack.ask('GET', '/api/message_groups', { token }));
const messagesOf = async ({ token }, group, query = '') =>
  assertOk(await stack.ask('GET', `/api/messages/${group}${query}`, { token }));
const read = ({ token }, group, message_uuid) =>
  stack.ask('PUT', `/api/message_groups/${group}/read`, { token, json: { message_uuid } });
const remove = ({ token }, group, uuid) =>
  stack.ask('DELETE', `/api/messages/${group}/${uuid}`, { token });
const groupOf = async ({ token }, group) =>
  assertOk(await stack.ask('GET', `/api/message_groups/${group}`, { token }));
const membersPath = (group) => `/api/message_groups/${group}/members`;
const membersOf = ({ token }, group, query = '') =>
  stack.ask('GET', membersPath(group) + query, { token });
const short = ({ uuid, handle, name }) => ({ uuid, handle, display_name: name, avatar_url: null });
// A conversation without the read marks, which depend on who has read what.
const unmarked = ({ read_message_uuid: _read, seen: _seen, ...rest }) => rest;

// The conversation of `me` and `other` after `last`, as `me` sees it.
const conversation = (group, me, other, last, unread_count) => ({
  uuid: group,
  kind: 'pair',
  name: null,
  state: 'accepted',
  messages_left: null,
  hidden: false,
  display_name: other.name,
  handle: other.handle,
  message: last.message,
  message_uuid: last.uuid,
  created_at: last.created_at,
  unread_count,
  members_count: 2,
  members: [short(other), short(me)],
});
const unreadOf = async (person, group) =>
  (await groupsOf(person)).find(({ uuid }) => uuid === group).unread_count;

const deleteAll = async (person, group, messages) => {
  for (const { uuid } of messages) assert.equal((await remove(person, group, uuid)).status, 204);
};
const sayAll = async (person, group, texts) => {
  const sent = [];
  for (const text of texts)
    sent.push(assertOk(await say(stack, person, { message_group_uuid: group }, text)));
  return sent;
};

// The unread count that the messages in the table give for `reader`, after the mark of their row.
async function countUnread(reader, group) {
  const { read_at } = await stack.table.row(reader.uuid, group);
  const messages = (await stack.table.messages(group)).map(plain);
  return messages.filter(
    ({ sk, user_uuid, deleted_at }) => user_uuid !== reader.uuid && !deleted_at && sk > read_at,
  ).length;
}

// The time inside a version 7 UUID, in microseconds (RFC 9562 §6.2, method 3).
function microsecondsOf(uuid) {
  const hex = uuid.replaceAll('-', '');
  assert.equal(hex[12], '7', `${uuid} is of version 7`);
  const fraction = (parseInt(hex.slice(13, 16), 16) * 1000) / 4096;
  return BigInt(`0x${hex.slice(0, 12)}`) * 1000n + BigInt(Math.ceil(fraction));
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

    assert.deepEqual((await groupsOf(ben)).map(unmarked), [
      conversation(group, ben, ann, first, 1),
    ]);
    const answer = assertOk(await say(stack, ben, { message_group_uuid: group }, 'Hello, Ann'));
    assert.equal(answer.message_group_uuid, group);
    assert.ok(answer.created_at > first.created_at);
    assert.deepEqual((await groupsOf(ann)).map(unmarked), [
      conversation(group, ann, ben, answer, 1),
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

  test('one conversation looks like its entry of the list; others do not see it', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    assertOk(await say(stack, ben, { message_group_uuid: group }, 'Yes'));
    for (const person of [ann, ben]) {
      const [listed] = await groupsOf(person);
      assert.deepEqual(await groupOf(person, group), listed);
      assert.deepEqual(await groupOf(person, group.toUpperCase()), listed);
    }
    const stranger = await newPerson(stack);
    for (const [person, uuid] of [
      [stranger, group],
      [ann, UNUSED_UUID],
      [ann, first.uuid],
      [ann, 'none'],
    ]) {
      const { token } = person;
      for (const end of ['', '/members'])
        assertProblem(
          await stack.ask('GET', `/api/message_groups/${uuid}${end}`, { token }),
          404,
          'not_found',
        );
    }
  });

  test('the members are both people, the other one first, a page at a time', async () => {
    const { ann, ben, group } = await newPair(stack);
    await stack.sql(`update users set bio = 'Reads a lot.' where uuid = '${ben.uuid}'`);
    const member = (person, bio) => ({ ...short(person), bio, joined_at: null, owner: false });
    const all = [member(ben, 'Reads a lot.'), member(ann, null)];
    assert.deepEqual(assertOk(await membersOf(ann, group)), all);
    assert.deepEqual(assertOk(await membersOf(ben, group)), all.toReversed());

    const one = await membersOf(ann, group, '?limit=1');
    assert.deepEqual(assertOk(one), all.slice(0, 1));
    const two = await stack.ask('GET', nextPage(one), { token: ann.token });
    assert.deepEqual(assertOk(two), all.slice(1));
    assert.equal(nextPage(two), undefined);
    assertProblem(await membersOf(ann, group, '?cursor=bWVtYmVyc3x4'), 400, 'cursor_invalid');
  });

  test('the read marks of a row are shown', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const answer = assertOk(await say(stack, ben, { message_group_uuid: group }, 'Yes'));
    const [row] = await stack.table.partition(`GRP#${ann.uuid}`);
    await stack.table.put({
      ...row,
      ...typed({
        read_at: answer.created_at,
        read_message_uuid: answer.uuid,
        seen_at: first.created_at,
        seen_message_uuid: first.uuid,
      }),
    });
    for (const shown of [await groupOf(ann, group), (await groupsOf(ann))[0]]) {
      assert.equal(shown.read_message_uuid, answer.uuid);
      assert.deepEqual(shown.seen, [{ handle: ben.handle, message_uuid: first.uuid }]);
    }
  });

  test('a row of an earlier release, with a whole text and without marks, is shown', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const family = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}';
    const place = { pk: `GRP#${ann.uuid}`, sk: `GROUP#${group}` };
    const old = (message) =>
      typed({
        ...place,
        message_group_uuid: group,
        last_message_at: first.created_at,
        message,
        unread_count: 0,
        user_uuid: ben.uuid,
        user_display_name: ben.name,
        user_handle: ben.handle,
      });
    for (const [text, preview] of [
      ['x'.repeat(1024), 'x'.repeat(140)],
      ['é'.repeat(139) + family, 'é'.repeat(139)],
      [`${'é'.repeat(135)}${family}x`, 'é'.repeat(135) + family],
    ]) {
      await stack.table.put(old(text));
      for (const shown of [await groupOf(ann, group), (await groupsOf(ann))[0]]) {
        assert.equal(shown.message, preview);
        assert.equal(shown.message_uuid, null);
        assert.equal(shown.read_message_uuid, null);
        assert.deepEqual(shown.seen, []);
      }
    }
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

  test('without the row of a member nothing is sent, although workers know both members', async () => {
    const { ann, ben, group } = await newPair(stack);
    const to = { message_group_uuid: group };
    // Often enough that every worker has the members in its cache.
    for (let i = 0; i < 20; i++) assertOk(await say(stack, i % 2 ? ann : ben, to, `${i}`));
    const before = await stack.table.messages(group);
    for (const gone of [ann, ben]) {
      const row = await stack.table.remove(`GRP#${gone.uuid}`, `GROUP#${group}`);
      for (let i = 0; i < 6; i++)
        assertProblem(await say(stack, ann, to, 'into nothing'), 404, 'not_found');
      assert.deepEqual(await stack.table.messages(group), before);
      assert.deepEqual(await stack.table.partition(`GRP#${gone.uuid}`), []);
      await stack.table.put(row);
    }
    assertOk(await say(stack, ann, to, 'both are back'));
  });

  test('message times increase, and the uuid of a message contains its microsecond', async () => {
    const { ann, ben, group } = await newPair(stack);
    for (let i = 0; i < 10; i++)
      assertOk(await say(stack, i % 2 ? ann : ben, { message_group_uuid: group }, `${i}`));
    const messages = await messagesOf(ann, group);
    assert.equal(messages.length, 11);
    for (const [i, { uuid, created_at }] of messages.entries()) {
      assert.equal(microsecondsOf(uuid), previous.microsecondsOf(created_at), uuid);
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
        last_sent_at: first.created_at,
        last_message_uuid: first.uuid,
        message: 'as designed',
        read_at: '1970-01-01T00:00:00.000000+00:00',
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

  test('rows keep a preview of 140 code points, cut between graphemes', async () => {
    const flag = '\u{1F1E6}\u{1F1F9}'; // two code points
    const { ann, ben, group } = await newPair(stack, 'x'.repeat(141));
    const rows = () => Promise.all([ann, ben].map(({ uuid }) => stack.table.row(uuid, group)));
    for (const row of await rows()) assert.equal(row.message, 'x'.repeat(140));
    for (const [text, preview] of [
      ['x'.repeat(140), 'x'.repeat(140)],
      [`${'x'.repeat(139)}${flag} and more`, 'x'.repeat(139)],
      [`${'x'.repeat(138)}${flag} and more`, `${'x'.repeat(138)}${flag}`],
      ['\u{1F980}'.repeat(1024), '\u{1F980}'.repeat(140)],
    ]) {
      assertOk(await say(stack, ann, { message_group_uuid: group }, text));
      for (const row of await rows()) assert.equal(row.message, preview);
      assert.equal((await groupsOf(ben))[0].message, preview);
      assert.equal((await messagesOf(ben, group)).at(-1).message, text);
    }
  });
});

describe('read marks', () => {
  test('messages of others after the place stay unread and are counted', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second] = await sayAll(ann, group, ['a2']);
    await sayAll(ben, group, ['b1']);
    const [fourth, fifth] = await sayAll(ann, group, ['a4', 'a5']);
    assert.equal(await unreadOf(ben, group), 4);
    for (const [message, unread] of [
      [first, 3],
      [second, 2],
      [second, 2],
      [fourth, 1],
      [fifth, 0],
      [fifth, 0],
    ]) {
      assert.equal((await read(ben, group, message.uuid)).status, 204);
      assert.equal(await unreadOf(ben, group), unread);
      const { read_at, read_message_uuid } = await stack.table.row(ben.uuid, group);
      assert.deepEqual([read_at, read_message_uuid], [message.created_at, message.uuid]);
      const { seen_at, seen_message_uuid } = await stack.table.row(ann.uuid, group);
      assert.deepEqual([seen_at, seen_message_uuid], [message.created_at, message.uuid]);
    }
    assert.equal((await read(ann, group, fifth.uuid.toUpperCase())).status, 204);
    await sayAll(ann, group, ['one more']);
    assert.equal(await unreadOf(ben, group), 1);
    assertProblem(await read(ben, UNUSED_UUID, fifth.uuid), 404, 'not_found');
    assert.equal((await stack.table.row(ann.uuid, group)).unread_count, 0);
  });

  test('a mark never moves back', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second, third] = await sayAll(ann, group, ['a2', 'a3']);
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    const rows = () => Promise.all([ann, ben].map(({ uuid }) => stack.table.row(uuid, group)));
    const before = await rows();
    for (const older of [first.uuid, second.uuid, previous.uuidOf(1n)]) {
      assert.equal((await read(ben, group, older)).status, 204);
      assert.deepEqual(await rows(), before);
    }
    assert.equal((await read(ben, group, third.uuid)).status, 204);
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 0);
  });

  test('every version 7 uuid is a place; another uuid is one if its message is there', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second] = await sayAll(ann, group, ['a2']);
    const us = microsecondsOf(first.uuid);
    assert.equal((await read(ben, group, previous.uuidOf(us - 1n))).status, 204);
    assert.equal(await unreadOf(ben, group), 2);
    assert.equal((await stack.table.row(ben.uuid, group)).read_message_uuid, undefined);
    assertProblem(await read(ben, group, UNUSED_UUID), 404, 'not_found');

    // Between the messages: the newest one there is the first.
    assert.equal((await read(ben, group, previous.uuidOf(us + 1n))).status, 204);
    let row = await stack.table.row(ben.uuid, group);
    assert.deepEqual([row.unread_count, row.read_message_uuid], [1, first.uuid]);
    // Later than the last one: counts as the last one, and what comes next is unread.
    assert.equal((await read(ben, group, 'ffffffff-ffff-7fff-bfff-ffffffffffff')).status, 204);
    row = await stack.table.row(ben.uuid, group);
    assert.deepEqual([row.unread_count, row.read_message_uuid], [0, second.uuid]);
    assert.equal(row.read_at, second.created_at);
    await sayAll(ann, group, ['a3']);
    assert.equal(await unreadOf(ben, group), 1);
  });

  test('deleted messages and those of the reader do not count', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second, third] = await sayAll(ann, group, ['a2', 'a3']);
    await sayAll(ben, group, ['b1', 'b2']);
    await deleteAll(ann, group, [second]);
    assert.equal(await unreadOf(ben, group), 2);
    assert.equal((await read(ben, group, first.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 1);
    // The place of a deleted message is one, too.
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 1);
    assert.equal((await read(ben, group, third.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 0);
  });

  test('more than 100 messages after the place: stale, and nothing changes', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const texts = Array.from({ length: 102 }, (_, i) => `a${i}`);
    const messages = previous.messagesOf(ann, ben, texts);
    const group = await previous.putConversation(stack.table, ann, ben, {
      messages,
      unread: [0, texts.length],
    });
    const before = await stack.table.row(ben.uuid, group);
    assertProblem(await read(ben, group, messages[0].uuid), 409, 'read_stale');
    assert.deepEqual(await stack.table.row(ben.uuid, group), before);
    assert.equal((await read(ben, group, messages[1].uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 100);
    assert.equal((await read(ben, group, messages.at(-1).uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 0);
  });

  test('unread is exact while messages come and go and marks move', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const sent = [first];
    const writer = async (name) => {
      for (let i = 0; i < 8; i++) sent.push(...(await sayAll(ann, group, [`${name} ${i}`])));
    };
    const eraser = async () => {
      for (let i = 0; i < 12; i++) {
        const { uuid } = sent[Math.floor(Math.random() * sent.length)];
        // Twice at once: it must leave the count once.
        const answers = await Promise.all([remove(ann, group, uuid), remove(ann, group, uuid)]);
        for (const { status } of answers) assert.ok([204, 503].includes(status), String(status));
      }
    };
    const reader = async () => {
      for (let i = 0; i < 12; i++) {
        const from = Math.max(0, sent.length - 4);
        const { uuid } = sent[from + Math.floor(Math.random() * (sent.length - from))];
        const { status } = await read(ben, group, uuid);
        assert.ok([204, 503].includes(status), String(status));
      }
    };
    const talker = async () => {
      await sayAll(ben, group, ['b1', 'b2', 'b3']);
    };
    await Promise.all([writer('one'), writer('two'), eraser(), reader(), talker()]);
    const row = await stack.table.row(ben.uuid, group);
    assert.equal(row.unread_count, await countUnread(ben, group));
    assert.equal((await stack.table.row(ann.uuid, group)).seen_at, row.read_at);
    assert.equal(await unreadOf(ann, group), 3);
  });
});

describe('beside workers of the previous release', () => {
  test('messages of both come in order, and each counts', async () => {
    const { ann, ben, group } = await newPair(stack);
    const { table } = stack;
    for (let i = 0; i < 3; i++) {
      await previous.send(table, ann, ben, group, `old ${i}`);
      await sayAll(ann, group, [`new ${i}`]);
    }
    // The clock of the other worker is ahead: a new message is later all the same.
    const ahead = await previous.send(table, ann, ben, group, 'ahead', previous.nowUs() + 3_000_000n);
    const [next] = await sayAll(ben, group, ['after it']);
    assert.ok(next.created_at > ahead.at);
    const messages = await messagesOf(ann, group);
    assert.deepEqual(
      messages.slice(1).map(({ message }) => message),
      ['old 0', 'new 0', 'old 1', 'new 1', 'old 2', 'new 2', 'ahead', 'after it'],
    );
    assert.equal(await unreadOf(ben, group), 8);
    const row = await table.row(ben.uuid, group);
    assert.equal(row.last_sent_at, next.created_at);
    assert.equal(row.last_message_at, next.created_at);
  });

  test('a new write is later than last_sent_at, too, and than no time at all', async () => {
    const { ann, ben, group } = await newPair(stack);
    const ahead = previous.timeOf(previous.nowUs() + 3_000_000n);
    for (const person of [ann, ben])
      await stack.table.call('UpdateItem', {
        Key: typed({ pk: `GRP#${person.uuid}`, sk: `GROUP#${group}` }),
        UpdateExpression: 'SET last_sent_at = :at REMOVE last_message_at',
        ExpressionAttributeValues: typed({ ':at': ahead }),
      });
    const [next] = await sayAll(ann, group, ['later']);
    assert.ok(next.created_at > ahead);
    assert.equal((await stack.table.row(ben.uuid, group)).last_message_at, next.created_at);
  });

  test('marks and deletions of both leave the right unread count', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const { table } = stack;
    assert.equal((await read(ben, group, first.uuid)).status, 204);
    const [second, third] = await sayAll(ann, group, ['a2', 'a3']);
    await previous.read(table, ben, group, third); // leaves read_at at the first message
    assert.equal(await unreadOf(ben, group), 0);
    await deleteAll(ann, group, [second]);
    assert.equal(await unreadOf(ben, group), 0);
    const fourth = await previous.send(table, ann, ben, group, 'a4');
    const [fifth] = await sayAll(ann, group, ['a5']);
    assert.equal(await unreadOf(ben, group), 2);
    // Read, although it is after read_at.
    await deleteAll(ann, group, [third]);
    assert.equal(await unreadOf(ben, group), 2);
    await deleteAll(ann, group, [fourth]);
    assert.equal(await unreadOf(ben, group), 1);
    // An older place than the one that is read makes nothing unread.
    assert.equal((await read(ben, group, second.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 1);
    assert.equal((await read(ben, group, fifth.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 0);
  });

  test('rows of the previous release: a deletion leaves the count exact', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    // ben has read up to a2; a4 was deleted by a worker that left it in the count.
    const messages = previous.messagesOf(ann, ben, ['a1', 'a2', 'b1', 'a3', 'a4', 'a5', 'a6']);
    const group = await previous.putConversation(stack.table, ann, ben, {
      messages,
      unread: [1, 4],
    });
    const of = (text) => messages.find((message) => message.text === text);
    await previous.remove(stack.table, group, of('a4'));
    await deleteAll(ann, group, [of('a1')]);
    assert.equal(await unreadOf(ben, group), 3);
    const row = await stack.table.row(ben.uuid, group);
    assert.deepEqual([row.read_at, row.read_message_uuid], [of('b1').at, of('b1').uuid]);
    await deleteAll(ann, group, [of('a3')]);
    assert.equal(await unreadOf(ben, group), 2);
    await deleteAll(ann, group, [of('a6')]);
    assert.equal(await unreadOf(ben, group), 1);
    await deleteAll(ben, group, [of('b1')]);
    assert.equal(await unreadOf(ann, group), 0);
  });

  test('rows of the previous release: a mark moves forward only', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const messages = previous.messagesOf(ann, ben, ['a1', 'a2', 'a3', 'a4']);
    const group = await previous.putConversation(stack.table, ann, ben, {
      messages,
      unread: [0, 2],
    });
    for (const [i, unread] of [2, 2, 1, 0].entries()) {
      assert.equal((await read(ben, group, messages[i].uuid)).status, 204);
      assert.equal(await unreadOf(ben, group), unread);
    }
    assert.equal((await stack.table.row(ann.uuid, group)).seen_message_uuid, messages[3].uuid);
  });
});

describe('deleting', () => {
  test('an unread message leaves the unread count, a read one does not', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second] = await sayAll(ann, group, ['a2']);
    const [answer] = await sayAll(ben, group, ['b1']);
    const [third, fourth] = await sayAll(ann, group, ['a3', 'a4']);
    assert.equal((await read(ben, group, first.uuid)).status, 204);
    assert.equal(await unreadOf(ben, group), 3);
    await deleteAll(ann, group, [first]);
    assert.equal(await unreadOf(ben, group), 3);
    await deleteAll(ann, group, [second, second]);
    assert.equal(await unreadOf(ben, group), 2);
    await deleteAll(ann, group, [fourth, fourth]); // the last message
    assert.equal(await unreadOf(ben, group), 1);
    assert.equal(await unreadOf(ann, group), 1);
    await deleteAll(ben, group, [answer]);
    assert.equal(await unreadOf(ann, group), 0);
    await deleteAll(ann, group, [third]);
    assert.equal(await unreadOf(ben, group), 0);
    await sayAll(ann, group, ['a5']);
    assert.equal(await unreadOf(ben, group), 1);
  });

  test('of several deletions at once each message leaves the unread count once', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const sent = [first, ...(await sayAll(ann, group, ['a2', 'a3', 'a4']))];
    const twice = sent.slice(1).flatMap(({ uuid }) => [uuid, uuid]);
    const answers = await Promise.all(twice.map((uuid) => remove(ann, group, uuid)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      twice.map(() => 204),
    );
    assert.equal(await unreadOf(ben, group), 1);
  });

  test('a message far behind the last one is taken out of the unread count', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const later = previous.messagesOf(ann, ben, Array.from({ length: 110 }, (_, i) => `a${i}`));
    const us = microsecondsOf(first.uuid);
    for (const [i, { text }] of later.entries())
      await previous.send(stack.table, ann, ben, group, text, us + 1n + BigInt(i));
    assert.equal(await unreadOf(ben, group), 111);
    await deleteAll(ann, group, [first]);
    assert.equal(await unreadOf(ben, group), 110);
  });

  test('the message of a member whose partner has no row any more can be deleted', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [second] = await sayAll(ann, group, ['a2']);
    await stack.table.call('DeleteItem', {
      Key: typed({ pk: `GRP#${ben.uuid}`, sk: `GROUP#${group}` }),
    });
    await deleteAll(ann, group, [first, second]);
    assert.equal((await groupsOf(ann))[0].message, null);
    for (const { message } of await messagesOf(ann, group)) assert.equal(message, null);
  });

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
    for (const [i, time] of times.entries())
      await stack.table.put(typed({ pk: `PLACE#${group}`, sk: uuids[i], created_at: time }));

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
    // A version 4 uuid contains no time, so it is no place.
    assertProblem(
      await stack.ask('GET', `/api/messages/${group}?after=${uuids[2]}`, { token: ben.token }),
      400,
      'after_invalid',
    );
    const place = previous.uuidOf(previous.microsecondsOf(times[2]));
    const after = await messagesOf(ben, group, `?after=${place}`);
    assert.deepEqual(
      after.map(({ uuid }) => uuid),
      uuids.slice(3),
    );

    const written = assertOk(await say(stack, ben, { handle: ann.handle }, 'Happy New Year'));
    assert.equal(written.message_group_uuid, group);
    assert.equal((await remove(ann, group, uuids[1])).status, 204);
    assertProblem(await remove(ann, group, UNUSED_UUID), 404, 'not_found');
    assert.equal((await read(ann, group, uuids[2])).status, 204);
    const row = await stack.table.row(ann.uuid, group);
    assert.deepEqual([row.read_at, row.read_message_uuid], [times[2], uuids[2]]);
    const rest = (await messagesOf(ann, group)).map(({ message }) => message);
    assert.deepEqual(rest, [...texts.with(1, null), 'Happy New Year']);
  });
});
