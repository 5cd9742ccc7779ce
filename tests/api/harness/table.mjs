// table.mjs - the table of all routes, as bin/routes derives it from the programs.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROUTES = fileURLToPath(new URL('../../../bin/routes', import.meta.url));
const COLUMNS = ['program', 'workers', 'needs', 'method', 'pattern', 'auth', 'cache'];

// { program, workers, needs, method, pattern, auth, cache } for each entry, in the order in which
// nginx tries the patterns.
export const TABLE = execFileSync(ROUTES, { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean)
  .map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(COLUMNS.map((name, i) => [name, values[i]]));
  });
