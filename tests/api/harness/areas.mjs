// areas.mjs - runs all tests of a folder in one process, so that they share stacks.
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

// Run every NAME.mjs of the folder, ordered by name. AREAS=pages,users runs only these.
export async function runAreas(folder) {
  const all = fs.readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const names =
    process.env.AREAS?.split(',') ?? all.map((name) => path.basename(name, '.mjs')).sort();
  // Without a running test the runner would finish and stop the stacks. This test runs until all areas
  // are loaded; some of them start stacks while they load.
  let begin;
  test('areas are loaded', () => new Promise((resolve) => (begin = resolve)));
  for (const name of names) await import(path.join(folder, `${name}.mjs`));
  begin();
}
