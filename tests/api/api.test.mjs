// api.test.mjs - the API over real nginx, workers and services: the files of tests/api/areas, on private
// stacks. AREAS=pages,users runs only some of them.
import { fileURLToPath } from 'node:url';

import { areasOf, OPERATION, runAreas } from './harness/areas.mjs';

const folder = fileURLToPath(new URL('areas', import.meta.url));
await runAreas(
  folder,
  areasOf(folder).filter((name) => !OPERATION.includes(name)),
);
