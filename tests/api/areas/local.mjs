// local.mjs - a local run on a machine that others use, in an unusual shell, and after a kill.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { LOCAL_PASSWORD } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, assertFails, runCommand } from '../harness/operate.mjs';
import { freePort, ROOT } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const ROOT_RUNS = os.userInfo().uid === 0;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

const folder = (name) => fs.mkdtempSync(path.join(os.tmpdir(), `cr-${name}-`));

// The settings of a home with ports of its own.
async function settingsOf(home) {
  const settings = { CRUDDUR_HOME: home, CRUDDUR_EPHEMERAL: '1' };
  for (const name of Object.keys(stack.ports))
    settings[`CRUDDUR_${name}_PORT`] = String(await freePort());
  return settings;
}

describe('another user of the machine', { skip: !ROOT_RUNS && 'root alone can be another user' }, () => {
  const psql = (user, host, sql) =>
    spawnSync(
      NOBODY[0],
      [...NOBODY.slice(1), 'psql', '-XAtw', '-h', host, '-p', String(stack.ports.POSTGRES)].concat(
        ['-U', user, '-d', 'cruddur', '-c', sql],
      ),
      { encoding: 'utf8', env: { PATH: process.env.PATH, PGPASSWORD: LOCAL_PASSWORD }, cwd: '/' },
    );
  const program = "copy (select 1) to program 'true'";

  test('does not become the superuser of PostgreSQL, by TCP or by the socket', () => {
    for (const host of ['127.0.0.1', fs.realpathSync(path.join(stack.home, 'run'))]) {
      const { status, stderr } = psql('cruddur', host, program);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /pg_hba.conf rejects connection|Permission denied/);
    }
  });

  test('runs no program and reads no file with the role of the workers', async () => {
    assert.equal(psql('cruddur_app', '127.0.0.1', 'select 1').stdout, '1\n');
    for (const sql of [
      program,
      "select pg_read_file('/etc/hosts')",
      "grant pg_execute_server_program to cruddur_app",
      'create role mine superuser',
      'set role cruddur',
    ])
      assert.match(psql('cruddur_app', '127.0.0.1', sql).stderr, /permission denied|must (be|have)/, sql);
    assert.deepEqual(await stack.sql('select rolname from pg_roles where rolsuper'), [['cruddur']]);
  });

  test('can write to nothing of the home, and reaches no socket', () => {
    const find = (...args) =>
      execFileSync('find', [`${fs.realpathSync(stack.home)}/`, ...args], { encoding: 'utf8' });
    assert.equal(find('-perm', '/022', '!', '-type', 'l'), '');
    assert.equal(fs.statSync(path.join(stack.home, 'run')).mode & 0o777, 0o700);
    assert.equal(fs.statSync(path.join(stack.home, 'data')).mode & 0o777, 0o700);
  });
});

