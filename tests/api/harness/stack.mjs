// stack.mjs - a private stack: bin/local with its own home and ports.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client } from './client.mjs';
import { Table } from './dynamodb.mjs';
import { constant, LOCAL_PASSWORD } from './local.mjs';
import { retry, until } from './until.mjs';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const PORTS = ['HTTP', 'DYNAMODB', 'COGNITO', 'POSTGRES'];

// A database on this machine, for the programs or for another role that has the local password.
export const servedDatabase = (port, name = 'cruddur', role = constant('local_serving_role')) =>
  `postgresql://${role}:${LOCAL_PASSWORD}@127.0.0.1:${port}/${name}`;

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

// The ports that test runs of this machine have taken and may not listen on yet: a file for each, with the
// process id of the run.
const TAKEN = path.join(os.tmpdir(), `cr-ports-${process.getuid()}`);
const mine = [];
process.once('exit', () => mine.forEach((file) => fs.rmSync(file, { force: true })));

// A run that was killed has left its files.
function freeIfLeft(file) {
  try {
    const owner = fs.readFileSync(file, 'utf8');
    if (owner && !fs.existsSync(`/proc/${owner}`)) fs.rmSync(file, { force: true });
  } catch {
    // Its owner has just given it back.
  }
}

function take(port) {
  const file = path.join(TAKEN, String(port));
  try {
    fs.mkdirSync(TAKEN, { recursive: true });
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    freeIfLeft(file);
    return false;
  }
  mine.push(file);
  return true;
}

// A free port below the kernel's ephemeral range, so that no outgoing connection takes it before it
// is used. Nobody else gets it: stacks start beside each other.
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (take(port) && (await isFree(port))) return port;
  }
}

// Tests count and kill workers, so the pools of a stack do not adapt. Areas of pools that do start a
// product of their own.
const CRUDDUR_CONNECTIONS = '90'; // one worker of each program, and some more
const FIXED_SIZES = {
  CRUDDUR_WORKERS: '1',
  CRUDDUR_CONNECTIONS,
  CRUDDUR_WORKERS_ACTIVITIES_HOME: '3',
  CRUDDUR_WORKERS_ACTIVITIES_SEARCH: '2',
  CRUDDUR_WORKERS_ACTIVITIES_USER: '2',
  CRUDDUR_WORKERS_ACTIVITY: '2',
  CRUDDUR_WORKERS_ACTIVITY_CREATE: '2',
  CRUDDUR_WORKERS_MESSAGES: '3',
  CRUDDUR_WORKERS_MESSAGE_CREATE: '3',
  CRUDDUR_WORKERS_MESSAGE_GROUPS: '2',
};

// The environment of the stack: that of this process without variables that name services or belong
// to the test runner and make. The engine of DynamoDB is that of the test run.
function environment(home, ports, settings) {
  const dropped =
    /^(AWS_|CRUDDUR_(?!DYNAMODB_ENGINE$)|COGNITO_|DDB_|PROD_|(OWNER_)?CONNECTION_URL|PG|FRONTEND_URL$|BACKEND_URL$)/;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name));
  const sizes = 'CRUDDUR_WORKERS' in settings ? { CRUDDUR_CONNECTIONS } : FIXED_SIZES;
  // Jobs run when a test runs them: they would change what tests count.
  const own = { CRUDDUR_HOME: home, CRUDDUR_JOBS_S: '0', CRUDDUR_POOL_MAX: '8' };
  const env = { ...Object.fromEntries(kept), ...own, ...sizes, ...settings };
  for (const [name, port] of Object.entries(ports)) env[`CRUDDUR_${name}_PORT`] = String(port);
  for (const name of ['NODE_TEST_CONTEXT', 'MAKEFLAGS', 'MAKELEVEL', 'MFLAGS']) delete env[name];
  return env;
}

function run(file, args, env, timeout = 600_000) {
  return new Promise((resolve, reject) => {
    const options = { cwd: ROOT, env, timeout, killSignal: 'SIGKILL', maxBuffer: 64 << 20 };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      error.message = `${[path.basename(file), ...args].join(' ')}: ${error.message}\n${stdout}`;
      error.stderr = stderr;
      reject(error);
    });
  });
}

// The processes of this machine that are visible to us, as { pid, args }.
function processes() {
  const all = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const args = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      all.push({ pid: Number(name), args });
    } catch {
      // It has exited since readdir.
    }
  }
  return all;
}

export class Stack {
  // Start a stack and wait until it is healthy. settings: environment variables that override the
  // local defaults; prepare(ports): called before the start, may return more settings.
  static async start({ settings = {}, prepare } = {}) {
    const stack = new Stack();
    stack.home = path.join(os.tmpdir(), `cr-${randomBytes(4).toString('hex')}`);
    stack.ports = {};
    for (const name of PORTS) stack.ports[name] = await freePort();
    const more = prepare ? await prepare(stack.ports) : {};
    stack.env = environment(stack.home, stack.ports, { ...settings, ...more });
    stack.onExit = () => stack.downNow();
    process.once('exit', stack.onExit);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

    await stack.local('up');
    stack.url = `http://127.0.0.1:${stack.ports.HTTP}`;
    stack.client = new Client(stack.ports.HTTP);
    stack.table = new Table(stack.ports.DYNAMODB);
    const config = await fetch(`${stack.url}/config.json`);
    stack.config = await config.json();
    stack.tokens = new Map();
    await stack.allWorkersRun();
    return stack;
  }

