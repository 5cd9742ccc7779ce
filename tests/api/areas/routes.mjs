// routes.mjs - replicas that serve some routes only, behind one edge; replicas that come and go without
// losing a request or a stream.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { againAfterReset, assertOk, assertProblem, Client, sleep } from '../harness/client.mjs';
import { scrape } from '../harness/exposition.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, say } from '../harness/people.mjs';
import { Serving } from '../harness/serving.mjs';
import { freePort } from '../harness/stack.mjs';
import { TABLE } from '../harness/table.mjs';
import { until } from '../harness/until.mjs';

const execute = promisify(execFile);
const SMALL = {
  CRUDDUR_WORKERS: '0-2',
  CRUDDUR_LOG: 'files',
  CRUDDUR_LIVE_BUS: 'postgresql',
  CRUDDUR_RATE_ADDRESS: '0',
  CRUDDUR_RATE_TOKEN: '0',
  CRUDDUR_RATE_PERSON: '0',
};
const addressOf = ({ url }) => new URL(url).host;
const portsOf = ({ url }) => ({ ports: { HTTP: Number(new URL(url).port) } });

const startEdge = (groups, settings = {}) =>
  Serving.start({
    CRUDDUR_EDGE: groups,
    CRUDDUR_LOG: 'files',
    ready: async ({ client }) => assertOk(await client.ask('GET', '/api/health-check')),
    ...settings,
  });

const pool = (serving, ...args) =>
  execute(path.join(serving.bin, 'pool'), args, { env: serving.env });

