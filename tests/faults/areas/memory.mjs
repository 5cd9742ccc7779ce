// memory.mjs - each allocation of a request fails once: the answer is right or a 503, a refused
// request can be repeated, and the worker keeps serving.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { stack } from '../../api/harness/proxied.mjs';
import { until } from '../../api/harness/until.mjs';
import { FailingAllocation } from '../harness/allocation.mjs';
import { callsOf, newWorld } from '../harness/calls.mjs';
import { sign } from '../harness/identity.mjs';
import { seededRandom } from '../harness/random.mjs';

const RUNS_MAX = 2000; // more allocations than any request makes
const STEP = process.env.SOAK ? 1 : 4; // between the allocations from which on all fail
const COLD = process.env.SOAK ? 2000 : 24; // samples per program of first requests

const acknowledged = new Map(); // requests per program, each with its own key

let allocation;
let calls;
let world;

const isSuccess = ({ status }) => status >= 200 && status < 300;

// Send a request during which an allocation fails.
async function askFailing(worker, call, where) {
  let answer;
  try {
    answer = await worker.ask(...call);
  } finally {
    allocation.disarm();
  }
  assert.ok(
    isSuccess(answer) || answer.status === 503,
    `${where}: ${answer.status} ${answer.text}`,
  );
  if (answer.status === 503) assert.ok(answer.headers['retry-after'], where);
  return answer;
}

// Repeat the request until the worker has recovered and it succeeds.
async function askAgain(worker, program, call, where) {
  const answer = await until(`${where}: the request succeeds`, async () => {
    const one = await worker.ask(...call);
    if (!isSuccess(one)) assert.equal(one.status, 503, `${where}: ${one.text}`);
    return isSuccess(one) && one;
  });
  acknowledged.set(program, (acknowledged.get(program) ?? 0) + 1);
  return answer;
}

// The part of an answer that must not differ between two equal requests.
function stablePart(answer, program) {
  if (['ready', 'health_check', 'metrics'].includes(program)) return answer.status;
  return answer.text;
}

async function failEach(program, callOf, { andMore }) {
  const worker = await allocation.start(stack, program);
  await askAgain(worker, program, callOf(), program);
  let n = 1;
  for (; n < RUNS_MAX; n += andMore ? STEP : 1) {
    const where = `${program}, allocation ${n}${andMore ? ' and all later ones' : ''}`;
    const call = callOf();
    allocation.arm(n, andMore);
    const answer = await askFailing(worker, call, where);
    const { failed } = allocation;
    const again = await askAgain(worker, program, call, where);
    if (isSuccess(answer))
      assert.equal(stablePart(answer, program), stablePart(again, program), where);
    if (failed === 0) break;
  }
  assert.ok(n < RUNS_MAX, program);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
  return n;
}

describe('memory', () => {
  before(async () => {
    allocation = new FailingAllocation(stack);
    world = await newWorld(stack);
    calls = callsOf(world);
  });

  after(() => allocation.close());

  test('each allocation of a request to each program may fail, alone or with all later ones', async (t) => {
    for (const [program, call] of Object.entries(calls))
      for (const andMore of [false, true]) {
        const points = await failEach(program, call, { andMore });
        t.diagnostic(`${program}${andMore ? ', and all later' : ''}: ${points} allocations`);
      }
  });

  test('a failed allocation during token verification is never a 401', async (t) => {
    const points = await failEach(
      'users_me',
      () => ['GET', '/api/users/me', { token: sign(world.ann.token) }],
      { andMore: false },
    );
    t.diagnostic(`${points} allocations`);
  });

  test('random allocations of the first request of a worker may fail', async () => {
    const random = seededRandom(20261122);
    for (const program of ['messages', 'activity_create'])
      for (let i = 0; i < COLD; i++) {
        const worker = await allocation.start(stack, program);
        const n = i % 2 ? 1 + random(400) : 1 + random(34_000);
        const where = `${program}, allocation ${n} of the first request`;
        allocation.arm(n, false);
        const call = calls[program]();
        await askFailing(worker, call, where);
        await askAgain(worker, program, call, where);
        assert.deepEqual(await worker.stop(), { code: 0, signal: null }, where);
      }
  });

  test('requests that were repeated after a 503 are stored once', async () => {
    const textOf = (program) => JSON.parse(calls[program]()[2].body).message;
    const sent = (await stack.table.messages(world.group)).filter(
      ({ message }) => message?.S === textOf('message_create'),
    );
    assert.equal(sent.length, acknowledged.get('message_create'));
    for (const program of ['activity_create', 'activity_reply']) {
      const [[count]] = await stack.sql(
        `select count(*) from activities where message = '${textOf(program)}' and user_uuid = '${world.ann.uuid}'`,
      );
      assert.equal(Number(count), acknowledged.get(program), program);
    }
  });
});
