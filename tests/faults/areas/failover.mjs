// failover.mjs - PostgreSQL fails over: a name that leads to a standby, a server that turns
// read-only, a promotion, several hosts in CONNECTION_URL. While no server writes, answers are 503
// and /api/ready says so; afterwards the same workers continue.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, untilStatus } from '../../api/harness/client.mjs';
import { listen } from '../../api/harness/listen.mjs';
import { LOCAL_PASSWORD } from '../../api/harness/local.mjs';
import { assertDone, runCommand } from '../../api/harness/operate.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { freePort, servedDatabase } from '../../api/harness/stack.mjs';
import { startTcpProxy } from '../../api/harness/tcp-proxy.mjs';
import { Cluster } from '../harness/cluster.mjs';
import { Worker } from '../harness/worker.mjs';

let ann;
let primary;
let standby;
let name; // leads to one of them, like a DNS name

// A connection URL that names the ports in this order.
const urlOf = (ports, parameters = '') =>
  `postgresql://cruddur:${LOCAL_PASSWORD}@${ports.map((port) => `127.0.0.1:${port}`)}/cruddur${parameters}`;

const start = (program, CONNECTION_URL) =>
  Worker.start(stack, program, { env: { CONNECTION_URL } });
const creating = (message, key = newHandle('key')) => [
  'POST',
  '/api/activities',
  { token: ann.token, key, body: JSON.stringify({ message, ttl: '1-hour' }) },
];
const READY = ['GET', '/api/ready'];

const countOf = async (server, message) => {
  const [count] = await server.sql(`select count(*) from activities where message = '${message}'`);
  return Number(count);
};

async function assertNotReady(ready) {
  // The program keeps its last result for a moment.
  const answer = await untilStatus(503, () => ready.ask(...READY));
  assertProblem(answer, 503, 'unavailable');
  assert.equal(answer.body.dependencies.postgresql.up, false);
  assert.equal(answer.body.dependencies.dynamodb.up, true);
}

describe('failover', () => {
  let writer;
  let reader;
  let ready;

  before(async () => {
    ann = await newPerson(stack);
    primary = await Cluster.copyOf(stack, stack.databaseUrl(), 'failover-primary');
    standby = await Cluster.copyOf(stack, primary.url, 'failover-standby', { standby: true });
    const port = await freePort();
    name = await startTcpProxy(port, primary.port);
    const url = servedDatabase(port);
    writer = await start('activity_create', url);
    reader = await start('users_me', url);
    ready = await start('ready', url);
  });

  after(async () => {
    for (const worker of [writer, reader, ready])
      assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
    name.close();
    await standby.stop();
    await primary.stop();
  });

  afterEach(() => {
    name.to = primary.port;
  });

  const reading = () => ['GET', '/api/users/me', { token: ann.token }];

  // All programs work on the server that `name` leads to now.
  async function assertServing(server) {
    const message = newHandle('served');
    assertOk(await writer.askUntilServed(...creating(message)));
    assert.equal(await countOf(server, message), 1);
    assertOk(await reader.askUntilServed(...reading()));
    assert.equal((await ready.askUntilServed(...READY)).status, 200);
  }

  test('while the name leads to a standby, all answers are 503; afterwards it writes again', async () => {
    await assertServing(primary);
    name.to = standby.port;
    name.cut();
    const message = newHandle('stale');
    const key = newHandle('key');
    for (let i = 0; i < 5; i++) {
      assertProblem(await writer.ask(...creating(message, key)), 503, 'unavailable');
      assertProblem(await reader.ask(...reading()), 503, 'unavailable');
    }
    assert.match(writer.log, /session is read-only/);
    await assertNotReady(ready);
    name.to = primary.port; // the connections to the standby are not cut
    assertOk(await writer.askUntilServed(...creating(message, key)));
    assert.equal(await countOf(primary, message), 1);
    await assertServing(primary);
  });

  test('a server that turns read-only under open connections is given up', async () => {
    await assertServing(primary);
    const readOnly = async (value) => {
      await primary.sql(`alter system set default_transaction_read_only = ${value}`);
      await primary.sql('select pg_reload_conf()');
    };
    await readOnly('on');
    try {
      const message = newHandle('demoted');
      // The signal of the reload takes a moment.
      const answer = await untilStatus(503, () => writer.ask(...creating(message)));
      assertProblem(answer, 503, 'unavailable');
      assert.doesNotMatch(writer.log, /"status":500/);
      await assertNotReady(ready);
    } finally {
      await readOnly('off');
    }
    await assertServing(primary);
  });

  test('a promoted standby takes over with everything that was acknowledged', async () => {
    await assertServing(primary);
    const kept = newHandle('kept');
    assertOk(await writer.ask(...creating(kept)));
    await standby.follows(primary);
    await primary.stop('SIGQUIT');
    const message = newHandle('between');
    const key = newHandle('key');
    for (let i = 0; i < 4; i++)
      assertProblem(await writer.ask(...creating(message, key)), 503, 'unavailable');
    name.to = standby.port;
    assertProblem(await writer.ask(...creating(message, key)), 503, 'unavailable');
    await assertNotReady(ready);
    await standby.promote();
    assertOk(await writer.askUntilServed(...creating(message, key)));
    await assertServing(standby);
    for (const text of [kept, message]) assert.equal(await countOf(standby, text), 1, text);
    assert.doesNotMatch(writer.log + reader.log, /"status":500/);
  });
});