describe('pid files', () => {
  const BOOT = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const home = folder('pids');
  const user = ROOT_RUNS ? ['setpriv', '--reuid=cruddur', '--regid=cruddur', '--clear-groups'] : [];
  const children = [];
  // A process of another user or of this home, which is not of this home's run. setpriv becomes it.
  const startSleep = async (as) => {
    const [file, ...args] = [...as, 'sleep', 'infinity'];
    const child = spawn(file, args, { stdio: 'ignore' });
    children.push(child);
    const cmdline = `/proc/${child.pid}/cmdline`;
    await until('it runs', () => fs.readFileSync(cmdline, 'utf8').startsWith('sleep'));
    return child;
  };
  // Field 22 of /proc/PID/stat, counted after the name.
  const startOf = (pid) => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  const write = (name, text) => fs.writeFileSync(path.join(home, name), `${text}\n`);
  const down = async () =>
    assertDone(runCommand(stack, 'local', ['down'], { settings: { CRUDDUR_HOME: home } }));

  before(() => {
    fs.chmodSync(home, 0o755);
    for (const name of ['run/started', 'data/postgres', 'etc'])
      fs.mkdirSync(path.join(home, name), { recursive: true });
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    fs.rmSync(home, { recursive: true });
  });

  test('that name a process of something else stop nothing', async () => {
    const other = await startSleep(user);
    write('run/nginx.pid', other.pid);
    write('run/supervisord.pid', other.pid);
    write('data/postgres/postmaster.pid', other.pid);
    const began = startOf(other.pid);
    for (const record of [
      other.pid, // no start time
      `${other.pid} ${began}`, // no boot
      `${other.pid} ${Number(began) - 1} ${BOOT}`,
      `${other.pid} ${began} ${BOOT.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}`,
      `-1 ${began} ${BOOT}`,
    ])
      for (const name of ['nginx', 'postgres', 'supervisord']) {
        write(`run/started/${name}`, record);
        assert.equal(await down(), `nothing runs in ${home}\n`, String(record));
        assert.equal(startOf(other.pid), began);
      }
  });

  test('of another user stop nothing', { skip: !ROOT_RUNS }, async () => {
    const other = await startSleep(NOBODY);
    const record = `${other.pid} ${startOf(other.pid)} ${BOOT}`;
    for (const name of ['nginx', 'postgres', 'supervisord']) write(`run/started/${name}`, record);
    assert.equal(await down(), `nothing runs in ${home}\n`);
    assert.equal(other.exitCode ?? other.signalCode, null);
  });

  test('of this home stop their process', async () => {
    const own = await startSleep(user);
    const ended = once(own, 'exit');
    fs.rmSync(path.join(home, 'run/started'), { recursive: true });
    fs.mkdirSync(path.join(home, 'run/started'));
    write('run/started/nginx', `${own.pid} ${startOf(own.pid)} ${BOOT}`);
    assert.match(await down(), /stopped/);
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });
});

// Each case is refused with one line that says what to do.
describe('a start is refused', () => {
  const listeners = [];
  const listen = async (host) => {
    const server = net.createServer().listen(0, host);
    await once(server, 'listening');
    listeners.push(server);
    return String(server.address().port);
  };
  after(() => listeners.forEach((server) => server.close()));

  for (const [what, change, message] of [
    [
      'with an address beyond loopback',
      () => ({ CRUDDUR_HTTP_ADDRESS: '0.0.0.0' }),
      /unset CRUDDUR_HTTP_ADDRESS/,
    ],
    [
      'with a home that has a space',
      (home) => ({ CRUDDUR_HOME: `${home}/my home` }),
      /set CRUDDUR_HOME to a plain one/,
    ],
    [
      'when a port is taken',
      async () => ({ CRUDDUR_COGNITO_PORT: await listen('127.0.0.1') }),
      /port \d+ is in use; set CRUDDUR_COGNITO_PORT/,
    ],
    [
      'when a port is taken for IPv4 and IPv6',
      async () => ({ CRUDDUR_DYNAMODB_PORT: await listen('::') }),
      /port \d+ is in use; set CRUDDUR_DYNAMODB_PORT/,
    ],
    [
      'with a port that is not a number',
      () => ({ CRUDDUR_HTTP_PORT: 'http' }),
      /CRUDDUR_HTTP_PORT is not a port: http/,
    ],
  ])
    test(what, async () => {
      const home = folder('refused');
      const settings = { ...(await settingsOf(home)), ...(await change(home)) };
      await assertFails(runCommand(stack, 'local', ['up'], { settings }), message);
      fs.rmSync(home, { recursive: true });
    });
});

