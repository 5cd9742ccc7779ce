// faults.test.mjs - what happens when things fail or are attacked, over real workers and services:
// every file of tests/faults/areas, on one stack. AREAS=streams,ledger runs only some of them.
import { fileURLToPath } from 'node:url';

import { runAreas } from '../api/harness/areas.mjs';

await runAreas(fileURLToPath(new URL('areas', import.meta.url)));
