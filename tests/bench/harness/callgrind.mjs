// callgrind.mjs - counts the instructions that a worker executes for a request, by function.
//
// Callgrind writes a profile and starts a new one whenever the worker calls FCGX_Accept_r to wait
// for the next request. So each profile is one request, separate from start-up and warm-up, and the
// median excludes requests that had to repeat a poll. Instructions of the kernel are not counted.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { Worker } from '../../faults/harness/worker.mjs';
import { median } from './numbers.mjs';
import { askOf } from './routes.mjs';

const WARM_UP = 3; // requests for connections, prepared statements, caches

const isAddress = (name) => /^0x[0-9a-f]+$/.test(name);

// Read one profile. Returns { total, functions }: functions is a Map from "object name" to
// { object, name, self, inclusive }.
function read(file) {
  const functions = new Map();
  let total = 0;
  let object = '';
  let calledObject;
  let caller;
  let called;

  const find = (of, name) => {
    const known = isAddress(name) ? '(no name)' : name;
    const key = `${of} ${known}`;
    if (!functions.has(key)) functions.set(key, { object: of, name: known, self: 0, inclusive: 0 });
    return functions.get(key);
  };
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const [, key, value] = /^([a-z]+)[=:] ?(.*)$/.exec(line) ?? [];
    if (key === 'ob') object = path.basename(value);
    else if (key === 'fn') caller = find(object, value);
    else if (key === 'cob') calledObject = path.basename(value);
    else if (key === 'cfn') called = find(calledObject ?? object, value);
    else if (key === 'summary') total = Number(value);
    else if (/^\d+ \d+$/.test(line)) {
      // The cost of a line of the function, or, after calls=, of the function that it called.
      const cost = Number(line.split(' ')[1]);
      if (!called) caller.self += cost;
      if (called !== caller) caller.inclusive += cost;
      called = calledObject = undefined;
    }
  }
  return { total, functions };
}

// Serve `count` requests of a route with a worker under callgrind and the dependencies of the
// stack.
// Returns { total, spread, functions }: medians per request; spread: largest divided by smallest
// total, minus 1; functions: as from `read`, sorted by decreasing cost.
export async function profile(stack, route, count) {
  const folder = path.join(stack.home, 'callgrind');
  fs.mkdirSync(folder);
  const worker = await Worker.start(stack, route.program, {
    wrap: [
      ...['valgrind', '-q', '--tool=callgrind', `--callgrind-out-file=${folder}/out`],
      ...['--dump-before=FCGX_Accept_r', '--dump-line=no'],
      ...['--compress-strings=no', '--compress-pos=no'],
    ],
    stderr: 'ignore',
  });
  for (let n = 0; n < WARM_UP; n++) await worker.askUntilServed(...askOf(route, n));
  for (let n = 0; n < count; n++) {
    const answer = await worker.askUntilServed(...askOf(route, n));
    assert.equal(answer.status, 200, answer.text);
  }
  await worker.stop();
  const profiles = fs
    .readdirSync(folder)
    .map((name) => Number(/^out\.(\d+)$/.exec(name)?.[1]))
    .filter(Boolean)
    .sort((a, b) => a - b)
    .slice(-count)
    .map((number) => read(path.join(folder, `out.${number}`)));
  fs.rmSync(folder, { recursive: true });

  const totals = profiles.map(({ total }) => total).sort((a, b) => a - b);
  const functions = [...profiles[0].functions.keys()].map((key) => {
    const costs = profiles.map((one) => one.functions.get(key)).filter(Boolean);
    return {
      ...costs[0],
      self: median(costs.map(({ self }) => self)),
      inclusive: median(costs.map(({ inclusive }) => inclusive)),
    };
  });
  return {
    total: Math.round(median(totals)),
    spread: totals.at(-1) / totals[0] - 1,
    functions: functions.sort((a, b) => b.self - a.self),
  };
}
