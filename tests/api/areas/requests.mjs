// requests.mjs - who may write first, conversations that wait to be accepted, and hidden ones.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import { ask, get } from '../harness/cruds.mjs';
import { typed } from '../harness/dynamodb.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { runCommand } from '../harness/operate.mjs';
import { newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const LIST = '/api/message_groups';
const REQUESTS = `${LIST}?state=request`;
const MOST = 3; // messages of a request
const set = async (person, json) => assertOk(await ask(person, 'PUT', '/api/users/me/settings', { json }));
const relate = async (person, method, { handle }, what) =>
  assertOk(await ask(person, method, `/api/users/@${handle}/${what}`));
const accept = (person, group) => ask(person, 'PUT', `${LIST}/${group}/accept`);
const hide = (person, group) => ask(person, 'DELETE', `${LIST}/${group}`);
const read = async (person, group, message_uuid) =>
  assertOk(await ask(person, 'PUT', `${LIST}/${group}/read`, { json: { message_uuid } }), 204);
const show = (person, group) => get(person, `${LIST}/${group}`);
const write = (person, group, text) => say(stack, person, { message_group_uuid: group }, text);
const uuids = async (person, path) => (await get(person, path)).map(({ uuid }) => uuid);
const unread = async (person) => (await get(person, '/api/users/me')).unread_messages;
const states = async (person, group) => {
  const { state, messages_left, unread_count, seen } = await show(person, group);
  return [state, messages_left, unread_count, seen.length];
};

// Somebody who takes first messages as requests.
async function newReceiver(messages_from = 'requests') {
  const person = await newPerson(stack);
  await set(person, { messages_from });
  return person;
}

// Ann has written `count` messages to Ben, who has not accepted.
async function newRequest(count = 1) {
  const [ann, ben] = [await newPerson(stack), await newReceiver()];
  const sent = [assertOk(await say(stack, ann, { handle: ben.handle }, 'hello 1'))];
  const group = sent[0].message_group_uuid;
  while (sent.length < count) sent.push(assertOk(await write(ann, group, `hello ${sent.length + 1}`)));
  return { ann, ben, group, sent };
}

// The lines of ddb/check about these people. Other areas may have left something in the table. It reads all
// of the table, so a test of many rounds calls it once for all of them.
async function check(...people) {
  const { code, stdout, stderr } = await runCommand(stack, 'ddb/check', []);
  assert.ok(code === 0 || code === 1, stderr);
  return stdout.split('\n').filter((line) => people.some(({ uuid }) => line.includes(uuid)));
}

describe('a first message', () => {
  test('of a stranger waits apart, is not unread, and nothing of it is told but that it is there', async () => {
    const [ann, ben] = [await newPerson(stack), await newReceiver()];
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const [anns, bens] = streams;
    const first = assertOk(await say(stack, ann, { handle: ben.handle }, 'hello'));
    const group = first.message_group_uuid;
    assert.deepEqual(await states(ann, group), ['pending', 2, 0, 0]);
    assert.deepEqual(await states(ben, group), ['request', null, 0, 0]);
    assert.deepEqual([await uuids(ann, LIST), await uuids(ann, REQUESTS)], [[group], []]);
    assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[], [group]]);
    assert.equal((await get(ben, REQUESTS))[0].message, 'hello');
    assert.equal((await get(ben, `${LIST}/@${ann.handle}`)).state, 'request');
    assert.equal(await unread(ben), 0);
    assert.deepEqual((await get(ben, `/api/messages/${group}`)).map(({ message }) => message), ['hello']);
    assert.equal((await get(ben, `${LIST}/${group}/members`)).length, 2);
    assert.deepEqual(await get(ben, '/api/activities/notifications'), []);

    // Ben reads it, and both write without sending.
    await read(ben, group, first.uuid);
    for (const person of [ann, ben]) assertOk(await ask(person, 'POST', `${LIST}/${group}/typing`), 204);
    const second = assertOk(await write(ann, group, 'are you there?'));
    await read(ann, group, second.uuid);
    await bens.first('conversation', ({ message }) => message === 'are you there?');
    await bens.first('read', ({ handle }) => handle === ben.handle);
    await anns.first('conversation', ({ messages_left }) => messages_left === 1);
    await anns.first('message', ({ uuid }) => uuid === second.uuid);
    await anns.first('read', ({ message_uuid }) => message_uuid === second.uuid);
    assert.deepEqual(bens.of('conversation').map(({ state }) => state), ['request', 'request']);
    assert.deepEqual(anns.of('conversation').map(({ state }) => state), ['pending', 'pending']);
    assert.deepEqual([bens.of('message'), bens.of('typing'), anns.of('typing')], [[], [], []]);
    assert.deepEqual(new Set(anns.of('read').map(({ handle }) => handle)), new Set([ann.handle]));
    assert.deepEqual(new Set(bens.of('read').map(({ handle }) => handle)), new Set([ben.handle]));
    assert.deepEqual(await states(ann, group), ['pending', 1, 0, 0]);
    assert.deepEqual(await check(ann, ben), []);
    for (const stream of streams) stream.close();
  });

  test('of somebody whom the receiver follows arrives', async () => {
    const ann = await newPerson(stack);
    for (const messages_from of ['requests', 'following']) {
      const ben = await newReceiver(messages_from);
      await relate(ben, 'PUT', ann, 'follow');
      const { message_group_uuid: group } = assertOk(await say(stack, ann, { handle: ben.handle }, 'hello'));
      assert.deepEqual(await states(ben, group), ['accepted', null, 1, 0]);
      assert.deepEqual(await states(ann, group), ['accepted', null, 0, 0]);
      assert.equal(await unread(ben), 1);
    }
  });

  test('is refused to strangers by `following`, and to all by `nobody`', async () => {
    const ann = await newPerson(stack);
    const ben = await newReceiver('following');
    const cat = await newReceiver('nobody');
    await relate(ann, 'PUT', ben, 'follow'); // that Ann follows Ben makes her no friend of his
    await relate(cat, 'PUT', ann, 'follow');
    for (const { handle } of [ben, cat])
      assertProblem(await say(stack, ann, { handle }, 'hello'), 403, 'messages_not_accepted');
    assert.deepEqual(await get(ann, LIST), []);
    assert.deepEqual([await get(ben, REQUESTS), await get(cat, REQUESTS)], [[], []]);
    await set(cat, { messages_from: 'everyone' });
    assertOk(await say(stack, ann, { handle: cat.handle }, 'hello'));
  });

  test('is the only one that is asked about: conversations go on', async () => {
    const { ann, ben, group } = await newPair(stack);
    for (const messages_from of ['requests', 'following', 'nobody']) {
      await set(ben, { messages_from });
      assertOk(await write(ann, group, messages_from));
      assertOk(await say(stack, ann, { handle: ben.handle }, messages_from));
    }
    assert.equal((await show(ben, group)).state, 'accepted');
  });

  test('of both people at the same time makes one conversation, accepted by the other message', async () => {
    const [ann, ben] = [await newReceiver(), await newReceiver()];
    const answers = await Promise.all([
      say(stack, ann, { handle: ben.handle }, 'hello, Ben'),
      say(stack, ben, { handle: ann.handle }, 'hello, Ann'),
    ]);
    const [group, same] = answers.map((answer) => assertOk(answer).message_group_uuid);
    assert.equal(group, same);
    for (const person of [ann, ben]) {
      assert.equal((await show(person, group)).state, 'accepted');
      assert.equal((await get(person, `/api/messages/${group}`)).length, 2);
    }
    assert.deepEqual(await check(ann, ben), []);
  });
});

