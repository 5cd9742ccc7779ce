// ledger.mjs - writers with Idempotency-Keys while faults fire by chance: in the end every message
// that was acknowledged is there exactly once, in both lists and in order.
// LEDGER_MESSAGES, LEDGER_SEED: how many, and which chance (it is printed).
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk, sleep } from '../../api/harness/client.mjs';
import { newHandle, newPair, newPerson } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { chance } from '../harness/chance.mjs';
import * as peer from '../harness/peer.mjs';

const MESSAGES = Number(process.env.LEDGER_MESSAGES ?? (process.env.SOAK ? 20_000 : 2000));
const SEED = Number(process.env.LEDGER_SEED ?? randomInt(1 << 30));
const PAIRS = 4;
const WRITERS = 8; // of each conversation four from either side
const TRIES = 400; // before a writer gives up, which is a failure of the test

const FAULTS = [
  peer.refusal(400, 'ProvisionedThroughputExceededException'),
  peer.refusal(500, 'InternalServerError'),
  peer.refusal(503, 'ServiceUnavailable'),
  peer.cancelled('TransactionConflict'),
  peer.cancelled('ThrottlingError'),
  peer.refusal(400, 'TransactionInProgressException'),
  peer.resetBefore,
  peer.resetWithin,
  peer.resetAfter,
  peer.lostAnswer,
  peer.lostAnswer,
  peer.lostAnswer,
  peer.cutBody,
  peer.cutJson,
  peer.wrongCrc,
  peer.hang,
];

const count = { requests: 0, refused: 0, lost: 0, played: 0, disturbances: 0 };
let over = false;

// Faults of single calls to DynamoDB: seldom, and now and then of every third call for a while.
function playFaults(random) {
  let storm = 0;
  proxies.dynamodb.fault = () => {
    proxies.dynamodb.recorded.length = 0; // nobody reads it, and it would grow
    if (storm > 0) storm--;
    else if (random(400) === 0) storm = 40;
    if (random(storm > 0 ? 3 : 25) !== 0) return undefined;
    count.played++;
    return FAULTS[random(FAULTS.length)];
  };
}