describe('the build', () => {
  // The commands of make's recipes, but no compiler.
  test('without a compiler says in one line what to install', () => {
    const bin = folder('commands');
    const names = 'awk bash cat cmp find flock git make mkdir nproc sed sh'.split(' ');
    for (const name of names) {
      const file = execFileSync('which', [name], { encoding: 'utf8' }).trim();
      fs.symlinkSync(file, path.join(bin, name));
    }
    const env = { PATH: bin, LANG: 'C', HOME: os.tmpdir() };
    for (const target of ['build', 'units']) {
      const options = { cwd: ROOT, env, encoding: 'utf8' };
      const { status, stdout, stderr } = spawnSync(path.join(bin, 'make'), [target], options);
      assert.equal(status, 2);
      const lines = `${stdout}${stderr}`
        .split('\n')
        .filter((line) => line && !/^make(\[\d\])?: /.test(line));
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0], /^gcc or .* as root run: bin\/install-packages /);
    }
    fs.rmSync(bin, { recursive: true });
  });

  // npm is replaced by a script, as somebody else than root: the tools are then below the checkout.
  test('of tools: a killed installation leaves nothing, and needs no home and no NODE_ENV', async () => {
    const tree = folder('tools');
    const tools = path.join(tree, '.run/tools');
    for (const name of ['bin', 'commands', 'part']) fs.mkdirSync(path.join(tree, name));
    for (const name of ['install-tools', 'npm-ci'])
      fs.copyFileSync(path.join(ROOT, 'bin', name), path.join(tree, 'bin', name));
    for (const name of ['.npmrc', 'part/package.json', 'part/package-lock.json'])
      fs.writeFileSync(path.join(tree, name), '');
    const npm = path.join(tree, 'commands/npm');
    const script = (rest) =>
      fs.writeFileSync(
        npm,
        `#!/bin/sh\nmkdir node_modules\necho "$HOME $NODE_ENV $*" >node_modules/said\n${rest}\n`,
        { mode: 0o755 },
      );
    script('exec sleep infinity');
    const user = ROOT_RUNS ? NOBODY : [];
    if (ROOT_RUNS) execFileSync('chown', ['-R', '65534:65534', tree]);
    const start = () => {
      const [file, ...args] = [...user, path.join(tree, 'bin/install-tools'), 'part'];
      return spawn(file, args, {
        env: {
          PATH: `${tree}/commands:${process.env.PATH}`,
          HOME: '/nonexistent',
          NODE_ENV: 'production',
        },
        stdio: 'inherit',
        detached: true,
      });
    };
    const killed = start();
    const said = () => fs.globSync(`${tools}/.new-*/node_modules/said`).length === 1;
    await until('npm runs', () => fs.existsSync(tools) && said());
    process.kill(-killed.pid, 'SIGKILL');
    await once(killed, 'exit');
    assert.equal(fs.globSync(`${tools}/.new-*`).length, 1);
    script('');
    const [code] = await once(start(), 'exit');
    assert.equal(code, 0);
    assert.deepEqual(fs.globSync(`${tools}/.new-*`), []);
    const text = fs.readFileSync(path.join(tree, 'part/node_modules/said'), 'utf8');
    assert.match(text, new RegExp(`^${fs.realpathSync(tree)}/.run/npm  ci --include=dev `));
    fs.rmSync(tree, { recursive: true });
  });
});

