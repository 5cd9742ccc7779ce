// browser.test.mjs - the front end in Chromium against a real stack. All areas run in this process
// and share both; AREAS=cruds,account runs only some of them.
const ALL = [
  'account',
  'cruds',
  'conversations',
  'outbox',
  'page',
  'scripts',
  'session',
  'foreign',
  'access',
  'weight',
];

for (const area of process.env.AREAS?.split(',') ?? ALL) await import(`./areas/${area}.mjs`);