// What happens to processes meanwhile, one thing after another.
function disturbances(random) {
  const anyOf = (list) => list[random(list.length)];
  const pause = async (pid, ms) => {
    process.kill(pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(pid, 'SIGCONT');
  };
  const kill = (signal) => async () => {
    try {
      process.kill(anyOf(stack.workers('message_create')), signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // the last one has not been replaced yet
    }
  };
  return [
    kill('SIGKILL'),
    kill('SIGKILL'),
    kill('SIGTERM'),
    () => pause(stack.dynamodbPid(), 300 + random(1500)),
    () =>
      stack.sql(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cruddur'",
      ),
    () => stack.local('restart', 'postgres'),
    () => stack.pool('restart', 'message_create'),
  ];
}

async function disturb(random) {
  const things = disturbances(random);
  while (!over) {
    await sleep(200 + random(1500));
    if (over) return;
    await things[random(things.length)]();
    count.disturbances++;
  }
}

// Send one message until it is answered for good. Returns the answer, or undefined when it was
// refused for good.
async function deliver(from, to, message, key) {
  for (let tries = 0; tries < TRIES; tries++) {
    count.requests++;
    let answer;
    try {
      answer = await stack.ask('POST', '/api/messages', {
        token: from.token,
        json: { message, ...to },
        key,
      });
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      count.lost++; // nobody knows whether it was written
    }
    if (answer && answer.status !== 503) {
      if (answer.status === 422) return undefined;
      const lines = answer.status === 200 ? [] : await stack.logLines(answer.body.request_id);
      assert.equal(answer.status, 200, `${answer.text} ${JSON.stringify(lines)}`);
      return answer.body;
    }
    if (answer) count.refused++;
    await sleep(20 + Math.random() * 200);
  }
  return assert.fail(`given up: ${message}`);
}

// One after another; now and then something that is refused for good, or known already.
async function write({ from, to, name, messages, random }) {
  const sent = [];
  for (let i = 0; i < messages; i++) {
    const key = newHandle('key');
    if (random(10) === 0) assert.equal(await deliver(from, to, ' \n', newHandle('key')), undefined);
    const message = await deliver(from, to, `${name} ${i}`, key);
    assert.equal(message.message, `${name} ${i}`);
    if (random(10) === 0) assert.deepEqual(await deliver(from, to, `${name} ${i}`, key), message);
    sent.push(message);
  }
  return sent;
}

// The conversation holds exactly what was acknowledged, as do the lists of both.
async function assertLedger({ ann, ben, group }, sent) {
  const items = await stack.table.messages(group);
  const stored = items.map(({ message_uuid }) => message_uuid.S);
  assert.equal(new Set(stored).size, stored.length, 'no message twice');
  assert.deepEqual([...stored].sort(), sent.map(({ uuid }) => uuid).sort());
  const texts = new Map(items.map((item) => [item.message_uuid.S, item]));
  for (const { uuid, message, created_at } of sent) {
    assert.equal(texts.get(uuid).message.S, message);
    assert.equal(texts.get(uuid).sk.S, created_at);
  }
  const newest = items.at(-1);
  for (const [person, other] of [
    [ann, ben],
    [ben, ann],
  ]) {
    const { token } = person;
    const groups = assertOk(await stack.ask('GET', '/api/message_groups', { token }));
    const row = groups.find(({ uuid }) => uuid === group);
    assert.equal(row.message, newest.message.S);
    assert.equal(row.created_at, newest.sk.S);
    const others = items.filter(({ user_uuid }) => user_uuid.S === other.uuid);
    assert.equal(row.unread_count, others.length, 'unread');
  }
}

describe('the ledger', () => {
  after(() => {
    over = true;
    proxies.dynamodb.fault = () => undefined;
  });

  test(`${MESSAGES} messages while faults fire (LEDGER_SEED=${SEED})`, async (t) => {
    const pairs = [];
    for (let i = 0; i < PAIRS; i++) pairs.push({ ...(await newPair(stack)), sent: [] });
    // The last two have never written to each other: many first messages at once.
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    pairs.push({ ann, ben, sent: [], fresh: true });

    playFaults(chance(SEED));
    const disturbing = disturb(chance(SEED + 1));
    disturbing.catch(() => {}); // awaited below
    const messages = Math.ceil(MESSAGES / (pairs.length * WRITERS));
    await Promise.all(
      pairs.flatMap((pair, p) =>
        Array.from({ length: WRITERS }, async (_, w) => {
          const [from, other] = w % 2 ? [pair.ann, pair.ben] : [pair.ben, pair.ann];
          const to = pair.fresh ? { handle: other.handle } : { message_group_uuid: pair.group };
          const sent = await write({
            from,
            to,
            name: `${p}.${w}`,
            messages,
            random: chance(SEED + 100 * p + w),
          });
          // What one writer sent later is later.
          for (let i = 1; i < sent.length; i++)
            assert.ok(sent[i].created_at > sent[i - 1].created_at);
          pair.sent.push(...sent);
        }),
      ),
    );
    over = true;
    proxies.dynamodb.fault = () => undefined;
    await disturbing;

    for (const pair of pairs) {
      const groups = new Set(pair.sent.map(({ message_group_uuid }) => message_group_uuid));
      assert.equal(groups.size, 1);
      const all = pair.fresh ? pair.sent : [pair.first, ...pair.sent];
      // The workers leave DynamoDB alone for a second after the last fault.
      for (let tries = 0; tries < 50; tries++) {
        const { token } = pair.ann;
        if ((await stack.ask('GET', '/api/message_groups', { token })).status === 200) break;
        await sleep(100);
      }
      await assertLedger({ ...pair, group: [...groups][0] }, all);
    }
    t.diagnostic(JSON.stringify(count));
    assert.ok(count.played > 0 && count.disturbances > 0);
  });
});
