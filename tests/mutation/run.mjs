// run.mjs - mutation test: puts small faults into the C code, one at a time, and counts those that
// a test finds. First all unit tests run; a fault that they do not find goes to the API areas that
// concern the file (areas.json). Works in a copy of the tree.
//
// usage: run.mjs [--mutants N] [--seed N] [--units-only] [--only PREFIX] [--json FILE]
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
  },
});
const UNIT_TIMEOUT_MS = 60_000;
const API_TIMEOUT_MS = 300_000;
const areasOf = JSON.parse(fs.readFileSync(new URL('areas.json', import.meta.url), 'utf8'));
// Mutants that no test can find, each with its reason.
const equivalent = JSON.parse(fs.readFileSync(new URL('equivalent.json', import.meta.url), 'utf8'));

// The operator is drawn first, so that the most frequent one does not fill the sample.
function sample(all, count, random) {
  const byOperator = new Map();
  for (const mutant of all)
    byOperator.set(mutant.operator, [...(byOperator.get(mutant.operator) ?? []), mutant]);
  const chosen = [];
  while (chosen.length < count && byOperator.size) {
    const names = [...byOperator.keys()];
    const name = names[random(names.length)];
    const list = byOperator.get(name);
    chosen.push(...list.splice(random(list.length), 1));
    if (list.length === 0) byOperator.delete(name);
  }
  return chosen;
}

// A copy of the tree at a new place, with the installed tools and what is built.
async function copyTree() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mutation-'));
  const run = promisify(execFile);
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: ROOT, maxBuffer: 16 << 20 });
  for (const file of stdout.split('\0').filter((name) => name && fs.existsSync(path.join(ROOT, name)))) {
    fs.mkdirSync(path.join(copy, path.dirname(file)), { recursive: true });
    fs.cpSync(path.join(ROOT, file), path.join(copy, file), { verbatimSymlinks: true });
  }
  for (const name of ['node_modules', 'frontend/node_modules', 'frontend/dist'])
    if (fs.existsSync(path.join(ROOT, name)) && !fs.existsSync(path.join(copy, name)))
      fs.symlinkSync(fs.realpathSync(path.join(ROOT, name)), path.join(copy, name));
  await run('git', ['init', '-q'], { cwd: copy });
  return copy;
}

// Run a command; resolves to whether it ended with 0 in time. All its processes end with it.
function succeeds(copy, file, args, { timeout, env = {} }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: copy,
      env: { ...process.env, ...env },
      stdio: 'ignore',
      detached: true,
    });
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGTERM'), timeout);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve(status === 0);
    });
  });
}

const make = (copy, ...args) =>
  succeeds(copy, 'make', ['--no-print-directory', ...args], { timeout: 600_000 });

// The unit tests, that of the file first, and then the quick ones.
function unitsFor(copy, file) {
  const folder = path.join(copy, 'build/mutation/tests');
  const own = `${path.basename(file, '.c')}_test`;
  const all = fs.readdirSync(folder).filter((name) => name.endsWith('_test'));
  return [...all.filter((name) => name === own), ...all.filter((name) => name !== own)];
}

async function judge(copy, mutant) {
  fs.writeFileSync(path.join(copy, mutant.file), mutant.text);
  if (!(await make(copy, 'units', 'VARIANT=mutation'))) return 'not built';
  if (mutant.file.startsWith('common/'))
    for (const unit of unitsFor(copy, mutant.file))
      if (!(await succeeds(copy, `build/mutation/tests/${unit}`, [], { timeout: UNIT_TIMEOUT_MS })))
        return 'units';
  if (options['units-only']) return 'survived';
  if (!(await make(copy, 'build'))) return 'not built';
  const areas = Object.entries(areasOf).find(([prefix]) => mutant.file.startsWith(prefix))?.[1] ?? [];
  for (const area of areas)
    if (
      !(await succeeds(copy, 'node_modules/.bin/node', ['--test', 'tests/api/api.test.mjs'], {
        timeout: API_TIMEOUT_MS,
        env: { AREAS: area },
      }))
    )
      return 'api';
  return 'survived';
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

const seed = Number(options.seed);
console.log(`seed ${seed}`);
const copy = await copyTree();
process.once('exit', () => fs.rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const listed = await promisify(execFile)('git', ['ls-files', 'common', 'fcgi'], { cwd: ROOT });
const all = listed.stdout
  .split('\n')
  .filter((file) => file.endsWith('.c') && file.startsWith(options.only))
  .flatMap((file) => mutantsOf(file, fs.readFileSync(path.join(copy, file), 'utf8')));
const chosen = sample(all, Number(options.mutants), seededRandom(seed));
console.log(`${chosen.length} of ${all.length} mutants`);
if (!(await make(copy, 'units', 'VARIANT=mutation')) || !(options['units-only'] || (await make(copy, 'build'))))
  throw new Error('the tree does not build');

const judged = [];
for (const mutant of chosen) {
  const original = fs.readFileSync(path.join(copy, mutant.file), 'utf8');
  const result = isEquivalent(mutant) ? 'equivalent' : await judge(copy, mutant);
  fs.writeFileSync(path.join(copy, mutant.file), original);
  judged.push({ ...mutant, text: undefined, result });
  console.log(`${judged.length} ${result}: ${mutant.file}:${mutant.line} ${mutant.before} => ${mutant.after}`);
  if (options.json) fs.writeFileSync(options.json, JSON.stringify({ seed, judged }, null, 1));
}
report(judged);
