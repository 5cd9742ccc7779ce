// api.test.mjs - the API over real nginx, workers and services. All areas run in this one process,
// so that they share two private stacks; AREAS=pages,users runs only some of them.
import { test } from 'node:test';

const ALL = [
  'http',
  'identity',
  'body',
  'users',
  'profile',
  'cruds',
  'feeds',
  'search',
  'notifications',
  'plans',
  'conversations',
  'pages',
  'idempotency',
  'foreign',
  'crowd',
  'programs',
  'recorded',
  'tokens',
  'pools',
  'serve',
  'commands',
  'migration',
  'outages',
  'logs',
  'limits',
  'metrics',
];

// The runner takes a moment without tests for the end and stops the stacks, so the tests that are
// there already wait until all areas are, some of which start stacks of their own.
let begin;
test('areas are loaded', () => new Promise((resolve) => (begin = resolve)));
for (const area of process.env.AREAS?.split(',') ?? ALL) await import(`./areas/${area}.mjs`);
begin();
