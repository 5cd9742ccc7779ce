// units.mjs - systemd instead of supervisor: the units are valid and hardened, and a systemd that
// is booted in separate namespaces serves requests with them.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { againAfterReset, assertOk, Client, untilStatus } from '../../api/harness/client.mjs';
import { constant } from '../../api/harness/local.mjs';
import { newHandle } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { freePort, ROOT, servedDatabase } from '../../api/harness/stack.mjs';
import { retry, until } from '../../api/harness/until.mjs';
import { programEnvironment } from '../harness/worker.mjs';

const BOOT = fileURLToPath(new URL('../harness/boot', import.meta.url));
const installed = path.join(stack.home, 'app/lib/systemd/system');
const routes = fs
  .readFileSync(path.join(ROOT, 'nginx/routes'), 'utf8')
  .split('\n')
  .map((line) => /^([a-z_]+)\s+[0-9-]+$/.exec(line))
  .filter(Boolean)
  .map(([, program]) => program);
// The sizes of the pools that are not 1.
const SIZES = { messages: '2', activities_home: '3', handle_check: '0-4', activities_search: '1-4' };

describe('units', () => {
  test('each program has a socket and a service template', () => {
    const names = fs.readdirSync(installed);
    for (const program of routes) {
      assert.ok(names.includes(`cruddur-${program}.socket`), program);
      assert.ok(names.includes(`cruddur-${program}@.service`), program);
    }
    assert.equal(names.filter((name) => name.endsWith('.socket')).length, routes.length);
  });

  test('systemd-analyze verify finds no problems', () => {
    const workers = routes.map((program) => `cruddur-${program}@1.service`);
    const rest = fs.readdirSync(installed).filter((name) => !name.includes('@'));
    const output = execFileSync('systemd-analyze', ['verify', ...rest, ...workers], {
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${installed}:` },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(output, '');
  });

  // The exposure level of systemd-analyze security, in tenths: 100 is a service without hardening.
  for (const [unit, most] of [
    ['cruddur-messages@.service', 15],
    ['cruddur-jobs.service', 15],
    ['cruddur-backup.service', 15],
    ['cruddur-drill.service', 15],
    ['cruddur-nginx.service', 20],
  ])
    test(`${unit} has an exposure level of at most ${most / 10} of 10`, () => {
      const args = [
        'security',
        '--offline=true',
        `--threshold=${most}`,
        path.join(installed, unit),
      ];
      execFileSync('systemd-analyze', args, { stdio: 'pipe' });
    });
});

// Namespaces require root.
if (os.userInfo().uid === 0)
  describe('systemd', () => {
    const folder = path.join(stack.home, 'units');
    let boot;
    let pid;
    let client;

    const inside = async (...command) => {
      const args = ['-t', pid, '-m', '-p', '-C', '-i', '-u', ...command];
      const { stdout } = await promisify(execFile)('nsenter', args);
      return stdout;
    };
    const pool = (...args) =>
      inside('env', 'CRUDDUR_HOME=/var/lib/cruddur', '/opt/cruddur/bin/pool', ...args);
    const workers = async (program) =>
      (await inside('pgrep', '-f', `^/opt/cruddur/fcgi/${program}$`)).trim().split('\n');

    const untilReady = () =>
      retry('it is ready', async () => {
        assertOk(await client.ask('GET', '/api/ready'));
        await pool('list');
      });

    before(async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const settings = {
        ...programEnvironment(stack),
        OWNER_CONNECTION_URL: 'postgresql://owner@127.0.0.1/cruddur',
        FRONTEND_URL: url,
        BACKEND_URL: url,
        CRUDDUR_HTTP_PORT: port,
        CRUDDUR_WORKERS: '1',
        CRUDDUR_CONNECTIONS: '90',
        CRUDDUR_POOL_IDLE_S: '1',
        CRUDDUR_RATE_ADDRESS: 0,
        CRUDDUR_RATE_CONNECTIONS: 0,
        CRUDDUR_FEED_CACHE: 0,
      };
      for (const [program, size] of Object.entries(SIZES))
        settings[`CRUDDUR_WORKERS_${program.toUpperCase()}`] = size;
      delete settings.PATH;
      delete settings.CRUDDUR_METRICS_DIR; // the units set their own
      fs.mkdirSync(folder);
      fs.writeFileSync(
        path.join(folder, 'environment'),
        Object.entries(settings)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      );
      const units = path.join(folder, 'units');
      execFileSync(path.join(ROOT, 'systemd/generate'), [units, '/opt/cruddur']);
      boot = spawn(BOOT, [path.join(stack.home, 'app'), units, path.join(folder, 'environment')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      pid = await new Promise((resolve, reject) => {
        boot.stdout.on('data', (part) => resolve(String(part).trim()));
        boot.on('exit', () => reject(new Error('systemd does not start')));
      });
      process.once('exit', () => boot.exitCode ?? process.kill(pid, 'SIGKILL'));
      client = new Client(port);
      await untilReady();
    });
    after(async () => {
      client.close();
      const ended = new Promise((resolve) => boot.on('exit', resolve));
      process.kill(pid, 'SIGKILL');
      await ended;
    });

    const askAgain = (target) => againAfterReset(() => client.ask('GET', target));

    // Send requests while `work` runs; every answer must be a 200.
    async function underLoad(work) {
      let stop = false;
      let answers = 0;
      const load = Promise.all(
        [1, 2, 3].map(async () => {
          for (; !stop; answers++) assertOk(await askAgain('/api/activities/home'));
        }),
      );
      load.catch(() => {});
      await work().finally(() => {
        stop = true;
      });
      await load;
      assert.ok(answers > 0);
    }

    test('each pool has as many workers as the environment sets', async () => {
      const list = await pool('list');
      for (const program of routes) {
        const size = SIZES[program] ?? '1';
        const least = Number.parseInt(size, 10);
        assert.match(list, new RegExp(`^${program} +${size} +${least} +0 +0$`, 'm'));
        if (least > 0) assert.equal((await workers(program)).length, least);
      }
      assert.equal(await inside('systemctl', '--failed', '--quiet', '--plain'), '');
    });

    test('a worker has only the secrets of its program', async () => {
      const secrets =
        /^(CONNECTION_URL|OWNER_CONNECTION_URL|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY)=/;
      for (const [program, names] of [
        ['health_check', []],
        ['users_short', ['CONNECTION_URL']],
        ['messages', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'CONNECTION_URL']],
      ]) {
        const [worker] = await workers(program);
        const environment = (await inside('cat', `/proc/${worker}/environ`)).split('\0');
        const found = environment.map((line) => secrets.exec(line)?.[1]).filter(Boolean);
        assert.deepEqual(found.sort(), names, program);
      }
    });

    test('a worker has no privileges and cannot write outside its own folders', async () => {
      const [worker] = await workers('messages');
      const status = await inside('cat', `/proc/${worker}/status`);
      for (const line of [/CapEff:\t0+$/m, /CapBnd:\t0+$/m, /NoNewPrivs:\t1/, /Seccomp:\t2/])
        assert.match(status, line);
      const asWorker = ['nsenter', '-t', worker, '-m', '--'];
      await assert.rejects(inside(...asWorker, 'touch', '/opt/cruddur/fcgi/new'));
      await assert.rejects(inside(...asWorker, 'touch', '/var/lib/cruddur/etc/new'));
      assert.equal(await inside(...asWorker, 'cat', '/etc/cruddur/cruddur.env'), '');
      assert.match(await inside('stat', '-c', '%A %U', '/run/cruddur/messages.sock'), /^srw-{7} c/);
    });

    test('scaling and a rolling restart lose no request', async () => {
      const old = await workers('activities_home');
      await underLoad(async () => {
        await pool('restart', 'activities_home');
        await pool('scale', 'activities_home', String(old.length + 2));
        await pool('scale', 'activities_home', '1');
      });
      const [left, ...more] = await workers('activities_home');
      assert.ok(!old.includes(left));
      assert.deepEqual(more, []);
    });

    const append = (text) =>
      inside('sh', '-c', `printf '%s\\n' "$@" >>/etc/cruddur/cruddur.env`, 'append', ...text);

    test('a reload applies a changed environment and loses no request', async () => {
      const old = await workers('activities_home');
      await append(['CRUDDUR_WORKERS_USERS_ME=2', 'CRUDDUR_SLOW_MS=77']);
      await underLoad(() => pool('reload'));
      assert.match(await pool('list'), /^users_me +2 +2 /m);
      const now = await workers('activities_home');
      assert.ok(!now.some((worker) => old.includes(worker)));
      const environment = await inside('cat', `/proc/${now[0]}/environ`);
      assert.ok(environment.split('\0').includes('CRUDDUR_SLOW_MS=77'));
    });

    test('a reload with an invalid environment changes nothing, and names the problem', async () => {
      const old = await workers('users_me');
      const before = await inside('cat', '/var/lib/cruddur/etc/nginx.conf');
      const environment = await inside('cat', '/etc/cruddur/cruddur.env');
      await append(['CRUDDUR_RATE_ADDRESS=many']);
      await assert.rejects(pool('reload'), /nothing was changed: .*CRUDDUR_RATE_ADDRESS/);
      await append(['CRUDDUR_RATE_ADDRESS=0', 'CRUDDUR_TLS_CERTIFICATE=/no', 'CRUDDUR_TLS_KEY=/no']);
      await assert.rejects(pool('reload'), /nothing was changed: .*\/no/);
      await inside('sh', '-c', 'printf %s "$0" >/etc/cruddur/cruddur.env', environment);
      assert.equal(await inside('cat', '/var/lib/cruddur/etc/nginx.conf'), before);
      assert.deepEqual(await workers('users_me'), old);
      await underLoad(() => pool('list'));
    });

    // nginx has a new configuration a little later.
    const untilHomeIs = (status) => untilStatus(status, () => askAgain('/api/activities/home'));

    test('maintenance answers 503 until it ends', async () => {
      await pool('maintenance', 'on', '60');
      await untilHomeIs(503);
      await pool('maintenance', 'off');
      await untilHomeIs(200);
    });

    test('a pool without workers starts one for a request, which ends when it is idle', async () => {
      let log;
      const told = (step) =>
        until(() => `handle_check ${step} in ${log}`, async () => {
          log = await inside('journalctl', '-qo', 'cat', '-u', 'cruddur-pools.service');
          return log.includes(`handle_check ${step}`);
        });
      assertOk(await client.ask('GET', '/api/handles/somebody'));
      await told('0 -> 1: a request waits and no worker runs');
      await told('1 -> 0: at most 0 workers were busy for 1 s');
      assertOk(await client.ask('GET', '/api/handles/somebody'));
    });

    test('a pool grows while requests wait', async () => {
      let stop = false;
      const search = async () => {
        while (!stop) assertOk(await client.ask('GET', '/api/activities/search?term=crud'));
      };
      const load = Promise.all(Array.from({ length: 16 }, search));
      load.catch(() => {});
      await until('a second worker runs', async () => (await workers('activities_search')).length >= 2);
      stop = true;
      await load;
    });

    test('a killed worker is replaced', async () => {
      const [worker] = await workers('users_me');
      await inside('kill', '-KILL', worker);
      await until('a new worker runs', async () => {
        const now = await workers('users_me').catch(() => [worker]);
        return now.length === 1 && now[0] !== worker;
      });
    });

    test('requests are logged in the journal', async () => {
      const { headers } = await client.ask('GET', '/api/activities/home');
      const id = headers['x-request-id'];
      const line = await until(`${id} is logged`, async () => {
        const lines = await inside('journalctl', '-qo', 'cat', '-t', 'cruddur_access', '-n', '20');
        return lines.split('\n').find((one) => one.includes(id));
      });
      assert.equal(JSON.parse(line).route, 'activities_home');
    });

    test('the jobs run, and their timer is active', async () => {
      const crud = '00000000-0000-4000-8000-00000000000a';
      await stack.sql(
        `insert into activities (uuid, user_uuid, message, expires_at)
         select '${crud}', uuid, 'gone', now() - interval '1 s' from users limit 1`,
      );
      // The timer may have started them at the same time.
      await until('the crud is purged', async () => {
        await inside('systemctl', 'start', 'cruddur-jobs.service');
        return (await stack.sql(`select 1 from activities where uuid = '${crud}'`)).length === 0;
      });
      assert.match(
        await inside('systemctl', 'list-timers', '--no-legend'),
        /cruddur-jobs/,
      );
    });

    test('both stores are backed up, and the drill restores the backups, with few rights', async () => {
      const role = newHandle('backup');
      const password = constant('local_password');
      await stack.sql(`create role ${role} login createdb password '${password}' in role pg_read_all_data`);
      const owner = servedDatabase(stack.ports.POSTGRES, 'cruddur', role);
      const script = 'umask 077; printf "%s\\n" "$@" >/etc/cruddur/backup.env';
      await inside('sh', '-c', script, 'write', 'BACKUP_OF=', `OWNER_CONNECTION_URL=${owner}`);
      const said = async (unit) => {
        await inside('systemctl', 'start', `cruddur-${unit}.service`);
        return inside('journalctl', '-qo', 'cat', '-u', `cruddur-${unit}.service`);
      };
      await assert.rejects(said('drill'), 'there is no backup yet');
      const backup = await said('backup');
      assert.match(backup, /^cruddur-messages: \d+ items, \d+ bytes in \/var\/lib\/cruddur\/data\/backups\//m);
      assert.match(backup, /^cruddur: \d+ bytes in \/var\/lib\/cruddur\/data\/backups\//m);
      const listed = await inside('ls', '-l', '/var/lib/cruddur/data/backups');
      assert.equal(listed.match(/^-rw------- 1 cruddur cruddur /gm)?.length, 2, listed);
      assert.match(await said('drill'), /^The backups are fine\.$/m);
      for (const timer of ['cruddur-backup.timer', 'cruddur-drill.timer'])
        await inside('systemctl', 'start', timer);
      const timers = await inside('systemctl', 'list-timers', '--no-legend');
      assert.match(timers, /cruddur-backup\.timer/);
      assert.match(timers, /cruddur-drill\.timer/);
      assert.deepEqual(await stack.sql("select 1 from pg_database where datname like 'drill%'"), []);
      await stack.sql(`drop role ${role}`);
    });

    test('refused requests are counted, also when their file is replaced', async () => {
      const refused = async () => {
        const text = (await client.ask('GET', '/metrics')).text;
        const line = /^cruddur_nginx_refused_total\{route="static",status="404"\} (\d+)$/m;
        return Number(line.exec(text)?.[1] ?? 0);
      };
      const before = await refused();
      assert.equal((await client.ask('GET', '/x.php')).status, 404);
      assert.equal(await refused(), before + 1);
      await inside('truncate', '-s', '+21M', '/var/lib/cruddur/log/refused');
      await inside('systemctl', 'start', 'cruddur-rotate-logs.service');
      // nginx has the new file a little later.
      await until('there is a new file', async () =>
        (await inside('ls', '/var/lib/cruddur/log')).split('\n').includes('refused'),
      );
      assert.equal((await client.ask('GET', '/x.php')).status, 404);
      assert.equal(await refused(), before + 2);
      assert.match(
        await inside('systemctl', 'list-timers', '--no-legend'),
        /cruddur-rotate-logs/,
      );
    });

    test('the target stops and starts again', async () => {
      await inside('systemctl', 'stop', 'cruddur.target');
      const left = () => inside('pgrep', '-f', '^/opt/cruddur/fcgi/|^nginx: ').catch(() => '');
      await until('all processes have ended', async () => (await left()) === '');
      assert.equal(await inside('systemctl', '--failed', '--quiet', '--plain'), '');
      await inside('systemctl', 'start', 'cruddur.target');
      await untilReady();
    });
  });
