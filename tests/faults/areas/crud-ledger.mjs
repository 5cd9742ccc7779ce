// crud-ledger.mjs - people post, reply, like, repost and undo it while PostgreSQL and workers fail
// at random. In the end every acknowledged change is stored exactly once, and the counts are right.
// LEDGER_CRUDS: the number of steps. LEDGER_SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { askUntilAnswered, disorder } from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';
import { calmPostgres, disturbPostgres, stormPostgres } from '../harness/storms.mjs';

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
    await calmPostgres();
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

    await stormPostgres(seededRandom(SEED), count);
    const random = seededRandom(SEED + 1);
    disturbing = disorder(random, disturbPostgres(random, PROGRAMS));
    const steps = Math.ceil(STEPS / WRITERS);
    const done = await Promise.all(
      people.map((person, i) => write(person, cruds, steps, seededRandom(SEED + 100 + i))),
    );
    await disturbing.stop();
    await calmPostgres();

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
    // A like that was taken back and returned notifies again, as read.
    const [[told]] = await stack.sql(
      `select count(*) from notifications where user_uuid = '${author.uuid}'`,
    );
    assert.equal(Number(told), notifications, 'one notification per event');
    t.diagnostic(JSON.stringify({ ...count, disturbances: disturbing.happened }));
    assert.ok(count.injected > 0 && disturbing.happened > 0);
  });
});
