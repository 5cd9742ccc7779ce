// relations.mjs - clients follow, mute and block each other, and write, mark and look for cruds at the
// same time. Then the counters are those of the rows, both stores know the same blocks, and nothing is
// seen across a block in any list, search, notification or event.
// RELATIONS_STEPS: the steps of each client. SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk, nextPage } from '../../api/harness/client.mjs';
import { openStream } from '../../api/harness/live.mjs';
import { runCommand } from '../../api/harness/operate.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { askUntilAnswered } from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';

const STEPS = Number(process.env.RELATIONS_STEPS ?? (process.env.SOAK ? 2500 : 60));
const SEED = Number(process.env.SEED || randomInt(1 << 30));
const PEOPLE = 12;
const CLIENTS = 8;
const CRUDS = 40;
const MOST_PAGES = 100;

const count = { requests: 0, refused: 0, lost: 0, injected: 0 };
const chosen = (random, from) => from[random(from.length)];
const ask = (person, method, path, json) =>
  askUntilAnswered(count, method, path, {
    token: person.token,
    json,
    key: method === 'POST' ? newHandle('key') : undefined,
  });

// The acts of a person. world: { random, person, other, cruds, word }.
const someCrud = ({ random, cruds }) => chosen(random, cruds.slice(-CRUDS));
const relate = (method, what) => ({ other }) => [method, `/api/users/@${other.handle}/${what}`];
const mark = (method, what) => (world) => [method, `/api/activities/${someCrud(world)}/${what}`];
const ACTS = {
  follow: relate('PUT', 'follow'),
  unfollow: relate('DELETE', 'follow'),
  mute: relate('PUT', 'mute'),
  unmute: relate('DELETE', 'mute'),
  block: relate('PUT', 'block'),
  unblock: relate('DELETE', 'block'),
  like: mark('PUT', 'like'),
  unlike: mark('DELETE', 'like'),
  repost: mark('PUT', 'repost'),
  unrepost: mark('DELETE', 'repost'),
  bookmark: mark('PUT', 'bookmark'),
  unbookmark: mark('DELETE', 'bookmark'),
  write: ({ other, word, cruds }) => [
    'POST', '/api/activities', { message: `${word} @${other.handle}`, ttl: '1-day' }, ({ uuid }) => cruds.push(uuid),
  ],
  reply: (world) => [
    'POST', `/api/activities/${someCrud(world)}/reply`, { message: `${world.word} too @${world.other.handle}` },
    ({ uuid }) => world.cruds.push(uuid),
  ],
  remove: (world) => ['DELETE', `/api/activities/${someCrud(world)}`],
  say: ({ other }) => ['POST', '/api/messages', { message: 'hello', handle: other.handle }],
};
const WEIGHTS = { follow: 6, unfollow: 2, block: 2, unblock: 4, like: 4, repost: 4, bookmark: 3, write: 4, reply: 4 };
const CHOICES = Object.keys(ACTS).flatMap((act) => Array(WEIGHTS[act] ?? 1).fill(act));
// A crud may be gone or hidden, or that of somebody else; a conversation may be closed.
const ANSWERS = [200, 204, 403, 404];

async function act(world, index) {
  const random = seededRandom(SEED + index);
  for (let step = 0; step < STEPS; step++) {
    const person = chosen(random, world.people);
    const other = chosen(random, world.people.filter((one) => one !== person));
    const [method, path, json, keep] = ACTS[chosen(random, CHOICES)]({ ...world, random, person, other });
    const answer = await ask(person, method, path, json);
    assert.ok(ANSWERS.includes(answer.status), `SEED=${SEED} ${method} ${path} ${answer.status} ${answer.text}`);
    if (answer.status === 200) keep?.(answer.body);
  }
}

// --- counters ----------------------------------------------------------------------------------------
const WRONG_COUNTS = `
  select 'likes', uuid::text from activities a
   where likes_count <> (select count(*) from likes where activity_uuid = a.uuid)
   union all
  select 'reposts', uuid::text from activities a
   where reposts_count <> (select count(*) from reposts where activity_uuid = a.uuid)
   union all
  select 'replies', uuid::text from activities a
   where replies_count <> (select count(*) from activities where reply_to_activity_uuid = a.uuid)
   union all
  select 'follows', u.uuid::text from users u left join follow_counts c on c.user_uuid = u.uuid
   where coalesce(c.followers, 0) <> (select count(*) from follows where followed_uuid = u.uuid)
      or coalesce(c.following, 0) <> (select count(*) from follows where user_uuid = u.uuid)
   union all
  select 'a follow across a block', f.user_uuid::text
    from follows f join barriers b on b.user_uuid = f.user_uuid and b.other_uuid = f.followed_uuid
   where b.closed
   union all
  select 'one side of a block', b.user_uuid::text
    from barriers b
    left join barriers back on back.user_uuid = b.other_uuid and back.other_uuid = b.user_uuid
   where b.blocks_since is distinct from back.blocked_since
      or b.blocked_since is distinct from back.blocks_since
   union all
  select 'a notification without its follow', n.user_uuid::text
    from notifications n
   where kind = 'follow' and expires_at > now()
     and not exists (select from follows where user_uuid = n.actor_uuid and followed_uuid = n.user_uuid)`;

