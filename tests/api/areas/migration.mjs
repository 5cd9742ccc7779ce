// migration.mjs - bin/ddb/migrate copies a legacy table into a new table, in one run or in several,
// and brings the items of the previous release up to date in place.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { plain, Table, typed } from '../harness/dynamodb.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, assertFails, runCommand, startCommand } from '../harness/operate.mjs';
import { newHandle } from '../harness/people.mjs';
import * as previous from '../harness/previous.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { freePort } from '../harness/stack.mjs';

const BASE = Date.parse('2023-03-10T16:00:00Z');

function newPerson(name) {
  const handle = newHandle(name);
  return { uuid: randomUUID(), handle, display_name: `Name of ${handle}` };
}

const nameOf = ({ uuid, handle, display_name }) => ({
  user_uuid: uuid,
  user_handle: handle,
  user_display_name: display_name,
});

// A time as in the legacy table: microseconds since BASE, written with a UTC offset in minutes.
function legacyTime(us, minutes = 0) {
  const local = new Date(BASE + Math.floor(us / 1000) + minutes * 60_000).toISOString();
  const fraction = String(us % 1_000_000).padStart(6, '0');
  const zone = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const sign = minutes < 0 ? '-' : '+';
  return `${local.slice(0, 19)}${us % 1_000_000 ? `.${fraction}` : ''}${sign}${zone}`;
}

// The same time as in the new table.
const newTime = (us) => legacyTime(us).replace(/:(\d\d)\+/, ':$1.000000+');

function message(group, sender, us, text, { minutes = 0, uuid = randomUUID() } = {}) {
  return {
    pk: `MSG#${group}`,
    sk: legacyTime(us, minutes),
    message_uuid: uuid,
    message: text,
    ...nameOf(sender),
  };
}

// The legacy row of `me`, with `us` as the time of the last message.
function row(group, me, other, us, text) {
  return {
    pk: `GRP#${me.uuid}`,
    sk: legacyTime(us),
    message_group_uuid: group,
    message: text,
    ...nameOf(other),
  };
}

// `count` messages by two people in turn, a second apart.
const talk = (group, people, count, from = 0) =>
  Array.from({ length: count }, (_, i) =>
    message(group, people[i % 2], from + i * 1_000_000 + (i % 3) * 1234, `${group} says ${i}`),
  );

// A legacy table: no index, 5 read and 5 write capacity units.
async function newLegacyTable(items) {
  const table = new Table(stack.ports.DYNAMODB, `old-${randomUUID()}`);
  await table.call('CreateTable', {
    AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  });
  for (let i = 0; i < items.length; i += 25) {
    const puts = items.slice(i, i + 25).map((item) => ({ PutRequest: { Item: typed(item) } }));
    const RequestItems = { [table.name]: puts };
    await table.call('BatchWriteItem', { RequestItems, TableName: undefined });
  }
  return table;
}

const newTargetTable = () => new Table(stack.ports.DYNAMODB, `new-${randomUUID()}`);
const migrate = (from, to, options) =>
  runCommand(stack, 'ddb/migrate', [from.name, to.name], options);

const linesOf = (stdout) => stdout.trim().split('\n');

const rowsOf = async (table, person) => (await table.partition(`GRP#${person.uuid}`)).map(plain);
const pairOf = async (table, ...people) => {
  const [low, high] = people.map(({ uuid }) => uuid).sort();
  return (await table.partition(`PAIR#${low}#${high}`)).map(plain);
};

// `read`: the message up to which both have read.
async function assertRow(table, me, other, group, last, read = last, unread_count = 0) {
  const rows = (await rowsOf(table, me)).filter(({ user_uuid }) => user_uuid === other.uuid);
  assert.deepEqual(rows, [
    {
      pk: `GRP#${me.uuid}`,
      sk: `GROUP#${group}`,
      message_group_uuid: group,
      last_message_at: last.sk,
      last_sent_at: last.sk,
      last_message_uuid: last.message_uuid,
      message: last.message,
      unread_count,
      read_at: read.sk,
      read_message_uuid: read.message_uuid,
      seen_at: read.sk,
      seen_message_uuid: read.message_uuid,
      ...nameOf(other),
    },
  ]);
}

