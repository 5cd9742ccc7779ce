// pooler.mjs - PgBouncer in transaction mode, with one connection to PostgreSQL for all workers: each
// statement may find the traces of another worker. With CRUDDUR_PREPARE=0 no request notices.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { assertOk, sleep } from '../../api/harness/client.mjs';
import { constant, LOCAL_PASSWORD } from '../../api/harness/local.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { freePort, servedDatabase } from '../../api/harness/stack.mjs';
import { until } from '../../api/harness/until.mjs';
import { newFolder, Server } from '../harness/cluster.mjs';
import { Worker } from '../harness/worker.mjs';

const REQUESTS = 200;
const PER_SECOND = 40;

// A statement that another worker has prepared, or that is unknown on this connection.
const REFUSED = /"problem":"(42P05|26000): /;

async function startPooler(name, settings = {}) {
  const folder = newFolder(stack, name);
  const port = await freePort();
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: path.join(folder, 'users'),
    pool_mode: 'transaction',
    default_pool_size: 1,
    ...settings,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}\n`);
  const role = constant('local_serving_role');
  fs.writeFileSync(all.auth_file, `"${role}" "${LOCAL_PASSWORD}"\n`);
  fs.writeFileSync(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]\ncruddur = host=127.0.0.1 port=${stack.ports.POSTGRES}\n[pgbouncer]\n${lines.join('')}`,
  );
  const pooler = new Server(['pgbouncer', path.join(folder, 'pgbouncer.ini')], {
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
  });
  pooler.url = servedDatabase(port);
  await until(() => `it listens: ${pooler.log}`, () => {
    assert.ok(pooler.alive, pooler.log);
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  });
  return pooler;
}

describe('PgBouncer in transaction mode, with one connection to PostgreSQL', () => {
  let ann;
  let crud;

  before(async () => {
    ann = await newPerson(stack);
    crud = assertOk(
      await stack.ask('POST', '/api/activities', {
        token: ann.token,
        json: { message: 'a pooled #crud', ttl: '1-day' },
      }),
    );
  });

  // Requests of several kinds, each to a worker of its own, so that all share the connection.
  const callsOf = () => {
    const { token } = ann;
    return {
      activities_home: () => ['GET', '/api/activities/home', { token }],
      activities_search: () => ['GET', '/api/activities/search?term=%23crud', { token }],
      activities_user: () => ['GET', `/api/activities/@${ann.handle}`, { token }],
      activities_notifications: () => ['GET', '/api/activities/notifications', { token }],
      activity: () => ['GET', `/api/activities/${crud.uuid}`, { token }],
      activity_like: () => ['PUT', `/api/activities/${crud.uuid}/like`, { token }],
      activity_create: () => [
        'POST',
        '/api/activities',
        {
          token,
          key: newHandle('key'),
          body: JSON.stringify({ message: 'pooled #crud', ttl: '1-hour' }),
        },
      ],
      users_me: () => ['GET', '/api/users/me', { token }],
      users_short: () => ['GET', `/api/users/@${ann.handle}/short`, { token }],
      ready: () => ['GET', '/api/ready'],
    };
  };

  // Send requests through `pooler`, PER_SECOND in each second; returns the answers and the logs. send: how
  // one request is sent.
  async function load(pooler, env, send) {
    const calls = Object.entries(callsOf());
    const workers = await Promise.all(
      calls.map(([program]) =>
        Worker.start(stack, program, { env: { CONNECTION_URL: pooler.url, ...env } }),
      ),
    );
    const asked = [];
    for (let i = 0; i < REQUESTS; i++) {
      const worker = i % workers.length;
      asked.push(send(workers[worker], calls[worker][1]()));
      await sleep(1000 / PER_SECOND);
    }
    const answers = await Promise.all(asked);
    const log = workers.map((worker) => worker.log).join('');
    for (const worker of workers) await worker.stop();
    return { answers, log };
  }

  const count = (answers) => {
    const counts = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  test('CRUDDUR_PREPARE=0: every request succeeds', async () => {
    const pooler = await startPooler('pooler');
    // On a busy machine a connection or a statement may take too long, which is a 503, too.
    const { answers, log } = await load(pooler, { CRUDDUR_PREPARE: '0' }, (worker, call) =>
      worker.askUntilServed(...call),
    );
    assert.deepEqual(count(answers), { 200: REQUESTS }, log);
    assert.doesNotMatch(log, /"problem":"(?!57014)[0-9A-Z]{5}: /);
    await pooler.stop();
  });

  test('the role has the timeout that a worker cannot pass on', async () => {
    const pooler = await startPooler('pooler-role');
    const args = ['-XAtc', 'show statement_timeout', pooler.url];
    const { stdout } = await promisify(execFile)('psql', args);
    assert.equal(stdout, '1500ms\n');
    await pooler.stop();
  });

  test('with prepared statements a request is refused, with the reason, but never a 500', async () => {
    const pooler = await startPooler('pooler-prepared', { ignore_startup_parameters: 'options' });
    const { answers, log } = await load(pooler, {}, (worker, call) => worker.ask(...call));
    const { 200: _, 503: refused, ...others } = count(answers);
    assert.deepEqual(others, {}, log);
    assert.ok(refused > 0);
    assert.match(log, REFUSED);
    await pooler.stop();
  });
});
