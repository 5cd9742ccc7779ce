// ledger.mjs - people write messages with Idempotency-Keys during random faults. In the end every
// acknowledged message is stored exactly once, in order, and both lists are right.
// LEDGER_MESSAGES: the number of messages. LEDGER_SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk, nextPage } from '../../api/harness/client.mjs';
import { newHandle, newPair, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { askUntilAnswered, disorder } from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';
import { calmDynamodb, disturbDynamodb, stormDynamodb } from '../harness/storms.mjs';

const MESSAGES = Number(process.env.LEDGER_MESSAGES ?? (process.env.SOAK ? 20_000 : 2000));
const SEED = Number(process.env.LEDGER_SEED ?? randomInt(1 << 30));
const PAIRS = 4;
const WRITERS = 8; // per conversation: four for each person

const count = { requests: 0, refused: 0, lost: 0, injected: 0 };

// Send one message until it is accepted or refused. Returns the message, or undefined if it is
// refused with 422.
async function deliver({ token }, to, message, key) {
  const json = { message, ...to };
  const answer = await askUntilAnswered(count, 'POST', '/api/messages', { token, json, key });
  if (answer.status === 422) return undefined;
  const lines = answer.status === 200 ? [] : await stack.logLines(answer.body.request_id);
  assert.equal(answer.status, 200, `${answer.text} ${JSON.stringify(lines)}`);
  return answer.body;
}

// Send messages one after another, sometimes an invalid one, sometimes one again with its key.
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

// All messages of a conversation as the person sees them, oldest first.
async function read({ token }, group) {
  const messages = [];
  for (let path = `/api/messages/${group}?limit=100`; path;) {
    const answer = await askUntilAnswered(count, 'GET', path, { token });
    messages.unshift(...assertOk(answer));
    path = nextPage(answer);
  }
  return messages;
}

// The conversation and both lists must have exactly the acknowledged messages.
async function assertLedger({ ann, ben, group }, sent) {
  const items = await stack.table.messages(group);
  const stored = items.map(({ message_uuid }) => message_uuid.S);
  assert.equal(new Set(stored).size, stored.length, 'no message is stored twice');
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
    assert.deepEqual(
      (await read(person, group)).map(({ uuid }) => uuid),
      stored,
      'the list has the stored messages, in order',
    );
    const groups = assertOk(await askUntilAnswered(count, 'GET', '/api/message_groups', { token }));
    const row = groups.find(({ uuid }) => uuid === group);
    assert.equal(row.message, newest.message.S);
    assert.equal(row.created_at, newest.sk.S);
    const others = items.filter(({ user_uuid }) => user_uuid.S === other.uuid);
    assert.equal(row.unread_count, others.length, 'the unread count');
  }
}

describe('the ledger of messages', () => {
  let disturbing;

  after(() => {
    calmDynamodb();
    return disturbing?.stop();
  });

  test(`stores ${MESSAGES} messages exactly once during faults (LEDGER_SEED=${SEED})`, async (t) => {
    const pairs = [];
    for (let i = 0; i < PAIRS; i++) pairs.push({ ...(await newPair(stack)), sent: [] });
    // The last two people have no conversation yet: many first messages at the same time.
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    pairs.push({ ann, ben, sent: [], fresh: true });

    stormDynamodb(seededRandom(SEED), count);
    const random = seededRandom(SEED + 1);
    disturbing = disorder(random, disturbDynamodb(random, ['message_create']));
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
            random: seededRandom(SEED + 100 * p + w),
          });
          // The messages of one writer have increasing times.
          for (let i = 1; i < sent.length; i++)
            assert.ok(sent[i].created_at > sent[i - 1].created_at);
          pair.sent.push(...sent);
        }),
      ),
    );
    calmDynamodb();
    await disturbing.stop();

    for (const pair of pairs) {
      const groups = new Set(pair.sent.map(({ message_group_uuid }) => message_group_uuid));
      assert.equal(groups.size, 1);
      const all = pair.fresh ? pair.sent : [pair.first, ...pair.sent];
      await assertLedger({ ...pair, group: [...groups][0] }, all);
    }
    t.diagnostic(JSON.stringify({ ...count, disturbances: disturbing.happened }));
    assert.ok(count.injected > 0 && disturbing.happened > 0);
  });
});