describe('several hosts in CONNECTION_URL', () => {
  let worker;
  let silent;

  before(async () => {
    primary = await Cluster.copyOf(stack, stack.databaseUrl(), 'hosts-primary');
    standby = await Cluster.copyOf(stack, primary.url, 'hosts-standby', { standby: true });
    // Accepts connections, and never answers.
    const port = await freePort();
    const server = net.createServer((socket) => socket.on('error', () => {}));
    silent = { port, close: await listen(server, port) };
  });

  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });

  after(async () => {
    silent.close();
    await standby.stop();
    await primary.stop();
  });

  async function assertWrites(target) {
    const message = newHandle('host');
    assertOk(await worker.askUntilServed(...creating(message)));
    assert.equal(await countOf(target, message), 1);
  }

  for (const [what, others] of [
    ['a standby', () => [standby.port]],
    ['a server that is not there', async () => [await freePort()]],
    ['one that never answers', () => [silent.port]],
    ['all of these', async () => [silent.port, standby.port, await freePort()]],
  ])
    test(`the writer is found behind ${what}`, async () => {
      worker = await start('activity_create', urlOf([...(await others()), primary.port]));
      const message = newHandle('host');
      assertOk(await worker.ask(...creating(message)));
      assert.equal(await countOf(primary, message), 1);
    });

  test('the URL may ask for another kind of server', async () => {
    worker = await start('users_me', urlOf([standby.port], '?target_session_attrs=any'));
    assertOk(await worker.ask('GET', '/api/users/me', { token: ann.token }));
  });

  test('every command of bin/db finds the writer', async () => {
    const database = newHandle('db');
    const parameters = '?target_session_attrs=read-write&keepalives_idle=30&sslmode=prefer';
    const settings = {
      CONNECTION_URL: urlOf([standby.port, primary.port], parameters).replace(
        '/cruddur?',
        `/${database}?`,
      ),
    };
    const run = (command, ...args) =>
      assertDone(runCommand(stack, `db/${command}`, args, { settings }));
    await run('create');
    await run('migrate');
    await run('rollback', '--yes');
    await run('schema-load');
    await run('seed');
    assert.match(await run('test'), /^connected to /);
    assert.match(await run('sessions'), /sessions/);
    assert.equal(await run('connect', '-Atc', 'select pg_is_in_recovery()'), 'f\n');
    await run('update_cognito_user_ids');
    await run('purge-expired');
    await run('kill-all', '--yes');
    await run('setup', '--yes');
    await run('drop', '--yes');
  });

  test('after a failover the other host is found, and found again', async () => {
    worker = await start('activity_create', urlOf([primary.port, standby.port]));
    await assertWrites(primary);
    await standby.follows(primary);
    await primary.stop('SIGQUIT');
    assertProblem(await worker.ask(...creating(newHandle('host'))), 503, 'unavailable');
    await standby.promote();
    await assertWrites(standby);
    await assertWrites(standby);
  });
});
