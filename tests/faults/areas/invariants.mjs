// invariants.mjs - clients do whatever they like to cruds and conversations while both stores and
// the workers fail. Then both stores must fit together: counters and rows, notifications and what they
// tell of, unread counts and messages.
// INVARIANTS_STEPS: the steps of each client. SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { plain } from '../../api/harness/dynamodb.mjs';
import { runCommand } from '../../api/harness/operate.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { askUntilAnswered, disorder } from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';
import {
  calmDynamodb,
  calmPostgres,
  disturbDynamodb,
  disturbPostgres,
  stormDynamodb,
  stormPostgres,
} from '../harness/storms.mjs';

const STEPS = Number(process.env.INVARIANTS_STEPS ?? (process.env.SOAK ? 1500 : 100));
const SEED = Number(process.env.SEED || randomInt(1 << 30));
const PEOPLE = 12;
const CLIENTS = 8;
const CRUDS = 40;
const PROGRAMS = [
  'activities_notifications',
  'activity',
  'activity_create',
  'activity_like',
  'activity_reply',
  'activity_repost',
  'message',
  'message_create',
  'message_group_read',
  'profile_update',
];

const count = { requests: 0, refused: 0, lost: 0, injected: 0 };

const chosen = (random, from) => from[random(from.length)];

// The actions of clients. world: { people, cruds (uuids that may be gone), messages }. Each returns
// [method, path, json] and what to do with a success, or undefined when it has no object yet.
const ACTIONS = {
  create: ({ random, cruds, people, name }) => {
    const mention = random(2) ? ` @${chosen(random, people).handle}` : '';
    const json = { message: `${name} writes${mention}`, ttl: '1-day' };
    return ['POST', '/api/activities', json, ({ uuid }) => cruds.push(uuid)];
  },
  reply: ({ random, cruds, people, name }) => {
    const mention = random(3) ? '' : ` @${chosen(random, people).handle}`;
    const json = { message: `${name} replies${mention}` };
    const keep = ({ uuid }) => cruds.push(uuid);
    return ['POST', `/api/activities/${chosen(random, cruds)}/reply`, json, keep];
  },
  like: ({ random, cruds }) => ['PUT', `/api/activities/${chosen(random, cruds)}/like`],
  unlike: ({ random, cruds }) => ['DELETE', `/api/activities/${chosen(random, cruds)}/like`],
  repost: ({ random, cruds }) => ['PUT', `/api/activities/${chosen(random, cruds)}/repost`],
  unpost: ({ random, cruds }) => ['DELETE', `/api/activities/${chosen(random, cruds)}/repost`],
  remove: ({ random, cruds }) => ['DELETE', `/api/activities/${chosen(random, cruds)}`],
  readNotifications: () => ['PUT', '/api/activities/notifications/read'],
  profile: ({ name, person }) => {
    const json = { display_name: `Name ${name}`, bio: `about ${person.handle}` };
    return ['PUT', '/api/profile/update', json];
  },
  send: ({ random, person, people, messages, name }) => {
    const others = people.filter((other) => other !== person);
    const json = { message: `${name} says`, handle: chosen(random, others).handle };
    return ['POST', '/api/messages', json, (message) => messages.push(message)];
  },
  unsend: ({ random, messages }) => {
    const message = chosen(random, messages);
    return message && ['DELETE', `/api/messages/${message.message_group_uuid}/${message.uuid}`];
  },
  readMessages: ({ random, messages }) => {
    const message = chosen(random, messages);
    if (!message) return undefined;
    const path = `/api/message_groups/${message.message_group_uuid}/read`;
    return ['PUT', path, { message_uuid: message.uuid }];
  },
};
const WEIGHTS = { create: 2, reply: 4, like: 4, repost: 3, send: 6, unlike: 2, readMessages: 3 };
const CHOICES = Object.keys(ACTIONS).flatMap((what) => Array(WEIGHTS[what] ?? 1).fill(what));

// A crud or a message may be gone, or be that of somebody else.
const ANSWERS = [200, 204, 403, 404, 409];

async function act(world, index) {
  const random = seededRandom(SEED + 100 + index);
  for (let number = 0; number < STEPS; number++) {
    const person = chosen(random, world.people);
    const client = { ...world, random, person, name: `${index}.${number}` };
    const action = ACTIONS[chosen(random, CHOICES)](client);
    if (!action) continue;
    const [method, path, json, keep] = action;
    const key = method === 'POST' ? newHandle('key') : undefined;
    const { token } = person;
    const answer = await askUntilAnswered(count, method, path, { token, json, key });
    assert.ok(ANSWERS.includes(answer.status), `SEED=${SEED} ${method} ${path} ${answer.text}`);
    if (answer.status === 200) keep?.(answer.body);
  }
}

