// worker.mjs - a single worker on its own socket, with the dependencies of a stack.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { retryWhileBusy } from '../../api/harness/client.mjs';
import { ROOT, servedDatabase } from '../../api/harness/stack.mjs';
import { PATIENCE_MS, until } from '../../api/harness/until.mjs';
import { answerOf, exchange, pairs, record, request, TYPE } from './fastcgi.mjs';

const LISTEN = fileURLToPath(new URL('listen', import.meta.url));
const SUPPRESSED = fileURLToPath(new URL('../libfcgi.supp', import.meta.url));

export const BIN = path.join(ROOT, 'build', process.env.VARIANT ?? '', 'bin');

let count = 0;
const started = new Set();

// Kill workers that a failed test has left running.
process.once('exit', () => {
  for (const worker of started) if (worker.alive) worker.child.kill('SIGKILL');
});

// The environment of the programs of a stack, as bin/local sets it.
export function programEnvironment(stack) {
  const { config, ports } = stack;
  return {
    PATH: process.env.PATH,
    ASAN_OPTIONS: 'verify_asan_link_order=0', // some tests preload a library before ASan
    LSAN_OPTIONS: `suppressions=${SUPPRESSED}:print_suppressions=0`,
    CONNECTION_URL: stack.env.CONNECTION_URL ?? servedDatabase(ports.POSTGRES),
    AWS_REGION: 'ca-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB:
      stack.env.AWS_ENDPOINT_URL_DYNAMODB ?? `http://127.0.0.1:${ports.DYNAMODB}`,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER:
      stack.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? `http://127.0.0.1:${ports.COGNITO}`,
    CRUDDUR_METRICS_DIR: path.join(stack.home, 'worker-metrics'),
    DDB_MESSAGE_TABLE: 'cruddur-messages',
    CRUDDUR_RATE_PERSON: '0',
    CRUDDUR_QUOTA_CRUDS: '0',
    CRUDDUR_QUOTA_MENTIONS: '0',
    CRUDDUR_QUOTA_NEW_PEOPLE: '0',
    CRUDDUR_QUOTA_PROFILE: '0',
    CRUDDUR_QUOTA_REPORTS: '0',
    AWS_COGNITO_USER_POOL_ID: config.userPoolId,
    AWS_COGNITO_USER_POOL_CLIENT_ID: config.userPoolClientId,
    COGNITO_ISSUER: `http://127.0.0.1:${ports.COGNITO}/${config.userPoolId}`,
    COGNITO_JWKS_URL: stack.env.COGNITO_JWKS_URL,
  };
}

export class Worker {
  // env: overrides that of the stack; wrap: a command that starts the program.
  static async start(stack, program, { env = {}, wrap = [], stderr = 'pipe' } = {}) {
    const worker = new Worker();
    const name = path.basename(program);
    worker.socket = path.join(stack.home, `worker-${count++}.sock`);
    const file = path.isAbsolute(program) ? program : path.join(BIN, name);
    worker.child = spawn(LISTEN, [worker.socket, ...wrap, file], {
      env: { ...programEnvironment(stack), ...env },
      stdio: ['ignore', 'ignore', stderr],
    });
    started.add(worker);
    worker.child.unref();
    worker.child.stderr?.unref();
    worker.log = '';
    worker.child.stderr?.on('data', (part) => {
      worker.log += part;
    });
    worker.ended = new Promise((resolve) => {
      worker.child.on('exit', (code, signal) => {
        worker.end = { code, signal };
        resolve(worker.end);
      });
    });
    await until(() => `${name} listens: ${worker.log}`, () => fs.existsSync(worker.socket), { everyMs: 25 });
    // libfcgi answers this itself, as soon as the program waits for requests.
    const ready = worker.send([record(TYPE.GET_VALUES, pairs({ FCGI_MAX_CONNS: '' }), { id: 0 })], {
      hangUp: true,
    });
    await Promise.race([ready, worker.ended]);
    return worker;
  }

  // Send a whole request. Returns the result of answerOf with the duration in `ms`.
  async ask(method, target, options) {
    const began = performance.now();
    const answer = answerOf(await this.send(request(method, target, options)));
    return { ...answer, ms: performance.now() - began };
  }

  // Repeat a request while the answer is 503, as it is while a circuit breaker is open.
  askUntilServed(...call) {
    return retryWhileBusy(() => this.ask(...call));
  }

  send(records, options) {
    return exchange(this.socket, Buffer.concat([records].flat()), options);
  }

  get pid() {
    return this.child.pid;
  }

  get alive() {
    return this.end === undefined;
  }

  // Returns { code, signal }; one that does not end by itself is killed. Sanitizer findings, even during
  // shutdown, fail the test.
  async stop() {
    if (this.alive) this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    const end = await this.ended;
    clearTimeout(late);
    fs.rmSync(this.socket, { force: true });
    assert.doesNotMatch(this.log, /Sanitizer|runtime error:/);
    return end;
  }
}
