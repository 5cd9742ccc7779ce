// crud-ledger.mjs - people post, reply, like, repost and undo it while PostgreSQL and workers fail
// at random. In the end every acknowledged change is stored exactly once, and the counts are right.
// LEDGER_CRUDS: the number of steps. LEDGER_SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import {
  askUntilAnswered,
  disorder,
  endConnections,
  pause,
  signalWorker,
} from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';

const STEPS = Number(process.env.LEDGER_CRUDS ?? (process.env.SOAK ? 20_000 : 2000));
const SEED = Number(process.env.LEDGER_SEED ?? randomInt(1 << 30));
const WRITERS = 12;
const CRUDS = 6; // existing cruds, to be replied to and liked
const PROGRAMS = [
  'activity_create',
  'activity_reply',
  'activity_like',
  'activity_repost',
  'activity',
];

const count = { requests: 0, refused: 0, lost: 0, injected: 0 };

// Lose answers and fail statements: rarely, and sometimes often for a while.
async function injectFaults(random) {
  await stack.sql(`create function ledger_fault() returns trigger language plpgsql as $$ begin
    if random() < 0.03 then raise exception using errcode = '40001'; end if; return null; end $$`);
  for (const table of ['activities', 'likes', 'reposts'])
    await stack.sql(`create constraint trigger ledger_fault after insert or delete on ${table}
      deferrable initially deferred for each row execute function ledger_fault()`);
  let storm = 0;
  proxies.postgres.loses = () => {
    if (storm > 0) storm--;
    else if (random(1000) === 0) storm = 60;
    if (random(storm > 0 ? 5 : 50) !== 0) return false;
    count.injected++;
    return true;
  };
}

async function removeFaults() {
  proxies.postgres.loses = () => false;
  await stack.sql('drop function if exists ledger_fault cascade');
}

function disturbances(random) {
  const signal = (name) => () => signalWorker(random, PROGRAMS, name);
  const backend = async () => {
    const rows = await stack.sql(
      "select pid from pg_stat_activity where application_name = 'cruddur'",
    );
    return rows.length > 0 ? Number(rows[random(rows.length)][0]) : undefined;
  };
  return [
    signal('SIGKILL'),
    signal('SIGKILL'),
    signal('SIGTERM'),
    endConnections,
    async () => {
      const pid = await backend();
      if (pid) await pause(pid, 300 + random(1500));
    },
    () => stack.local('restart', 'postgres'),
    () => stack.pool('restart', PROGRAMS[random(PROGRAMS.length)]),
  ];
}

// Act as one person. Returns the acknowledged changes: { cruds, replies: Map of uuid to text, like,
// repost: Set of cruds }.
async function write(person, cruds, steps, random) {
  const { token } = person;
  const did = { cruds: new Map(), replies: new Map(), like: new Set(), repost: new Set() };
  const create = async (path, json, kept) => {
    const key = newHandle('key');
    const once = assertOk(await askUntilAnswered(count, 'POST', path, { token, json, key }));
    assert.equal(once.message, json.message);
    if (random(5) === 0)
      assert.deepEqual(
        assertOk(await askUntilAnswered(count, 'POST', path, { token, json, key })),
        once,
      );
    kept.set(once.uuid, json.message);
  };
  for (let i = 0; i < steps; i++) {
    const crud = cruds[random(cruds.length)];
    const message = `${person.handle} ${i}`;
    const step = random(8);
    if (step < 2) {
      await create('/api/activities', { message, ttl: '1-day' }, did.cruds);
    } else if (step < 4) {
      await create(`/api/activities/${crud}/reply`, { message }, did.replies);
    } else if (step === 4 && did.replies.size > 0) {
      const [uuid] = did.replies.keys();
      const gone = await askUntilAnswered(count, 'DELETE', `/api/activities/${uuid}`, { token });
      // An earlier try may have deleted it, and its answer was lost.
      assert.ok([204, 404].includes(gone.status), gone.text);
      did.replies.delete(uuid);
    } else {
      const what = random(2) ? 'like' : 'repost';
      const undo = did[what].has(crud);
      const method = undo ? 'DELETE' : 'PUT';
      const path = `/api/activities/${crud}/${what}`;
      const shown = assertOk(await askUntilAnswered(count, method, path, { token }));
      assert.equal(shown[what === 'like' ? 'liked' : 'reposted'], !undo);
      did[what][undo ? 'delete' : 'add'](crud);
    }
  }
  return did;
}

// The stored cruds of a person, as a Map of uuid to text.
const stored = async (person, where) =>
  new Map(
    await stack.sql(
      `select uuid, message from activities where user_uuid = '${person.uuid}' and ${where}`,
    ),
  );

const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe('the ledger of cruds', () => {
  let disturbing;

  after(async () => {
    await disturbing?.stop();
    await removeFaults();
  });

  test(`stores the results of ${STEPS} steps exactly once during faults (LEDGER_SEED=${SEED})`, async (t) => {
    const people = [];
    for (let i = 0; i < WRITERS; i++) people.push(await newPerson(stack));
    const author = await newPerson(stack);
    const cruds = [];
    for (let i = 0; i < CRUDS; i++) {
      const json = { message: `crud ${i}`, ttl: '1-day' };
      const { token } = author;
      cruds.push(assertOk(await stack.ask('POST', '/api/activities', { token, json })).uuid);
    }

    await injectFaults(seededRandom(SEED));
    const random = seededRandom(SEED + 1);
    disturbing = disorder(random, disturbances(random));
    const steps = Math.ceil(STEPS / WRITERS);
    const done = await Promise.all(
      people.map((person, i) => write(person, cruds, steps, seededRandom(SEED + 100 + i))),
    );
    await disturbing.stop();
    await removeFaults();

    for (const [i, person] of people.entries()) {
      const replies = await stored(person, 'reply_to_activity_uuid is not null');
      assert.deepEqual(sorted(replies), sorted(done[i].replies), 'replies');
      const own = await stored(person, 'reply_to_activity_uuid is null');
      assert.deepEqual(sorted(own), sorted(done[i].cruds), 'cruds');
    }
    let notifications = 0;
    for (const crud of cruds) {
      const by = (what) => done.filter((did) => did[what].has(crud)).length;
      const [[replies]] = await stack.sql(
        `select count(*) from activities where reply_to_activity_uuid = '${crud}'`,
      );
      const path = `/api/activities/${crud}`;
      const { activity } = assertOk(await askUntilAnswered(count, 'GET', path, {}));
      const { likes_count, reposts_count, replies_count } = activity;
      assert.deepEqual(
        { likes_count, reposts_count, replies_count },
        { likes_count: by('like'), reposts_count: by('repost'), replies_count: Number(replies) },
      );
      notifications += likes_count + reposts_count + replies_count;
    }
    const { token } = author;
    const me = assertOk(await askUntilAnswered(count, 'GET', '/api/users/me', { token }));
    assert.equal(me.unread_notifications, notifications, 'one notification per event');
    t.diagnostic(JSON.stringify({ ...count, disturbances: disturbing.happened }));
    assert.ok(count.injected > 0 && disturbing.happened > 0);
  });
});
