// run.mjs - mutation test: puts small faults into the C code, one at a time, and counts those that
// a test finds. First the unit tests that link the file run; a fault that they do not find goes to
// the API areas that concern the file (areas.json). Works in a copy of the tree.
//
// usage: run.mjs [--mutants N] [--seed N] [--units-only] [--only PREFIX] [--json FILE] [--again FILE]
// --mutants: how many are judged; those that do not compile are drawn besides. --again: continues what
// --json wrote; its survivors are judged again.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { seededRandom } from '../faults/harness/random.mjs';
import { mutantsOf } from './mutants.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { values: options } = parseArgs({
  options: {
    mutants: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'units-only': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    again: { type: 'string' },
  },
});
// A mutant may loop forever. A unit test may take many times what it takes without a fault.
const UNIT_TIMEOUT_MS = 20_000;
const UNIT_SLOWER = 20;
const API_TIMEOUT_MS = 600_000;
const areasOf = JSON.parse(fs.readFileSync(new URL('areas.json', import.meta.url), 'utf8'));
// Mutants that no test can find, each with its reason.
const equivalent = JSON.parse(fs.readFileSync(new URL('equivalent.json', import.meta.url), 'utf8'));

// All mutants in a random order. The operator is drawn first, so that the most frequent one does not
// fill the sample.
function* shuffled(all, random) {
  const byOperator = new Map();
  for (const mutant of all)
    byOperator.set(mutant.operator, [...(byOperator.get(mutant.operator) ?? []), mutant]);
  while (byOperator.size) {
    const names = [...byOperator.keys()];
    const name = names[random(names.length)];
    const list = byOperator.get(name);
    yield* list.splice(random(list.length), 1);
    if (list.length === 0) byOperator.delete(name);
  }
}

// A copy of the tree at a new place, with the installed tools and the built front end. The workers of a
// stack read the library there.
async function copyTree() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mutation-'));
  fs.chmodSync(copy, 0o755);
  const run = promisify(execFile);
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: ROOT, maxBuffer: 16 << 20 });
  for (const file of stdout.split('\0').filter((name) => name && fs.existsSync(path.join(ROOT, name)))) {
    fs.mkdirSync(path.join(copy, path.dirname(file)), { recursive: true });
    // With their times, so that the front end is not built again.
    const options = { verbatimSymlinks: true, preserveTimestamps: true };
    fs.cpSync(path.join(ROOT, file), path.join(copy, file), options);
  }
  for (const name of ['node_modules', 'frontend/node_modules', 'frontend/dist'])
    if (fs.existsSync(path.join(ROOT, name)) && !fs.existsSync(path.join(copy, name)))
      fs.symlinkSync(fs.realpathSync(path.join(ROOT, name)), path.join(copy, name));
  await run('git', ['init', '-q'], { cwd: copy });
  return copy;
}

// Run a command; resolves to whether it ended with 0 in time. All its processes end with it. bad: what
// its output must not contain; the command is stopped when it does.
function succeeds(copy, file, args, { timeout, env = {}, bad }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: copy,
      env: { ...process.env, ...env },
      stdio: ['ignore', bad ? 'pipe' : 'ignore', 'ignore'],
      detached: true,
    });
    const stop = (signal = 'SIGTERM') => {
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    const timer = setTimeout(() => stop(), timeout);
    let found = false;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      if (!found && bad.test(text)) {
        found = true;
        stop();
      }
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      stop('SIGKILL'); // the children of a test that did not end as it should
      resolve(status === 0 && !found);
    });
  });
}

const VARIANT = { VARIANT: 'mutation' };
const BUILD = `build/${VARIANT.VARIANT}`;

const make = (copy, ...args) =>
  succeeds(copy, 'make', ['--no-print-directory', ...args], { timeout: 600_000, env: VARIANT });

// The unit tests as { name, objects, took }: the sources that a test links, as the linker would take
// them out of a library, and how long it takes. The quickest first. Each must pass without a fault.
async function unitTests(copy) {
  const folder = path.join(copy, BUILD);
  const files = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.o'));
  const { stdout } = await promisify(execFile)('nm', ['-A', '-g', ...files], {
    cwd: folder,
    maxBuffer: 16 << 20,
  });
  const needs = new Map(files.map((file) => [file, []]));
  const definedIn = new Map();
  for (const [, file, kind, symbol] of stdout.matchAll(/^(\S+\.o):\s*[0-9a-f]* (\w) (\S+)$/gm)) {
    if (kind === 'U') needs.get(file).push(symbol);
    else if (!file.startsWith('tests/')) definedIn.set(symbol, file);
  }
  const tests = [];
  for (const object of files.filter((file) => /^tests\/\w+_test\.o$/.test(file))) {
    const objects = new Set([object]);
    for (const file of objects)
      for (const symbol of needs.get(file)) if (definedIn.has(symbol)) objects.add(definedIn.get(symbol));
    const name = path.basename(object, '.o');
    const start = performance.now();
    if (!(await succeeds(copy, `${BUILD}/tests/${name}`, [], { timeout: 600_000 })))
      throw new Error(`${name} fails without a fault`);
    tests.push({ name, objects, took: performance.now() - start });
  }
  return tests.sort((a, b) => a.took - b.took);
}

// The unit tests that can find a fault of a file, that of the file first.
function unitsFor(tests, file) {
  const own = `${path.basename(file, '.c')}_test`;
  const linked = tests.filter(({ objects }) => objects.has(file.replace(/c$/, 'o')));
  return [...linked.filter(({ name }) => name === own), ...linked.filter(({ name }) => name !== own)];
}

const programOf = (file) => `${BUILD}/bin/${path.basename(file, '.c')}`;

