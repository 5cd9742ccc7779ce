// mutants.test.mjs - the faults that tests/mutation puts into a C file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { codeOf, mutantsOf } from './mutation/mutants.mjs';

const changesOf = (text) =>
  mutantsOf('a.c', text).map(({ operator, after }) => `${operator}: ${after}`);

test('each operator changes the code of a function', () => {
  const text = [
    'int f(int a)',
    '{',
    '\tif (a < 1 && !g(a))',
    '\t\ta = b + 2;',
    '\treturn a;',
    '}',
    '',
  ].join('\n');
  assert.deepEqual(changesOf(text).sort(), [
    'arithmetic: a = b - 2;',
    'compare: if (a <= 1 && !g(a))',
    'constant: if (a < 2 && !g(a))',
    'delete: ;',
    'logic: if (a < 1 || !g(a))',
    'not: if (!(a < 1 && !g(a)))',
    'not: if (a < 1 && g(a))',
  ]);
  for (const mutant of mutantsOf('a.c', text)) {
    assert.equal(mutant.function, 'f');
    assert.notEqual(mutant.text, text);
  }
});

test('a check of r is only changed by deleting its return', () => {
  const text = 'int f(void)\n{\n\tr = g();\n\tif (r < 0)\n\t\treturn r;\n\treturn 5;\n}\n';
  assert.deepEqual(changesOf(text), ['delete: ;', 'return: ;']);
});

test('comments, strings, preprocessor lines and declarations are left as they are', () => {
  const text = [
    '#define A (1 + 1) \\',
    '\t&& 0',
    'static const int table[] = {0, 1};',
    'int f(void)',
    '{',
    '\t/* a && b */',
    '\tconst char *text = "a == b && 1";',
    "\tchar c = '<';",
    '\treturn text[5] > c;',
    '}',
    '',
  ].join('\n');
  assert.deepEqual(changesOf(text), ['compare: return text[5] >= c;']);
  assert.equal(codeOf(text).length, text.length);
});

test('every file has areas, and the areas exist', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const read = (name) => JSON.parse(fs.readFileSync(`${root}tests/mutation/${name}`, 'utf8'));
  const areas = read('areas.json');
  const files = ['common', 'fcgi'].flatMap((folder) =>
    fs.readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name}`),
  );
  const hasAreas = (file) => Object.keys(areas).some((prefix) => file.startsWith(prefix));
  assert.deepEqual(
    files.filter((file) => file.endsWith('.c') && !hasAreas(file)),
    [],
  );
  for (const area of Object.values(areas).flat())
    assert.ok(fs.existsSync(`${root}tests/api/areas/${area}.mjs`), area);
});

test('each equivalent mutant is of a line of the code, and has a reason', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const text = fs.readFileSync(`${root}tests/mutation/equivalent.json`, 'utf8');
  for (const { file, before, reason } of JSON.parse(text)) {
    const lines = fs.readFileSync(root + file, 'utf8').split('\n');
    assert.ok(
      lines.some((line) => line.trim() === before),
      `${file} has no line ${before}: remove it from equivalent.json`,
    );
    assert.ok(reason.length > 20, `${file}: ${before}`);
  }
});
