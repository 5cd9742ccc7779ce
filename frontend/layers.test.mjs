import { describe, expect, test } from 'vitest';

import { graphOf, LAYERS, problemsOf, readFiles } from './layers.mjs';

const layers = [['top'], ['left', 'right'], ['bottom']];
const check = (files) => problemsOf(graphOf(files), layers);

// Parsing all files takes longer than Vitest's 5 seconds on a busy machine.
test('src/ has no upward or sideways import and no cycle', { timeout: 60_000 }, () => {
  const graph = graphOf(readFiles());
  expect(problemsOf(graph)).toEqual([]);
  // The check has seen the code: every folder of LAYERS has files, and most files import some.
  for (const folder of LAYERS.flat())
    expect(Object.keys(graph).filter((file) => file.startsWith(`${folder}/`))).not.toEqual([]);
  expect(Object.values(graph).flat().length).toBeGreaterThan(Object.keys(graph).length);
});

describe('the check', () => {
  test('allows imports from lower layers, the same folder and packages', () => {
    const files = {
      'top/a.tsx': `import { b } from './b';\nimport '../left/style.css';\nimport 'react';`,
      'top/b.ts': `export * from '../bottom/d';`,
      'left/style.css': '',
      'bottom/d.ts': '',
    };
    expect(check(files)).toEqual([]);
  });

  test.each([
    ['an import', `import { a } from '../top/a';`],
    ['an import for its side effects', `import '../top/a';`],
    ['an import of a type', `import type { A } from '../top/a';`],
    ['an import type', `export const a: import('../top/a').A = 1;`],
    ['a re-export', `export { a } from '../top/a';`],
    ['an import at run time', `void import('../top/a');`],
  ])('finds an upward import: %s', (_, text) => {
    const files = { 'top/a.tsx': '', 'bottom/d.ts': `// first line\n${text}` };
    expect(check(files)).toEqual(['bottom/d.ts:2 imports upwards: top/a.tsx']);
  });

  test('finds a sideways import', () => {
    const files = { 'left/b.ts': `import '../right/c';`, 'right/c.ts': '' };
    expect(check(files)).toEqual(['left/b.ts:1 imports sideways: right/c.ts']);
  });

  test('finds a cycle within a folder, once', () => {
    const files = {
      'bottom/start.ts': `import './one';`,
      'bottom/one.ts': `import './two';`,
      'bottom/two.ts': `import './three';`,
      'bottom/three.ts': `import './one';`,
    };
    expect(check(files)).toEqual([
      'cycle: bottom/one.ts -> bottom/two.ts -> bottom/three.ts -> bottom/one.ts',
    ]);
  });

  test('finds a folder without a layer', () => {
    expect(check({ 'new/a.ts': '' })).toEqual(['new/a.ts: no layer has this folder']);
  });
});
