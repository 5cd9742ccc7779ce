// consistency.mjs - holds together what no compiler does: programs, routes, tests, documentation,
// queries, environment variables. Prints a line per finding; exits 1 when there is one.
// Run as: node tests/consistency.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import YAML from 'yaml';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PROGRAM_LINES_MAX = 150;
// What a program leaves to common/: SQL, HTTP, FastCGI, JSON text.
const HEADERS_OF_COMMON = /#\s*include\s*[<"](libpq|curl|fcgi|json-c)/;
const OUR_VARIABLES =
  /\b((?:CRUDDUR|AWS|COGNITO|DDB|DB_SG|PROD)_[A-Z0-9_]+|CONNECTION_URL|GITPOD_IP|FRONTEND_URL|BACKEND_URL)\b/g;

let passed = 0;
let failed = 0;

function check(holds, finding) {
  if (holds) {
    passed++;
    return;
  }
  failed++;
  console.log(`not ok: ${finding}`);
}

const read = (name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const exists = (name) => fs.existsSync(path.join(ROOT, name));

// The files below a folder whose names end so, as paths from the root.
function files(folder, end = '') {
  if (!exists(folder)) return [];
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

const textOf = (names) => names.map(read).join('\n');
const stem = (name) => path.basename(name).replace(/\.[^.]*$/, '');
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const withoutComments = (text) => text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

// A pattern of a route, /api/messages/{group_uuid}, as a regular expression for paths in a text.
function pathsLike(pattern) {
  const parts = pattern.split(/\{[a-z_]+\}/).map(escaped);
  return new RegExp(`${parts.join('(?:\\$?\\{[^}]+\\}|<[^>]+>|[^/\\s\'"`?{}<>]+)')}(?![\\w/@-])`);
}

// --- programs, locations, tests, documentation ------------------------------------------------
const sources = files('fcgi', '.c');
const routes = read('nginx/routes')
  .split('\n')
  .map((line) => /^([a-z_]+)\s+(\d+)\s+(=|~)\s+(\S+)$/.exec(line))
  .filter(Boolean)
  .map(([, program, , kind, location]) => ({ program, kind, location }));
const apiTests = textOf(files('tests/api', '.mjs'));
const documentation = textOf(['README.md', ...files('docs')].filter(exists));
const patterns = new Map();

// Which program gets a path: nginx takes an exact location, else the first expression that fits.
function programOf(url) {
  const exact = routes.find(({ kind, location }) => kind === '=' && location === url);
  return (
    exact ?? routes.find(({ kind, location }) => kind === '~' && new RegExp(location).test(url))
  )?.program;
}

for (const source of sources) {
  const text = read(source);
  const program = stem(source);
  const found = [...text.matchAll(/\{\s*"[A-Z]+",\s*"(\/[^"]*)"/g)].map((match) => match[1]);
  patterns.set(program, [...new Set(found)]);
  check(found.length > 0, `${source} has no route`);
  check(
    routes.some((route) => route.program === program),
    `${program} has no line in nginx/routes`,
  );
  const lines = text.split('\n').length - 1;
  check(lines < PROGRAM_LINES_MAX, `${source} has ${lines} lines; a program is short`);
  const include = HEADERS_OF_COMMON.exec(text);
  check(!include, `${source}: ${include?.[0]}…: that is the business of common/`);
  for (const pattern of patterns.get(program)) {
    const sample = pattern.replace(/\{[a-z_]+\}/g, 'x');
    check(
      programOf(sample) === program,
      `nginx sends ${sample} to ${programOf(sample) ?? 'nobody'}, but ${program} has ${pattern}`,
    );
    check(pathsLike(pattern).test(apiTests), `no test in tests/api asks for ${pattern}`);
    check(
      pathsLike(pattern).test(documentation),
      `neither README.md nor docs/ mentions ${pattern}`,
    );
  }
}

for (const { program } of routes)
  check(
    exists(`fcgi/${program}.c`),
    `nginx/routes names ${program}, but there is no fcgi/${program}.c`,
  );

for (const [url] of documentation.matchAll(/\/api\/[^…\s'"`?)\]|,;:<]*[^…\s'"`?)\]|,;:.<]/g)) {
  const known = [...patterns.values()].flat().some((pattern) => {
    const whole = new RegExp(`^${pathsLike(pattern).source}$`);
    return whole.test(url);
  });
  const file = ['', '.html'].some((end) => exists(`docs${url}${end}`));
  check(known || file || url === '/api/*', `the documentation mentions ${url}, which is not there`);
}

// What docs/operations.md reckons with.
const workers = [...read('nginx/routes').matchAll(/^[a-z_]+ +(\d+) /gm)].map((match) => match[1]);
const sum = workers.reduce((before, count) => before + Number(count), 0);
check(
  read('docs/operations.md').includes(`default of each pool, ${sum} workers in all`),
  `docs/operations.md (Sizing) does not know of ${sum} workers`,
);

// --- tests ------------------------------------------------------------------------------------
for (const name of files('tests/unit', '.c')) {
  const text = withoutComments(read(name));
  for (const [, test] of text.matchAll(/^static void (test_\w+)\s*\(/gm))
    check(
      new RegExp(`\\bcmocka_unit_test\\w*\\(\\s*${test}\\b`).test(text),
      `${name}: ${test} is never run`,
    );
}

const entry = read('tests/api/api.test.mjs');
for (const name of files('tests/api/areas', '.mjs'))
  check(entry.includes(`'${stem(name)}'`), `${name} is not in tests/api/api.test.mjs`);

// --- queries ----------------------------------------------------------------------------------
const code = withoutComments(textOf([...files('common'), ...files('fcgi'), ...files('bin', '.c')]));
const queries = files('sql/queries', '.sql').map(
  (name) => `query_${path.basename(path.dirname(name))}_${stem(name)}`,
);
for (const query of queries)
  check(new RegExp(`\\b${query}\\b`).test(code), `${query}: no code uses this file of sql/queries`);
for (const query of new Set([...code.matchAll(/&(query_[a-z_]+)\b/g)].map((match) => match[1])))
  check(queries.includes(query), `the code uses ${query}, which is no file of sql/queries`);

// --- metrics ----------------------------------------------------------------------------------
const metricsIn = (text) =>
  new Set(
    [...text.matchAll(/\bcruddur_[a-z_]+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    ),
  );
const exposed = metricsIn(withoutComments(read('common/run/exposition.c')));
const section = (title) =>
  new RegExp(`^## ${title}$([^]*?)^## `, 'm').exec(read('docs/operations.md'))?.[1] ?? '';
const explained = metricsIn(section('Metrics'));
check(exposed.size > 0, 'common/run/exposition.c writes no metric');
for (const name of exposed)
  check(explained.has(name), `docs/operations.md does not explain ${name}`);
for (const name of explained)
  check(exposed.has(name), `docs/operations.md explains ${name}, which is not there`);
for (const file of [...files('docs/metrics'), 'tests/alerts.yaml'])
  for (const name of metricsIn(read(file)))
    check(exposed.has(name), `${file} uses ${name}, which is not there`);

const rules = read('docs/metrics/alerts.yaml');
const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
const runbook = [...section('Alerts').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
check(alerts.join() === runbook.join(), `alerts ${alerts}, but docs/operations.md has ${runbook}`);
for (const name of alerts) {
  check(
    rules.includes(`docs/operations.md#${name.toLowerCase()}\n`),
    `${name} does not point to its entry in docs/operations.md`,
  );
  check(read('tests/alerts.yaml').includes(name), `tests/alerts.yaml does not test ${name}`);
}

const counted = read('common/run/metrics.c');
const sent = textOf(files('common', '.c')).matchAll(/\bdynamodb_send\([^;]*?"(\w+)"/g);
for (const [, operation] of sent)
  check(
    counted.includes(`{DEP_DYNAMODB, "${operation}"}`),
    `common/run/metrics.c does not know DynamoDB's ${operation}`,
  );

// --- environment variables --------------------------------------------------------------------
// Read in C: any string that is the name of one of ours, and whatever getenv is asked for.
const asked = new Set();
for (const [, text] of code.matchAll(/"([A-Z][A-Z0-9_]*)"/g))
  for (const [name] of text.matchAll(OUR_VARIABLES)) if (name === text) asked.add(name);
for (const [, name] of code.matchAll(/getenv\("([A-Z0-9_]+)"\)/g)) asked.add(name);
// Read by scripts and nginx: any mention outside of a comment.
const scripts = textOf([...files('bin').filter((name) => !name.endsWith('.c')), ...files('nginx')])
  .split('\n')
  .filter((line) => !/^\s*#/.test(line))
  .join('\n');
for (const [name] of scripts.matchAll(OUR_VARIABLES)) asked.add(name);

const example = exists('.env.example') ? read('.env.example') : '';
const documented = new Set(
  [...example.matchAll(/^#?\s*([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]),
);
check(documented.size > 0, '.env.example documents no variable');
// A name that ends in _ stands for a family: CRUDDUR_WORKERS_ for one variable a program.
const covers = (name, other) => name === other || (name.endsWith('_') && other.startsWith(name));
for (const name of asked)
  check(
    [...documented].some((other) => covers(name, other)),
    `${name} is read, but not in .env.example`,
  );
for (const name of documented)
  check(
    [...asked].some((other) => covers(other, name)),
    `.env.example documents ${name}, which nobody reads`,
  );

// --- rights in AWS ------------------------------------------------------------------------------
// docs/iam-policy.json allows what the sources ask for, and nothing else: its Serve… statements what
// common/ asks for, its Operate… statements what the commands of bin/ do. A TransactWriteItems needs
// the rights of the writes in it.
function actionsAskedFor(text) {
  const names = [...text.matchAll(/\b(?:dynamodb_send|aws_send|ask_table)\(\s*[^,()]+,\s*"(\w+)"/g)];
  const chosen = [...text.matchAll(/\boperation = [^;]*\? "(\w+)" : "(\w+)"/g)].flatMap((match) => [
    { 1: match[1] },
    { 1: match[2] },
  ]);
  const writes = [...text.matchAll(/"(Put|Update|Delete|ConditionCheck)"/g)];
  return new Set([
    ...[...names, ...chosen].map((match) => match[1]).filter((name) => name !== 'TransactWriteItems'),
    ...writes.map((match) => `${match[1]}Item`),
  ]);
}
function actionsAllowed(prefix) {
  const { Statement: statements } = JSON.parse(read('docs/iam-policy.json'));
  return new Set(
    statements
      .filter(({ Sid: sid }) => sid.startsWith(prefix))
      .flatMap(({ Action: actions }) => actions)
      .filter((action) => action.startsWith('dynamodb:'))
      .map((action) => action.slice('dynamodb:'.length)),
  );
}
for (const [prefix, folder] of [
  ['Serve', 'common'],
  ['Operate', 'bin/aws'],
]) {
  const wanted = actionsAskedFor(withoutComments(textOf(files(folder, '.c'))));
  const allowed = actionsAllowed(prefix);
  check(wanted.size > 3, `no operations of DynamoDB are found in ${folder}`);
  for (const action of wanted)
    check(allowed.has(action), `${folder} asks for ${action}, which docs/iam-policy.json lacks`);
  for (const action of allowed)
    check(wanted.has(action), `docs/iam-policy.json allows ${action}, which ${folder} never asks for`);
}

// --- workspaces in the cloud, containers --------------------------------------------------------
// What they run is there, and the ports are those of a local run.
const makefile = read('Makefile');
const portOf = (name) => Number(new RegExp(`^CRUDDUR_${name}_PORT=(\\d+)$`, 'm').exec(example)?.[1]);
const localPorts = ['HTTP', 'COGNITO', 'DYNAMODB', 'POSTGRES'].map(portOf).sort();
const gitpod = YAML.parse(read('.gitpod.yml'));
const devcontainer = JSON.parse(read('.devcontainer/devcontainer.json'));
for (const [name, ports, commands] of [
  [
    '.gitpod.yml',
    gitpod.ports.map(({ port }) => port),
    gitpod.tasks.flatMap(({ init, command }) => [init, command]),
  ],
  [
    'devcontainer.json',
    devcontainer.forwardPorts,
    [devcontainer.onCreateCommand, devcontainer.postStartCommand],
  ],
]) {
  check(`${[...ports].sort()}` === `${localPorts}`, `${name} forwards ${ports}, not ${localPorts}`);
  const targets = commands.flatMap((command) =>
    [...command.matchAll(/^make (.*)$/gm)].flatMap((match) => match[1].split(' ')),
  );
  check(targets.includes('up'), `${name} starts nothing`);
  for (const target of targets)
    check(new RegExp(`^${target}:`, 'm').test(makefile), `${name}: there is no make ${target}`);
}
for (const name of Object.keys(devcontainer.containerEnv))
  check(documented.has(name), `devcontainer.json sets ${name}, which is not in .env.example`);
check(exists(gitpod.image.file), `.gitpod.yml: there is no ${gitpod.image.file}`);

// The compose files set variables that are read, and confine all that is ours.
for (const name of ['docker/compose.yaml', 'docker/compose.prod.yaml']) {
  const { services } = YAML.parse(read(name), { merge: true });
  for (const [service, { image, environment, read_only, cap_drop, user }] of Object.entries(services)) {
    if (!/cruddur-/.test(image)) continue;
    check(read_only && `${cap_drop}` === 'ALL' && !user, `${name}: ${service} is not confined`);
    if (service === 'cognito') continue;
    for (const variable of Object.keys(environment))
      check(
        [...documented].some((other) => other === variable),
        `${name} sets ${variable}, which is not in .env.example`,
      );
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
