// processes.mjs - workers are killed or stopped, lack file descriptors, or cannot write their log.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../../api/harness/client.mjs';
import { newHandle, newPair, say } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { ROOT } from '../../api/harness/stack.mjs';
import { answerOf, request } from '../harness/fastcgi.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

let ann;
let group;

const proxy = proxies.dynamodb;
const creating = (message, key) => [
  'POST',
  '/api/messages',
  { token: ann.token, key, body: JSON.stringify({ message, message_group_uuid: group }) },
];
const reading = () => ['GET', `/api/messages/${group}`, { token: ann.token }];
const countOf = async (text) =>
  (await stack.table.messages(group)).filter(({ message }) => message.S === text).length;

// The next request with `operation` is executed, and its answer is held back. Returns { held: a
// promise for that moment, letGo: forwards the answer }.
function holdNext(operation) {
  let hold;
  let letGo;
  const held = new Promise((resolve) => {
    hold = resolve;
  });
  const free = new Promise((resolve) => {
    letGo = resolve;
  });
  let first = true;
  proxy.fault = (request) => {
    if (request.operation !== operation || !first) return undefined;
    first = false;
    return async ({ outgoing, forward }) => {
      const { status, headers, body } = await forward();
      hold();
      await free;
      if (!outgoing.destroyed) outgoing.writeHead(status, headers).end(body);
    };
  };
  return { held, letGo };
}

// Whether a worker waits in accept or accept4 (system calls 43 and 288 on x86-64, 202 and 242 on
// arm64), not for an answer of a dependency.
function idle(pid) {
  const [number] = fs.readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ');
  return ['43', '288', '202', '242'].includes(number);
}