describe('a request', () => {
  test('takes three messages, by uuid and by handle; a deleted one counts', async () => {
    const { ann, ben, group, sent } = await newRequest(2);
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${sent[1].uuid}`), 204);
    assert.equal((await get(ben, REQUESTS))[0].message, null);
    assertOk(await say(stack, ann, { handle: ben.handle }, 'hello 3'));
    for (const to of [{ handle: ben.handle }, { message_group_uuid: group }])
      assertProblem(await say(stack, ann, to, 'hello 4'), 403, 'request_pending');
    assert.deepEqual(await states(ann, group), ['pending', 0, 0, 0]);
    assert.equal((await get(ben, `/api/messages/${group}`)).length, MOST);
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${sent[0].uuid}`), 204);
    assertProblem(await write(ann, group, 'hello 4'), 403, 'request_pending');
    assert.deepEqual(await check(ann, ben), []);
  });

  test('repeated with its key, it is answered as it was', async () => {
    const { ann, ben, group } = await newRequest(2);
    const send = () => say(stack, ann, { message_group_uuid: group }, 'third', { key: 'third' });
    const [first, ...rest] = (await Promise.all(Array.from({ length: 8 }, send))).map((one) => assertOk(one));
    for (const answer of rest) assert.deepEqual(answer, first);
    assert.equal((await get(ben, `/api/messages/${group}`)).length, MOST);
    assertProblem(await write(ann, group, 'fourth'), 403, 'request_pending');
    assert.deepEqual(assertOk(await send()), first);
  });

  test('never takes a fourth message, however many are sent at once', async () => {
    const people = [];
    for (let round = 0; round < 6; round++) {
      const [ann, ben] = [await newPerson(stack), await newReceiver()];
      people.push(ann, ben);
      const group = round % 2 ? assertOk(await say(stack, ann, { handle: ben.handle }, 'x')).message_group_uuid : null;
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          group && i % 2
            ? write(ann, group, `message ${i}`)
            : say(stack, ann, { handle: ben.handle }, `message ${i}`),
        ),
      );
      const sent = answers.filter(({ status }) => status === 200);
      for (const answer of answers)
        if (answer.status !== 200) assert.ok([403, 503].includes(answer.status), answer.text);
      const [{ uuid }] = await get(ben, REQUESTS);
      const stored = await stack.table.messages(uuid);
      assert.equal(stored.length, sent.length + (group ? 1 : 0));
      assert.ok(stored.length <= MOST, `${stored.length} messages`);
      if (!answers.some(({ status }) => status === 503)) assert.equal(stored.length, MOST);
    }
    assert.deepEqual(await check(...people), []);
  });

  // Everything that both may do, at once and in random order. Then the rows fit together, and before the
  // first answer or acceptance there were at most three messages.
  test('stays whole whatever both do at the same time', async () => {
    const rounds = [];
    for (let round = 0; round < 8; round++) {
      const { ann, ben, group, sent } = await newRequest(1);
      rounds.push({ ann, ben, group });
      const acts = [
        () => write(ann, group, 'more'),
        () => say(stack, ann, { handle: ben.handle }, 'more'),
        () => ask(ann, 'DELETE', `/api/messages/${group}/${sent[0].uuid}`),
        () => ask(ann, 'PUT', `${LIST}/${group}/read`, { json: { message_uuid: sent[0].uuid } }),
        () => ask(ben, 'PUT', `${LIST}/${group}/read`, { json: { message_uuid: sent[0].uuid } }),
        () => hide(ben, group),
        () => hide(ann, group),
        () => relate(ben, 'PUT', ann, 'block'),
        () => relate(ben, 'DELETE', ann, 'block'),
        () => accept(ben, group),
        () => write(ben, group, 'an answer'),
        () => get(ben, REQUESTS).then(() => ({ status: 200 })),
        () => ask(ben, 'GET', `${LIST}/${group}`),
        () => ask(ben, 'GET', `/api/messages/${group}`),
      ];
      const chosen = Array.from({ length: 24 }, () => acts[Math.floor(Math.random() * acts.length)]);
      const answers = await Promise.all(chosen.map((act) => act()));
      for (const { status, text } of answers)
        assert.ok(status === undefined || [200, 204, 403, 503].includes(status), text);
      await relate(ben, 'DELETE', ann, 'block');
      const conversation = await show(ben, group);
      const stored = await stack.table.messages(group);
      if (conversation.state === 'request') {
        assert.ok(stored.length <= MOST, `${stored.length} messages`);
        assert.equal((await show(ann, group)).state, 'pending');
      } else assert.equal((await show(ann, group)).state, 'accepted');
    }
    const people = rounds.flatMap(({ ann, ben }) => [ann, ben]);
    assert.deepEqual(await check(...people), []);
    for (const { ann, ben, group } of rounds) {
      assertOk(await write(ben, group, 'the end'));
      assertOk(await write(ann, group, 'of it'));
    }
    assert.deepEqual(await check(...people), []);
  });

  test('is accepted, again without a change, and then a conversation like others', async () => {
    const { ann, ben, group, sent } = await newRequest(3);
    await read(ben, group, sent[1].uuid);
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const [anns, bens] = streams;
    const conversation = assertOk(await accept(ben, group));
    assert.equal(conversation.state, 'accepted');
    assert.equal(conversation.unread_count, 1);
    assert.equal(conversation.read_message_uuid, sent[1].uuid);
    assert.deepEqual(assertOk(await accept(ben, group)), conversation);
    await anns.first('conversation', ({ state }) => state === 'accepted');
    await bens.first('conversation', ({ state }) => state === 'accepted');
    assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[group], []]);
    assert.equal(await unread(ben), 1);
    // Ann sees now how far Ben has read.
    assert.deepEqual((await show(ann, group)).seen, [{ handle: ben.handle, message_uuid: sent[1].uuid }]);
    for (let i = 0; i < 3; i++) assertOk(await write(ann, group, `more ${i}`));
    await bens.first('message', ({ message }) => message === 'more 2');
    await read(ben, group, sent[2].uuid);
    await anns.first('read', ({ handle }) => handle === ben.handle);
    assert.equal(await unread(ben), 3);
    assert.deepEqual(await check(ann, ben), []);
    for (const stream of streams) stream.close();
  });

  for (const [name, to] of [
    ['by uuid', ({ group }) => ({ message_group_uuid: group })],
    ['by handle', ({ ann }) => ({ handle: ann.handle })],
  ])
    test(`is accepted by an answer ${name}, also a hidden one`, async () => {
      const world = await newRequest(3);
      const { ann, ben, group, sent } = world;
      const stream = await openStream(stack, ann);
      if (name === 'by uuid') assertOk(await hide(ben, group), 204);
      const answer = assertOk(await say(stack, ben, to(world), 'hello, Ann'));
      assert.equal(answer.message_group_uuid, group);
      assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[group], []]);
      assert.equal((await show(ben, group)).unread_count, 3);
      assert.equal(await unread(ann), 1);
      await stream.first('conversation', ({ state }) => state === 'accepted');
      await stream.first('message', ({ uuid }) => uuid === answer.uuid);
      assertOk(await write(ann, group, 'hello, Ben'));
      assert.equal((await get(ben, `/api/messages/${group}`)).length, sent.length + 2);
      assert.deepEqual(await check(ann, ben), []);
      stream.close();
    });

  test('is accepted only by its receiver', async () => {
    const { ann, ben, group } = await newRequest(3);
    const eve = await newPerson(stack);
    assert.equal(assertOk(await accept(ann, group)).state, 'pending');
    assertProblem(await write(ann, group, 'hello 4'), 403, 'request_pending');
    for (const uuid of [group, UNUSED_UUID]) {
      assertProblem(await accept(eve, uuid), 404, 'not_found');
      assertProblem(await hide(eve, uuid), 404, 'not_found');
    }
    assertProblem(await accept(undefined, group), 401, 'token_missing');
    assertProblem(await hide(undefined, group), 401, 'token_missing');
    assert.deepEqual(await uuids(ben, REQUESTS), [group]);
  });

  test('of somebody who is blocked stays where it is until the block ends', async () => {
    const { ann, ben, group } = await newRequest(1);
    for (const [one, other] of [[ben, ann], [ann, ben]]) {
      await relate(one, 'PUT', other, 'block');
      assertProblem(await write(ann, group, 'more'), 403, 'conversation_closed');
      assertProblem(await write(ben, group, 'an answer'), 403, 'conversation_closed');
      assertProblem(await accept(ben, group), 403, 'conversation_closed');
      assert.deepEqual(await uuids(ben, REQUESTS), [group]);
      assert.deepEqual(await check(ann, ben), []);
      await relate(one, 'DELETE', other, 'block');
    }
    assertOk(await write(ann, group, 'more'));
    assertOk(await accept(ben, group));
    assert.deepEqual(await check(ann, ben), []);
  });

  test('is in a list with pages, the latest first', async () => {
    const ben = await newReceiver();
    const groups = [];
    for (let i = 0; i < 4; i++) {
      const person = await newPerson(stack);
      groups.unshift(assertOk(await say(stack, person, { handle: ben.handle }, `hello ${i}`)).message_group_uuid);
    }
    const found = [];
    for (let path = `${REQUESTS}&limit=3`; path; ) {
      const answer = await ask(ben, 'GET', path);
      found.push(...assertOk(answer).map(({ uuid }) => uuid));
      path = nextPage(answer);
      if (path) assert.match(path, /state=request/);
    }
    assert.deepEqual(found, groups);
    for (const state of ['', 'accepted', 'request&state=request'])
      assertProblem(
        await ask(ben, 'GET', `${LIST}?state=${state}`),
        400,
        state.includes('&') ? 'query_invalid' : 'state_invalid',
      );
  });
});

