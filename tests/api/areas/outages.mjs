// outages.mjs - a service goes away and comes back: quick and honest answers meanwhile, and
// recovery without a restart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPair, newPerson, say } from '../harness/people.mjs';

const CLIENTS = 20;
const BUDGET_MS = 4000;

// 20 clients ask while the service is away. Each answer must be a 200 or the 503 of the contract,
// within the time budget and a second: the one bound on time that is a promise of ours. Returns
// the statuses of each phase by name; an answer across two phases counts for none.
async function during({ asks, away, back }) {
  const workers = stack.workers();
  let stop = false;
  let phase = 'before';
  const seen = { before: new Map(), away: new Map(), between: new Map(), after: new Map() };
  const loops = Array.from({ length: CLIENTS }, async (_, i) => {
    const { ask, name } = asks[i % asks.length];
    while (!stop) {
      const began = phase;
      const answer = await ask();
      assert.ok(answer.ms <= BUDGET_MS + 1000, `${name}: ${answer.status} after ${answer.ms} ms`);
      if (answer.status !== 200) {
        assert.equal(answer.status, 503, `${name}: ${answer.text}`);
        assert.ok(['unavailable', 'overloaded'].includes(answer.body.errors[0]), answer.text);
      }
      if (began === phase) {
        const statuses = seen[phase].get(name) ?? new Set();
        seen[phase].set(name, statuses.add(answer.status));
      }
      await sleep(20);
    }
  });
  const load = Promise.all(loops);
  load.catch(() => {}); // it is awaited below
  try {
    await sleep(500);
    phase = 'between';
    await away();
    phase = 'away';
    await sleep(6000);
  } finally {
    phase = 'between';
    await back();
    // Until the answers are good again; how long that takes is not promised, that it ends is.
    for (const { ask, name } of asks) {
      let status = 0;
      for (let tries = 0; tries < 200 && status !== 200; tries++) {
        ({ status } = await ask());
        if (status !== 200) await sleep(100);
      }
      assert.equal(status, 200, `${name} has recovered`);
    }
    phase = 'after';
    await sleep(1000);
    stop = true;
  }
  await load;
  assert.deepEqual(stack.workers(), workers, 'no worker was replaced');
  return seen;
}

const statusesOf = (seen, name) => [...(seen.get(name) ?? [])].sort();

function asksOf({ ann, group }) {
  const get = (path) => () => stack.ask('GET', path, { token: ann.token });
  return {
    groups: { name: 'message_groups', ask: get('/api/message_groups') },
    messages: { name: 'messages', ask: get(`/api/messages/${group}`) },
    me: { name: 'users_me', ask: get('/api/users/me') },
    send: {
      name: 'message_create',
      ask: () => say(stack, ann, { message_group_uuid: group }, 'in hard times'),
    },
    short: {
      name: 'users_short',
      ask: () => stack.ask('GET', `/api/users/@${ann.handle}/short`),
    },
    health: { name: 'health_check', ask: () => stack.ask('GET', '/api/health-check') },
  };
}

// Suspended, a service still takes connections but never answers.
const freeze = (pid) => ({
  away: async () => process.kill(pid, 'SIGSTOP'),
  back: async () => process.kill(pid, 'SIGCONT'),
});

async function readyBecomes(status) {
  let answer;
  for (let tries = 0; tries < 100; tries++) {
    answer = await stack.ask('GET', '/api/ready').catch((error) => error);
    if (answer.status === status) return;
    await sleep(100);
  }
  assert.fail(`ready says ${answer.status}, not ${status}`);
}

