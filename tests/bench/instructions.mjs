// instructions.mjs - the instructions per request of the hot routes against those in
// instructions.json; with `update`, writes them there. Exits 1 when a route needs over 5 % more.
// Run as: node tests/bench/instructions.mjs [update]
import fs from 'node:fs';

import { profile } from './harness/callgrind.mjs';
import { startSmall } from './harness/small.mjs';

const REQUESTS = 21;
const GROWTH_MAX = 0.05;
const FILE = new URL('instructions.json', import.meta.url);

const update = process.argv[2] === 'update';
const known = JSON.parse(fs.readFileSync(FILE, 'utf8'));
const found = {};
let failed = 0;

const { stack, routes } = await startSmall();
try {
  for (const route of routes) {
    const { total } = await profile(stack, route, REQUESTS);
    const growth = total / known[route.name] - 1;
    const fits = growth <= GROWTH_MAX; // not for a route that has no figure yet
    found[route.name] = total;
    if (!fits) failed++;
    console.log(
      `${fits ? 'ok    ' : 'not ok'} ${route.name.padEnd(16)} ${total} instructions per request, ` +
        `${known[route.name] ?? 'none'} in instructions.json (${(100 * growth).toFixed(1)} %)`,
    );
  }
} finally {
  await stack.down();
}
if (update) {
  fs.writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);
} else {
  console.log(`${routes.length - failed} passed, ${failed} failed`);
  if (failed)
    console.log(
      'make profile ROUTE=… tells where they are; make check-instructions UPDATE=1 takes them',
    );
  process.exitCode = failed ? 1 : 0;
}
