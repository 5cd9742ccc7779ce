// overload.mjs - more is asked than a pool can serve: what it serves is right, and as much as
// before; the rest is refused soon and honestly; when it is over, it is over.
import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, sleep } from '../../api/harness/client.mjs';
import { newHandle, newPair, say } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';

const CALL_MS = 40; // what a call to DynamoDB takes here, so that capacity is known
const SECONDS = 4; // of each load
const LATEST_MS = 5000; // the time budget of a request, and a second

let ann;
let ben;
let group;

const groupsOf = (person) =>
  stack.ask('GET', '/api/message_groups', { token: person.token, headers: { Connection: 'close' } });

// Ask `rate` times a second, whatever comes back, and wait for all answers.
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

// As many as are answered in a second by a pool that is always busy, and never too busy.
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

// The good ones of the answers; the others must be the refusal of the contract, and none may be late.
function sort(answers) {
  const refused = answers.filter(({ status }) => status !== 200);
  for (const answer of refused) {
    assert.equal(answer.status, 503, answer.text);
    assert.ok(['overloaded', 'unavailable'].includes(answer.body.errors[0]), answer.text);
  }
  for (const { ms, status } of answers) assert.ok(ms < LATEST_MS, `${status} after ${ms} ms`);
  return { good: answers.filter(({ status }) => status === 200), refused };
}

const middle = (answers) => {
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return times.length ? `${times[times.length >> 1].toFixed(0)} ms` : 'none';
};

// Until `ask` is answered well many times in a row.
async function recovers(ask) {
  for (let tries = 0, row = 0; row < 20; tries++) {
    assert.ok(tries < 200, 'the answers become good again');
    row = (await ask()).status === 200 ? row + 1 : 0;
    if (row === 0) await sleep(50);
  }
}

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
    test(`${times} times what a pool can serve: as many good answers as ever`, async (t) => {
      const people = [ann, ben];
      const texts = [];
      for (const person of people) texts.push((await groupsOf(person)).text);
      proxies.dynamodb.fault = ({ operation }) => (operation === 'Query' ? slowly : undefined);
      const ask = (i) => groupsOf(people[i % 2]);
      const workers = stack.workers('message_groups').length;
      const able = await capacity(ask, workers);
      // Not of what a busy machine has just shown, but of what a pool with such a peer can do at most.
      const answers = await load((times * workers * 1000) / CALL_MS, SECONDS, ask);
      const { good, refused } = sort(answers);
      t.diagnostic(`able to serve ${able} a second, asked ${answers.length} in ${SECONDS} s`);
      t.diagnostic(`${good.length} good, in the middle after ${middle(good)}`);
      t.diagnostic(`${refused.length} refused, in the middle after ${middle(refused)}`);
      answers.forEach(({ status, text }, i) => {
        if (status === 200) assert.equal(text, texts[i % 2]);
      });
      assert.ok(good.length > (able * SECONDS) / 2, `${good.length} good`);
      assert.ok(refused.length > 0);
      await recovers(() => groupsOf(ann));
    });

  test('of messages, those that were acknowledged are there, and each once', async (t) => {
    const text = newHandle('many');
    proxies.dynamodb.fault = ({ operation }) =>
      operation === 'TransactWriteItems' ? slowly : undefined;
    const send = (i) => {
      const [from, headers] = [i % 2 ? ann : ben, { Connection: 'close' }];
      const options = { key: newHandle('key'), headers };
      return say(stack, from, { message_group_uuid: group }, `${text} ${i}`, options);
    };
    const answers = await load(600, 2, send);
    const { good, refused } = sort(answers);
    t.diagnostic(`${good.length} acknowledged, in the middle after ${middle(good)}`);
    t.diagnostic(`${refused.length} refused, in the middle after ${middle(refused)}`);
    assert.ok(good.length > 0 && refused.length > 0);
    const stored = (await stack.table.messages(group))
      .filter(({ message }) => message.S?.startsWith(text))
      .map(({ message_uuid }) => message_uuid.S);
    assert.equal(new Set(stored).size, stored.length);
    const there = new Set(stored);
    for (const { body } of good) assert.ok(there.has(body.uuid), body.message);
    await recovers(() => groupsOf(ann));
  });

  test('another pool does not notice', async () => {
    proxies.dynamodb.fault = ({ operation }) => (operation === 'Query' ? slowly : undefined);
    const flood = load(300, 3, () => groupsOf(ann));
    await sleep(1000);
    for (let i = 0; i < 50; i++)
      assertOk(await stack.ask('GET', '/api/users/me', { token: ben.token }));
    sort(await flood);
    await recovers(() => groupsOf(ann));
  });
});
