// streams.mjs - measures the streams of GET /api/live with thousands of people: how soon an event
// arrives, what a stream costs in memory and a message in time, and how the browsers return after
// live_hub or nginx was killed. Prints the targets and whether they are met; with 10,000 streams it
// rewrites its table in docs/performance.md.
// Run as: node tests/bench/streams.mjs, with STREAMS=500 for a small run. RATES: messages a second, one
// after the other; SECONDS: of each rate; MESSAGES: to measure publishing.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { sleep } from '../api/harness/client.mjs';
import { scrape } from '../api/harness/exposition.mjs';
import { say } from '../api/harness/people.mjs';
import { ROOT, Stack } from '../api/harness/stack.mjs';
import { Worker } from '../faults/harness/worker.mjs';
import { makeCrowd, startKeySet } from './harness/crowd.mjs';
import { makePairs } from './harness/data.mjs';
import { percent, quantile, readable } from './harness/numbers.mjs';
import { family, idle, pss, watch } from './harness/processes.mjs';
import { table } from './harness/report.mjs';
import { connectPairs, Crowd, until } from './harness/streams.mjs';

const FULL = 10_000;
const numberOf = (name, usual) => Number(process.env[name] || usual);
const STREAMS = 2 * Math.floor(numberOf('STREAMS', FULL) / 2);
const RATES = (process.env.RATES || '100,200,300,400').split(',').map(Number);
const RATE = 300; // of the target
const SECONDS = numberOf('SECONDS', 8);
const MESSAGES = numberOf('MESSAGES', 2 * STREAMS);

const IDLE_MESSAGES = 500;
const IDLE_PAIRS = 50;
const BLOCK = 100; // messages to each worker, of which the time is read
const PUBLISHING_PAIRS = 64; // few enough for a worker's cache of members
const PROBE_MS = 20; // from one request to the next, while something is killed
const CALM_MS = 3000; // after the streams are back
const DELAY_MAX_MS = 50;
const REACHED_MIN = 0.95; // of a rate
const CORES = os.cpus().length;