describe('a hidden conversation', () => {
  test('is in no list and not unread until something new comes', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const stream = await openStream(stack, ben);
    for (let i = 0; i < 2; i++) assertOk(await hide(ben, group), 204);
    assert.deepEqual(await stream.first('conversation_gone'), { message_group_uuid: group });
    assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[], []]);
    assert.deepEqual(await uuids(ann, LIST), [group]);
    assert.equal(await unread(ben), 0);
    assert.equal((await show(ben, group)).hidden, true);
    assert.equal((await show(ann, group)).hidden, false);
    assert.equal((await get(ben, `/api/messages/${group}`)).length, 1);
    await read(ben, group, first.uuid);
    assert.deepEqual(await uuids(ben, LIST), []);

    assertOk(await write(ann, group, 'something new'));
    assert.deepEqual(await uuids(ben, LIST), [group]);
    assert.equal(await unread(ben), 1);
    assertOk(await hide(ben, group), 204);
    assertOk(await write(ben, group, 'my own')); // to somebody whom I have hidden
    assert.deepEqual(await uuids(ben, LIST), [group]);
    assert.deepEqual(await check(ann, ben), []);
    stream.close();
  });

  test('may be a request', async () => {
    const { ann, ben, group } = await newRequest(1);
    assertOk(await hide(ben, group), 204);
    assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[], []]);
    assertOk(await write(ann, group, 'hello?'));
    assert.deepEqual([await uuids(ben, LIST), await uuids(ben, REQUESTS)], [[], [group]]);
    assertOk(await hide(ben, group), 204);
    assertOk(await hide(ann, group), 204);
    assert.deepEqual(await uuids(ann, LIST), []);
    assert.equal(assertOk(await accept(ben, group)).state, 'accepted');
    assert.deepEqual(await uuids(ben, LIST), [group]);
    assert.deepEqual(await check(ann, ben), []);
  });
});

