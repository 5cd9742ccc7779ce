// consistency.mjs - holds together what no compiler does; each file of tests/consistency checks one
// kind of it. Prints a line for each finding; exits 1 when there is one.
// Run as: node tests/consistency.mjs [routes layers …]
import { fileURLToPath } from 'node:url';

import { run } from './consistency/checks.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { passed, findings, notes } = run(ROOT, process.argv.slice(2));
for (const { text } of findings) console.log(`not ok: ${text}`);
for (const text of notes) console.log(text);
console.log(`${passed} passed, ${findings.length} failed`);
process.exitCode = findings.length > 0 ? 1 : 0;
