// bus.mjs - two machines that share PostgreSQL and DynamoDB: a stream of one tells what happens on the
// other.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { assertOk, sleep } from '../harness/client.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';
import { Serving } from '../harness/serving.mjs';
import { freePort, servedDatabase } from '../harness/stack.mjs';
import { startTcpProxy } from '../harness/tcp-proxy.mjs';
import { until } from '../harness/until.mjs';

let here;
let there;
let proxy; // between the workers of `here` and PostgreSQL

const start = (settings) => Serving.start({ CRUDDUR_LIVE_BUS: 'postgresql', ...settings });

const open = (machine, person) =>
  openStream({ ports: { HTTP: Number(new URL(machine.url).port) } }, { token: person.token });

const sayAt = async (machine, from, group, text) =>
  assertOk(await say(machine.client, from, { message_group_uuid: group }, text));

const arrives = (stream, text) => stream.first('message', ({ message }) => message === text);

async function metric(machine, name) {
  const { text } = await machine.client.ask('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

// Wait until the hub of a machine hears those of others.
const hears = (machine) =>
  until('it hears', async () => (await metric(machine, 'cruddur_live_bus_connected')) === 1);

// Start, stop or signal the hub of a machine.
const hub = (machine, ...command) =>
  execFileSync('supervisorctl', [
    '-c',
    path.join(machine.home, 'etc/supervisord.conf'),
    ...command,
  ]);

describe('two machines', () => {
  let ann;
  let ben;
  let group;
  let first;

  before(async () => {
    ({ ann, ben, group, first } = await newPair(stack));
    const port = await freePort();
    proxy = await startTcpProxy(port, stack.ports.POSTGRES);
    const direct = servedDatabase(stack.ports.POSTGRES);
    const behind = { CRUDDUR_LIVE_BUS: direct, CONNECTION_URL: servedDatabase(port) };
    [here, there] = await Promise.all([start(behind), start()]);
    await Promise.all([here, there].map(hears));
  });

  after(async () => {
    for (const machine of [here, there]) assert.equal(await machine.stop(), 0);
    await proxy.close();
  });

  test('a message reaches the streams of both machines once', async () => {
    const streams = [await open(here, ann), await open(there, ben), await open(there, ann)];
    const texts = Array.from({ length: 20 }, () => newHandle('text'));
    await Promise.all(
      texts.map((text, i) =>
        i % 2 ? sayAt(here, ann, group, text) : sayAt(there, ben, group, text),
      ),
    );
    for (const stream of streams) {
      for (const text of texts) await arrives(stream, text);
      const seen = stream.of('message').map(({ message }) => message);
      assert.deepEqual(seen.toSorted(), texts.toSorted());
      stream.close();
    }
  });

  test('a new crud and a notification reach the other machine', async () => {
    const [stream, other] = [await open(there, ann), await open(here, ben)];
    const crud = assertOk(
      await here.client.ask('POST', '/api/activities', {
        token: ann.token,
        json: { message: newHandle('crud'), ttl: '1-hour' },
      }),
    );
    assert.ok((await stream.first('home')).newer >= 1);
    assertOk(
      await there.client.ask('PUT', `/api/activities/${crud.uuid}/like`, { token: ben.token }),
    );
    const { handle, activity } = await stream.first('notification');
    assert.deepEqual([handle, activity.uuid], [ben.handle, crud.uuid]);
    assert.deepEqual(other.of('notification'), []);
    for (const one of [stream, other]) one.close();
  });

  test('a person who is suspended loses their streams on both machines', async () => {
    const person = await newPerson(stack);
    const streams = [await open(here, person), await open(there, person)];
    const other = await open(there, ben);
    await assertDone(runCommand(stack, 'people/suspend', [person.handle]));
    for (const stream of streams) {
      await stream.end();
      assert.deepEqual(stream.of('bye'), [{ reason: 'revoked' }]);
    }
    assert.equal(other.ended, false);
    other.close();
  });

  test('while its own hub does not run, a worker tells the others itself', async () => {
    const stream = await open(there, ben);
    hub(here, 'stop', 'live-hub');
    try {
      const text = newHandle('around');
      await sayAt(here, ann, group, text);
      await arrives(stream, text);
    } finally {
      hub(here, 'start', 'live-hub');
    }
    await hears(here);
    const text = newHandle('again');
    await sayAt(here, ann, group, text);
    await arrives(stream, text);
    stream.close();
  });

  test('a hub that is killed makes the streams of the others read again', async () => {
    const stream = await open(there, ben);
    const missed = await metric(there, 'cruddur_live_bus_missed_total');
    hub(here, 'signal', 'KILL', 'live-hub');
    await stream.first('resync'); // from the next hub
    await hears(here);
    // The silence of the killed one is noticed, too.
    const noticed = async () => (await metric(there, 'cruddur_live_bus_missed_total')) !== missed;
    await until('it is noticed', noticed);
    stream.close();
  });

  test('a hub that stops has told everything: nobody reads again', async () => {
    const stream = await open(there, ben);
    const missed = await metric(there, 'cruddur_live_bus_missed_total');
    hub(here, 'restart', 'live-hub');
    await hears(here);
    const text = newHandle('after');
    await sayAt(here, ann, group, text);
    await arrives(stream, text);
    assert.equal(await metric(there, 'cruddur_live_bus_missed_total'), missed);
    stream.close();
  });

  test('a hub that stops passes on what workers have handed over before', async () => {
    const stream = await open(there, ben);
    const [pid] = here.workers('live_hub');
    const texts = Array.from({ length: 5 }, () => newHandle('handed'));
    process.kill(pid, 'SIGSTOP');
    try {
      for (const text of texts) await sayAt(here, ann, group, text);
      process.kill(pid, 'SIGTERM');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    for (const text of texts) await arrives(stream, text);
    assert.deepEqual(stream.of('resync'), []);
    await hears(here);
    stream.close();
  });

  test('a hub that begins speaks for workers that found no hub and no PostgreSQL', async () => {
    const stream = await open(there, ben);
    const read = () =>
      here.client.ask('PUT', `/api/message_groups/${group}/read`, {
        token: ben.token,
        json: { message_uuid: first.uuid },
      });
    assert.equal((await read()).status, 204);
    hub(here, 'stop', 'live-hub');
    const { to } = proxy;
    try {
      proxy.to = 1; // nothing listens
      proxy.cut();
      await sleep(1500); // what the worker knows of the person is older than a second
      assert.equal((await read()).status, 204);
    } finally {
      proxy.to = to;
      hub(here, 'start', 'live-hub');
    }
    await stream.first('resync');
    await hears(here);
    stream.close();
  });

  test('after the connection to PostgreSQL is lost, all streams read again', async () => {
    const streams = [await open(here, ann), await open(there, ben)];
    await stack.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cruddur-live'",
    );
    for (const stream of streams) await stream.first('resync');
    await Promise.all([here, there].map(hears));
    const text = newHandle('back');
    await sayAt(there, ben, group, text);
    for (const stream of streams) {
      await arrives(stream, text);
      stream.close();
    }
  });
});