// One home: each start goes on from what the one before it has left. All of them are in a shell that is
// set up for something else.
describe('a first start in an unusual shell', () => {
  const home = folder('first');
  const others = []; // servers on the same ports, of IPv6 only
  const started = path.join(home, 'run/started');
  let env;
  let settings;

  const up = () =>
    spawn(path.join(ROOT, 'bin/local'), ['up'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  const isIn = (file, line) =>
    fs.existsSync(file) && fs.readFileSync(file, 'utf8').split('\n').includes(line);

  before(async () => {
    fs.chmodSync(home, 0o700); // as with umask 077
    settings = {
      ...(await settingsOf(home)),
      http_proxy: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
      NODE_ENV: 'production',
      HOME: '/nonexistent',
      PGHOSTADDR: '127.0.0.2',
      PGPORT: '9',
      PGSSLMODE: 'require',
      PGSERVICE: 'none',
      PGDATA: '/nonexistent',
      PGUSER: 'nobody',
    };
    env = { ...stack.env, ...settings };
    for (const name of Object.keys(stack.ports)) {
      const port = Number(settings[`CRUDDUR_${name}_PORT`]);
      const server = net.createServer().listen({ port, host: '::', ipv6Only: true });
      await once(server, 'listening');
      others.push(server);
    }
  });
  after(async () => {
    for (const server of others) server.close();
    await runCommand(stack, 'local', ['down'], { settings });
    fs.rmSync(home, { recursive: true });
  });

  // The step that begins when it is killed; whether its children are killed, too.
  for (const [step, all] of [
    ['programs', true],
    ['database folders', false],
    ['services', true],
    ['data', true],
    ['ready', false],
  ])
    test(`is killed in the step "${step}"`, async () => {
      const child = up();
      let output = '';
      for (const pipe of [child.stdout, child.stderr])
        pipe.on('data', (part) => (output += part)).unref();
      const ended = once(child, 'exit');
      await until(
        () => `${step} begins: ${output}`,
        () => child.exitCode !== null || isIn(path.join(home, 'up.log'), `--- ${step}`),
        { everyMs: 20, patienceMs: 120_000 },
      );
      assert.equal(child.exitCode, null, output);
      if (step === 'services') await until('supervisord runs', () => fs.existsSync(`${started}/nginx`));
      process.kill(all ? -child.pid : child.pid, 'SIGKILL');
      await ended;
    });

  test('is repaired by the next one', async () => {
    const child = spawn('bash', ['-c', 'umask 077 && exec "$0" up', path.join(ROOT, 'bin/local')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (part) => (output += part));
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    assert.deepEqual(fs.globSync(`${home}/data/*.new`), []);
    const pid = Number(fs.readFileSync(`${started}/supervisord`, 'utf8').split(' ')[0]);
    const config = path.join(home, 'etc/supervisord.conf');
    const running = fs.readdirSync('/proc').filter((name) => {
      try {
        const cmdline = /^\d+$/.test(name) && fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return cmdline && cmdline.includes(`\0${config}\0`);
      } catch {
        return false; // It has exited.
      }
    });
    assert.deepEqual(running, [String(pid)]);
  });

  test('runs: commands need no other variables, and a second start says so', async () => {
    assert.match(await assertDone(runCommand(stack, 'local', ['token', 'bayko'], { settings })), /^eyJ/);
    assert.match(await assertDone(runCommand(stack, 'db/test', [], { settings })), /^connected to cruddur/);
    assert.match(await assertDone(runCommand(stack, 'local', ['up'], { settings })), /already running/);
  });

  test('its data are lost without a question, since they are only those of this home', async () => {
    await assertDone(runCommand(stack, 'db/setup', [], { settings }));
    for (const command of [['ddb/drop', 'cruddur-messages'], ['ddb/schema-load'], ['ddb/seed']])
      await assertDone(runCommand(stack, command[0], command.slice(1), { settings }));
    const file = path.join(home, 'backup');
    await assertDone(runCommand(stack, 'ddb/backup', [file], { settings }));
    await assertDone(runCommand(stack, 'ddb/restore', [file], { settings }));
  });
});

describe('make install', () => {
  // In a copy of the checkout whose path has a space, made under umask 077.
  test('works in a folder with a space; its modes are its own', () => {
    const parent = folder('my checkout');
    const tree = path.join(parent, 'crud dur');
    const app = path.join(parent, 'opt/cruddur');
    const variant = process.env.VARIANT ?? '';
    const built = path.join(ROOT, 'build', variant, 'gen/version');
    const version = fs.readFileSync(built, 'utf8').trim();
    execFileSync(
      'bash',
      [
        '-ec',
        `umask 077
        mkdir "$1"
        cd "$0"
        tar c --exclude=./{frontend/node_modules,node_modules,.run,.git,tests} . | tar x -C "$1"
        cp -P node_modules "$1"
        ln -s "$PWD/frontend/node_modules" "$1/frontend/node_modules"
        chmod -R go= "$1/bin" "$1/nginx" "$1/sql" "$1/docs"
        cd "$1"
        make -s install VERSION="$2" DESTDIR="$3" PREFIX=/opt/cruddur VARIANT="$VARIANT"`,
        ROOT,
        tree,
        version,
        parent,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, VARIANT: variant } },
    );
    const find = (...args) => execFileSync('find', [app, ...args], { encoding: 'utf8' });
    assert.ok(find('-type', 'f').split('\n').length > 100);
    assert.equal(find('!', '-perm', '-444', '!', '-type', 'l'), '', 'everybody may read it');
    assert.equal(find('-type', 'd', '!', '-perm', '755'), '');
    assert.equal(find('-perm', '/022', '!', '-type', 'l'), '', 'nobody else may write to it');
    const commands = ['-path', '*/bin/*/*', '-type', 'f', '!', '-path', '*/templates/*'];
    assert.equal(find(...commands, '!', '-perm', '-111'), '', 'everybody may run it');
    fs.rmSync(parent, { recursive: true });
  });
});