// Compile and link a file of the copy, with the mutant's text or as it was.
function build(copy, { file, text, original }, mutated) {
  fs.writeFileSync(path.join(copy, file), mutated ? text : original);
  return make(copy, file.startsWith('common/') ? `${BUILD}/libcommon.so` : programOf(file));
}

// Whether areas of the API pass, in one stack; they end with the first failure.
function areasPass(copy, areas) {
  const args = ['--test-reporter=tap', 'tests/api/api.test.mjs'];
  const env = { ...VARIANT, AREAS: areas };
  const limits = { timeout: API_TIMEOUT_MS, env, bad: /^ *not ok /m };
  return succeeds(copy, 'node_modules/.bin/node', args, limits);
}

const provenAreas = new Set();

// Returns what found the mutant: [result, name of the test or of the areas].
async function judge(copy, tests, mutant) {
  if (!(await build(copy, mutant, true))) return ['not built'];
  for (const { name, took } of unitsFor(tests, mutant.file)) {
    const timeout = UNIT_TIMEOUT_MS + UNIT_SLOWER * took;
    if (!(await succeeds(copy, `${BUILD}/tests/${name}`, [], { timeout }))) return ['units', name];
  }
  if (options['units-only']) return ['survived'];
  const areas = Object.entries(areasOf)
    .find(([prefix]) => mutant.file.startsWith(prefix))[1]
    .join();
  // Areas that fail without the fault, too, would find every mutant.
  if (!provenAreas.has(areas)) {
    await build(copy, mutant, false);
    if (!(await areasPass(copy, areas))) throw new Error(`${areas} fail without a fault`);
    provenAreas.add(areas);
    await build(copy, mutant, true);
  }
  return (await areasPass(copy, areas)) ? ['survived'] : ['api', areas];
}

const isEquivalent = (mutant) =>
  equivalent.find(
    ({ file, function: name, before, after }) =>
      file === mutant.file && name === mutant.function && before === mutant.before && after === mutant.after,
  );

const percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : '-');

function report(judged) {
  const groups = new Map();
  for (const { file, result } of judged) {
    const name = file.split('/').slice(0, -1).join('/');
    for (const group of [name, 'all']) {
      const counts = groups.get(group) ?? {};
      counts[result] = (counts[result] ?? 0) + 1;
      groups.set(group, counts);
    }
  }
  console.log('\n| folder | not built | equivalent | units | API | survived | score units | score |');
  console.log('|---|--|--|--|--|--|--|--|');
  for (const [name, n] of [...groups].sort(([a], [b]) => (a === 'all') - (b === 'all') || (a < b ? -1 : 1))) {
    const { units = 0, api = 0, survived = 0 } = n;
    const whole = units + api + survived;
    console.log(
      `| ${name} | ${n['not built'] ?? 0} | ${n.equivalent ?? 0} | ${units} | ${api} | ${survived} | ${percent(units, whole)} | ${percent(units + api, whole)} |`,
    );
  }
  console.log('\nsurvivors:');
  for (const { file, line, function: name, operator, before, after } of judged.filter(
    ({ result }) => result === 'survived',
  ))
    console.log(`${file}:${line} ${name} (${operator})\n  - ${before}\n  + ${after}`);
}

const again = options.again && JSON.parse(fs.readFileSync(options.again, 'utf8'));
const seed = again?.seed ?? Number(options.seed);
console.log(`seed ${seed}`);
const copy = await copyTree();
process.once('exit', () => fs.rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const listed = await promisify(execFile)('git', ['ls-files', 'common', 'fcgi'], { cwd: ROOT });
const all = listed.stdout
  .split('\n')
  .filter((file) => file.endsWith('.c') && file.startsWith(options.only))
  .flatMap((file) => mutantsOf(file, fs.readFileSync(path.join(copy, file), 'utf8')));

// The mutant of an earlier run with its text; the lines of the file may have moved.
const PARTS = ['file', 'operator', 'function', 'before', 'after'];
const isSame = (one, other) => PARTS.every((part) => one[part] === other[part]);
function found(earlier) {
  const distance = ({ line }) => Math.abs(line - earlier.line);
  const same = all.filter((mutant) => isSame(mutant, earlier));
  same.sort((a, b) => distance(a) - distance(b));
  return same[0];
}

function* chosen() {
  const known = again?.judged ?? [];
  for (const earlier of known) if (found(earlier)) yield { ...found(earlier), earlier };
  for (const mutant of shuffled(all, seededRandom(seed)))
    if (!known.some((earlier) => isSame(mutant, earlier) && mutant.line === earlier.line)) yield mutant;
}

console.log(`${options.mutants} of ${all.length} mutants`);
if (!(await make(copy, 'units')) || !(await make(copy, 'build')))
  throw new Error('the tree does not build');
const tests = await unitTests(copy);

const judged = [];
for (const { earlier, text, ...mutant } of chosen()) {
  const built = judged.filter(({ result }) => result !== 'not built').length;
  if (!earlier && built >= Number(options.mutants)) break;
  let verdict = [earlier?.result, earlier?.by];
  if (isEquivalent(mutant)) {
    verdict = ['equivalent'];
  } else if (!earlier || earlier.result === 'survived') {
    const original = fs.readFileSync(path.join(copy, mutant.file), 'utf8');
    verdict = await judge(copy, tests, { ...mutant, text, original });
    fs.writeFileSync(path.join(copy, mutant.file), original);
  }
  const [result, by] = verdict;
  judged.push({ ...mutant, result, by });
  console.log(
    `${judged.length} ${result}${by ? ` (${by})` : ''}: ${mutant.file}:${mutant.line} ${mutant.before} => ${mutant.after}`,
  );
  if (options.json) fs.writeFileSync(options.json, JSON.stringify({ seed, judged }, null, 1));
}
report(judged);
