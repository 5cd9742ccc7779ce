// disk.mjs - a full disk, missing files and log rotation do not disturb the service.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../../api/harness/client.mjs';
import { Exposition } from '../../api/harness/exposition.mjs';
import { newHandle, newPair, say } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { ROOT } from '../../api/harness/stack.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const inHome = (...names) => path.join(stack.home, ...names);
const accessLog = () => inHome('log/access.log');
const nginx = () => Number(fs.readFileSync(inHome('run/nginx.pid'), 'utf8'));

let ann;
let group;

// The metrics of the workers that used this folder.
async function counted(folder) {
  const reader = await Worker.start(stack, 'metrics', { env: { CRUDDUR_METRICS_DIR: folder } });
  const answer = await reader.ask('GET', '/metrics', {});
  await reader.stop();
  assert.equal(answer.status, 200, answer.text);
  return new Exposition(answer.text);
}

// Make nginx reopen its logs, as after a rotation.
async function reopen() {
  process.kill(nginx(), 'SIGUSR1');
  await sleep(500);
}

async function reload() {
  process.kill(nginx(), 'SIGHUP');
  await sleep(500);
}

describe('a full disk', () => {
  before(async () => {
    ({ ann, group } = await newPair(stack));
  });

  afterEach(() => {
    proxies.dynamodb.fault = () => undefined;
  });

  test('log lines that cannot be written are counted', async () => {
    const folder = inHome(newHandle('metrics'));
    const full = fs.openSync('/dev/full', 'a');
    const worker = await Worker.start(stack, 'messages', {
      env: { CRUDDUR_METRICS_DIR: folder },
      stderr: full,
    });
    proxies.dynamodb.fault = () => peer.refusal(400, 'AccessDeniedException');
    for (let i = 0; i < 5; i++) {
      const answer = await worker.ask('GET', `/api/messages/${group}`, { token: ann.token });
      assert.equal(answer.status, 503);
    }
    proxies.dynamodb.fault = () => undefined;
    await worker.stop();
    fs.closeSync(full);
    const labels = { route: 'messages' };
    const seen = await counted(folder);
    assert.equal(seen.sum('cruddur_log_lines_dropped_total', labels), 5);
    assert.equal(seen.sum('cruddur_requests_total', { ...labels, status: '503' }), 5);
  });

  test('without space for metrics a worker serves, and logs it once', async () => {
    const room = inHome(newHandle('room'));
    fs.mkdirSync(room);
    // A file system of one page, visible only to this worker.
    const mount = 'mount -t tmpfs -o size=4k none "$0" && exec "$@"';
    const worker = await Worker.start(stack, 'health_check', {
      env: { CRUDDUR_METRICS_DIR: room },
      wrap: ['unshare', '-rm', 'sh', '-c', mount, room],
    });
    for (let i = 0; i < 3; i++) assertOk(await worker.ask('GET', '/api/health-check', {}));
    assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
    assert.match(worker.log, /^[^\n]*CRUDDUR_METRICS_DIR[^\n]*\n$/);
  });

  test('an access log on a full disk does not stop requests', async () => {
    fs.renameSync(accessLog(), `${accessLog()}.kept`);
    fs.symlinkSync('/dev/full', accessLog());
    try {
      await reopen();
      for (let i = 0; i < 50; i++) assertOk(await stack.ask('GET', '/api/health-check'));
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'unlogged'));
      assert.equal((await fetch(`${stack.url}/`)).status, 200);
    } finally {
      fs.unlinkSync(accessLog());
      fs.renameSync(`${accessLog()}.kept`, accessLog());
      await reopen();
      await sleep(1000); // after an ENOSPC nginx does not write to that log in the same second
    }
    const { headers } = await stack.ask('GET', '/api/health-check');
    assert.equal((await stack.logLines(headers['x-request-id'])).length, 1);
  });

  describe('without temporary files', () => {
    const configuration = inHome('etc/nginx.conf');
    const replaced = [];
    let original;

    before(async () => {
      // Feeds are cached, as in production.
      original = fs.readFileSync(configuration, 'utf8');
      const caching = original.replace(/(map \S+ \$anonymous_feeds \{\s+"" )off;/, '$1feeds;');
      assert.ok(caching !== original);
      fs.writeFileSync(configuration, caching);
      await reload();
      for (const name of fs.readdirSync(inHome('tmp'))) {
        const folder = inHome('tmp', name);
        if (!fs.statSync(folder).isDirectory()) continue;
        fs.renameSync(folder, `${folder}.kept`);
        fs.writeFileSync(folder, ''); // with a file in its place, even root cannot write below it
        replaced.push(folder);
      }
      assert.ok(replaced.length > 0);
    });

    after(async () => {
      for (const folder of replaced) {
        fs.unlinkSync(folder);
        fs.renameSync(`${folder}.kept`, folder);
      }
      fs.writeFileSync(configuration, original);
      await reload();
    });

    test('bodies of 16 KiB are accepted', async () => {
      const empty = JSON.stringify({ message: '', message_group_uuid: group });
      const body = JSON.stringify({
        message: 'x'.repeat(16_384 - empty.length),
        message_group_uuid: group,
      });
      assert.equal(body.length, 16_384);
      for (let i = 0; i < 5; i++) {
        const answer = await stack.ask('POST', '/api/messages', {
          token: ann.token,
          body,
          headers: { 'Content-Type': 'application/json' },
        });
        assertProblem(answer, 422, 'message_exceed_max_chars');
      }
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'without a disk'));
    });

    test('pages and feeds are served', async () => {
      for (const target of [
        `/api/messages/${group}?limit=100`,
        '/api/message_groups',
        '/api/users/me',
        '/api/activities/home',
        '/api/activities/search?term=hello',
      ])
        assertOk(await stack.ask('GET', target, { token: ann.token }));
    });

    test('feeds are cached in memory', async () => {
      const seen = new Set();
      for (let i = 0; i < 20; i++) {
        const answer = await stack.ask('GET', '/api/activities/home');
        assertOk(answer);
        const [line] = await stack.logLines(answer.headers['x-request-id']);
        seen.add(line.cache);
        await sleep(100);
      }
      assert.deepEqual([...seen].sort(), ['HIT', 'MISS']);
      if (process.getuid() === 0) assert.match(fs.realpathSync(inHome('run')), /^\/run\//);
    });
  });
});

