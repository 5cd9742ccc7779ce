// new-route.test.mjs - `make new-route` in a copy of the checkout. The stub builds, passes the checks
// and the tests, and answers through nginx.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { run as runChecks } from '../consistency/checks.mjs';
import { Tree } from '../consistency/tree.mjs';
import { ROOT } from './harness/stack.mjs';

const VARIANT = process.env.VARIANT ?? '';
const STUBS = [
  {
    name: 'newest_cruds',
    route: 'GET /api/newest_cruds',
    operation: 'listNewestCruds',
    options: [],
  },
  {
    name: 'newest_public',
    route: 'GET /api/newest/public',
    operation: 'listNewestPublic',
    options: ['ROUTE=/api/newest/public', 'AUTH=none'],
  },
  {
    name: 'newest_put',
    route: 'PUT /api/newest_put',
    operation: 'setNewestPut',
    options: ['METHOD=PUT', 'AUTH=optional'],
  },
];
const filesOf = ({ name }) => [
  'README.md',
  'docs/architecture.md', // derived: make architecture
  `common/domain/${name}.c`,
  `common/domain/${name}.h`,
  'docs/metrics/alerts.yaml',
  'docs/openapi.yaml',
  `fcgi/${name}.c`,
  'nginx/routes',
  `sql/queries/${name}/list.sql`,
  `tests/api/areas/${name}.mjs`,
  `tests/unit/${name}_test.c`,
  'tests/api/harness/costs.mjs',
];

let copy;

// Run a command in a folder, the copy by default. Returns { status, output }.
function run(file, args, { cwd = copy, ...more } = {}) {
  const env = { ...process.env, ...more };
  for (const name of ['NODE_TEST_CONTEXT', 'MAKEFLAGS', 'MAKELEVEL', 'MFLAGS']) delete env[name];
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: 300_000, maxBuffer: 64 << 20 };
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

async function succeed(file, args, more) {
  const { status, output } = await run(file, args, more);
  assert.equal(status, 0, `${file} ${args.join(' ')}\n${output}`);
  return output;
}

// The texts of all files, by name.
const texts = () => {
  const tree = new Tree(copy);
  return new Map(tree.files().map((name) => [name, tree.read(name)]));
};

// The copy includes the build with its times, so that make compiles only new files.
function copied(name) {
  const relative = path.relative(ROOT, name);
  const [top, second] = relative.split(path.sep);
  if (['.git', '.run'].includes(top)) return false;
  if (['frontend/node_modules', 'tests/fuzz/corpus'].includes(relative)) return false;
  const variants = ['asan', 'clang', 'analyzer', 'fuzz'];
  return top !== 'build' || !variants.includes(second) || second === VARIANT;
}

describe('make new-route', () => {
  before(async () => {
    await succeed('make', ['build', 'frontend'], { cwd: ROOT });
    copy = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-route-'));
    const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
    fs.cpSync(ROOT, copy, { ...options, filter: copied });
    fs.symlinkSync(
      path.join(ROOT, 'frontend/node_modules'),
      path.join(copy, 'frontend/node_modules'),
    );
    fs.chmodSync(copy, 0o755);
  });

  after(() => fs.rmSync(copy, { recursive: true, force: true }));

  test('the stub of a route is ten files and the derived list of files, and answers through nginx', async (t) => {
    const began = performance.now();
    for (const stub of STUBS) {
      const old = texts();
      await succeed('make', ['-s', 'new-route', `NAME=${stub.name}`, ...stub.options]);
      const changed = [...texts()].filter(([name, text]) => old.get(name) !== text);
      assert.deepEqual(changed.map(([name]) => name).sort(), filesOf(stub).sort());
    }
    await succeed('make', ['build']);
    // The front end is not under test: it need not be built from the changed document.
    fs.utimesSync(path.join(copy, 'frontend/dist/index.html'), new Date(), new Date());
    // Also test the new operations against docs/openapi.yaml, on the same stack.
    const contract = path.join(copy, 'tests/api/areas/contract.mjs');
    fs.writeFileSync(contract, "import '../openapi-stack.test.mjs';\n");
    const names = [
      'areas',
      'newest',
      'people, conversations',
      ...STUBS.map(({ operation }) => operation),
    ];
    const output = await succeed(
      'node_modules/.bin/node',
      ['--test', `--test-name-pattern=${names.join('|')}`, 'tests/api/api.test.mjs'],
      { AREAS: [...STUBS.map(({ name }) => name), 'contract'].join() },
    );
    fs.rmSync(contract);
    t.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s from the command to here`);
    for (const { route, operation } of STUBS)
      for (const line of [`# Subtest: ${route}`, `# Subtest: ${operation}: success and refusals`])
        assert.ok(output.includes(line), `${line}\n${output}`);
  });

  test('the stub is formatted and agrees with the checks and the document', async () => {
    const sources = STUBS.flatMap(filesOf).filter((name) => /\.[ch]$/.test(name));
    await succeed('clang-format', ['--dry-run', '-Werror', ...sources]);
    const findings = (root) => runChecks(root).findings.map(({ text }) => text);
    const known = findings(ROOT);
    assert.deepEqual(
      findings(copy).filter((text) => !known.includes(text)),
      [],
    );
    await succeed('node_modules/.bin/node', ['--test', 'tests/api/openapi.test.mjs']);
  });

  test('wrong arguments are refused and nothing is written', async () => {
    const old = texts();
    for (const [args, message] of [
      [[], /NAME must be/],
      [['NAME=Tides'], /NAME must be/],
      [['NAME=users_me'], /fcgi\/users_me\.c exists already/],
      [['NAME=page'], /has a module page already/],
      [['NAME=tides', 'METHOD=PATCH'], /METHOD must be/],
      [['NAME=tides', 'AUTH=maybe'], /AUTH must be/],
      [['NAME=tides', 'ROUTE=/api/tides/{tag}'], /ROUTE must be/],
      [['NAME=tides', 'ROUTE=/api/users/me'], /docs\/openapi\.yaml has \/api\/users\/me already/],
    ]) {
      const { status, output } = await run('make', ['-s', 'new-route', ...args]);
      assert.notEqual(status, 0, args.join(' '));
      assert.match(output, message);
    }
    assert.deepEqual(texts(), old);
  });
});
