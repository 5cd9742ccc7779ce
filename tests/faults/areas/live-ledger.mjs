// live-ledger.mjs - people write and read on two machines while hubs, nginx, workers and the connections
// between the machines are killed. In the end every acknowledged message has been seen by every stream of
// its members, and by nobody else. Traces of messages, as streams have seen them, are runs of tests/model/live.pml.
// LIVE_MESSAGES: the least number of messages. LIVE_SEED: the random seed, which is printed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { assertOk, nextPage, sleep } from '../../api/harness/client.mjs';
import { openStream } from '../../api/harness/live.mjs';
import { stack } from '../../api/harness/main.mjs';
import { newHandle, newPair, newPerson } from '../../api/harness/people.mjs';
import { Serving } from '../../api/harness/serving.mjs';
import { ROOT } from '../../api/harness/stack.mjs';
import { retry, until } from '../../api/harness/until.mjs';
import { disorder, pause, sendSignal } from '../harness/disorder.mjs';
import { seededRandom } from '../harness/random.mjs';

const MESSAGES = Number(process.env.LIVE_MESSAGES ?? (process.env.SOAK ? 4000 : 240));
const SEED = Number(process.env.LIVE_SEED ?? randomInt(1 << 30));
const FAULTS = process.env.SOAK ? 200 : 12; // at least
const PAIRS = 3;
const TRACES_MAX = 12; // the shortest ones: a model of many faults has too many states
const SEEN_MS = 120_000; // until everything has been seen

const portOf = (machine) => Number(new URL(machine.url).port);

// A person's browser on a machine: it reads its conversation after each hello and resync, and takes what
// events bring in between. A stream that breaks is opened again.
class Reader {
  constructor(machine, person, group) {
    Object.assign(this, { machine, person, group, seen: new Map(), strange: [], opened: 0 });
    this.happened = []; // { at, what, uuids }: events and reads, of these messages
    this.running = this.run();
    this.running.catch(() => {}); // stop() throws it
  }

  show({ uuid, message }) {
    const before = this.seen.get(uuid);
    assert.ok(before === undefined || before === message, `${uuid} has two texts`);
    this.seen.set(uuid, message);
  }

  happens(what, ...uuids) {
    this.happened.push({ at: performance.now(), what, uuids: new Set(uuids) });
  }

  take({ event, data }) {
    if (event !== 'message') return;
    if (data.message_group_uuid === this.group) {
      this.happens('HEARD_EVENT', data.uuid);
      this.show(data);
    } else this.strange.push(data);
  }

  // All pages: more than one may have been missed.
  async read() {
    const uuids = [];
    let path = `/api/messages/${this.group}?limit=100`;
    for (let tries = 0; path && tries < 400 && !this.over; tries++) {
      try {
        const answer = await this.machine.client.ask('GET', path, { token: this.person.token });
        if (answer.status === 200) {
          answer.body.forEach((message) => this.show(message));
          uuids.push(...answer.body.map(({ uuid }) => uuid));
          path = nextPage(answer);
          continue;
        }
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
      }
      await sleep(50);
    }
    this.happens('READ', ...uuids);
  }

  // The trace of a message (tests/model/trace), from the last reading before it was sent on, until it
  // is shown and answered. That reading may have been of a resync; for the message it is like a hello.
  traceOf({ uuid, begunAt, answeredAt, machines: by }) {
    const all = [...this.happened, { at: answeredAt, what: 'ANSWERED', uuids: new Set([uuid]) }]
      .filter(({ what, uuids }) => what !== 'HEARD_EVENT' || uuids.has(uuid))
      .sort((a, b) => a.at - b.at);
    const begins = ({ what }) => what === 'HEARD_HELLO' || what === 'HEARD_RESYNC';
    const from = all.findLastIndex((one) => begins(one) && one.at < begunAt);
    const steps = all
      .slice(Math.max(from, 0))
      .map(({ what, uuids }) =>
        what === 'READ' ? `READ_WITH${uuids.has(uuid) ? '' : 'OUT'}` : what,
      );
    if (from >= 0) steps[0] = 'HEARD_HELLO';
    const shown = steps.findIndex((what) => what === 'READ_WITH' || what === 'HEARD_EVENT');
    const end = Math.max(shown, steps.indexOf('ANSWERED'));
    return `${by.every((one) => one === this.machine) ? 0 : 1} ${steps.slice(0, end + 1).join(' ')}`;
  }

  async run() {
    while (!this.over) {
      try {
        this.stream = await openStream(
          { ports: { HTTP: portOf(this.machine) } },
          { token: this.person.token },
        );
        this.opened++;
      } catch {
        await sleep(200); // nothing listens, or no hub runs
        continue;
      }
      for (let next = 0; !this.over && !(this.stream.ended && next === this.stream.list.length);) {
        const one = this.stream.list[next];
        if (!one) {
          await sleep(5);
          continue;
        }
        next++;
        this.take(one);
        if (this.group && (one.event === 'hello' || one.event === 'resync')) {
          this.happens(`HEARD_${one.event.toUpperCase()}`);
          await this.read();
        }
      }
    }
  }

