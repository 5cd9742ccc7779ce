// cluster.mjs - PostgreSQL servers beside that of a stack: copies of another server, primary or
// standby, in the folder of the stack's data and on free ports.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { constant, LOCAL_PASSWORD } from '../../api/harness/local.mjs';
import { freePort, servedDatabase } from '../../api/harness/stack.mjs';
import { until } from '../../api/harness/until.mjs';

const OWNER = constant('local_owner');
const POSTGRES_BIN = '/usr/lib/postgresql/15/bin';

// The user of the stack's services, when root runs the tests.
const USER = 'cruddur';

const started = new Set();
process.once('exit', () => {
  for (const server of started) if (server.alive) server.child.kill('SIGKILL');
});

// `command` as the user of the stack's services: PostgreSQL and PgBouncer refuse to run as root.
export function asUser(...command) {
  if (os.userInfo().uid !== 0) return command;
  return ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--init-groups', ...command];
}

// A new folder for a server of that user.
export function newFolder(stack, name) {
  const folder = path.join(stack.home, 'data', name);
  execFileSync(...split(asUser('mkdir', '-m', '700', folder)));
  return folder;
}
const split = ([file, ...args]) => [file, args];

// A server that runs in the background until `stop`.
export class Server {
  constructor(command, { env = {} } = {}) {
    const [file, args] = split(asUser(...command));
    this.log = '';
    this.child = spawn(file, args, {
      cwd: '/',
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const pipe of [this.child.stdout, this.child.stderr])
      pipe.on('data', (part) => {
        this.log += part;
      });
    this.ended = new Promise((resolve) => this.child.on('exit', resolve));
    this.ended.then(() => {
      this.gone = true;
    });
    started.add(this);
  }

  get alive() {
    return !this.gone;
  }

  // setpriv and postgres replace each other, so the child is the server itself.
  async stop(signal = 'SIGINT') {
    if (this.alive) this.child.kill(signal);
    await this.ended;
    started.delete(this);
  }
}

export class Cluster {
  // Copy the server of `url`; a standby follows it from then on.
  static async copyOf(stack, url, name, { standby = false } = {}) {
    const cluster = new Cluster();
    const folder = newFolder(stack, name);
    // The owner logs in to a copy by TCP, with a password that the stack's server does not accept.
    await stack.sql(`alter role ${OWNER} password '${LOCAL_PASSWORD}'`);
    const copy = ['-D', folder, '-d', url, '-X', 'stream', '-c', 'fast'];
    if (standby) copy.push('-R');
    await promisify(execFile)(...split(asUser(`${POSTGRES_BIN}/pg_basebackup`, ...copy)), {
      cwd: '/',
    });
    cluster.folder = folder;
    cluster.port = await freePort();
    cluster.url = servedDatabase(cluster.port, 'cruddur', OWNER);
    await cluster.start();
    return cluster;
  }

  async start() {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.server = new Server([`${POSTGRES_BIN}/postgres`, '-D', this.folder, ...options]);
    await until(() => `it answers: ${this.server.log}`, () => {
      assert.ok(this.server.alive, this.server.log);
      return this.sql('select 1').catch(() => undefined);
    });
  }

  stop(signal) {
    return this.server.stop(signal);
  }

  // Run SQL, also on a server whose default is read-only; returns its rows as texts.
  async sql(text) {
    const args = ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', this.url, '-c', text];
    const { stdout } = await promisify(execFile)('psql', args, {
      env: { PATH: process.env.PATH, PGOPTIONS: '-c default_transaction_read_only=off' },
    });
    return stdout.split('\n').slice(0, -1);
  }

  // Make a standby the writer; returns when it writes.
  promote() {
    return this.sql('select pg_promote()');
  }

  // Wait until a standby has everything that its primary has written.
  async follows(primary) {
    const [position] = await primary.sql('select pg_current_wal_flush_lsn()');
    const behind = `select pg_last_wal_replay_lsn() >= '${position}'`;
    await until(
      () => `the standby reaches ${position}: ${this.server.log}`,
      async () => (await this.sql(behind))[0] === 't',
    );
  }
}
