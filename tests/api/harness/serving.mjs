// serving.mjs - bin/serve in the foreground, with the installed tree and the dependencies of the shared
// stack.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { programEnvironment } from '../../faults/harness/worker.mjs';
import { assertOk, Client } from './client.mjs';
import { stack } from './main.mjs';
import { freePort } from './stack.mjs';
import { retry, until } from './until.mjs';

const bin = path.join(stack.home, 'app/bin');
let count = 0;

export class Serving {
  // settings: environment variables; ready(serving): throws until it serves.
  static async start({ ready, ...settings } = {}) {
    const serving = await Serving.spawn(settings);
    ready ??= async () => assertOk(await serving.client.ask('GET', '/api/ready'));
    const serves = async () => {
      await ready(serving);
      const { env } = serving;
      execFileSync(path.join(bin, 'pool'), ['list'], { env, stdio: 'ignore' }); // all workers run
    };
    try {
      await retry('it serves', serves, { everyMs: 200, patienceMs: 180_000 });
    } catch (error) {
      await serving.stop();
      throw error;
    }
    return serving;
  }

  // Without waiting for it.
  static async spawn(settings = {}) {
    const serving = new Serving();
    serving.home = path.join(stack.home, `serve-${count++}`);
    const port = await freePort();
    serving.url = `http://127.0.0.1:${port}`;
    serving.env = {
      ...programEnvironment(stack),
      CRUDDUR_METRICS_DIR: '', // not the stack's
      FRONTEND_URL: serving.url,
      BACKEND_URL: serving.url,
      CRUDDUR_HOME: serving.home,
      CRUDDUR_HTTP_PORT: String(port),
      CRUDDUR_WORKERS: '1',
      CRUDDUR_CONNECTIONS: '90',
      CRUDDUR_LOG: 'stdout',
      ...settings,
    };
    serving.client = new Client(port);
    serving.bin = bin;
    serving.run();
    return serving;
  }

  // Start bin/serve with this home, also after an earlier one has ended.
  run() {
    this.child = spawn(path.join(bin, 'serve'), [], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.ended = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => resolve(code ?? signal));
    });
  }

  // Wait until a file below the home exists.
  until(file) {
    return until(`${file} is there`, () => fs.existsSync(path.join(this.home, file)), { everyMs: 20 });
  }

  // The process that bin/record has started as `name`.
  pid(name) {
    return Number(fs.readFileSync(path.join(this.home, 'run/started', name), 'utf8').split(' ')[0]);
  }

  async stop() {
    this.child.kill('SIGTERM');
    this.child.stdout.resume();
    const late = sleep(180_000, undefined, { ref: false }).then(() => 'still runs');
    return Promise.race([this.ended, late]).finally(() => this.client.close());
  }

  // The processes that still run with this home in their arguments.
  left() {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        try {
          return fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${this.home}/`);
        } catch {
          return false;
        }
      });
  }

  // The processes of this run with one of these names, or all, as { pid, name, args, environment }.
  processes(names) {
    const found = [];
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        const [file, ...args] = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const name = path.basename(/(^|\/)(ba)?sh$/.test(file) ? args[0] : file); // a script
        if (names && !names.includes(name)) continue;
        const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (environment.split('\0').includes(`CRUDDUR_HOME=${this.home}`))
          found.push({ pid: Number(pid), name, args, environment });
      } catch {
        // It has exited.
      }
    return found;
  }

  // The process ids of a program, started with these first arguments.
  workers(program, ...first) {
    return this.processes([program])
      .filter(({ args }) => first.every((one, i) => args[i] === one))
      .map(({ pid }) => pid);
  }
}