// --- PostgreSQL ----------------------------------------------------------------------------------
const COUNTERS = `
  select 'likes_count', uuid::text from activities a
   where likes_count <> (select count(*) from likes where activity_uuid = a.uuid)
   union all
  select 'reposts_count', uuid::text from activities a
   where reposts_count <> (select count(*) from reposts where activity_uuid = a.uuid)
   union all
  select 'replies_count', uuid::text from activities a
   where replies_count <> (select count(*) from activities
                            where reply_to_activity_uuid = a.uuid)
   union all
  select 'expires_at of a reply', a.uuid::text
    from activities a join activities parent on parent.uuid = a.reply_to_activity_uuid
   where parent.expires_at <> a.expires_at
   union all
  select 'expires_at of a notification', n.uuid::text
    from notifications n join activities a on a.uuid = n.activity_uuid
   where n.expires_at <> a.expires_at`;

// A text mentions few people here, so the limit of 10 does not matter.
const NOTIFICATIONS = `
  with events (user_uuid, kind, actor_uuid, activity_uuid) as (
    select a.user_uuid, 'like', l.user_uuid, a.uuid
      from likes l join activities a on a.uuid = l.activity_uuid
     union all
    select a.user_uuid, 'repost', r.user_uuid, a.uuid
      from reposts r join activities a on a.uuid = r.activity_uuid
     union all
    select parent.user_uuid, 'reply', a.user_uuid, a.uuid
      from activities a join activities parent on parent.uuid = a.reply_to_activity_uuid
     union all
    select u.uuid, 'mention', a.user_uuid, a.uuid
      from activities a
      cross join lateral unnest(activity_marks(a.message)) as mark
      join users u on mark = '@' || lower(u.handle)
      left join activities parent on parent.uuid = a.reply_to_activity_uuid
     where u.uuid is distinct from parent.user_uuid
  ), due as (
    select user_uuid, kind, actor_uuid, activity_uuid from events
     where user_uuid <> actor_uuid and actor_uuid in (PEOPLE)
  ), told as (
    select user_uuid, kind, actor_uuid, activity_uuid from notifications
     where actor_uuid in (PEOPLE)
  )
  select 'missing', * from (select * from due except select * from told) as missing
   union all
  select 'wrong', * from (select * from told except select * from due) as wrong`;

// Only what notified somebody else is remembered as taken back.
const WITHDRAWN = `
  select w.kind, w.activity_uuid, w.actor_uuid
    from notifications_withdrawn w
   where w.actor_uuid in (PEOPLE)
     and not exists (select from activities a
                      where a.uuid = w.activity_uuid and a.user_uuid <> w.actor_uuid)`;

async function assertNoRows(what, query, people) {
  const uuids = people.map(({ uuid }) => `'${uuid}'`).join(', ');
  const rows = await stack.sql(query.replaceAll('PEOPLE', uuids));
  assert.deepEqual(rows.slice(0, 8), [], `SEED=${SEED} ${what}: ${rows.length}`);
}

async function assertUnreadNotifications({ uuid, token }) {
  const [[unread]] = await stack.sql(
    `select count(*) from notifications where user_uuid = '${uuid}' and read_at is null`,
  );
  const me = assertOk(await askUntilAnswered(count, 'GET', '/api/users/me', { token }));
  assert.equal(me.unread_notifications, Number(unread), `SEED=${SEED} unread notifications`);
  return me;
}

// --- DynamoDB ------------------------------------------------------------------------------------
const partOf = ({ pk }, start) => (pk.startsWith(start) ? pk.slice(start.length) : undefined);

// The items of these people, as { rows, pairs, messages } by conversation.
async function conversationsOf(people) {
  const uuids = new Set(people.map(({ uuid }) => uuid));
  const items = (await stack.table.scan()).map(plain);
  const groups = new Map();
  const groupOf = (uuid) => {
    if (!groups.has(uuid)) groups.set(uuid, { rows: [], pairs: [], messages: [] });
    return groups.get(uuid);
  };
  for (const item of items) {
    const owner = partOf(item, 'GRP#');
    if (uuids.has(owner)) groupOf(item.message_group_uuid).rows.push({ ...item, owner });
    if (partOf(item, 'PAIR#')?.split('#').every((uuid) => uuids.has(uuid)))
      groupOf(item.group_uuid).pairs.push(item);
    const group = partOf(item, 'MSG#');
    if (group && uuids.has(item.user_uuid)) groupOf(group).messages.push(item);
  }
  return { groups, items, uuids };
}