describe('log rotation', () => {
  test('loses no line of the access log under load', async () => {
    fs.rmSync(`${accessLog()}.1`, { force: true });
    const rotate = spawn(path.join(ROOT, 'bin/rotate-logs'), [inHome('log'), '300k', '0.1'], {
      env: { PATH: process.env.PATH },
      stdio: 'ignore',
    });
    const ids = [];
    const rotated = () => fs.existsSync(`${accessLog()}.1`);
    let after = 0;
    try {
      const clients = Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 5000 && after < 500; i++) {
          const answer = await stack.ask('GET', '/api/health-check');
          ids.push(answer.headers['x-request-id']);
          if (rotated()) {
            rotate.kill(); // a second rotation would replace the copy
            after++;
          }
        }
      });
      await Promise.all(clients);
    } finally {
      rotate.kill();
    }
    assert.ok(rotated());
    await stack.logLines(ids.at(-1));
    const logged = [`${accessLog()}.1`, accessLog()].map((file) => fs.readFileSync(file, 'utf8'));
    assert.ok(logged[1].includes(ids.at(-1)), 'nginx writes to the new file');
    const seen = new Map();
    for (const [, id] of logged.join('').matchAll(/"request_id":"([0-9a-f]+)"/g))
      seen.set(id, (seen.get(id) ?? 0) + 1);
    assert.deepEqual(
      ids.filter((id) => seen.get(id) !== 1),
      [],
    );
  });
});
