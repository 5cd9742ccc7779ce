// invariants.mjs - clients do whatever they like to cruds and conversations, cruds expire and are
// purged, and people are deleted and come back, while both stores and the workers fail. Then both
// stores must fit together: counters and rows, notifications and what they tell of, unread counts and
// messages.
// INVARIANTS_STEPS: the steps of each client. SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { plain } from '../../api/harness/dynamodb.mjs';
import { runCommand } from '../../api/harness/operate.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { until } from '../../api/harness/until.mjs';
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
const LEAVERS = 4; // of them, who are deleted now and then; their next request makes them again
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
const operated = { expired: 0, purges: 0, purged: 0, deleted: 0, failed: 0 };

const chosen = (random, from) => from[random(from.length)];

// One of the newest cruds; it may be gone.
const someCrud = ({ random, cruds }) => chosen(random, cruds.slice(-CRUDS));

// The actions of clients. world: { people, cruds (uuids that may be gone), messages }. Each returns
// [method, path, json] and what to do with a success, or undefined when it has no object yet.
const ACTIONS = {
  create: ({ random, cruds, people, name }) => {
    const mention = random(2) ? ` @${chosen(random, people).handle}` : '';
    const json = { message: `${name} writes${mention}`, ttl: '1-day' };
    return ['POST', '/api/activities', json, ({ uuid }) => cruds.push(uuid)];
  },
  reply: (client) => {
    const { random, cruds, people, name } = client;
    const mention = random(3) ? '' : ` @${chosen(random, people).handle}`;
    const json = { message: `${name} replies${mention}` };
    const keep = ({ uuid }) => cruds.push(uuid);
    return ['POST', `/api/activities/${someCrud(client)}/reply`, json, keep];
  },
  like: (client) => ['PUT', `/api/activities/${someCrud(client)}/like`],
  unlike: (client) => ['DELETE', `/api/activities/${someCrud(client)}/like`],
  repost: (client) => ['PUT', `/api/activities/${someCrud(client)}/repost`],
  unpost: (client) => ['DELETE', `/api/activities/${someCrud(client)}/repost`],
  remove: (client) => ['DELETE', `/api/activities/${someCrud(client)}`],
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
// An operation of operators or of time. PostgreSQL may be away, so it is repeated until it succeeds.
function untilDone(choice, client) {
  return until(`SEED=${SEED} ${choice} succeeds`, async () => {
    try {
      await OPERATIONS[choice](client);
      return true;
    } catch (error) {
      const text = `${error.message}\n${error.stderr ?? ''}`;
      assert.doesNotMatch(text, /deadlock/, `SEED=${SEED}`);
      operated.failed++;
      return false;
    }
  });
}

// The time of a crud is over, and with it that of all that answers it. Level by level, because an
// answer is written only under the lock of what it answers.
const EXPIRE = `do $$
  declare
    level uuid[] := array['CRUD'::uuid];
    tree uuid[] := level;
  begin
    update activities set expires_at = now() where uuid = any (level) and not is_reply;
    if not found then return; end if;
    loop
      with answers as (
        update activities set expires_at = now()
         where uuid in (select uuid from activities where reply_to_activity_uuid = any (level)
                         order by uuid for update)
        returning uuid
      )
      select array_agg(uuid) into level from answers;
      exit when level is null;
      tree := tree || level;
    end loop;
    update notifications set expires_at = now() where activity_uuid = any (tree);
  end $$`;

async function purge() {
  const { code, stdout, stderr } = await runCommand(stack, 'db/purge-expired');
  if (code !== 0) throw new Error(stderr);
  const [, cruds] = /^purged (\d+) cruds, \d+ idempotency keys$/m.exec(stdout);
  operated.purges++;
  operated.purged += Number(cruds);
}

const deletePerson = async ({ uuid }) => {
  await stack.sql(`delete from users where uuid = '${uuid}'`);
  operated.deleted++;
};

const OPERATIONS = {
  expire: async (client) => {
    await stack.sql(EXPIRE.replace('CRUD', someCrud(client)));
    operated.expired++;
  },
  purge,
  deletePerson: ({ random, leavers }) => deletePerson(chosen(random, leavers)),
};

const WEIGHTS = { create: 2, reply: 4, like: 4, repost: 3, send: 6, unlike: 2, readMessages: 3 };
const CHOICES = Object.keys({ ...ACTIONS, ...OPERATIONS }).flatMap((what) =>
  Array(WEIGHTS[what] ?? 1).fill(what),
);

// A crud, a message or a person may be gone, or be that of somebody else.
const ANSWERS = [200, 204, 403, 404, 409];
const isExpected = ({ status, body }) =>
  ANSWERS.includes(status) || (status === 422 && body.errors.join() === 'user_not_found');

async function act(world, index) {
  const random = seededRandom(SEED + 100 + index);
  for (let number = 0; number < STEPS; number++) {
    const person = chosen(random, world.people);
    const client = { ...world, random, person, name: `${index}.${number}` };
    const choice = chosen(random, CHOICES);
    if (OPERATIONS[choice]) {
      await untilDone(choice, client);
      continue;
    }
    const action = ACTIONS[choice](client);
    if (!action) continue;
    const [method, path, json, keep] = action;
    const key = method === 'POST' ? newHandle('key') : undefined;
    const { token } = person;
    const answer = await askUntilAnswered(count, method, path, { token, json, key });
    assert.ok(isExpected(answer), `SEED=${SEED} ${method} ${path} ${answer.text}`);
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

// A text mentions few people here, so the limit of 10 does not matter. A person who was deleted lacks
// the notifications of mentions before the return.
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
   where not (kind = 'mention' and user_uuid in (LEAVERS))
   union all
  select 'wrong', * from (select * from told except select * from due) as wrong`;

// Only what notified somebody else is remembered as taken back.
const WITHDRAWN = `
  select w.kind, w.activity_uuid, w.actor_uuid
    from notifications_withdrawn w
   where w.actor_uuid in (PEOPLE)
     and not exists (select from activities a
                      where a.uuid = w.activity_uuid and a.user_uuid <> w.actor_uuid)`;

const EXPIRED = 'select uuid from activities where expires_at <= now()';

async function assertNoRows(what, query, { people, leavers }) {
  const listed = (persons) => persons.map(({ uuid }) => `'${uuid}'`).join(', ');
  const text = query.replaceAll('PEOPLE', listed(people)).replaceAll('LEAVERS', listed(leavers));
  const rows = await stack.sql(text);
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

// ddb/check finds the rows and pairs of the people who are gone, and nothing else; other areas may have
// damaged what is theirs.
async function assertChecked({ groups, uuids }, gone = []) {
  const { code, stdout, stderr } = await runCommand(stack, 'ddb/check');
  assert.ok(code === 0 || code === 1, stderr);
  const ours = [...groups.keys(), ...uuids];
  const lines = stdout.split('\n').filter((line) => ours.some((uuid) => line.includes(uuid)));
  const isGone = (uuid) => gone.some((person) => person.uuid === uuid);
  const problems = (place, members) =>
    members.filter(isGone).map((uuid) => `${place}: there is no person ${uuid}`);
  const wanted = [...groups].flatMap(([group, { rows, pairs }]) => [
    ...rows.flatMap(({ owner, user_uuid }) =>
      problems(`GRP#${owner} / GROUP#${group}`, [owner, user_uuid]),
    ),
    ...pairs.flatMap((pair) => problems(pair.pk, partOf(pair, 'PAIR#').split('#'))),
  ]);
  assert.deepEqual(lines.sort(), wanted.sort(), `SEED=${SEED} ddb/check`);
}