  // One worker per pool makes a stack healthy, but some tests count all workers.
  allWorkersRun() {
    return retry('all workers run', () => this.pool('list'), { everyMs: 200 });
  }

  ask(...args) {
    return this.client.ask(...args);
  }

  local(...args) {
    return run(path.join(ROOT, 'bin/local'), args, this.env);
  }

  pool(...args) {
    return run(path.join(ROOT, 'bin/pool'), args, this.env);
  }

  command(file, ...args) {
    return run(path.join(ROOT, file), args, this.env);
  }

  // An access token of a person of the seed data.
  async token(user) {
    if (!this.tokens.has(user)) this.tokens.set(user, (await this.local('token', user)).trim());
    return this.tokens.get(user);
  }

  // A database of the stack as its owner, who logs in by the socket.
  databaseUrl(name = 'cruddur') {
    const host = fs.realpathSync(path.join(this.home, 'run'));
    return `postgresql://${constant('local_owner')}@/${name}?host=${host}&port=${this.ports.POSTGRES}`;
  }

  // Run SQL and return its rows, each an array of texts.
  async sql(text) {
    const options = ['-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1'];
    const out = await run('psql', [...options, '-d', this.databaseUrl(), '-c', text], this.env);
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  // The process ids of a program's workers, or of all workers, sorted.
  workers(program) {
    return processes()
      .filter(({ args }) => args[0].startsWith(`${this.home}/`))
      .filter(({ args }) =>
        program
          ? path.basename(args[0]) === program
          : this.programs().includes(path.basename(args[0])),
      )
      .map(({ pid }) => pid)
      .sort((a, b) => a - b);
  }

  // The process id of live_hub; more than one while it is replaced.
  hubs() {
    return processes()
      .filter(({ args }) => args[0] === `${this.home}/app/bin/live_hub`)
      .map(({ pid }) => pid);
  }

  // The processes of nginx that accept connections; one that ends after a reload has another title.
  nginxWorkers() {
    const master = fs.readFileSync(path.join(this.home, 'run/nginx.pid'), 'utf8').trim();
    const isChild = (pid) => {
      try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === master;
      } catch {
        return false; // it has exited
      }
    };
    return processes()
      .filter(({ args }) => args[0] === 'nginx: worker process')
      .map(({ pid }) => pid)
      .filter(isChild);
  }

  programs() {
    const names = fs.readdirSync(path.join(ROOT, 'fcgi')).filter((name) => name.endsWith('.c'));
    return names.map((name) => name.slice(0, -2)).sort();
  }

  // Wait until a pool has `count` workers, none of them in `without`.
  workersBecome(program, count, without = []) {
    const wanted = () => {
      const pids = this.workers(program);
      return pids.length === count && !pids.some((pid) => without.includes(pid)) && pids;
    };
    return until(() => `${program} has ${count} workers, not ${this.workers(program)}`, wanted);
  }

  // The engine of the local DynamoDB: dynoxide or dynamodb-local.
  engine() {
    return fs.readFileSync(path.join(this.home, 'data/dynamodb/engine'), 'utf8').trim();
  }

  // The process of the local DynamoDB, whichever engine it is.
  dynamodbPid() {
    const port = String(this.ports.DYNAMODB);
    const engine = /(^|\/)(dynoxide|DynamoDBLocal\.jar)$/;
    const found = processes().filter(
      ({ args }) => args.includes(port) && args.some((arg) => engine.test(arg)),
    );
    assert.equal(found.length, 1, 'exactly one DynamoDB runs');
    return found[0].pid;
  }

  // All log files of the stack, as { file, text }.
  logs() {
    const found = [];
    const walk = (folder) => {
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) walk(name);
        else if (entry.isFile()) found.push({ file: name, text: fs.readFileSync(name, 'utf8') });
      }
    };
    walk(path.join(this.home, 'log'));
    return found;
  }

  // The log lines that contain a request id, parsed as JSON; waits until there are `count`.
  logLines(requestId, count = 1) {
    return until(`${count} log lines with ${requestId}`, () => {
      const lines = this.logs()
        .flatMap(({ text }) => text.split('\n'))
        .filter((line) => line.startsWith('{') && line.includes(requestId))
        .map((line) => JSON.parse(line));
      return lines.length >= count && lines;
    });
  }

  // Stop the stack. Crashes and sanitizer findings, even during shutdown, fail the tests.
  async down() {
    this.client.close();
    await this.local('down');
    const bad =
      /AddressSanitizer|LeakSanitizer|runtime error:|terminated by SIG(SEGV|ABRT|BUS|ILL|FPE)/;
    const findings = this.logs()
      .filter(({ text }) => bad.test(text))
      .map(({ file, text }) => `${file}: ${text.slice(bad.exec(text).index).slice(0, 3000)}`);
    this.remove();
    assert.deepEqual(findings, []);
  }

  // Stop synchronously when the test process exits early.
  downNow() {
    spawnSync(path.join(ROOT, 'bin/local'), ['down'], {
      cwd: ROOT,
      env: this.env,
      timeout: 30_000,
    });
    this.remove();
  }

  remove() {
    process.removeListener('exit', this.onExit);
    if (!process.env.KEEP_HOME) fs.rmSync(this.home, { recursive: true, force: true });
  }
}
