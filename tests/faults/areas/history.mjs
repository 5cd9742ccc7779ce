// history.mjs - few people with several clients each write, read, mark and delete in all their
// conversations at once. Their answers must be right: harness/history.mjs decides.
// HISTORY_STEPS: the steps of each client in a round. SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { disorder } from '../harness/disorder.mjs';
import { check, explain } from '../harness/history.mjs';
import { seededRandom } from '../harness/random.mjs';
import { Recorder } from '../harness/recorder.mjs';
import { calmDynamodb, disturbDynamodb, stormDynamodb } from '../harness/storms.mjs';

const STEPS = Number(process.env.HISTORY_STEPS ?? (process.env.SOAK ? 600 : 60));
const SEED = Number(process.env.SEED || randomInt(1 << 30));
const PEOPLE = 4;
const CLIENTS = 8;
const ROUNDS = 3; // each ends with a quiet point
const NAMES_MS = 1000; // how old a name may be while PostgreSQL answers
const PROGRAMS = [
  'message_create',
  'message',
  'messages',
  'message_group',
  'message_group_read',
  'message_groups',
  'users_me',
];

// The knowledge of clients: of each pair { group, messages: [{ uuid, created_at, author }] }.
class Known {
  constructor() {
    this.pairs = new Map();
  }

  of(one, other) {
    const key = [one.handle, other.handle].sort().join(' ');
    if (!this.pairs.has(key)) this.pairs.set(key, { messages: [] });
    return this.pairs.get(key);
  }
}

const chosen = (random, from) => from[random(from.length)];

// Mostly one of the newest, sometimes any.
const chosenMessage = (random, messages) =>
  chosen(random, random(4) === 0 ? messages : messages.slice(-12));

async function send({ recorder, random, person, other, pair, options }, text) {
  const byHandle = !pair.group || random(4) === 0;
  const to = byHandle ? { handle: other.handle } : { message_group_uuid: pair.group };
  const key = newHandle('key');
  const ask = () => recorder.send(person, other, to, text, { key, ...options });
  // Sometimes at once twice with one key, sometimes later again.
  const sent = await Promise.all(random(10) === 0 ? [ask(), ask()] : [ask()]);
  if (random(10) === 0) sent.push(await ask());
  const { answer, status } = sent.find((one) => one.status === 200) ?? {};
  if (status !== 200) return;
  pair.group = answer.message_group_uuid;
  const { uuid, created_at } = answer;
  pair.messages.push({ uuid, created_at, author: person.handle });
}

async function readPage({ recorder, random, person, other, pair, options }) {
  const { uuid, created_at } = chosenMessage(random, pair.messages);
  const name = chosen(random, ['', 'after', 'before', 'around']);
  const place = name ? { query: { [name]: uuid }, at: { [name]: created_at } } : {};
  await recorder.page(person, other, pair.group, place, 1 + random(30), options);
}

async function remove({ recorder, random, person, other, pair, options }) {
  const own = pair.messages.filter(({ author }) => author === person.handle);
  if (own.length === 0) return;
  await recorder.remove(person, other, pair.group, chosenMessage(random, own).uuid, options);
}

// One random step of a client, whose texts begin with its name.
async function step(client, number) {
  const { recorder, random, person, other, pair, options } = client;
  const what = random(100);
  if (!pair.group || what < 32) return send(client, `${client.name} ${number}`);
  if (what < 52) return readPage(client);
  if (what < 55) return recorder.whole(person, other, pair.group, 5 + random(96), options);
  if (what < 63) return recorder.list(person, options);
  if (what < 71) {
    const name = random(2) ? pair.group : `@${other.handle}`;
    return recorder.show(person, other, name, options);
  }
  if (what < 77) return recorder.me(person, options);
  if (what < 86) {
    const { uuid } = chosenMessage(random, pair.messages);
    return recorder.read(person, other, pair.group, uuid, options);
  }
  if (what < 97) return remove(client);
  return recorder.rename(person, `Name ${client.name} ${number}`);
}

async function run({ recorder, people, known, round, index, steps }) {
  const random = seededRandom(SEED + 1000 * round + index);
  const person = people[index % people.length];
  const others = people.filter((other) => other !== person);
  for (let number = 0; number < steps; number++) {
    const other = chosen(random, others);
    // Some clients give up: their request may be executed or not.
    const options = random(8) === 0 ? { tries: 1 } : {};
    const pair = known.of(person, other);
    const name = `${round}.${index}`;
    await step({ recorder, random, person, other, pair, options, name }, number);
  }
}

// Nothing else runs: everybody reads everything, so that counts must be exact.
async function readEverything(recorder, people, known) {
  const pairs = people.flatMap((person) =>
    people
      .filter((other) => other !== person && known.of(person, other).group)
      .map((other) => ({ person, other, group: known.of(person, other).group })),
  );
  for (const { person, other, group } of pairs) await recorder.whole(person, other, group, 100);
  for (const { person, other, group } of pairs) await recorder.show(person, other, group);
  for (const person of people) {
    await recorder.list(person);
    await recorder.me(person);
  }
}

function assertRight({ history }) {
  const problem = explain(check(history));
  assert.ok(problem === '', `SEED=${SEED}\n${problem}`);
}

async function newRecorder(staleMs, count) {
  const people = [];
  for (let i = 0; i < PEOPLE; i++) people.push(await newPerson(stack));
  return new Recorder(people, staleMs, count);
}

async function writeHistory(recorder) {
  const { people } = recorder;
  const known = new Known();
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) =>
        run({ recorder, people, known, round, index, steps: STEPS }),
      ),
    );
    await readEverything(recorder, people, known);
  }
}

// Every kind of operation was answered, so the history can show something.
function summary({ history }) {
  const answered = {};
  for (const { kind, status } of history.operations)
    if (status !== null) answered[kind] = (answered[kind] ?? 0) + 1;
  for (const kind of ['send', 'page', 'list', 'show', 'me', 'delete', 'read', 'rename'])
    assert.ok(answered[kind] > 0, kind);
  return answered;
}

describe('the history of conversations', () => {
  let disturbing;

  after(() => {
    calmDynamodb();
    return disturbing?.stop();
  });

  test(`is right while ${CLIENTS} clients write and read (SEED=${SEED})`, async (t) => {
    const count = { refused: 0, lost: 0 };
    const recorder = await newRecorder(NAMES_MS, count);
    await writeHistory(recorder);
    t.diagnostic(JSON.stringify({ ...summary(recorder), ...count }));
    assertRight(recorder);
  });

  test(`is right during faults (SEED=${SEED})`, async (t) => {
    const count = { refused: 0, lost: 0, injected: 0 };
    // While PostgreSQL does not answer, the last known names are shown.
    const recorder = await newRecorder(Infinity, count);
    stormDynamodb(seededRandom(SEED), count);
    const random = seededRandom(SEED + 1);
    disturbing = disorder(random, disturbDynamodb(random, PROGRAMS));
    await writeHistory(recorder);
    calmDynamodb();
    await disturbing.stop();
    const disturbances = disturbing.happened;
    t.diagnostic(JSON.stringify({ ...summary(recorder), ...count, disturbances }));
    assertRight(recorder);
    assert.ok(count.injected > 0 && disturbances > 0);
  });
});