describe('the invariants of both stores', () => {
  let disturbing;

  async function calm() {
    calmDynamodb();
    await disturbing?.stop(); // before the statements of calmPostgres: it may be restarting PostgreSQL
    await calmPostgres();
  }
  after(calm);

  test(`hold after ${CLIENTS} clients did ${STEPS} steps each during faults (SEED=${SEED})`, async (t) => {
    const people = [];
    for (let i = 0; i < PEOPLE; i++) people.push(await newPerson(stack));
    const leavers = people.slice(-LEAVERS);
    const world = { people, leavers, cruds: [], messages: [] };
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
    disturbing = disorder(random, actions);
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => act(world, index)));
    await calm();
    t.diagnostic(JSON.stringify({ ...count, ...operated, disturbances: disturbing.happened }));

    // Some people are gone now; the others are those of before, with what belongs to them.
    const gone = leavers.slice(LEAVERS / 2);
    for (const person of leavers)
      if (gone.includes(person)) await deletePerson(person);
      else assertOk(await askUntilAnswered(count, 'GET', '/api/users/me', person));
    await purge();
    await assertNoRows('expired cruds', EXPIRED, world);
    await assertNoRows('counters', COUNTERS, world);
    await assertNoRows('notifications', NOTIFICATIONS, world);
    await assertNoRows('withdrawn notifications', WITHDRAWN, world);
    const stored = await conversationsOf(people);
    assert.ok(stored.groups.size > 0);
    for (const [uuid, items] of stored.groups) assertConversation(uuid, items);
    assertKeys(stored);
    await assertChecked(stored, gone);
    for (const { uuid, token } of gone) {
      const me = assertOk(await askUntilAnswered(count, 'GET', '/api/users/me', { token }));
      assert.equal(me.uuid, uuid, `SEED=${SEED} the same person`);
    }
    await assertChecked(stored);
    for (const person of people) {
      const me = await assertUnreadNotifications(person);
      const rows = [...stored.groups.values()].flatMap(({ rows }) => rows);
      const own = rows.filter(({ owner }) => owner === person.uuid);
      const unread = own.reduce((sum, { unread_count }) => sum + unread_count, 0);
      assert.equal(me.unread_messages, unread, `SEED=${SEED} unread messages`);
    }
    assert.ok(count.injected > 0 && disturbing.happened > 0);
    assert.ok(operated.expired > 0 && operated.purged > 0 && operated.deleted > 0);
  });
});
