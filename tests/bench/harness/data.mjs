// data.mjs - creates any number of people, conversations and cruds.
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { typed } from '../../api/harness/dynamodb.mjs';
import { newHandle } from '../../api/harness/people.mjs';
import { ROOT } from '../../api/harness/stack.mjs';

const BATCH = 25; // maximum items of a BatchWriteItem
const BATCHES_AT_ONCE = 4;
// Feeds show only their number. With very few likes, PostgreSQL would use a sequential scan.
const LIKES_MAX = 200_000;
const TEXT = 'The jump gate opens at nine, and anyone too late walks home through hyperspace.';

const run = promisify(execFile);

const timeText = (ms) => new Date(ms).toISOString().replace('Z', '000+00:00');

// A version 7 UUID for a message of the given millisecond.
function messageUuid(ms) {
  const time = ms.toString(16).padStart(12, '0');
  const rest = randomBytes(8).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${rest.slice(0, 3)}-${rest.slice(3, 15)}`;
}

async function writeItems(stack, items) {
  const batches = [];
  for (let from = 0; from < items.length; from += BATCH)
    batches.push(items.slice(from, from + BATCH));
  await Promise.all(
    Array.from({ length: BATCHES_AT_ONCE }, async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop())
        await stack.table.call('BatchWriteItem', {
          TableName: undefined, // RequestItems contains the table name
          RequestItems: { [stack.table.name]: batch.map((Item) => ({ PutRequest: { Item } })) },
        });
    }),
  );
}

const personIn = ({ uuid, handle, name }) => ({
  user_uuid: uuid,
  user_display_name: name,
  user_handle: handle,
});

// People without an account, only in the table `users`, as { uuid, handle, name }.
export async function makePeople(stack, count) {
  const people = Array.from({ length: count }, () => {
    const handle = newHandle('row');
    return { uuid: randomUUID(), handle, name: `Name of ${handle}` };
  });
  const values = people.map(({ uuid, handle, name }) => `('${uuid}', '${handle}', '${name}')`);
  await stack.sql(`insert into users (uuid, handle, display_name) values ${values.join(', ')}`);
  return people;
}

// Create a conversation of the people of each pair, [me, other], with this number of messages, by both
// in turn and a second apart. Returns { group, other, last } for each; last: the uuid of the newest
// message.
export async function makePairs(stack, pairs, messages = 1) {
  const items = [];
  const made = pairs.map(([me, other], n) => {
    const group = randomUUID();
    const end = Date.now() - 60_000 - 1000 * n;
    let last;
    for (let i = messages - 1; i >= 0; i--) {
      const at = end - 1000 * i;
      last = { created_at: timeText(at), uuid: messageUuid(at) };
      items.push({
        pk: `MSG#${group}`,
        sk: last.created_at,
        message_uuid: last.uuid,
        message: TEXT,
        ...personIn(i % 2 ? me : other),
      });
    }
    for (const [reader, peer] of [
      [me, other],
      [other, me],
    ])
      items.push({
        pk: `GRP#${reader.uuid}`,
        sk: `GROUP#${group}`,
        message_group_uuid: group,
        last_message_at: last.created_at,
        last_sent_at: last.created_at,
        last_message_uuid: last.uuid,
        message: TEXT,
        unread_count: 0,
        read_at: last.created_at,
        read_message_uuid: last.uuid,
        seen_at: last.created_at,
        seen_message_uuid: last.uuid,
        ...personIn(peer),
      });
    const pair = [me.uuid, other.uuid].sort();
    items.push({ pk: `PAIR#${pair.join('#')}`, sk: 'PAIR', group_uuid: group });
    return { group, other, last: last.uuid };
  });
  await writeItems(stack, items.map(typed));
  return made;
}

// The same for conversations of one person, `me`.
export const makeConversations = (stack, me, others, messages = 1) =>
  makePairs(
    stack,
    others.map((other) => [me, other]),
    messages,
  );

const psql = (stack, name, ...args) =>
  run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', stack.databaseUrl(name), ...args], {
    env: { ...stack.env, PGOPTIONS: '-c maintenance_work_mem=512MB -c work_mem=64MB' },
  });

// Create cruds of many people (data.sql) in a database that has the schema.
export const makeCruds = (stack, name, cruds) =>
  psql(
    stack,
    name,
    ...['-v', `users=${Math.max(100, cruds / 10)}`],
    ...['-v', `cruds=${cruds}`],
    ...['-v', `likes=${Math.min(2 * cruds, LIKES_MAX)}`],
    ...['-f', path.join(ROOT, 'tests/bench/data.sql')],
  );

// Create another database in the stack's PostgreSQL, with this number of cruds.
export async function makeFeed(stack, name, cruds) {
  await psql(stack, 'cruddur', '-c', `create database ${name}`);
  const folder = path.join(ROOT, 'sql/migrations');
  for (const file of fs.readdirSync(folder).sort()) {
    const [up] = fs.readFileSync(path.join(folder, file), 'utf8').split(/^-- migrate:down/m);
    await psql(stack, name, '-c', up);
  }
  await makeCruds(stack, name, cruds);
}
