// hub.mjs - live_hub as a process by itself, with the requests of nginx and no product around it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { sleep } from '../harness/client.mjs';
import { Hub, streamRequest } from '../harness/live.mjs';
import { ROOT } from '../harness/stack.mjs';

let hub;

const nowS = () => Math.floor(Date.now() / 1000);

// Streams of a person, each after the hello of the one before.
async function openAll(person, count) {
  const streams = [];
  for (let i = 0; i < count; i++) {
    streams.push(hub.open(person));
    await streams.at(-1).first('hello');
  }
  return streams;
}

describe('live_hub', () => {
  before(async () => {
    hub = await Hub.start();
  });
  after(() => hub.remove());

  test('a stream begins with hello, and is counted until its client leaves', async () => {
    const before = hub.counters();
    const [stream] = await openAll(randomUUID(), 1);
    assert.match(stream.of('hello')[0].epoch, /^[0-9a-f]{16}$/);
    assert.equal(hub.counters().streams, before.streams + 1);
    assert.equal(hub.counters().people, before.people + 1);
    stream.close();
    await stream.until(() => hub.counters().streams === before.streams, 'the count');
    assert.equal(hub.counters().people, before.people);
    assert.equal(hub.counters().opened, before.opened + 1);
  });

  test('its sockets are for its own user', () => {
    for (const name of ['hub.sock', 'publish.sock'])
      assert.equal(fs.statSync(path.join(hub.home, 'run', name)).mode & 0o777, 0o600, name);
  });

  test('a second hub of the same home does not start', () => {
    const program = path.join(ROOT, 'build', process.env.VARIANT ?? '', 'bin/live_hub');
    const env = { CRUDDUR_HOME: hub.home, CRUDDUR_METRICS_DIR: path.join(hub.home, 'metrics') };
    const { status, stderr } = spawnSync(program, [], { env, encoding: 'utf8', timeout: 30_000 });
    assert.equal(status, 1);
    assert.match(stderr, /another live_hub runs/);
  });

  test('the answer to HEAD ends', async () => {
    const stream = hub.open(randomUUID(), { method: 'HEAD' });
    await stream.end();
    assert.ok(stream.complete);
    assert.deepEqual(stream.list, []);
  });

  test('a stream ends when its token expires', async () => {
    const expiresS = nowS() + 2;
    const stream = hub.open(randomUUID(), { expiresS });
    await stream.end();
    assert.ok(nowS() >= expiresS);
    assert.deepEqual(stream.of('bye'), [{ reason: 'expired' }]);
    assert.ok(stream.complete);
  });

  test('a ninth stream of a person ends the oldest one', async () => {
    const person = randomUUID();
    const streams = await openAll(person, 9);
    await streams[0].end();
    assert.deepEqual(streams[0].of('bye'), [{ reason: 'replaced' }]);
    assert.match(streams[0].list.at(-1).retry, /^[0-9]+$/);
    assert.ok(streams.slice(1).every(({ ended }) => !ended));
    for (const stream of streams) stream.close();
  });

  test('bytes that are no request for a stream end the connection', async () => {
    const request = streamRequest(randomUUID(), nowS() + 600);
    const wrong = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.concat([request.subarray(0, 16), request]),
      streamRequest('not-a-uuid', nowS() + 600),
      streamRequest(randomUUID(), 'soon'),
      streamRequest(`${randomUUID()}/..`, nowS() + 600),
    ];
    for (const raw of wrong) {
      const stream = hub.open('', { raw });
      await stream.end();
      assert.deepEqual(stream.list, []);
    }
    // The connection of a request that arrives in parts is not one of these.
    const stream = hub.open('', { raw: request.subarray(0, 20) });
    stream.socket.write(request.subarray(20));
    await stream.first('hello');
    stream.close();
  });

  test('SIGHUP asks the clients to return, and the hub serves them', async () => {
    const person = randomUUID();
    const streams = await openAll(person, 3);
    hub.process.kill('SIGHUP');
    for (const stream of streams) {
      await stream.end();
      assert.deepEqual(stream.of('bye'), [{ reason: 'closing' }]);
      assert.ok(Number(stream.list.at(-1).retry) >= 1000);
    }
    const [again] = await openAll(person, 1);
    assert.equal(again.of('hello')[0].epoch, streams[0].of('hello')[0].epoch);
    again.close();
  });

  test('SIGUSR1 lets the streams leave, also later ones, and SIGUSR2 lets them stay', async () => {
    const streams = await openAll(randomUUID(), 3);
    hub.process.kill('SIGUSR1');
    for (const stream of streams) {
      await stream.end();
      assert.deepEqual(stream.of('bye'), [{ reason: 'closing' }]);
    }
    const [late] = await openAll(randomUUID(), 1);
    await late.end();
    assert.deepEqual(late.of('bye'), [{ reason: 'closing' }]);
    hub.process.kill('SIGUSR2');
    const [stays] = await openAll(randomUUID(), 1);
    await sleep(3000);
    assert.deepEqual(stays.of('bye'), []);
    stays.close();
  });

  test('SIGTERM says bye, and the hub ends', async () => {
    const [stream] = await openAll(randomUUID(), 1);
    assert.equal(await hub.stop(), 0);
    await stream.end();
    assert.deepEqual(stream.of('bye'), [{ reason: 'closing' }]);
    await hub.run();
  });

  test('after a kill the next hub listens, and continues to count', async () => {
    const before = hub.counters();
    const person = randomUUID();
    const [stream] = await openAll(person, 1);
    await hub.stop('SIGKILL');
    await stream.end();
    assert.deepEqual(stream.of('bye'), []);
    await hub.run();
    const [again] = await openAll(person, 1);
    assert.notEqual(again.of('hello')[0].epoch, stream.of('hello')[0].epoch);
    assert.equal(hub.counters().streams, 1);
    assert.equal(hub.counters().opened, before.opened + 2);
    assert.equal(hub.counters().starts, before.starts + 1);
    again.close();
  });

  test('events that a worker could not publish become a resync of all streams', async () => {
    const [ann, ben] = [...(await openAll(randomUUID(), 1)), ...(await openAll(randomUUID(), 1))];
    const file = fs.openSync(path.join(hub.home, 'metrics/.live'), 'r+');
    const lost = Buffer.alloc(8);
    lost.writeBigUInt64LE(BigInt(hub.counters().unpublished + 1));
    fs.writeSync(file, lost, 0, 8, 8 * 13);
    fs.closeSync(file);
    for (const stream of [ann, ben]) assert.deepEqual(await stream.first('resync'), {});
    ann.close();
    ben.close();
  });
});