const progress = (text) =>
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}`);

// --- the delay of a message -----------------------------------------------------------------------
// Messages by their number, as { sent, acknowledged, arrived } in ms.
const messages = [];

const onEvent = (person, name, data) => {
  if (name !== 'message') return;
  const { message } = JSON.parse(data);
  const known = messages[Number(/^number (\d+)$/.exec(message)?.[1] ?? -1)];
  if (known?.receiver === person) known.arrived ??= performance.now();
};

// Send a message from one person of the pair to the other.
async function send(stack, { people, group }) {
  const number = messages.length;
  const [from, receiver] = number % 2 ? people : [...people].reverse();
  const message = { receiver, sent: performance.now() };
  messages.push(message);
  const answer = await say(stack, from, { message_group_uuid: group }, `number ${number}`);
  message.acknowledged = performance.now();
  message.status = answer.status;
  return message;
}

const hasArrived = ({ status, arrived }) => status !== 200 || arrived !== undefined;

// The quantiles of some messages that were acknowledged. An event may arrive before the acknowledgement:
// then there was no delay.
function delays(some) {
  const good = some.filter(({ status }) => status === 200);
  const at = (of) => (part) => quantile(good.map(of), part);
  const delay = at(({ acknowledged, arrived }) => Math.max(0, arrived - acknowledged));
  const whole = at(({ sent, arrived }) => arrived - sent);
  return {
    p50: delay(0.5),
    p99: delay(0.99),
    wholeP50: whole(0.5),
    wholeP99: whole(0.99),
    refused: some.length - good.length,
  };
}

async function oneByOne(stack, pairs, count) {
  const sent = [];
  while (sent.length < count) {
    const message = await send(stack, pairs[sent.length % pairs.length]);
    await until(() => hasArrived(message), 'an event has not arrived', 30_000);
    sent.push(message);
  }
  return delays(sent);
}

// Send `rate` messages a second, whether or not the last ones were answered.
async function atRate(stack, pairs, rate) {
  const answers = [];
  const used = process.cpuUsage();
  const began = performance.now();
  for (let n = 0; n < rate * SECONDS; n++) {
    await sleep(Math.max(0, began + (n * 1000) / rate - performance.now()));
    answers.push(send(stack, pairs[n % pairs.length]));
  }
  const sent = await Promise.all(answers);
  const took = performance.now() - began;
  await until(() => sent.every(hasArrived), 'not all events have arrived', 30_000);
  const { user, system } = process.cpuUsage(used);
  return {
    rate,
    ...delays(sent),
    reached: (1000 * sent.length) / took,
    share: (user + system) / 1000 / took / CORES,
  };
}

// --- memory ---------------------------------------------------------------------------------------
// The kernel's objects (sockets, files, events of epoll …) in KiB.
const slab = () => Number(/^Slab:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))[1]);

const memory = (stack) => ({
  nginx: stack.nginxWorkers().reduce((sum, pid) => sum + pss(pid), 0),
  hub: stack.hubs().reduce((sum, pid) => sum + pss(pid), 0),
  kernel: slab(),
});

// Open the streams of `people`, and tell the memory of one in KiB, without the client's end of its
// connection. The pairs stay until the end, so that nothing takes over their memory.
async function openMeasured(stack, crowd, people) {
  const pairs = Math.ceil(people.length / 4);
  const first = slab();
  const connected = await connectPairs(pairs);
  await sleep(1000);
  const client = (slab() - first) / pairs / 2;
  const before = memory(stack);
  await crowd.join(people);
  await sleep(1000);
  const after = memory(stack);
  connected.close();
  const [nginx, hub, kernel] = ['nginx', 'hub', 'kernel'].map(
    (name) => (after[name] - before[name]) / people.length,
  );
  return { nginx, hub, kernel: kernel - client };
}

// --- publishing -----------------------------------------------------------------------------------
// The time of a worker for a message with a hub, without one, and the difference with its standard error,
// in µs. The two workers take turns with each message.
async function publishing(stack, pairs) {
  const env = { CRUDDUR_HOME: stack.home };
  const workers = [
    await Worker.start(stack, 'message_create', { env }),
    await Worker.start(stack, 'message_create'),
  ];
  // `count` messages to each worker. Returns the time of both for one.
  const block = async (count) => {
    const used = watch({ with: [workers[0].pid], without: [workers[1].pid] });
    for (let n = 0; n < count; n++) {
      const { people, group } = pairs[n % pairs.length];
      const body = JSON.stringify({ message_group_uuid: group, message: `published ${n}` });
      for (const worker of n % 2 ? workers : [...workers].reverse()) {
        const { token } = people[0];
        const { status, text } = await worker.ask('POST', '/api/messages', { token, body });
        if (status !== 200) throw new Error(text);
      }
    }
    const times = used();
    return { with: times.with / count / 1000, without: times.without / count / 1000 };
  };
  const published = async () => (await scrape(stack)).sum('cruddur_live_frames_total');
  await block(2 * PUBLISHING_PAIRS); // to warm up
  const blocks = [];
  const before = await published();
  while (blocks.length * BLOCK < MESSAGES / 2) blocks.push(await block(BLOCK));
  const events = (await published()) - before;
  if (events !== blocks.length * BLOCK)
    throw new Error(`${events} events for ${blocks.length * BLOCK} messages`);
  for (const worker of workers) await worker.stop();
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const more = blocks.map((one) => one.with - one.without);
  const variance = mean(more.map((value) => (value - mean(more)) ** 2));
  return {
    with: mean(blocks.map((one) => one.with)),
    without: mean(blocks.map((one) => one.without)),
    more: mean(more),
    error: Math.sqrt(variance / blocks.length),
  };
}

// --- kills ----------------------------------------------------------------------------------------
// One request on a connection of its own. Returns { at, status }; status 0: no answer.
function probe(port, token) {
  const at = performance.now();
  return new Promise((resolve) => {
    const done = (status) => resolve({ at, status });
    const request = http.get(
      {
        host: '127.0.0.1',
        port,
        path: '/api/message_groups',
        headers: { Authorization: `Bearer ${token}` },
        agent: false,
        timeout: 20_000,
      },
      (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode));
        response.on('error', () => done(0));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(0));
  });
}

// Kill processes, and wait until all streams are back. Another route is asked until then, and for a while
// after. Returns the time until the streams were back, Infinity if they are not, the number of requests
// and of those that failed, and how long they failed.
async function kill(stack, crowd, pids, token) {
  const answers = [];
  const began = performance.now();
  let over = false;
  const asking = (async () => {
    for (let n = 1; !over; n++) {
      answers.push(probe(stack.ports.HTTP, token));
      await sleep(Math.max(0, began + n * PROBE_MS - performance.now()));
    }
  })();
  await sleep(10 * PROBE_MS);
  const killed = performance.now();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until(() => crowd.open < crowd.browsers.length / 2, 'the streams do not end');
  const backMs = await crowd.isComplete().then(
    () => performance.now() - killed,
    () => Infinity,
  );
  await sleep(CALM_MS);
  over = true;
  await asking;
  const done = await Promise.all(answers);
  const failed = done.filter(({ status }) => status !== 200);
  return {
    backMs,
    asked: done.length,
    failed: failed.length,
    failedMs: failed.length ? failed.at(-1).at - killed : 0,
    // After the first answer of the new process: these have no excuse.
    late: failed.filter(({ at }) =>
      done.some((other) => other.status === 200 && other.at > killed && other.at < at),
    ).length,
  };
}

// --- the report -----------------------------------------------------------------------------------
const ms = (value) => `${readable(value)} ms`;
const seconds = (value) => `${readable(value / 1000)} s`;
const kib = (value) => `${readable(value)} KiB`;
const us = (value) => `${readable(value)} µs`;

// The messages of each rate.
const rates = (loaded) =>
  table(
    [
      'messages/s',
      'reached',
      'acknowledged → event, p50, ms',
      'p99, ms',
      'sent → event, p50, ms',
      'p99, ms',
      'refused',
      'load generator',
    ],
    loaded.map(({ rate, reached, p50, p99, wholeP50, wholeP99, refused, share }) => [
      String(rate),
      ...[reached, p50, p99, wholeP50, wholeP99].map(readable),
      String(refused),
      percent(share),
    ]),
  );

function report({ calm, loaded, bytes, published, hub, nginx }) {
  const crowd = `${STREAMS.toLocaleString('en')} streams`;
  const rows = [];
  const most = (what, value, limit, show) =>
    rows.push([what, `≤ ${show(limit)}`, show(value), value <= limit ? 'yes' : '**no**']);
  most('acknowledged → event, idle: p50', calm.p50, 2, ms);
  most('the same: p99', calm.p99, 10, ms);
  const aimed = loaded.find(({ rate }) => rate === RATE);
  if (aimed) most(`${crowd}, ${RATE} messages/s: p99`, aimed.p99, DELAY_MAX_MS, ms);
  most('an idle stream: nginx', bytes.nginx, 10, kib);
  most('an idle stream: live_hub', bytes.hub, 0.5, kib);
  most(
    'an idle stream: both, and the kernel',
    bytes.nginx + bytes.hub + bytes.kernel,
    20,
    kib,
  );
  most('publishing a message', published.more, 8, us);
  most(`${crowd} after live_hub was killed: all are back`, hub.backMs, 20_000, seconds);
  most('requests to another route that failed', hub.failed, 0, String);
  most(`${crowd} after nginx was killed: all are back`, nginx.backMs, 20_000, seconds);
  most('requests to another route failed for', nginx.failedMs, 2000, seconds);
  most('requests that failed after nginx answered again', nginx.late, 0, String);

  const kept = loaded.filter(
    ({ rate, p99, reached, refused }) =>
      p99 <= DELAY_MAX_MS && refused === 0 && reached >= REACHED_MIN * rate,
  );
  const notes = [
    `The highest rate that keeps ${DELAY_MAX_MS} ms without a refusal is ${kept.at(-1)?.rate ?? 'none'}` +
      (kept.at(-1) ? ' messages/s.' : '.'),
    `Idle, an event arrives ${ms(calm.wholeP50)} after its message is sent, p99 ${ms(calm.wholeP99)}.`,
    `A message takes ${us(published.with)} of a worker with publishing, ${us(published.without)} without; the standard error of the difference is ${us(published.error)}.`,
    `Another route was asked ${hub.asked} and ${nginx.asked} times while something was killed.`,
    `${rows.filter((row) => row[3] === 'yes').length} of ${rows.length} targets are met.`,
  ];
  const targets = table(['streams', 'target', 'measured', 'met'], rows);
  return [targets, rates(loaded), notes.join('\n')].join('\n\n');
}

function machine() {
  const [cpu] = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(2));
  return [
    `${new Date().toISOString().slice(0, 10)}, ${CORES} cores (${cpu.model}),`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB, Linux ${os.release().split('.').slice(0, 2).join('.')};`,
    `load average at the start ${load.join(' ')}; ${SECONDS} s of each rate.`,
  ].join(' ');
}