describe('ddb/check', () => {
  test('finds rows that do not agree on whether a conversation waits', async () => {
    const { ann, ben, group } = await newRequest(1);
    const update = (pk, UpdateExpression, values) =>
      stack.table.call('UpdateItem', {
        Key: typed({ pk, sk: `GROUP#${group}` }),
        UpdateExpression,
        ...(values && { ExpressionAttributeValues: values }),
      });
    const sender = `GRP#${ann.uuid}`;
    await update(sender, 'SET pending = :n', { ':n': { N: '4' } });
    assert.deepEqual(await check(ann, ben), [`${sender} / GROUP#${group}: more messages are pending than may be`]);
    await update(sender, 'REMOVE pending');
    assert.deepEqual((await check(ann, ben)).sort(), [
      `${sender} / GROUP#${group}: only one of the rows says that the conversation waits to be accepted`,
      `REQ#${ben.uuid} / GROUP#${group}: only one of the rows says that the conversation waits to be accepted`,
    ]);
    await update(sender, 'SET pending = :n', { ':n': { N: '1' } });
    assert.deepEqual(await check(ann, ben), []);

    const [waiting] = await stack.table.partition(`REQ#${ben.uuid}`);
    assertOk(await accept(ben, group));
    await stack.table.put(waiting);
    const lines = await check(ann, ben);
    assert.ok(
      lines.includes(`REQ#${ben.uuid} / GROUP#${group}: the member has accepted the conversation, but it is among the requests, too`),
      lines.join('\n'),
    );
    await stack.table.remove(`REQ#${ben.uuid}`, `GROUP#${group}`);
    assert.deepEqual(await check(ann, ben), []);
  });
});

test('people without an account receive requests, too', async () => {
  const ann = await newPerson(stack);
  const [handle] = await newUserRows(stack, 1);
  await stack.sql(`update users set messages_from = 'requests' where handle = '${handle}'`);
  const { message_group_uuid: group } = assertOk(await say(stack, ann, { handle }, 'hello'));
  assert.deepEqual(await states(ann, group), ['pending', 2, 0, 0]);
});
