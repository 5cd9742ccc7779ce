// overload.mjs - more requests than a pool can serve: it serves what it can, refuses the others with
// 503, and recovers at the end. Rates and times are printed; they depend on the machine.
import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, sleep } from '../../api/harness/client.mjs';
import { newHandle, newPair, say } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { until } from '../../api/harness/until.mjs';

const CALL_MS = 40; // duration of a call to DynamoDB, so that the capacity is known
const SECONDS = 4; // of each load

let ann;
let ben;
let group;

const groupsOf = (person) =>
  stack.ask('GET', '/api/message_groups', {
    token: person.token,
    headers: { Connection: 'close' },
  });

// Send `rate` requests per second, without waiting for answers, then wait for all of them.
async function load(rate, seconds, ask) {
  const began = performance.now();
  const answers = [];
  while (performance.now() - began < seconds * 1000) {
    const due = ((performance.now() - began) / 1000) * rate;
    while (answers.length < due) answers.push(ask(answers.length));
    await sleep(5);
  }
  return Promise.all(answers);
}

// The requests per second that the pool answers when all its workers are busy and none is queued.
async function capacity(ask, clients, seconds = 2) {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        assertOk(await ask(count));
        count++;
      }
    }),
  );
  return count / seconds;
}

// Split answers into successes and refusals. Refusals must be 503.
function splitAnswers(answers) {
  const refused = answers.filter(({ status }) => status !== 200);
  for (const answer of refused) {
    assert.equal(answer.status, 503, answer.text);
    assert.ok(['overloaded', 'unavailable'].includes(answer.body.errors[0]), answer.text);
  }
  return { good: answers.filter(({ status }) => status === 200), refused };
}

const medianTime = (answers) => {
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return times.length ? `${times[times.length >> 1].toFixed(0)} ms` : 'none';
};

const recovers = (ask) =>
  until('20 requests in a row succeed', async () => {
    for (let row = 0; row < 20; row++) if ((await ask()).status !== 200) return false;
    return true;
  });

describe('overload', () => {
  before(async () => {
    ({ ann, ben, group } = await newPair(stack));
  });

  afterEach(() => {
    proxies.dynamodb.fault = () => undefined;
  });

  const slowly = async ({ outgoing, forward }) => {
    const [{ status, headers, body }] = await Promise.all([forward(), sleep(CALL_MS)]);
    if (!outgoing.destroyed) outgoing.writeHead(status, headers).end(body);
  };

  for (const times of [2, 10])
    test(`at ${times} times the capacity of a pool, it serves what it can and refuses the others`, async (t) => {
      const people = [ann, ben];
      const texts = [];
      for (const person of people) texts.push((await groupsOf(person)).text);
      proxies.dynamodb.fault = ({ operation }) => (operation === 'Query' ? slowly : undefined);
      const ask = (i) => groupsOf(people[i % 2]);
      const workers = stack.workers('message_groups').length;
      const able = await capacity(ask, workers);
      // The rate derives from the theoretical capacity; a busy machine may have reached less.
      const answers = await load((times * workers * 1000) / CALL_MS, SECONDS, ask);
      const { good, refused } = splitAnswers(answers);
      t.diagnostic(`capacity ${able} per second, ${answers.length} requests in ${SECONDS} s`);
      t.diagnostic(`${good.length} served, median ${medianTime(good)}`);
      t.diagnostic(`${refused.length} refused, median ${medianTime(refused)}`);
      answers.forEach(({ status, text }, i) => {
        if (status === 200) assert.equal(text, texts[i % 2]);
      });
      assert.ok(good.length > 0 && refused.length > 0);
      await recovers(() => groupsOf(ann));
    });

  test('acknowledged messages are stored once', async (t) => {
    const text = newHandle('many');
    proxies.dynamodb.fault = ({ operation }) =>
      operation === 'TransactWriteItems' ? slowly : undefined;
    const send = (i) => {
      const [from, headers] = [i % 2 ? ann : ben, { Connection: 'close' }];
      const options = { key: newHandle('key'), headers };
      return say(stack, from, { message_group_uuid: group }, `${text} ${i}`, options);
    };
    const answers = await load(600, 2, send);
    const { good, refused } = splitAnswers(answers);
    t.diagnostic(`${good.length} acknowledged, median ${medianTime(good)}`);
    t.diagnostic(`${refused.length} refused, median ${medianTime(refused)}`);
    assert.ok(good.length > 0 && refused.length > 0);
    const stored = (await stack.table.messages(group))
      .filter(({ message }) => message.S?.startsWith(text))
      .map(({ message_uuid }) => message_uuid.S);
    assert.equal(new Set(stored).size, stored.length);
    const there = new Set(stored);
    for (const { body } of good) assert.ok(there.has(body.uuid), body.message);
    await recovers(() => groupsOf(ann));
  });

  test('other pools are not affected', async () => {
    proxies.dynamodb.fault = ({ operation }) => (operation === 'Query' ? slowly : undefined);
    const flood = load(300, 3, () => groupsOf(ann));
    await sleep(1000);
    for (let i = 0; i < 50; i++)
      assertOk(await stack.ask('GET', '/api/users/me', { token: ben.token }));
    splitAnswers(await flood);
    await recovers(() => groupsOf(ann));
  });
});
