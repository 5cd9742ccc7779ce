// bill.mjs - checks a software bill of materials (docker/sbom.mjs) with the schema of CycloneDX.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import Ajv from 'ajv';
import addFormats from 'ajv-formats';

import { ROOT } from '../api/harness/stack.mjs';

const FOLDER = path.join(ROOT, 'node_modules/@cyclonedx/cyclonedx-library/res/schema');
const schema = (name) =>
  JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.SNAPSHOT.schema.json`), 'utf8'));

const ajv = new Ajv({ strict: false, validateFormats: true });
addFormats(ajv);
// JSON Schema has these two; ajv-formats does not.
ajv.addFormat('idn-email', /@/);
ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
  ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
const validate = ajv.compile(schema('bom-1.6'));

export function assertBill(bill, name) {
  assert.ok(validate(bill), JSON.stringify(validate.errors, null, 1));
  assert.equal(bill.metadata.component.name, name);
  const references = bill.components.map((component) => component['bom-ref']);
  assert.equal(new Set(references).size, references.length);
  assert.deepEqual(bill.dependencies[0].dependsOn, references);
  for (const { purl, version } of bill.components)
    assert.match(purl, /^pkg:(deb\/debian|npm)\/[^\s@]+@[^\s@]+$/, `${purl} ${version}`);
}
