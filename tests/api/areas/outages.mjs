// outages.mjs - a dependency stops and starts again: workers answer 503 quickly, then recover
// without a restart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, sleep, untilStatus } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPair, newPerson, say } from '../harness/people.mjs';
import { until } from '../harness/until.mjs';

const CLIENTS = 20;
const BUDGET_MS = 4000;
// BREAKER_OPEN_MS of common/run/budget.h
const BREAKER_MS = 1000;

// Send requests from 20 clients before, during and after an outage. Each answer must be a 200 or a
// 503 that the product wrote: a worker that does not answer within 6 s is a 504 of nginx. Returns
// the statuses of each phase by name, without requests that span two phases, and without those
// that a busy machine let wait in a queue for too long (overloaded).
async function duringOutage({ requests, begin, end }) {
  const workers = stack.workers();
  let stop = false;
  let phase = 'before';
  const seen = { before: new Map(), away: new Map(), between: new Map(), after: new Map() };
  const loops = Array.from({ length: CLIENTS }, async (_, i) => {
    const { send, name } = requests[i % requests.length];
    while (!stop) {
      const earlier = phase;
      const answer = await send();
      if (answer.status !== 200) {
        assert.equal(answer.status, 503, `${name}: ${answer.text}`);
        assert.ok(['unavailable', 'overloaded'].includes(answer.body.errors[0]), answer.text);
      }
      if (earlier === phase && answer.body?.errors?.[0] !== 'overloaded') {
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
    await begin();
    phase = 'away';
    await sleep(6000);
  } finally {
    phase = 'between';
    await end();
    // Recovery must happen, but there is no promise how long it takes.
    for (const { send, name } of requests)
      await until(`${name} has recovered`, async () => (await send()).status === 200);
    phase = 'after';
    await sleep(1000);
    stop = true;
  }
  await load;
  assert.deepEqual(stack.workers(), workers, 'no worker was replaced');
  return seen;
}

const statusesOf = (seen, name) => [...(seen.get(name) ?? [])].sort();

function requestsOf({ ann, group }) {
  const get = (path) => () => stack.ask('GET', path, { token: ann.token });
  return {
    groups: { name: 'message_groups', send: get('/api/message_groups') },
    messages: { name: 'messages', send: get(`/api/messages/${group}`) },
    me: { name: 'users_me', send: get('/api/users/me') },
    send: {
      name: 'message_create',
      send: () => say(stack, ann, { message_group_uuid: group }, 'in hard times'),
    },
    short: {
      name: 'users_short',
      send: () => stack.ask('GET', `/api/users/@${ann.handle}/short`),
    },
    health: { name: 'health_check', send: () => stack.ask('GET', '/api/health-check') },
  };
}

// A suspended process still accepts connections but never answers.
const freeze = (pid) => ({
  begin: async () => process.kill(pid, 'SIGSTOP'),
  end: async () => process.kill(pid, 'SIGCONT'),
});

const readyBecomes = (status) =>
  untilStatus(status, () => stack.ask('GET', '/api/ready').catch((error) => ({ text: error.message })));

describe('outages', () => {
  test('while PostgreSQL is stopped, people who are known mark messages as read', async () => {
    const { ben, group, first } = await newPair(stack);
    const read = () =>
      stack.ask('PUT', `/api/message_groups/${group}/read`, {
        token: ben.token,
        json: { message_uuid: first.uuid },
      });
    assert.equal((await read()).status, 204);
    await stack.local('stop', 'postgres');
    try {
      await sleep(1500); // what the worker knows of the person is older than a second
      for (let i = 0; i < 5; i++) assert.equal((await read()).status, 204);
    } finally {
      await stack.local('start', 'postgres');
    }
    await readyBecomes(200);
    assert.equal((await read()).status, 204);
  });

  test('while PostgreSQL is stopped, routes that need it answer 503; then they recover', async () => {
    const pair = await newPair(stack);
    const { groups, messages, me, short, health } = requestsOf(pair);
    const seen = await duringOutage({
      requests: [groups, messages, me, short, health],
      async begin() {
        await stack.local('stop', 'postgres');
        // ready reports the dependencies, not whether a worker is alive; its answer is kept for a while.
        await readyBecomes(503);
      },
      end: () => stack.local('start', 'postgres'),
    });
    for (const { name } of [groups, messages, me, short])
      assert.deepEqual(statusesOf(seen.away, name), [503], name);
    assert.deepEqual(statusesOf(seen.away, health.name), [200]);
    await readyBecomes(200);
  });

  test('while DynamoDB is stopped, routes that need it answer 503; no data is lost', async () => {
    const pair = await newPair(stack, 'before the outage');
    const { ann, ben } = pair;
    const { groups, messages, me, send, short, health } = requestsOf(pair);
    const account = async ({ token }) =>
      assertOk(await stack.ask('GET', '/api/users/me', { token }));
    const before = await account(ben);
    assert.equal(before.unread_messages, 1);
    const seen = await duringOutage({
      requests: [groups, messages, me, send, short, health],
      async begin() {
        await stack.local('stop', 'dynamodb');
        // The account is shown without its number of unread messages.
        assert.deepEqual(await account(ben), { ...before, unread_messages: null });
        // An account that cannot be answered whole is not changed.
        const json = { display_name: 'Nobody', bio: 'Not saved' };
        const { token } = ann;
        const answer = await stack.ask('PUT', '/api/profile/update', { token, json });
        assert.equal(answer.status, 503);
        const stored = `select display_name, bio from users where uuid = '${ann.uuid}'`;
        assert.deepEqual(await stack.sql(stored), [[ann.name, '']]);
      },
      end: () => stack.local('start', 'dynamodb'),
    });
    for (const { name } of [groups, messages, send])
      assert.deepEqual(statusesOf(seen.away, name), [503], name);
    for (const { name } of [me, short, health])
      assert.deepEqual(statusesOf(seen.away, name), [200], name);
    assert.ok((await account(ben)).unread_messages > 0);
    const [first] = await stack.table.messages(pair.group);
    assert.equal(first.message.S, 'before the outage');
    await readyBecomes(200);
  });

  test('a hanging DynamoDB causes quick 503s, not a queue of slow failures', async () => {
    const pair = await newPair(stack);
    const { groups, messages, me, send, short } = requestsOf(pair);
    const seen = await duringOutage({
      requests: [groups, messages, me, send, short],
      ...freeze(stack.dynamodbPid()),
    });
    assert.ok(statusesOf(seen.away, me.name).includes(200), 'the account is shown');
    for (const { name } of [groups, messages, send])
      assert.ok(statusesOf(seen.away, name).includes(503), name);
    assert.deepEqual(statusesOf(seen.away, short.name), [200]);
  });

  // DynamoDB Local can lose the last write before a SIGKILL; it is for tests only.
  const durable = stack.engine() === 'dynoxide' ? test : () => {};
  durable('a DynamoDB that is killed loses no acknowledged message', async () => {
    const pairs = await Promise.all([newPair(stack), newPair(stack), newPair(stack)]);
    const acknowledged = pairs.map(({ first }) => [first.uuid]);
    let stop = false;
    const writers = Promise.all(
      pairs.map(async ({ ann, group }, i) => {
        while (!stop) {
          const answer = await say(stack, ann, { message_group_uuid: group }, 'kept');
          if (answer.status === 200) acknowledged[i].push(answer.body.uuid);
          else await sleep(20);
        }
      }),
    );
    writers.catch(() => {}); // it is awaited below
    const count = () => acknowledged.flat().length;
    try {
      for (let kills = 0; ; kills++) {
        const before = count();
        // supervisor starts it again; on a busy machine that takes long.
        await until('messages are acknowledged', () => count() >= before + 30, { patienceMs: 120_000 });
        if (kills === 3) break;
        process.kill(stack.dynamodbPid(), 'SIGKILL');
      }
    } finally {
      stop = true;
    }
    await writers;
    await readyBecomes(200);
    await sleep(BREAKER_MS); // the circuit breakers of other workers may be open
    for (const [i, { group }] of pairs.entries()) {
      const items = await stack.table.messages(group);
      const stored = items.map(({ message_uuid }) => message_uuid.S);
      const lost = acknowledged[i].filter((uuid) => !stored.includes(uuid));
      assert.deepEqual(lost, []);
    }
  });

  test('a request that waited in the queue for too long is refused and not executed', async () => {
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

  test('while Cognito is stopped, known users are served and new accounts get a 503', async () => {
    const known = await newPerson(stack);
    const account = await newAccount(stack);
    const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
    await stack.local('stop', 'cognito');
    try {
      assertOk(await me(known));
      assertProblem(await me(account), 503, 'unavailable');
      // These workers have not seen the token yet, but the table has the user.
      const token = known.token;
      assertOk(await stack.ask('GET', '/api/message_groups', { token }));
      // An unknown key id means an invalid token, not an outage.
      const parts = known.token.split('.');
      const header = { ...JSON.parse(Buffer.from(parts[0], 'base64url')), kid: 'other' };
      parts[0] = Buffer.from(JSON.stringify(header)).toString('base64url');
      assertProblem(await me({ token: parts.join('.') }), 401, 'token_invalid');
      await readyBecomes(200);
    } finally {
      await stack.local('start', 'cognito');
    }
    assert.equal((await untilStatus(200, () => me(account))).body.handle, account.handle);
  });

  test('a restart of nginx and all dependencies loses no data', async () => {
    const { ann, group, first } = await newPair(stack);
    for (const service of ['nginx', 'postgres', 'dynamodb', 'cognito'])
      await stack.local('restart', service);
    await readyBecomes(200);
    const read = () => stack.ask('GET', `/api/messages/${group}`, { token: ann.token });
    assert.equal((await untilStatus(200, read)).body[0].uuid, first.uuid);
  });
});