describe('processes', () => {
  before(async () => {
    ({ ann, group } = await newPair(stack));
  });

  afterEach(() => {
    proxy.fault = () => undefined;
  });

  describe('a worker that handles a request', () => {
    test('and gets SIGTERM finishes the request and exits with 0', async () => {
      const worker = await Worker.start(stack, 'message_create');
      const text = newHandle('term');
      const { held, letGo } = holdNext('TransactWriteItems');
      const answer = worker.ask(...creating(text));
      await held;
      process.kill(worker.pid, 'SIGTERM');
      await sleep(200);
      assert.ok(worker.alive);
      letGo();
      assertOk(await answer);
      assert.deepEqual(await worker.ended, { code: 0, signal: null });
      assert.equal(await countOf(text), 1);
    });

    test('and gets SIGTERM while it still reads the request answers it and exits with 0', async () => {
      const worker = await Worker.start(stack, 'message_create');
      const text = newHandle('term');
      const bytes = await worker.send(request(...creating(text)), {
        async midway() {
          await sleep(100);
          process.kill(worker.pid, 'SIGTERM');
          await sleep(100);
        },
      });
      assertOk(answerOf(bytes));
      assert.deepEqual(await worker.ended, { code: 0, signal: null });
      assert.equal(await countOf(text), 1);
    });

    test('and is killed after a write causes a 503, and the repeated message is stored once', async () => {
      const [text, key] = [newHandle('kill'), newHandle('key')];
      const { held, letGo } = holdNext('TransactWriteItems');
      const send = () => say(stack, ann, { message_group_uuid: group }, text, { key });
      const answer = send();
      await held;
      const workers = stack.workers('message_create');
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      assertProblem(await answer, 503, 'unavailable');
      letGo();
      await stack.workersBecome('message_create', workers.length, workers);
      assertOk(await send());
      assert.equal(await countOf(text), 1);
    });

    test('and is killed during a read is replaced by another one that answers', async () => {
      const { held, letGo } = holdNext('Query');
      const [method, target, options] = reading();
      const answer = stack.ask(method, target, options);
      await held;
      const workers = stack.workers('messages');
      // nginx retries once, so all other workers must stay alive.
      const busy = workers.find((pid) => !idle(pid));
      assert.ok(busy, 'a worker waits for the answer');
      process.kill(busy, 'SIGKILL');
      assertOk(await answer);
      letGo();
      await stack.workersBecome('messages', workers.length, [busy]);
    });
  });

  describe('nginx', () => {
    test('reloaded repeatedly under load loses no request', async () => {
      const pid = Number(fs.readFileSync(path.join(stack.home, 'run/nginx.pid'), 'utf8'));
      let over = false;
      let served = 0;
      const clients = Array.from({ length: 8 }, async (_, i) => {
        while (!over) {
          const [method, target, options] = i % 2 ? reading() : ['GET', '/api/health-check', {}];
          // A new connection: a kept-alive one may be closed at any time.
          const answer = await stack.ask(method, target, {
            ...options,
            headers: { Connection: 'close' },
          });
          assertOk(answer);
          served++;
        }
      });
      for (let i = 0; i < 5; i++) {
        await sleep(300);
        process.kill(pid, 'SIGHUP');
      }
      await sleep(500);
      over = true;
      await Promise.all(clients);
      assert.ok(served > 50, String(served));
    });
  });

  describe('the log', () => {
    const refusals = 600; // more lines than fit into a pipe of 64 KiB

    async function askRefused(worker) {
      proxy.fault = () => peer.refusal(400, 'AccessDeniedException');
      for (let i = 0; i < refusals; i++)
        assert.equal((await worker.ask(...reading())).status, 503, `request ${i}`);
      proxy.fault = () => undefined;
      assertOk(await worker.askUntilServed(...reading()));
    }

    for (const [what, wrap] of [
      ['a full pipe', []],
      ["a full pipe of a pool's slot", [path.join(ROOT, 'bin/slot'), '1']],
    ])
      test(`${what} stops no worker, and a later line contains the number of lost lines`, async () => {
        const fifo = path.join(stack.home, newHandle('fifo'));
        execFileSync('mkfifo', [fifo]);
        const fd = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
        const worker = await Worker.start(stack, 'messages', { stderr: fd, wrap });
        await askRefused(worker);
        const buffer = Buffer.alloc(1 << 20);
        const drained = fs.readSync(fd, buffer);
        assert.ok(drained > 30_000, `${drained} bytes`);
        proxy.fault = () => peer.refusal(400, 'AccessDeniedException');
        assert.equal((await worker.ask(...reading())).status, 503);
        const line = JSON.parse(
          buffer.subarray(0, fs.readSync(fd, buffer)).toString().split('\n')[0],
        );
        assert.ok(line.dropped > 0, JSON.stringify(line));
        await worker.stop();
        fs.closeSync(fd);
      });

    test('a pipe without a reader stops no worker', async () => {
      const worker = await Worker.start(stack, 'messages');
      worker.child.stderr.destroy();
      await sleep(100);
      await askRefused(worker);
      assert.deepEqual(await worker.stop(), { code: 0, signal: null });
    });

    test('/dev/full stops no worker', async () => {
      const fd = fs.openSync('/dev/full', 'a');
      const worker = await Worker.start(stack, 'messages', { stderr: fd });
      await askRefused(worker);
      assert.deepEqual(await worker.stop(), { code: 0, signal: null });
      fs.closeSync(fd);
    });
  });

  describe('file descriptors', () => {
    const started = [];

    after(async () => {
      for (const worker of started) await worker.stop();
    });

    for (let limit = 4; limit <= 16; limit++)
      test(`with ${limit} of them a worker answers correctly or with 503, and does not crash`, async () => {
        const worker = await Worker.start(stack, 'message_create', {
          wrap: ['prlimit', `--nofile=${limit}:${limit}`],
        });
        started.push(worker);
        const [text, key] = [newHandle('few'), newHandle('key')];
        let answer = { status: 503 };
        for (let i = 0; i < 3 && worker.alive && answer.status === 503; i++)
          answer = await worker.ask(...creating(text, key)).catch(() => ({ status: 0 }));
        if (answer.status === 0) {
          // It could not accept the connection and has exited, to be replaced.
          const end = await worker.ended;
          assert.equal(end.signal, null, worker.log);
        } else {
          assert.ok([200, 503].includes(answer.status), answer.text);
          assert.ok(worker.alive, worker.log);
        }
        assert.equal(await countOf(text), answer.status === 200 ? 1 : 0);
      });
  });
});
