// api.test.mjs - the API over real nginx, workers and services. All areas run in this one process,
// so that they share two private stacks; AREAS=pages,users runs only some of them.
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
  'commands',
  'migration',
  'outages',
  'logs',
];

for (const area of process.env.AREAS?.split(',') ?? ALL) await import(`./areas/${area}.mjs`);
