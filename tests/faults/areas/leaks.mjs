// leaks.mjs - the memory of workers does not grow with the number of requests.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';

import { stack } from '../../api/harness/proxied.mjs';
import { callsOf, newWorld } from '../harness/calls.mjs';
import { sign } from '../harness/identity.mjs';
import { Worker } from '../harness/worker.mjs';

const REQUESTS = process.env.SOAK ? 100_000 : 10_000; // of all programs together
const GROWTH_KB = 256; // of a worker, from a quarter of its requests to the end

function pssKb(pid) {
  const [, kb] = /^Pss:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(kb);
}

// Valid and invalid requests in turn, with known and with new tokens.
function* mixed(call, token) {
  for (;;) {
    yield call();
    const [method, target, options] = call();
    if (options.token) yield [method, target, { ...options, token: sign(token) }];
    yield [method, `${target}${target.includes('?') ? '&' : '?'}limit=abc`, options];
    if (options.body) yield [method, target, { ...options, body: '{"message":"' }];
    if (options.token) yield [method, target, { ...options, token: `${token}x` }];
    yield ['PATCH', target, options];
    yield [method, '/api/nothing', options];
  }
}

describe('memory of workers', () => {
  test(`does not grow in ${REQUESTS} mixed requests`, async (t) => {
    const world = await newWorld(stack);
    const calls = Object.entries(callsOf(world));
    const each = Math.ceil(REQUESTS / calls.length);
    for (const [program, call] of calls) {
      const worker = await Worker.start(stack, program);
      const requests = mixed(call, world.ann.token);
      let early;
      for (let i = 0; i < each; i++) {
        const { status, text } = await worker.ask(...requests.next().value);
        assert.ok(status >= 200 && status < 500, `${program}: ${status} ${text}`);
        if (i === each >> 2) early = pssKb(worker.pid);
      }
      const late = pssKb(worker.pid);
      t.diagnostic(`${program}: ${early} → ${late} kB`);
      assert.ok(late - early < GROWTH_KB, `${program} grew from ${early} to ${late} kB`);
      assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
    }
  });
});