describe('outages', () => {
  test('PostgreSQL stopped and started again', async () => {
    const pair = await newPair(stack);
    const { groups, messages, me, short, health } = asksOf(pair);
    const seen = await during({
      asks: [groups, messages, me, short, health],
      async away() {
        await stack.local('stop', 'postgres');
        // ready is no liveness check of a worker: it tells why the others fail.
        const answer = await stack.client.rawRequest('GET', '/api/ready');
        assert.equal(answer.status, 503);
      },
      back: () => stack.local('start', 'postgres'),
    });
    for (const { name } of [groups, messages, me, short])
      assert.deepEqual(statusesOf(seen.away, name), [503], name);
    assert.deepEqual(statusesOf(seen.away, health.name), [200]);
    await readyBecomes(200);
  });

  test('DynamoDB stopped and started again keeps what it had', async () => {
    const pair = await newPair(stack, 'before the outage');
    const { groups, messages, send, short, health } = asksOf(pair);
    const seen = await during({
      asks: [groups, messages, send, short, health],
      away: () => stack.local('stop', 'dynamodb'),
      back: () => stack.local('start', 'dynamodb'),
    });
    for (const { name } of [groups, messages, send])
      assert.deepEqual(statusesOf(seen.away, name), [503], name);
    for (const { name } of [short, health])
      assert.deepEqual(statusesOf(seen.away, name), [200], name);
    const [first] = await stack.table.messages(pair.group);
    assert.equal(first.message.S, 'before the outage');
    await readyBecomes(200);
  });

  test('DynamoDB that hangs costs quick 503s, no queue of slow failures', async () => {
    const pair = await newPair(stack);
    const { groups, messages, send, short } = asksOf(pair);
    const seen = await during({
      asks: [groups, messages, send, short],
      ...freeze(stack.dynamodbPid()),
    });
    for (const { name } of [groups, messages, send])
      assert.ok(statusesOf(seen.away, name).includes(503), name);
    assert.deepEqual(statusesOf(seen.away, short.name), [200]);
  });

  test('a request that waited longer than its budget is refused, and not carried out', async () => {
    const { ann, group } = await newPair(stack);
    const workers = stack.workers('message_create');
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    let waiting;
    try {
      waiting = say(stack, ann, { message_group_uuid: group }, 'too late');
      await sleep(BUDGET_MS + 500);
    } finally {
      for (const pid of workers) process.kill(pid, 'SIGCONT');
    }
    assertProblem(await waiting, 503, 'overloaded');
    assert.equal((await stack.table.messages(group)).length, 1);
    assertOk(await say(stack, ann, { message_group_uuid: group }, 'in time'));
  });

  test('Cognito stopped: who is known goes on, who is new waits', async () => {
    const known = await newPerson(stack);
    const account = await newAccount(stack);
    const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
    await stack.local('stop', 'cognito');
    try {
      assertOk(await me(known));
      assertProblem(await me(account), 503, 'unavailable');
      // Somebody that these workers have not seen, but the table of users has.
      const token = known.token;
      assertOk(await stack.ask('GET', '/api/message_groups', { token }));
      // A key that the pool does not have is a bad token, not an outage.
      const parts = known.token.split('.');
      const header = { ...JSON.parse(Buffer.from(parts[0], 'base64url')), kid: 'other' };
      parts[0] = Buffer.from(JSON.stringify(header)).toString('base64url');
      assertProblem(await me({ token: parts.join('.') }), 401, 'token_invalid');
      await readyBecomes(200);
    } finally {
      await stack.local('start', 'cognito');
    }
    let answer;
    for (let tries = 0; tries < 100; tries++) {
      answer = await me(account);
      if (answer.status === 200) break;
      await sleep(100);
    }
    assert.equal(assertOk(answer).handle, account.handle);
  });

  test('nginx and all services restarted: everything is still there', async () => {
    const { ann, group, first } = await newPair(stack);
    for (const service of ['nginx', 'postgres', 'dynamodb', 'cognito'])
      await stack.local('restart', service);
    await readyBecomes(200);
    let answer;
    for (let tries = 0; tries < 50; tries++) {
      answer = await stack.ask('GET', `/api/messages/${group}`, { token: ann.token });
      if (answer.status === 200) break;
      await sleep(100);
    }
    assert.equal(assertOk(answer)[0].uuid, first.uuid);
  });
});
