// faults.test.mjs - what happens when things fail or are attacked, over real workers and services.
// All areas run in this one process and share a stack; AREAS=streams,ledger runs only some.
import { test } from 'node:test';

const ALL = [
  'streams',
  'memory',
  'dynamodb',
  'database',
  'keys',
  'clocks',
  'processes',
  'disk',
  'matrix',
  'slow',
  'overload',
  'leaks',
  'surface',
  'units',
  'ledger',
  'crud-ledger',
];

// The runner takes a moment without tests for the end and stops the stacks, so the tests that are
// there already wait until all areas are, some of which start stacks of their own.
let begin;
test('areas are loaded', () => new Promise((resolve) => (begin = resolve)));
for (const area of process.env.AREAS?.split(',') ?? ALL) await import(`./areas/${area}.mjs`);
begin();
