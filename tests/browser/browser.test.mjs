// browser.test.mjs - the front end in Chromium against a real stack: every area, in one process that shares
// both. AREAS=cruds,account runs only some of them.
import { fileURLToPath } from 'node:url';

import { runAreas } from '../api/harness/areas.mjs';

await runAreas(fileURLToPath(new URL('areas', import.meta.url)));