  async stop() {
    this.over = true;
    this.stream?.close();
    await this.running;
  }
}

// A client that opens a stream and never reads it.
function sleeper(machine, { token }) {
  const request = http.get(`${machine.url}/api/live`, {
    headers: { Authorization: `Bearer ${token}` },
    agent: new http.Agent(),
  });
  request.on('response', (response) => response.pause());
  request.on('error', () => {});
  return request;
}

describe('the ledger of streams', () => {
  let machines = [];
  let readers = [];
  let sleepers = [];
  let disturbing;

  before(async () => {
    const start = () => Serving.start({ CRUDDUR_LIVE_BUS: 'postgresql' });
    machines = await Promise.all([start(), start()]);
  });

  after(async () => {
    await disturbing?.stop();
    for (const one of sleepers) one.destroy();
    await Promise.all(readers.map((reader) => reader.stop()));
    for (const machine of machines) assert.equal(await machine.stop(), 0);
  });

  test(`messages are seen by their members during faults (LIVE_SEED=${SEED})`, async (t) => {
    const pairs = [];
    for (let i = 0; i < PAIRS; i++) pairs.push({ ...(await newPair(stack)), sent: [] });
    const stranger = await newPerson(stack);
    for (const machine of machines) {
      for (const { ann, ben, group } of pairs)
        readers.push(new Reader(machine, ann, group), new Reader(machine, ben, group));
      readers.push(new Reader(machine, stranger, undefined));
      sleepers.push(sleeper(machine, pairs[0].ann));
    }

    const random = seededRandom(SEED);
    const any = (list) => list[random(list.length)];
    const kill = (program, ...args) => {
      const [pid] = any(machines).workers(program, ...args);
      if (pid) sendSignal(pid, 'SIGKILL');
    };
    disturbing = disorder(random, [
      () => kill('live_hub'),
      () => kill('message_create'),
      () => kill('live'),
      () => kill('nginx: worker process'),
      async () => {
        const [pid] = any(machines).workers('live_hub');
        if (pid) await pause(pid, 300);
      },
      () =>
        stack.sql(`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'cruddur-live' and random() < 0.5`),
    ]);
    const each = Math.ceil(MESSAGES / PAIRS / 2);
    await Promise.all(
      pairs.flatMap(({ ann, ben, group, sent }) =>
        [ann, ben].map(async ({ token }) => {
          for (let i = 0; i < each || disturbing.happened < FAULTS; i++) {
            const key = newHandle('key');
            const json = { message: newHandle('text'), message_group_uuid: group };
            const begunAt = performance.now();
            const tried = [];
            // A request may fail, because its nginx is killed.
            const answer = await retry('a message is sent', async () => {
              tried.push(any(machines));
              const one = await tried.at(-1).client.ask('POST', '/api/messages', { token, json, key });
              assertOk(one);
              return one;
            });
            sent.push({ ...answer.body, begunAt, answeredAt: performance.now(), machines: tried });
            await sleep(random(100));
          }
        }),
      ),
    );
    await disturbing.stop();
    const ended = performance.now();

    const sentIn = (group) => pairs.find((pair) => pair.group === group)?.sent ?? [];
    const unseen = () =>
      readers.flatMap(({ group, seen }) => sentIn(group).filter(({ uuid }) => !seen.has(uuid)));
    const left = () => `all messages are seen but ${unseen().length}`;
    await until(left, () => unseen().length === 0, { patienceMs: SEEN_MS });
    const waited = ((performance.now() - ended) / 1000).toFixed(1);
    for (const { group, seen, strange } of readers) {
      assert.deepEqual(strange, []);
      for (const { uuid, message } of sentIn(group)) assert.equal(seen.get(uuid), message);
    }
    const opened = readers.reduce((sum, reader) => sum + reader.opened, 0);
    t.diagnostic(
      `${pairs.flatMap(({ sent }) => sent).length} messages, ${disturbing.happened} faults, ` +
        `${opened} streams, all seen ${waited} s after the last fault`,
    );
    assertOk(await machines[0].client.ask('GET', '/api/health-check'));

    const traces = readers.flatMap((reader) => sentIn(reader.group).map((one) => reader.traceOf(one)));
    const different = [...new Set(traces)].sort((a, b) => a.length - b.length).slice(0, TRACES_MAX);
    const { status, stderr } = spawnSync(path.join(ROOT, 'tests/model/trace'), {
      input: `${different.join('\n')}\n`,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    t.diagnostic(`${traces.length} traces, ${different.length} different ones are runs of the model`);
  });
});
