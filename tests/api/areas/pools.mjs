// pools.mjs - scaling, restarting and killing workers under load loses no request.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { againAfterReset, assertOk, retryWhileBusy, sleep } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { startCommand } from '../harness/operate.mjs';
import { newHandle, newPair, say } from '../harness/people.mjs';
import { Serving } from '../harness/serving.mjs';
import { TABLE } from '../harness/table.mjs';
import { until } from '../harness/until.mjs';

// Send requests from several clients while `work` runs. Every answer must be a 200, or a 503 if
// mayBeBusy. Returns the number of answers.
async function underLoad(send, work, { clients = 4, mayBeBusy = false } = {}) {
  let stop = false;
  let answers = 0;
  const loops = Array.from({ length: clients }, async () => {
    while (!stop) {
      const answer = await send();
      answers++;
      if (mayBeBusy && answer.status === 503) await sleep(20);
      else assertOk(answer);
    }
  });
  const load = Promise.all(loops);
  load.catch(() => {}); // it is awaited below
  try {
    await work();
    await sleep(100);
  } finally {
    stop = true;
  }
  await load;
  return answers;
}

describe('pools', () => {
  test('list shows every program with the number of its workers', async () => {
    const list = await stack.pool('list');
    for (const program of stack.programs()) {
      const line = list.split('\n').find((text) => text.split(/\s+/).includes(program));
      assert.ok(line, `${program} in ${list}`);
      assert.ok(line.split(/\s+/).includes(String(stack.workers(program).length)), line);
    }
  });

  test('wrong arguments are refused with a message and an exit status', async () => {
    for (const args of [
      ['scale', 'no_such_route', '2'],
      ['scale', 'messages', 'many'],
      ['scale', 'messages', '0'],
      ['scale', 'messages', '9999'],
      ['restart', 'no_such_route'],
      ['dance'],
      [],
    ])
      await assert.rejects(stack.pool(...args), (error) => error.code > 0 && error.stderr !== '');
  });

  test('scaling up and down loses no request', async () => {
    const { ann, group } = await newPair(stack);
    const getMessages = () => stack.ask('GET', `/api/messages/${group}`, { token: ann.token });
    await underLoad(getMessages, async () => {
      for (const size of [5, 1, 2]) {
        await stack.pool('scale', 'messages', String(size));
        await stack.workersBecome('messages', size);
      }
    });
  });

  test('a rolling restart loses no message and replaces all workers', async () => {
    const { ann, group } = await newPair(stack);
    const old = stack.workers('message_create');
    let sent = 0;
    const answers = await underLoad(
      () => say(stack, ann, { message_group_uuid: group }, `message ${sent++}`),
      async () => {
        await stack.pool('restart', 'message_create');
        await stack.workersBecome('message_create', old.length, old);
      },
      { clients: 2 },
    );
    assert.equal((await stack.table.messages(group)).length, answers + 1);
  });

  test('restarting all pools loses no request', async () => {
    const token = await stack.token('andrewbrown');
    const old = stack.workers();
    const paths = ['/api/users/me', '/api/message_groups', '/api/message_groups/@bayko'];
    let turn = 0;
    await underLoad(
      () => stack.ask('GET', paths[turn++ % paths.length], { token }),
      () => stack.pool('restart'),
      { clients: 3 },
    );
    for (const pid of stack.workers()) assert.ok(!old.includes(pid));
    assert.equal(stack.workers().length, old.length);
  });

  test('a killed worker is replaced, and its request can be sent again with its key', async () => {
    const { ann, ben, group } = await newPair(stack);
    const acknowledged = [];
    let sent = 0;
    const victims = new Set();
    await underLoad(
      async () => {
        // The request of a killed worker is answered with a 503. Its key makes it safe to send it
        // again, whether the message was written or not.
        const key = newHandle('key');
        const text = `message ${sent++}`;
        const answer = await retryWhileBusy(() =>
          say(stack, ann, { message_group_uuid: group }, text, { key }),
        );
        acknowledged.push(assertOk(answer).uuid);
        return answer;
      },
      async () => {
        for (let i = 0; i < 5; i++) {
          const [pid] = stack.workers('message_create').filter((worker) => !victims.has(worker));
          victims.add(pid);
          process.kill(pid, 'SIGKILL');
          await sleep(500);
        }
        await stack.workersBecome('message_create', 3, [...victims]);
      },
      { clients: 2 },
    );
    const stored = (await stack.table.messages(group)).map(({ message_uuid }) => message_uuid.S);
    assert.deepEqual(stored.slice(1).sort(), acknowledged.sort());
    const [shown] = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.token }));
    assert.equal(shown.unread_count, stored.length);
  });

  test('killing a worker that reads fails at most its own request', async () => {
    const token = await stack.token('andrewbrown');
    const workers = stack.workers('message_groups');
    let busy = 0;
    await underLoad(
      async () => {
        const answer = await stack.ask('GET', '/api/message_groups', { token });
        if (answer.status === 503) busy++;
        return answer;
      },
      async () => {
        process.kill(workers[0], 'SIGKILL');
        await stack.workersBecome('message_groups', workers.length, [workers[0]]);
      },
      { clients: 2, mayBeBusy: true },
    );
    assert.ok(busy <= 1, `${busy} answers were 503`);
  });
});