// The lines of nginx's access log.
const requestsOf = ({ home }) =>
  fs
    .readFileSync(path.join(home, 'log/access.log'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

// The configuration of a replica with other settings is refused, for this reason.
async function refused(replica, settings, pattern) {
  const home = fs.mkdtempSync(path.join(stack.home, 'refused-'));
  fs.mkdirSync(path.join(home, 'run'));
  const env = { ...replica.env, CRUDDUR_ROUTES: '', ...settings };
  const render = execute(path.join(replica.bin, 'render'), [home], { env });
  await assert.rejects(render, ({ stderr }) => pattern.test(stderr), `${pattern}`);
}

describe('replicas that serve some routes', () => {
  const here = ['messages', 'message_create', 'message_group'];
  let chat;
  let rest;
  let edge;
  let people;

  before(async () => {
    people = await newPair(stack);
    const others = [...new Set(TABLE.map(({ program }) => program))].filter(
      (program) => !here.includes(program),
    );
    [chat, rest] = await Promise.all([
      Serving.start({ ...SMALL, CRUDDUR_ROUTES: here.join(), CRUDDUR_TRUSTED_PROXIES: '127.0.0.0/8' }),
      Serving.start({ ...SMALL, CRUDDUR_ROUTES: others.join(' ') }),
    ]);
    edge = await startEdge(`${addressOf(rest)} ${here.join()}=${addressOf(chat)}`);
  });
  after(async () => {
    for (const serving of [edge, chat, rest]) assert.equal(await serving?.stop(), 0);
  });

  test('each has the pools of its routes, and of what tells of itself', async () => {
    const pools = fs.readFileSync(path.join(chat.home, 'etc/pools'), 'utf8');
    const names = [...pools.matchAll(/^(\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(names.sort(), [...here, 'health_check', 'metrics', 'ready'].sort());
    for (const serving of [chat, rest])
      for (const target of ['/api/health-check', '/api/ready'])
        assertOk(await serving.client.ask('GET', target));
    const seen = await scrape(chat.client);
    assert.equal(seen.samples('cruddur_workers_running', { route: 'activities_home' }).length, 0);
  });

  test('a route of others is a 503, so that an edge asks another replica', async () => {
    assertProblem(await chat.client.ask('GET', '/api/activities/home'), 503, 'unavailable');
    assertProblem(await rest.client.ask('GET', `/api/messages/${people.group}`), 503, 'unavailable');
    assertProblem(await chat.client.ask('GET', '/api/nothing'), 404, 'not_found');
    assert.match((await chat.client.ask('GET', '/')).text, /<html/);
  });

  test('the edge sends each request to those that serve its route', async () => {
    const { ann, ben, group } = people;
    const token = { token: ann.token };
    const asked = [
      ['messages', `/api/messages/${group}`],
      ['message_group', `/api/message_groups/${group}`],
      ['message_group_with', `/api/message_groups/@${ben.handle}`],
      ['message_groups', '/api/message_groups'],
      ['activities_home', '/api/activities/home'],
      ['users_me', '/api/users/me'],
    ];
    for (const [, target] of asked) assertOk(await edge.client.ask('GET', target, token));
    assertOk(await say(edge.client, ann, { message_group_uuid: group }, newHandle('text')));
    const seenBy = (serving) =>
      requestsOf(serving)
        .filter(({ path: target }) => asked.some(([, one]) => one === target))
        .map(({ route }) => route);
    const served = asked.map(([route]) => route);
    assert.deepEqual(
      seenBy(chat).filter((route) => !here.includes(route)),
      ['activities_home'], // the request of the test before, to itself
    );
    for (const route of served)
      assert.ok(seenBy(here.includes(route) ? chat : rest).includes(route), route);
    for (const { upstream_status: status } of requestsOf(edge).filter(({ status: s }) => s < 400))
      assert.doesNotMatch(status, /503/);
  });

  test('an event of one replica reaches the streams of another', async () => {
    const { ann, ben, group } = people;
    const stream = await openStream(portsOf(edge), { token: ben.token });
    const text = newHandle('text');
    assertOk(await say(edge.client, ann, { message_group_uuid: group }, text));
    await stream.first('message', ({ message }) => message === text);
    stream.close();
  });

  test('an unknown program, a program twice, and routes without a bus are refused', async () => {
    await refused(chat, { CRUDDUR_ROUTES: 'messages,mesages' }, /CRUDDUR_ROUTES names mesages/);
    await refused(chat, { CRUDDUR_ROUTES: 'messages', CRUDDUR_LIVE_BUS: '' }, /needs CRUDDUR_LIVE_BUS/);
    await refused(chat, { CRUDDUR_EDGE: 'a:1 message=b:1 message=c:1' }, /CRUDDUR_EDGE names message twice/);
    await refused(chat, { CRUDDUR_EDGE: 'message=b:1' }, /a group for all other routes/);
    await refused(chat, { CRUDDUR_EDGE: 'a:1 b:1' }, /two groups for all other routes/);
    await refused(chat, { CRUDDUR_EDGE: 'a:1', CRUDDUR_ROUTES: 'messages' }, /CRUDDUR_ROUTES is for replicas/);
  });
});

describe('replicas that come and go', () => {
  const both = [];
  let edge;
  let people;

  const used = (file = 'run/replicas.conf') => fs.readFileSync(path.join(edge.home, file), 'utf8');

  const isUsed = (replica) => used().includes(addressOf(replica));
  const untilForgotten = (replica) =>
    until(() => `the edge has forgotten it: ${used()}`, () => !isUsed(replica));
  const untilUsed = (replica) => until(() => `the edge uses it again: ${used()}`, () => isUsed(replica));

  // A stream through the edge, of each replica.
  async function streamsOfBoth(person) {
    const streams = [];
    for (const replica of both) {
      const own = await openStream(portsOf(replica), { token: person.token });
      const [{ epoch }] = own.of('hello');
      own.close();
      const found = await until('a stream of this replica', async () => {
        const stream = await openStream(portsOf(edge), { token: person.token });
        if (stream.of('hello')[0].epoch === epoch) return stream;
        stream.close();
        return undefined;
      });
      streams.push(found);
    }
    return streams;
  }

  before(async () => {
    people = await newPair(stack);
    const settings = { ...SMALL, CRUDDUR_TRUSTED_PROXIES: '127.0.0.0/8' };
    both.push(...(await Promise.all([Serving.start(settings), Serving.start(settings)])));
    edge = await startEdge(both.map(addressOf).join());
  });
  after(async () => {
    for (const serving of [edge, ...both]) assert.equal(await serving?.stop(), 0);
  });

  // Connections of their own, because the edge closes idle ones when it reads its replicas again.
  const headers = { Connection: 'close' };

  test('a replica drains, stops and returns: no request is lost, and no stream is cut', async () => {
    const { ann, ben, group } = people;
    const [leaves, stays] = await streamsOfBoth(ben);
    const [first] = both;
    let stop = false;
    let answers = 0;
    const load = Promise.all(
      Array.from({ length: 4 }, async (_, number) => {
        while (!stop) {
          const options = { token: ann.token, headers };
          assertOk(
            number === 0
              ? await say(edge.client, ann, { message_group_uuid: group }, newHandle('text'), { headers })
              : await edge.client.ask('GET', `/api/messages/${group}?limit=1`, options),
          );
          answers++;
        }
      }),
    );
    load.catch(() => {});
    try {
      await pool(first, 'drain');
      assert.match((await pool(first, 'list')).stdout, /^draining$/m);
      await leaves.end();
      assert.deepEqual(leaves.of('bye'), [{ reason: 'closing' }]);
      assertProblem(await first.client.ask('GET', '/api/health-check'), 503, 'unavailable');
      assertOk(await first.client.ask('GET', '/api/activities/home')); // what comes is still served
      await untilForgotten(first);
      await sleep(1000);
      assert.equal(await first.stop(), 0);
      first.client = new Client(Number(new URL(first.url).port));
      first.run();
      await untilUsed(first);
      await sleep(500);
    } finally {
      stop = true;
    }
    await load;
    assert.ok(answers > 50, `${answers}`);
    // The old processes of the edge hold it, and it is told what happens.
    const text = newHandle('text');
    assertOk(await say(edge.client, ann, { message_group_uuid: group }, text, { headers }));
    await stays.first('message', ({ message }) => message === text);
    assert.equal(stays.ended, false);
    stays.close();
  });

  test('a replica that drains no longer is used again', async () => {
    const [, second] = both;
    await pool(second, 'drain', '0');
    await untilForgotten(second);
    await pool(second, 'drain', 'off');
    await untilUsed(second);
    assertOk(await second.client.ask('GET', '/api/health-check'));
    await assert.rejects(pool(second, 'drain', 'soon'), ({ code }) => code === 1);
  });

  test('a replica that stands still is forgotten', async () => {
    const [, second] = both;
    const nginx = second.pid('nginx');
    const workers = fs
      .readFileSync(`/proc/${nginx}/task/${nginx}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    try {
      await untilForgotten(second);
    } finally {
      for (const pid of workers) process.kill(pid, 'SIGCONT');
    }
    await untilUsed(second);
  });

  // Each process of nginx holds a stream when the next one takes over.
  test('of many old processes of the edge, the oldest are ended', async () => {
    const [, second] = both;
    const persons = [people.ann, people.ben, ...Object.values(await newPair(stack)).slice(0, 2)];
    const nginx = edge.pid('nginx');
    const streams = [];
    for (let number = 0; number < 18; number++) {
      streams.push(await openStream(portsOf(edge), { token: persons[number % 4].token }));
      process.kill(nginx, 'SIGHUP');
      await sleep(500);
    }
    assert.ok(streams.every(({ ended }) => !ended));
    fs.writeFileSync(path.join(second.home, 'run/draining'), '');
    await untilForgotten(second);
    await streams[0].end();
    assert.ok(streams.slice(-10).every(({ ended }) => !ended));
    await pool(second, 'drain', 'off');
    await untilUsed(second);
    for (const stream of streams) stream.close();
  });

  test('an edge that drains says so to a load balancer, and serves', async () => {
    await pool(edge, 'drain', '0');
    const ask = (target) => againAfterReset(() => edge.client.ask('GET', target));
    assertProblem(await ask('/api/health-check'), 503, 'unavailable');
    assertOk(await ask('/api/activities/home'));
    await pool(edge, 'drain', 'off');
    assertOk(await ask('/api/health-check'));
    assert.equal((await ask('/-/replica')).status, 404);
  });

  test('an edge that stops does not wait for its streams', async () => {
    const other = await startEdge(both.map(addressOf).join());
    const stream = await openStream(portsOf(other), { token: people.ann.token });
    assert.equal(await other.stop(), 0);
    await stream.end();
    assert.deepEqual(other.left(), []);
  });

  test('when no replica answers, the edge keeps those that it knows', async () => {
    const gone = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
    const alone = await startEdge(gone.join(), {
      ready: async ({ client }) => client.ask('GET', '/'),
    });
    await sleep(2500);
    const file = fs.readFileSync(path.join(alone.home, 'run/replicas.conf'), 'utf8');
    for (const one of gone) assert.ok(file.includes(one));
    assert.equal(await alone.stop(), 0);
  });
});