// Both rows, the pair and the places must match the messages of the group. Returns the messages.
async function assertConversation(table, group, ann, ben) {
  const messages = (await table.messages(group)).map(plain);
  await assertRow(table, ann, ben, group, messages.at(-1));
  await assertRow(table, ben, ann, group, messages.at(-1));
  assert.deepEqual(
    (await pairOf(table, ann, ben)).map(({ group_uuid }) => group_uuid),
    [group],
  );
  await assertPlaces(table, group, messages);
  return messages;
}

// Every message whose uuid contains no time has a place, and no other.
async function assertPlaces(table, group, messages) {
  const places = (await table.partition(`PLACE#${group}`)).map(plain);
  assert.deepEqual(
    places,
    messages
      .filter(({ message_uuid }) => message_uuid[14] !== '7')
      .map(({ message_uuid, sk }) => ({ pk: `PLACE#${group}`, sk: message_uuid, created_at: sk }))
      .sort((one, other) => (one.sk < other.sk ? -1 : 1)),
  );
}

describe('ddb/migrate', () => {
  test('duplicate groups are merged, rows are rebuilt, and every message is copied once', async () => {
    const [ann, ben, cleo] = [newPerson('ann'), newPerson('ben'), newPerson('cleo')];
    const [one, two] = [randomUUID(), randomUUID()].sort(); // both of ann and ben
    const [three, four] = [randomUUID(), randomUUID()];
    const first = talk(one, [ann, ben], 30);
    // At the time of the second message of `one`, with another offset; a microsecond later; at the
    // time of the last message of `one`.
    const high = `f${randomUUID().slice(1)}`;
    const second = [
      message(two, ben, 1_001_234, 'at once', { minutes: -300 }),
      message(two, ann, 1_001_235, 'a microsecond later'),
      message(two, ben, 29_002_468, 'the last', { minutes: 330, uuid: high }),
    ];
    first[29].message_uuid = `0${first[29].message_uuid.slice(1)}`;
    const third = [message(three, ann, 5_000_000, 'are you there?')];
    const fourth = talk(four, [cleo, ben], 5, 60_000_000);
    const items = [
      ...first,
      ...second,
      ...third,
      ...fourth,
      row(one, ann, ben, 3_000_000, 'stale'),
      row(one, ben, ann, 29_002_468, 'up to date'),
      row(one, ben, ann, 12_000_000, 'should have been deleted'),
      row(two, ann, ben, 29_002_468, 'the last'),
      row(two, ben, { ...ann, handle: 'an_old_handle' }, 1_000_000, 'of long ago'),
      row(three, ann, cleo, 5_000_000, 'are you there?'), // the row of cleo is missing
      // both rows of `four` are missing
      { pk: 'SOMETHING', sk: 'else' },
    ];
    const old = await newLegacyTable(items);
    const before = await old.scan();
    const to = newTargetTable();

    const output = linesOf(await assertDone(migrate(old, to)));
    assert.deepEqual(output, [
      `${to.name} created`,
      `${old.name}: 39 messages and 6 rows of 4 groups, 1 other items`,
      `${to.name} before: 0 of these messages, 0 of these conversations`,
      'copied: 39 messages (3 moved by microseconds), 3 conversations',
      'merged: 1 groups with another of the same people, 0 duplicate messages',
      'not copied: 0 groups with 0 messages, 0 damaged items; 0 groups without messages',
      `${to.name} now: 39 messages in 3 conversations`,
    ]);
    assert.deepEqual(await old.scan(), before, 'OLD is only read');

    const merged = await assertConversation(to, one, ann, ben);
    assert.equal(merged.length, 33);
    assert.deepEqual(await to.messages(two), [], 'the other group is merged');
    const texts = merged.map(({ message: text }) => text);
    assert.equal(texts.at(-1), 'the last', 'at the same time the uuid decides');
    assert.deepEqual(
      merged.slice(1, 4).map(({ sk }) => sk),
      [1_001_234, 1_001_235, 1_001_236].map(newTime),
    );
    assert.equal(texts[3], 'a microsecond later', 'a moved message keeps its place in the order');
    assert.equal(merged.at(-1).sk, newTime(29_002_469));
    const kept = (list) =>
      list
        .map(({ message_uuid, message: text, user_uuid, user_handle, user_display_name }) =>
          [message_uuid, text, user_uuid, user_handle, user_display_name].join('|'),
        )
        .sort();
    assert.deepEqual(
      kept(merged),
      kept([...first, ...second]),
      'every message is copied unchanged',
    );
    for (const { sk } of merged) assert.match(sk, /^[\d-]{10}T[\d:]{8}\.\d{6}\+00:00$/);

    assert.equal((await assertConversation(to, three, ann, cleo)).length, 1);
    assert.equal((await assertConversation(to, four, ben, cleo)).length, 5);
    assert.equal((await to.scan()).length, 2 * 39 + 3 * 3, 'the table has no other items');
  });

  test('the new table has the schema of the product, and its commands can read it', async () => {
    const [ann, ben] = [newPerson('ann'), newPerson('ben')];
    const group = randomUUID();
    const old = await newLegacyTable([...talk(group, [ann, ben], 3), row(group, ann, ben, 0, 'x')]);
    const to = newTargetTable();
    await assertDone(migrate(old, to));
    const { Table: made } = await to.call('DescribeTable', {});
    assert.equal(made.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual(
      made.LocalSecondaryIndexes.map(({ IndexName }) => IndexName),
      ['last-message-index'],
    );
    const { TimeToLiveDescription: ttl } = await to.call('DescribeTimeToLive', {});
    assert.deepEqual(ttl, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' });
    const settings = { DDB_MESSAGE_TABLE: to.name };
    const chat = await assertDone(
      runCommand(stack, 'ddb/patterns/get-conversation', ['--group', group], { settings }),
    );
    assert.match(chat, new RegExp(`${ann.handle}\n *${group} says 0\n[^]*says 1\n[^]*says 2\n$`));
  });

  test('a second run changes nothing', async () => {
    const [ann, ben] = [newPerson('ann'), newPerson('ben')];
    const [one, two] = [randomUUID(), randomUUID()];
    const old = await newLegacyTable([
      ...talk(one, [ann, ben], 40),
      ...talk(two, [ben, ann], 40), // every message has the same time as one of `one`
    ]);
    const to = newTargetTable();
    await assertDone(migrate(old, to));
    const after = await to.scan();
    assert.equal(after.length, 2 * 80 + 3);
    const output = linesOf(await assertDone(migrate(old, to)));
    assert.equal(output[2], `${to.name} before: 80 of these messages, 1 of these conversations`);
    assert.equal(output[3], 'copied: 0 messages (0 moved by microseconds), 0 conversations');
    assert.equal(output.at(-1), `${to.name} now: 80 messages in 1 conversations`);
    assert.deepEqual(await to.scan(), after);
  });

  test('runs that were killed and then repeated give the same table as one run', async () => {
    const [ann, ben, cleo] = [newPerson('ann'), newPerson('ben'), newPerson('cleo')];
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    const old = await newLegacyTable([
      ...talk(one, [ann, ben], 60),
      ...talk(two, [ann, ben], 60),
      ...talk(three, [cleo, ben], 60),
    ]);
    const whole = newTargetTable();
    await assertDone(migrate(old, whole));
    const wanted = await whole.scan();

    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    const settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
    const to = newTargetTable();
    try {
      // A conversation has at least three batches of 25. The runs are killed in the middle of the
      // first conversation, at its end, and in the middle of the second.
      for (const dies of ['BatchWriteItem', 'TransactWriteItems', 'BatchWriteItem']) {
        let seen = 0;
        const child = startCommand(stack, 'ddb/migrate', [old.name, to.name], { settings });
        const isOfMessages = ({ RequestItems: items }) =>
          !items || items[to.name][0].PutRequest.Item.message_uuid;
        proxy.fault = ({ operation, input }) => {
          if (operation !== dies || !isOfMessages(input) || ++seen < (dies === 'BatchWriteItem' ? 2 : 1)) return undefined;
          child.kill('SIGKILL');
          return 'lose'; // executed, but without an answer
        };
        const { signal } = await child.done;
        assert.equal(signal, 'SIGKILL');
        const items = await to.scan();
        assert.ok(items.length < wanted.length, 'the table is not complete yet');
        // A conversation becomes visible by its pair item, and is complete then.
        for (const pair of items.filter(({ pk }) => pk.S.startsWith('PAIR#'))) {
          const group = pair.group_uuid.S;
          assert.deepEqual(await to.messages(group), await whole.messages(group));
        }
      }
    } finally {
      proxy.close();
    }
    await assertDone(migrate(old, to));
    assert.deepEqual(await to.scan(), wanted);
  });

  test('a run succeeds although most requests are throttled', async () => {
    const [ann, ben] = [newPerson('ann'), newPerson('ben')];
    const old = await newLegacyTable(talk(randomUUID(), [ann, ben], 30));
    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    let turn = 0;
    proxy.fault = () =>
      turn++ % 3 === 2
        ? undefined
        : {
            status: 400,
            body: {
              __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
              message: 'slow down',
            },
          };
    try {
      const to = newTargetTable();
      const settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
      const output = linesOf(await assertDone(migrate(old, to, { settings })));
      assert.equal(output.at(-1), `${to.name} now: 30 messages in 1 conversations`);
      for (const { operation, input } of proxy.recorded)
        if (['Scan', 'Query', 'GetItem'].includes(operation))
          assert.equal(input.ConsistentRead, true, operation);
    } finally {
      proxy.close();
    }
  });

  test('a later run keeps changes in the new table and adds new legacy messages', async () => {
    const [ann, ben] = [newPerson('ann'), newPerson('ben')];
    const [one, two] = [randomUUID(), randomUUID()].sort();
    const old = await newLegacyTable(talk(two, [ann, ben], 4));
    const to = newTargetTable();
    await assertDone(migrate(old, to));

    // As the product does it: the second message is deleted, and ben writes a new one.
    const [, deleted] = (await to.messages(two)).map(plain);
    const { message: text, ...tombstone } = deleted;
    await to.put(typed({ ...tombstone, deleted_at: '2026-11-22T12:00:00.000000+00:00' }));
    const newest = { at: '2026-11-22T12:00:00.000001+00:00', uuid: randomUUID() };
    for (const [me, other, unread] of [
      [ann, ben, 1],
      [ben, ann, 0],
    ])
      await to.put(
        typed({
          pk: `GRP#${me.uuid}`,
          sk: `GROUP#${two}`,
          message_group_uuid: two,
          last_message_at: newest.at,
          last_message_uuid: newest.uuid,
          message: 'new',
          unread_count: unread,
          ...nameOf(other),
        }),
      );
    const rows = await rowsOf(to, ann);

    // Since the first run the legacy table has got a message at the time of the deleted one, and
    // another group with a lower uuid.
    const uuid = `0${randomUUID().slice(1)}`;
    await old.put(typed(message(two, ann, 1_001_234, 'late', { minutes: 60, uuid })));
    await old.put(typed(message(one, ben, 500, 'of another group')));
    await old.put(typed(row(one, ben, ann, 500, 'of another group')));
    const output = linesOf(await assertDone(migrate(old, to)));
    assert.equal(output[3], 'copied: 2 messages (1 moved by microseconds), 0 conversations');

    const messages = (await to.messages(two)).map(plain);
    assert.deepEqual(
      messages.map((found) => found.message ?? 'deleted'),
      [`${two} says 0`, 'of another group', 'deleted', 'late', `${two} says 2`, `${two} says 3`],
    );
    assert.ok(!JSON.stringify(messages).includes(text), 'the deleted message is not restored');
    assert.deepEqual(await rowsOf(to, ann), rows);
    assert.deepEqual(await to.messages(one), []);
  });

  test('a newer message of the legacy table updates the existing rows', async () => {
    const [ann, ben] = [newPerson('ann'), newPerson('ben')];
    const group = randomUUID();
    const old = await newLegacyTable(talk(group, [ann, ben], 2));
    const to = newTargetTable();
    await assertDone(migrate(old, to));
    await old.put(typed(message(group, ben, 9_000_000, 'still on the old one')));
    await assertDone(migrate(old, to));
    const messages = (await to.messages(group)).map(plain);
    assert.equal(messages.at(-1).message, 'still on the old one');
    // It is unread: ann has read what the first run copied.
    const [, read, last] = messages;
    await assertRow(to, ann, ben, group, last, read, 1);
    await assertRow(to, ben, ann, group, last, read, 0);
    await assertDone(migrate(old, to));
    await assertRow(to, ann, ben, group, last, read, 1);
    await assertPlaces(to, group, messages);
  });

  test('items that cannot be copied are named, and all others are copied', async () => {
    const [ann, ben, cleo] = [newPerson('ann'), newPerson('ben'), newPerson('cleo')];
    const [good, alone, crowded, empty] = Array.from({ length: 4 }, () => randomUUID());
    const twice = randomUUID();
    const { message_uuid: _, ...unnamed } = message(good, ann, 7, 'without an id');
    const old = await newLegacyTable([
      message(good, ann, 1, 'first', { uuid: twice }),
      message(good, ann, 3, 'first', { uuid: twice }),
      message(good, ben, 2, 'second'),
      unnamed,
      { ...message(good, ann, 8, 'when?'), sk: 'yesterday' },
      message(alone, ann, 4, 'to whom?'),
      ...[ann, ben, cleo].map((sender, i) => message(crowded, sender, 5 + i, 'us three')),
      row(empty, ann, cleo, 9, 'the message is lost'),
    ]);
    const to = newTargetTable();
    const { code, stdout, stderr } = await migrate(old, to);
    assert.equal(code, 1);
    const named = stderr.trim().split('\n');
    for (const part of [`MSG#${good} / ${unnamed.sk}`, `MSG#${good} / yesterday`, alone, crowded])
      assert.equal(named.filter((line) => line.includes(part)).length, 1, stderr);
    assert.equal(named.length, 5, stderr);
    assert.deepEqual(linesOf(stdout).slice(3), [
      'copied: 2 messages (0 moved by microseconds), 1 conversations',
      'merged: 0 groups with another of the same people, 1 duplicate messages',
      'not copied: 2 groups with 4 messages, 2 damaged items; 1 groups without messages',
      `${to.name} now: 2 messages in 1 conversations`,
    ]);
    const messages = await assertConversation(to, good, ann, ben);
    assert.deepEqual(
      messages.map(({ message: text }) => text),
      ['first', 'second'],
    );
  });

  test('invalid tables are refused before anything is written', async () => {
    const old = await newLegacyTable([]);
    const same = runCommand(stack, 'ddb/migrate', [old.name, old.name]);
    await assertFails(same, /same table/, 2);
    await assertFails(runCommand(stack, 'ddb/migrate', []), /OLD NEW/, 2);
    const missing = newTargetTable();
    await assertFails(runCommand(stack, 'ddb/migrate', [missing.name]), /ResourceNotFound/);
    await assertFails(
      runCommand(stack, 'ddb/migrate', [old.name]),
      /without the index last-message-index/,
    );
    await assertFails(migrate(missing, newTargetTable()), /ResourceNotFoundException/);
    await assertFails(
      migrate(old, await newLegacyTable([])),
      /without the index last-message-index/,
    );
  });
});

describe('ddb/migrate TABLE', () => {
  const person = (name) => {
    const { display_name, ...rest } = newPerson(name);
    return { ...rest, name: display_name };
  };
  const upgrade = (table, options) => runCommand(stack, 'ddb/migrate', [table.name], options);

  async function newCurrentTable() {
    const table = newTargetTable();
    await assertDone(migrate(await newLegacyTable([]), table));
    return table;
  }

  // A conversation whose last messages are long, some of them of the legacy table.
  async function newConversation(table, { texts, unread, uuidAt }) {
    const [ann, ben] = [person('ann'), person('ben')];
    const messages = previous.messagesOf(ann, ben, texts, uuidAt);
    const group = await previous.putConversation(table, ann, ben, { messages, unread });
    return { ann, ben, group, messages };
  }
  const textsOf = (count) => Array.from({ length: count }, (_, i) => `${'ab'[i % 2]}${i}`);

  test('rows get a preview, the time of the last message and marks; messages a place', async () => {
    const table = await newCurrentTable();
    const long = `a${'\u{1F980}'.repeat(1000)}`;
    const few = await newConversation(table, { texts: ['a1', 'b1', 'a2', long], unread: [0, 2] });
    const many = await newConversation(table, {
      texts: textsOf(260),
      unread: [110, 1],
      uuidAt: () => randomUUID(),
    });
    const none = await newConversation(table, { texts: ['a1', 'a2', 'a3'], unread: [0, 3] });
    await previous.remove(table, none.group, none.messages[1]);
    // A worker of the previous release has sent the last message to a conversation of this one.
    const mixed = await newConversation(table, { texts: ['a1', 'a2'], unread: [0, 1] });
    await table.call('UpdateItem', {
      Key: typed({ pk: `GRP#${mixed.ben.uuid}`, sk: `GROUP#${mixed.group}` }),
      UpdateExpression: 'SET last_sent_at = :at, read_at = :at, read_message_uuid = :uuid',
      ExpressionAttributeValues: typed({
        ':at': mixed.messages[0].at,
        ':uuid': mixed.messages[0].uuid,
      }),
    });

    // Workers of the previous release have marked as read up to a2, or deleted an unread message,
    // when the rows had marks already.
    const [cleared, high] = [
      await newConversation(table, { texts: ['a1', 'a2', 'a3'], unread: [0, 1] }),
      await newConversation(table, { texts: ['a1', 'a2', 'a3'], unread: [0, 3] }),
    ];
    for (const { ben, group } of [cleared, high])
      await table.call('UpdateItem', {
        Key: typed({ pk: `GRP#${ben.uuid}`, sk: `GROUP#${group}` }),
        UpdateExpression: 'SET read_at = :at',
        ExpressionAttributeValues: typed({ ':at': '1970-01-01T00:00:00.000000+00:00' }),
      });
    await previous.remove(table, high.group, high.messages[1]);

    const output = await assertDone(upgrade(table));
    assert.equal(
      output,
      `${table.name}: 12 rows, 12 of them changed; 275 messages, 260 of them with a place\n`,
    );
    const marksOf = async ({ group }, { uuid }) => {
      const row = await table.row(uuid, group);
      assert.equal(row.last_sent_at, row.last_message_at);
      return [row.unread_count, row.read_at, row.read_message_uuid, row.seen_message_uuid];
    };
    const [, b1, , last] = few.messages;
    assert.equal((await table.row(few.ben.uuid, few.group)).message, `${long.slice(0, 279)}`);
    assert.deepEqual(await marksOf(few, few.ben), [2, b1.at, b1.uuid, last.uuid]);
    assert.deepEqual(await marksOf(few, few.ann), [0, last.at, last.uuid, b1.uuid]);
    // Messages of ben are at odd places: the last 110 of them begin at 41.
    const read = many.messages[40];
    assert.deepEqual(await marksOf(many, many.ann), [
      110,
      read.at,
      read.uuid,
      many.messages[257].uuid,
    ]);
    const nothing = '1970-01-01T00:00:00.000000+00:00';
    assert.deepEqual(await marksOf(none, none.ben), [
      2,
      nothing,
      undefined,
      none.messages[2].uuid,
    ]);
    assert.deepEqual(await marksOf(mixed, mixed.ben), [
      1,
      mixed.messages[0].at,
      mixed.messages[0].uuid,
      mixed.messages[1].uuid,
    ]);
    assert.deepEqual(await marksOf(cleared, cleared.ben), [
      1,
      cleared.messages[1].at,
      cleared.messages[1].uuid,
      cleared.messages[2].uuid,
    ]);
    assert.deepEqual(await marksOf(high, high.ben), [2, nothing, undefined, high.messages[2].uuid]);
    for (const { group } of [few, many, none, mixed])
      await assertPlaces(table, group, (await table.messages(group)).map(plain));

    const after = await table.scan();
    assert.match(await assertDone(upgrade(table)), /: 12 rows, 0 of them changed;/);
    assert.deepEqual(await table.scan(), after, 'a second run changes nothing');
  });

  test('a run that was killed can be repeated', async () => {
    const table = await newCurrentTable();
    const made = [];
    for (let i = 0; i < 4; i++)
      made.push(await newConversation(table, { texts: textsOf(5), unread: [1, 2] }));
    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    try {
      const settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
      const child = startCommand(stack, 'ddb/migrate', [table.name], { settings });
      let seen = 0;
      proxy.fault = ({ operation }) => {
        if (operation !== 'UpdateItem' || ++seen < 8) return undefined;
        child.kill('SIGKILL');
        return 'lose';
      };
      assert.equal((await child.done).signal, 'SIGKILL');
    } finally {
      proxy.close();
    }
    await assertDone(upgrade(table));
    for (const { ann, ben, group, messages } of made) {
      const [mine, other] = [await table.row(ann.uuid, group), await table.row(ben.uuid, group)];
      assert.deepEqual([mine.unread_count, mine.read_at], [1, messages[2].at]);
      assert.deepEqual([other.unread_count, other.read_at], [2, messages[1].at]);
      assert.deepEqual([mine.seen_at, other.seen_at], [other.read_at, mine.read_at]);
    }
  });

  test('writes of workers at the same time are kept', async () => {
    const table = await newCurrentTable();
    const { ann, ben, group } = await newConversation(table, {
      texts: ['a1', 'a2', `a${'x'.repeat(200)}`],
      unread: [0, 2],
    });
    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    const settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
    // Before the first changes of a row, a worker of the previous release writes a message, and
    // another one marks it as read.
    const writes = [
      () => previous.send(table, ann, ben, group, 'a4'),
      () => previous.send(table, ann, ben, group, 'a5'),
      (sent) => previous.read(table, ben, group, sent),
    ];
    let sent;
    proxy.fault = ({ operation }) => {
      if (operation !== 'UpdateItem' || writes.length === 0) return undefined;
      const write = writes.shift();
      return async ({ outgoing, forward }) => {
        const written = await write(sent);
        if (written.uuid) sent = written;
        const { status, headers, body } = await forward();
        outgoing.writeHead(status, headers).end(body);
      };
    };
    try {
      await assertDone(upgrade(table, { settings }));
    } finally {
      proxy.close();
    }
    for (const { uuid } of [ann, ben]) {
      const row = await table.row(uuid, group);
      assert.deepEqual(
        [row.message, row.last_message_uuid, row.last_sent_at, row.unread_count, row.read_at],
        ['a5', sent.uuid, sent.at, 0, sent.at],
      );
    }
  });
});