// A product of its own, whose pools adapt. Workers end after a second without need.
describe('pools whose size is a range', () => {
  let serving;

  const envFile = path.join(stack.home, 'pools.env');

  before(async () => {
    fs.writeFileSync(envFile, '# nothing yet\n', { mode: 0o644 });
    serving = await Serving.start({
      CRUDDUR_ENV_FILE: envFile,
      CRUDDUR_LOG: 'files',
      CRUDDUR_WORKERS: '0-1',
      CRUDDUR_WORKERS_ACTIVITIES_HOME: '1-4',
      CRUDDUR_WORKERS_ACTIVITIES_SEARCH: '0-4',
      CRUDDUR_CONNECTIONS: '4',
      CRUDDUR_POOL_IDLE_S: '1',
      CRUDDUR_RATE_ADDRESS: '0',
      CRUDDUR_RATE_CONNECTIONS: '0',
      CRUDDUR_FEED_CACHE: '0',
    });
  });
  after(async () => assert.equal(await serving.stop(), 0));

  const pool = async (...args) => {
    const file = path.join(serving.bin, 'pool');
    const { stdout } = await promisify(execFile)(file, args, { env: serving.env });
    return stdout;
  };
  const log = () => fs.readFileSync(path.join(serving.home, 'log/pool-auto.log'), 'utf8');
  // A worker refuses a request that waited too long for it, which a busy machine may cause.
  async function ask(target) {
    const answer = await until(`${target} is not refused`, async () => {
      const one = await serving.client.ask('GET', target);
      return (one.status !== 503 || one.body?.errors[0] !== 'overloaded') && one;
    });
    return assertOk(answer);
  }

  const becomes = (program, count) =>
    until(`${program} has ${count}`, () => serving.workers(program).length === count);

  // Requests from several clients at once, until `work` has ended.
  async function load(target, work, send = ask) {
    let stop = false;
    const client = async () => {
      while (!stop) await send(target);
    };
    const clients = Promise.all(Array.from({ length: 16 }, client));
    clients.catch(() => {});
    await work().finally(() => {
      stop = true;
    });
    await clients;
  }

  // While `work` runs, PostgreSQL answers questions about cruds only every tenth of a second: requests wait
  // for workers, however seldom this process gets to send them.
  async function whileSlow(work) {
    const lock = startCommand(stack, 'db/connect', [
      '-c',
      'set statement_timeout = 0',
      '-c',
      `do $$ begin
        for turn in 1..600 loop
          lock table activities in access exclusive mode;
          perform pg_sleep(0.1);
          commit;
        end loop;
      end $$`,
    ]);
    await until('the statement runs', async () =>
      (await stack.sql(`select pid from pg_stat_activity
                         where query like 'do %for turn in%' and pid <> pg_backend_pid()`)).length,
    );
    await work().finally(() => process.kill(lock.pid, 'SIGINT')); // psql cancels the statement
    assert.match((await lock.done).stderr, /canceling statement/);
  }
  const grows = () =>
    whileSlow(() => until('it grows', () => serving.workers('activities_home').length > 1));

  // The most workers with connections that ran at once during `work`.
  async function mostWorkers(work) {
    const programs = TABLE.filter(({ needs }) => /^db/.test(needs)).map(({ program }) => program);
    let most = 0;
    let working = true;
    const done = work().finally(() => {
      working = false;
    });
    done.catch(() => {});
    while (working) {
      most = Math.max(most, serving.processes(programs).length);
      await sleep(20);
    }
    await done;
    // A worker that has closed its connection may still be seen.
    assert.ok(most <= 5, `${most} workers`);
    return most;
  }

  test('a pool without workers starts one for a request, and ends it when it is idle', async () => {
    await becomes('users_short', 0);
    await ask('/api/users/@andrewbrown/short');
    assert.equal(serving.workers('users_short').length, 1);
    await becomes('users_short', 0);
    assert.match(log(), /"users_short 0 -> 1: a request waits and no worker runs"/);
    assert.match(log(), /"users_short 1 -> 0: at most 0 workers were busy for 1 s"/);
    assert.match(await pool('list'), /^users_short +0-1 +0 +0 +0$/m);
  });

  test('many first requests of an idle pool are all answered', async () => {
    await becomes('activities_search', 0);
    await Promise.all(Array.from({ length: 20 }, () => ask('/api/activities/search?term=a')));
  });

  test('a pool grows while requests wait, tells the reason, and shrinks again', async () => {
    await becomes('activities_home', 1);
    await load('/api/activities/home', grows);
    assert.match(log(), /"activities_home 1 -> 2: requests wait and all 1 workers are busy"/);
    await becomes('activities_home', 1);
    assert.match(await pool('top'), /^activities_home +1-4 .* -> 1: at most \d workers were busy/m);
  });

  test('all pools together keep to the limit of connections, and every route is answered', async () => {
    const most = await mostWorkers(() =>
      load('/api/activities/home', async () => {
        for (let round = 0; round < 3; round++)
          await Promise.all(
            [
              '/api/users/@andrewbrown/short',
              '/api/activities/search?term=a',
              '/api/activities/@andrewbrown',
              '/api/handles/somebody',
            ].map(ask),
          );
      }),
    );
    assert.ok(most >= 2, `${most} workers`);
    assert.match(log(), /a connection, and CRUDDUR_CONNECTIONS is reached/);
  });

  test('restarts and sizes set by hand keep to the limit of connections, too', async () => {
    const most = await mostWorkers(() =>
      load('/api/activities/home', async () => {
        await grows();
        await pool('scale', 'users_short', '1');
        assert.equal(serving.workers('users_short').length, 1);
        await pool('restart');
        await pool('scale', 'users_short', '0-1');
      }),
    );
    assert.ok(most >= 2, `${most} workers`);
    await assert.rejects(pool('scale', 'users_me', '3'), (error) =>
      /CRUDDUR_CONNECTIONS \(4\) must be more than .* 4$/.test(error.stderr.trim()),
    );
  });

  test('a pool that was scaled by hand keeps its size', async () => {
    await pool('scale', 'users_me', '2');
    await becomes('users_me', 2);
    await pool('scale', 'users_me', '0-1');
    await becomes('users_me', 0);
    for (const size of ['2-1', '0-0', '1-99', '-2', '1-', '0'])
      await assert.rejects(pool('scale', 'users_me', size), (error) => error.code === 1, size);
  });

  test('a rolling restart while pools grow and shrink loses no request', async () => {
    await load('/api/activities/home', async () => {
      await pool('restart');
      await ask('/api/users/@andrewbrown/short');
      await pool('restart');
    });
  });

  test('log level and slow log change while workers run', async () => {
    const home = path.join(serving.home, 'log/activities_home.log');
    const lines = () => fs.readFileSync(home, 'utf8').trim().split('\n').filter(Boolean);
    await becomes('activities_home', 1);
    const [worker] = serving.workers('activities_home');
    const newLine = async () => {
      const before = lines().length;
      await ask('/api/activities/home');
      await until('it is logged', () => lines().length > before);
      return JSON.parse(lines().at(-1));
    };
    await pool('set', 'slow-ms', '0');
    assert.deepEqual((({ level, code }) => ({ level, code }))(await newLine()), {
      level: 'warn',
      code: 'slow',
    });
    await pool('set', 'slow-ms', 'default');
    await pool('set', 'log-level', 'debug');
    assert.equal((await newLine()).level, 'debug');
    assert.equal(await pool('set'), 'log-level debug\nslow-ms default\n');
    await pool('set', 'log-level', 'default');
    assert.ok(serving.workers('activities_home').includes(worker));
    for (const wrong of [
      ['log-level', 'loud'],
      ['slow-ms', '-1'],
      ['colour', 'red'],
    ])
      await assert.rejects(pool('set', ...wrong), (error) => error.code === 1, wrong.join(' '));
  });

  test('maintenance answers 503 with Retry-After, except health checks and metrics', async () => {
    const get = (target) => againAfterReset(() => serving.client.ask('GET', target));
    const statusOf = async (target) => (await get(target)).status;
    await pool('maintenance', 'on', '77');
    await until('it is on', async () => (await statusOf('/api/activities/home')) === 503);
    const api = await get('/api/activities/home');
    assert.equal(api.headers['retry-after'], '77');
    assert.match(api.headers['content-type'], /^application\/problem\+json/);
    assert.deepEqual(api.body.errors, ['unavailable']);
    for (const target of ['/', '/messages', '/api', '/assets/x.js'])
      assert.equal(await statusOf(target), 503, target);
    const page = await get('/messages');
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.equal(page.headers['retry-after'], '77');
    assert.match(page.text, /under maintenance/);
    for (const target of ['/api/health-check', '/api/ready', '/metrics'])
      assert.equal(await statusOf(target), 200, target);
    assert.match(await pool('list'), /^maintenance: on$/m);
    await pool('maintenance', 'off');
    await until('it is off', async () => (await statusOf('/')) !== 503);
    assertOk(await get('/api/activities/home'));
    assert.doesNotMatch(await pool('list'), /maintenance/);
    await assert.rejects(pool('maintenance', 'maybe'), (error) => error.code === 1);
  });

  test('a reload applies a changed configuration and loses no request', async () => {
    const old = serving.workers('activities_home');
    const removesItself = async () =>
      /registration\.unregister\(\)/.test((await serving.client.ask('GET', '/service-worker.js')).text);
    assert.equal(await removesItself(), false);
    fs.appendFileSync(
      envFile,
      'CRUDDUR_WORKERS_USERS_ME="1-3"\nCRUDDUR_SLOW_MS=77\nCRUDDUR_SERVICE_WORKER=0\n',
    );
    const askAgain = (target) => againAfterReset(() => ask(target));
    await load('/api/activities/home', () => pool('reload'), askAgain);
    assert.match(await pool('list'), /^users_me +1-3 +1 /m);
    assert.equal(await removesItself(), true);
    const workers = serving.processes(['activities_home']);
    assert.ok(workers.length > 0);
    for (const { pid, environment } of workers) {
      assert.ok(!old.includes(pid));
      assert.ok(environment.split('\0').includes('CRUDDUR_SLOW_MS=77'));
    }
  });

  test('a reload with an invalid configuration changes nothing, and names the problem', async () => {
    const [worker] = serving.workers('activities_home');
    fs.appendFileSync(envFile, 'CRUDDUR_RATE_ADDRESS=many\n');
    await assert.rejects(pool('reload'), (error) => /CRUDDUR_RATE_ADDRESS/.test(error.stderr));
    const tls = 'CRUDDUR_TLS_CERTIFICATE=/no\nCRUDDUR_TLS_KEY=/no\n';
    fs.appendFileSync(envFile, `CRUDDUR_RATE_ADDRESS=0\n${tls}`);
    const named = (error) => /nothing was changed: .*\/no/.test(error.stderr);
    await assert.rejects(pool('reload'), named);
    assert.doesNotMatch(fs.readFileSync(path.join(serving.home, 'etc/listen.conf'), 'utf8'), /ssl/);
    assert.ok(serving.workers('activities_home').includes(worker));
    await ask('/api/activities/home');
  });

  test('killing the controller loses no request, and its successor continues', async () => {
    const killed = serving.workers('cruddur-pools', 'auto');
    assert.equal(killed.length, 1);
    await load('/api/activities/home', async () => {
      process.kill(killed[0], 'SIGKILL');
      await ask('/api/activities/search?term=a');
      await until('it runs again', () =>
        serving.workers('cruddur-pools', 'auto').some((pid) => pid !== killed[0]),
      );
    });
    await becomes('activities_search', 0);
    await ask('/api/activities/search?term=a');
  });
});