// A conversation has two rows, one pair and the last message of its rows; its counts are exact.
function assertConversation(uuid, { rows, pairs, messages }) {
  const about = `SEED=${SEED} conversation ${uuid}`;
  assert.deepEqual([rows.length, pairs.length], [2, 1], about);
  assert.equal(pairs[0].pk, `PAIR#${[rows[0].owner, rows[1].owner].sort().join('#')}`, about);
  const times = messages.map(({ sk }) => sk).sort();
  assert.equal(new Set(messages.map(({ message_uuid }) => message_uuid)).size, times.length, about);
  const texts = messages.flatMap(({ message }) => message ?? []);
  assert.equal(new Set(texts).size, texts.length, `${about}: one message per request`);
  for (const row of rows) {
    assert.equal(row.last_message_at, times.at(-1), about);
    const unread = messages.filter(
      ({ sk, user_uuid, deleted_at }) => user_uuid !== row.owner && !deleted_at && sk > row.read_at,
    );
    assert.equal(row.unread_count, unread.length, `${about}: unread of ${row.owner}`);
  }
}

// A key names a message that exists.
function assertKeys({ items, uuids }) {
  const stored = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`));
  const keys = items.filter((item) => uuids.has(partOf(item, 'IDEM#')?.split('#')[0]));
  assert.ok(keys.length > 0);
  for (const { pk, group_uuid, created_at } of keys)
    assert.ok(stored.has(`MSG#${group_uuid} ${created_at}`), `SEED=${SEED} the message of ${pk}`);
}

// ddb/check finds nothing; other areas may have damaged what is theirs.
async function assertChecked({ groups, uuids }) {
  const { code, stdout, stderr } = await runCommand(stack, 'ddb/check');
  assert.ok(code === 0 || code === 1, stderr);
  const ours = [...groups.keys(), ...uuids];
  const lines = stdout.split('\n').filter((line) => ours.some((uuid) => line.includes(uuid)));
  assert.deepEqual(lines, [], `SEED=${SEED} ddb/check`);
}

describe('the invariants of both stores', () => {
  const disturbing = [];

  async function calm() {
    calmDynamodb();
    await calmPostgres();
    for (const one of disturbing) await one.stop();
  }
  after(calm);

  test(`hold after ${CLIENTS} clients did ${STEPS} steps each during faults (SEED=${SEED})`, async (t) => {
    const people = [];
    for (let i = 0; i < PEOPLE; i++) people.push(await newPerson(stack));
    const world = { people, cruds: [], messages: [] };
    for (let i = 0; i < CRUDS; i++) {
      const { token } = people[i % PEOPLE];
      const json = { message: `crud ${i}`, ttl: '1-day' };
      const answer = await askUntilAnswered(count, 'POST', '/api/activities', {
        token,
        json,
        key: newHandle('key'),
      });
      world.cruds.push(assertOk(answer).uuid);
    }

    stormDynamodb(seededRandom(SEED), count);
    await stormPostgres(seededRandom(SEED + 1), count);
    const random = seededRandom(SEED + 2);
    const actions = [...disturbDynamodb(random, PROGRAMS), ...disturbPostgres(random, PROGRAMS)];
    disturbing.push(disorder(random, actions));
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => act(world, index)));
    await calm();
    t.diagnostic(JSON.stringify({ ...count, disturbances: disturbing[0].happened }));

    await assertNoRows('counters', COUNTERS, people);
    await assertNoRows('notifications', NOTIFICATIONS, people);
    await assertNoRows('withdrawn notifications', WITHDRAWN, people);
    const stored = await conversationsOf(people);
    assert.ok(stored.groups.size > 0);
    for (const [uuid, items] of stored.groups) assertConversation(uuid, items);
    assertKeys(stored);
    await assertChecked(stored);
    for (const person of people) {
      const me = await assertUnreadNotifications(person);
      const rows = [...stored.groups.values()].flatMap(({ rows }) => rows);
      const own = rows.filter(({ owner }) => owner === person.uuid);
      const unread = own.reduce((sum, { unread_count }) => sum + unread_count, 0);
      assert.equal(me.unread_messages, unread, `SEED=${SEED} unread messages`);
    }
    assert.ok(count.injected > 0 && disturbing[0].happened > 0);
  });
});