function publish(text) {
  const file = path.join(ROOT, 'docs/performance.md');
  const marks = /(<!-- make bench-streams writes from here -->\n)[^]*?(<!-- to here: streams -->)/;
  const old = fs.readFileSync(file, 'utf8');
  if (!marks.test(old)) throw new Error(`${file} has no place for the table`);
  fs.writeFileSync(
    file,
    old.replace(marks, (_, begin, end) => `${begin}\n${text}\n\n${end}`),
  );
}

// As shipped, but for limits that one address and one machine would reach.
const settings = {
  CRUDDUR_EPHEMERAL: '1',
  CRUDDUR_WORKERS: '',
  CRUDDUR_STREAMS: String(Math.max(8000, STREAMS)),
  CRUDDUR_RATE_ADDRESS: '100000',
  CRUDDUR_RATE_ADDRESS_BURST: '100000',
  CRUDDUR_RATE_TOKEN: '100000',
  CRUDDUR_RATE_TOKEN_BURST: '100000',
  CRUDDUR_RATE_CONNECTIONS: '65535',
  CRUDDUR_RATE_STREAMS: '65535',
};

const facts = machine();
const keySet = await startKeySet();
progress('a private stack');
const stack = await Stack.start({ settings, prepare: () => ({ COGNITO_JWKS_URL: keySet.url }) });
try {
  progress(`${STREAMS} people`);
  const people = await makeCrowd(stack, keySet, STREAMS);
  const couples = Array.from({ length: STREAMS / 2 }, (_, n) => people.slice(2 * n, 2 * n + 2));
  const made = await makePairs(stack, couples);
  const pairs = made.map(({ group }, n) => ({ people: couples[n], group }));
  const crowd = new Crowd(stack.ports.HTTP, onEvent);

  progress('one message after the other');
  await crowd.join(people.slice(0, 2 * IDLE_PAIRS));
  await oneByOne(stack, pairs.slice(0, IDLE_PAIRS), IDLE_PAIRS); // to warm up
  const calm = await oneByOne(stack, pairs.slice(0, IDLE_PAIRS), IDLE_MESSAGES);

  progress('all streams');
  const bytes = await openMeasured(stack, crowd, people.slice(2 * IDLE_PAIRS));
  progress(`${RATES[0]} messages a second, until the pools have grown`);
  await atRate(stack, pairs, RATES[0]);
  const loaded = [];
  for (const rate of RATES) {
    progress(`${rate} messages a second`);
    loaded.push(await atRate(stack, pairs, rate));
    await idle(stack.workers('message_create'));
  }
  const [{ token }] = people;
  progress('live_hub is killed');
  const hub = await kill(stack, crowd, stack.hubs(), token);
  progress('nginx is killed');
  const [master] = fs.readFileSync(path.join(stack.home, 'run/nginx.pid'), 'utf8').split('\n');
  const nginx = await kill(stack, crowd, family(Number(master)), token);
  await crowd.leave();
  progress('publishing');
  const published = await publishing(stack, pairs.slice(0, PUBLISHING_PAIRS));

  const text = report({ calm, loaded, bytes, published, hub, nginx });
  console.log(`${facts}\n\n${text}`);
  if (STREAMS === FULL) publish(`${facts}\n\n${text}`);
} finally {
  await stack.down();
  keySet.close();
}
