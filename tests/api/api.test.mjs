// api.test.mjs - the API over real nginx, workers and services: every file of tests/api/areas, on
// two private stacks. AREAS=pages,users runs only some of them.
import { fileURLToPath } from 'node:url';

import { runAreas } from './harness/areas.mjs';

await runAreas(fileURLToPath(new URL('areas', import.meta.url)));
