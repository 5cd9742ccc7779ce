// mutants.test.mjs - the faults that tests/mutation puts into a C file.
import assert from 'node:assert/strict';
import { test } from 'node:test';

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
