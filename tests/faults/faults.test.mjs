// faults.test.mjs - what happens when things fail or are attacked, over real workers and services.
// All areas run in this one process and share a stack; AREAS=streams,ledger runs only some.
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

for (const area of process.env.AREAS?.split(',') ?? ALL) await import(`./areas/${area}.mjs`);
