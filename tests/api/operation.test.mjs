// operation.test.mjs - the areas of tests/api/areas that test what operators do, beside api.test.mjs, which
// runs any of them that AREAS names.
import { fileURLToPath } from 'node:url';

import { OPERATION, runAreas } from './harness/areas.mjs';

if (!process.env.AREAS) await runAreas(fileURLToPath(new URL('areas', import.meta.url)), OPERATION);
