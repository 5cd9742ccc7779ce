// openapi.mjs - parses docs/openapi.yaml, lists its operations and validates answers against it.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export const TEXT = fs.readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8');
export const DOCUMENT = parse(TEXT);

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);
// The document's own members are no JSON Schema keywords, so ajv's strict mode must know them.
ajv.addVocabulary(Object.keys(DOCUMENT));
ajv.addSchema(DOCUMENT, 'openapi.yaml');

const pointer = (...names) =>
  names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

// The value at a JSON pointer of the document, and its pointer, with references followed.
export function resolve(at) {
  const value = at
    .split('/')
    .slice(1)
    .reduce((node, name) => node[name.replaceAll('~1', '/').replaceAll('~0', '~')], DOCUMENT);
  return value?.$ref?.startsWith('#/') ? resolve(value.$ref.slice(1)) : { value, at };
}

// The value must match the schema at a JSON pointer of the document.
export function assertFits(value, at, what) {
  const validate = ajv.getSchema(`openapi.yaml#${encodeURI(at)}`);
  assert.ok(validate, `there is a schema at ${at}`);
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
}

// The example of a request body, or the first one of its schema.
function exampleOf({ value, at }) {
  const { example, examples } = value.content['application/json'];
  if (example !== undefined) return example;
  if (examples) return Object.values(examples)[0].value;
  const schema = resolve(`${at}/content/application~1json/schema`).value;
  return schema.examples?.[0];
}

// { id, method, path, at, security, parameters, body, responses }: parameters by name, as
// { value, component }; body as { value, at, example }; responses by status, as { value, at }.
export const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => {
    const at = pointer('paths', path, method);
    const { value } = resolve(at);
    const list = (owner, where) =>
      (owner.parameters ?? []).map((_, i) => resolve(`${where}/parameters/${i}`));
    const parameters = [...list(item, pointer('paths', path)), ...list(value, at)];
    const body = value.requestBody && resolve(`${at}/requestBody`);
    return {
      id: value.operationId,
      method: method.toUpperCase(),
      path,
      at,
      security: value.security ?? DOCUMENT.security,
      parameters: Object.fromEntries(
        parameters.map((found) => [
          found.value.name,
          {
            value: found.value,
            component: /^\/components\/parameters\/(\w+)$/.exec(found.at)?.[1],
          },
        ]),
      ),
      body: body && { ...body, example: exampleOf(body) },
      responses: Object.fromEntries(
        Object.keys(value.responses).map((status) => [
          status,
          resolve(`${at}/responses/${status}`),
        ]),
      ),
    };
  }),
);

// The error codes that a response may contain; empty if it is not a problem document.
export function codesOf({ value }) {
  const { schema } = value.content?.['application/problem+json'] ?? {};
  const [, more] = schema?.allOf ?? [];
  return more?.properties.errors.items.enum ?? [];
}

// Convert a header's text to the type of its schema.
const typed = (schema, text) =>
  schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text;

// The answer must match the described response: headers, content type, body.
export function assertResponse(answer, response, what) {
  for (const name of Object.keys(response.value.headers ?? {})) {
    const header = resolve(`${response.at}${pointer('headers', name)}`);
    const text = answer.headers[name.toLowerCase()];
    if (text === undefined) {
      assert.ok(!header.value.required, `${what} has no ${name}`);
      continue;
    }
    const schema = resolve(`${header.at}/schema`);
    assertFits(typed(schema.value, text), `${header.at}/schema`, `${name} of ${what}`);
  }
  if (!response.value.content) {
    assert.equal(answer.text, '', `${what} has no body`);
    return;
  }
  const [type] = (answer.headers['content-type'] ?? '').split(';');
  assert.ok(type in response.value.content, `${what} is ${type}`);
  assertFits(answer.body, `${response.at}${pointer('content', type, 'schema')}`, what);
}

// Every { value, at } below a JSON pointer for which `wanted` is true.
export function collect(wanted, at = '', value = DOCUMENT) {
  if (value === null || typeof value !== 'object') return [];
  const below = Object.entries(value).flatMap(([name, child]) =>
    collect(wanted, at + pointer(name), child),
  );
  return wanted(value, at) ? [{ value, at }, ...below] : below;
}
