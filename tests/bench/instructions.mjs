// instructions.mjs - compares the instructions per request of the hot routes with
// instructions.json.
// Exits 1 if a route needs over 5 % more. `update` writes the new numbers to the file.
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
    const fits = growth <= GROWTH_MAX; // false for a route without a known number
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
      'make profile ROUTE=… shows the functions; make check-instructions UPDATE=1 accepts the numbers',
    );
  process.exitCode = failed ? 1 : 0;
}