// --- what is seen --------------------------------------------------------------------------------------
async function readAll(person, first, rowsOf = (body) => body) {
  const rows = [];
  let path = first;
  for (let page = 0; path && page < MOST_PAGES; page++) {
    const answer = await askUntilAnswered(count, 'GET', path, { token: person.token });
    rows.push(...rowsOf(assertOk(answer)));
    path = nextPage(answer);
  }
  return rows;
}

// The handles that a person sees in each list that may show others.
async function seenBy(person, { people, cruds, word }) {
  const ofPeople = people.filter((one) => one !== person);
  const lists = {
    home: await readAll(person, '/api/activities/home?limit=100'),
    following: await readAll(person, '/api/activities/following?limit=100'),
    notifications: await readAll(person, '/api/activities/notifications?limit=100'),
    bookmarks: await readAll(person, '/api/activities/bookmarks?limit=100'),
    search: await readAll(person, `/api/activities/search?term=${word}&limit=100`),
    people: await readAll(person, '/api/users?term=p_&limit=100'),
    suggested: await readAll(person, '/api/users/suggested?limit=100'),
  };
  for (const { handle } of ofPeople) {
    for (const list of ['followers', 'following'])
      lists[`${list} of ${handle}`] = await readAll(person, `/api/users/@${handle}/${list}?limit=100`);
    for (const kind of ['cruds', 'replies', 'reposts'])
      lists[`${kind} of ${handle}`] = await readAll(
        person, `/api/activities/@${handle}?kind=${kind}&limit=100`, ({ activities }) => activities,
      );
  }
  for (const uuid of cruds.slice(-CRUDS)) {
    const answer = await ask(person, 'GET', `/api/activities/${uuid}`);
    if (answer.status === 200) lists[`crud ${uuid}`] = [answer.body.activity, ...answer.body.replies];
  }
  return Object.entries(lists).flatMap(([name, rows]) =>
    rows.flatMap((row) =>
      [row.handle, row.activity?.handle, row.reposted_by?.handle].filter(Boolean).map((handle) => [name, handle]),
    ),
  );
}

describe('relations between people', () => {
  test(`hold after ${CLIENTS} clients did ${STEPS} acts each at once (SEED=${SEED})`, async (t) => {
    const people = [];
    for (let i = 0; i < PEOPLE; i++) people.push(await newPerson(stack));
    const word = newHandle('word').replace('_', '');
    const world = { people, word, cruds: [] };
    for (let i = 0; i < CRUDS; i++) {
      const answer = await ask(people[i % PEOPLE], 'POST', '/api/activities', { message: `${word} ${i}`, ttl: '1-day' });
      world.cruds.push(assertOk(answer).uuid);
    }
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => act(world, index)));

    const wrong = await stack.sql(WRONG_COUNTS);
    assert.deepEqual(wrong, [], `SEED=${SEED}`);
    const { code, stdout, stderr } = await runCommand(stack, 'ddb/check');
    assert.ok(code === 0 || code === 1, stderr);
    const differences = stdout.split('\n').filter((line) => people.some(({ uuid }) => line.includes(uuid)));
    assert.deepEqual(differences, [], `SEED=${SEED} ddb/check`);

    const listed = people.map(({ uuid }) => `'${uuid}'`).join(', ');
    const closed = new Map(people.map(({ uuid }) => [uuid, new Set()]));
    for (const [one, other] of await stack.sql(
      `select b.user_uuid, u.handle from barriers b join users u on u.uuid = b.other_uuid
        where closed and b.user_uuid in (${listed}) and u.uuid in (${listed})`,
    ))
      closed.get(one).add(other);
    const pairs = [...closed.values()].reduce((sum, { size }) => sum + size, 0);
    t.diagnostic(JSON.stringify({ ...count, cruds: world.cruds.length, closed: pairs }));
    assert.ok(pairs > 0, `SEED=${SEED} nobody blocks anybody`);

    const streams = new Map();
    for (const person of people) streams.set(person, await openStream(stack, person));
    for (const person of people) {
      const seen = await seenBy(person, world);
      assert.ok(seen.length > 0);
      const across = seen.filter(([, handle]) => closed.get(person.uuid).has(handle));
      assert.deepEqual(across, [], `SEED=${SEED} @${person.handle} sees across a block`);
    }

    // Each person mentions all others; a later event shows that nothing comes any more.
    for (const person of people)
      for (const other of people)
        if (other !== person)
          assertOk(await ask(person, 'POST', '/api/activities', { message: `@${other.handle}`, ttl: '1-day' }));
    const last = await newPerson(stack);
    for (const [person, stream] of streams) {
      assertOk(await ask(last, 'POST', '/api/activities', { message: `@${person.handle}`, ttl: '1-day' }));
      await stream.first('notification', ({ handle }) => handle === last.handle);
      const across = stream.of('notification').filter(({ handle }) => closed.get(person.uuid).has(handle));
      assert.deepEqual(across, [], `SEED=${SEED} @${person.handle} is told across a block`);
      stream.close();
    }
  });
});
