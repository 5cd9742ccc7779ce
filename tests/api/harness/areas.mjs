// areas.mjs - runs the tests of a folder in one process, so that they share stacks.
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

// The areas of the API that test what operators do. They wait most of the time, for starts and stops of
// things of their own, so they run in a process of their own beside the others.
export const OPERATION = ['backups', 'certificates', 'commands', 'local', 'plans', 'pools', 'routes'];

// The names of the areas in a folder: of the files NAME.mjs.
export const areasOf = (folder) =>
  fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => path.basename(name, '.mjs'))
    .sort();

// Run areas of the folder: `names`, or AREAS=pages,users.
export async function runAreas(folder, names = areasOf(folder)) {
  const chosen = process.env.AREAS?.split(',') ?? names;
  // Without a running test the runner would finish and stop the stacks. This test runs until all areas
  // are loaded; some of them start stacks while they load, beside each other.
  const loaded = Promise.all(chosen.map((name) => import(path.join(folder, `${name}.mjs`))));
  test('areas are loaded', () => loaded);
  await loaded;
}
