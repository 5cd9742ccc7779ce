// openapi.test.mjs - docs/openapi.yaml by itself: it is sound, and says what the sources say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';

import {
  assertFits,
  codesOf,
  collect,
  DOCUMENT,
  OPERATIONS,
  resolve,
  TEXT,
} from './harness/openapi.mjs';

const ROOT = new URL('../../', import.meta.url);
const read = (name) => fs.readFileSync(new URL(name, ROOT), 'utf8');
const sources = (folder) =>
  fs
    .readdirSync(new URL(`${folder}/`, ROOT), { recursive: true })
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => ({ name: name.slice(0, -2), text: read(`${folder}/${name}`) }));

// All captures of an expression in a text, one list per match.
const matches = (text, expression) => [...text.matchAll(expression)].map(([, ...found]) => found);
const sorted = (values) => [...new Set(values)].sort();

describe('docs/openapi.yaml', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(TEXT);
    assert.ok(valid, JSON.stringify(errors));
  });

  test('describes the routes of the programs, all of them and no others', () => {
    const programs = sources('fcgi').map(({ name, text }) => ({
      name,
      routes: matches(text, /\{\s*"([A-Z]+)",\s*"(\/[^"]+)"/g).map((route) => route.join(' ')),
    }));
    const pools = matches(read('nginx/routes'), /^([a-z_]+)\s/gm).flat();
    assert.deepEqual(sorted(pools), sorted(programs.map(({ name }) => name)));
    assert.deepEqual(
      sorted(OPERATIONS.map(({ method, path }) => `${method} ${path}`)),
      // What is not below /api is for operators.
      sorted(programs.flatMap(({ routes }) => routes).filter((route) => route.includes(' /api/'))),
    );
  });

  test('names each operation once, with a summary and a tag that exists', () => {
    const tags = DOCUMENT.tags.map(({ name }) => name);
    assert.equal(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
    for (const { at, id, path, parameters } of OPERATIONS) {
      const { value } = resolve(at);
      assert.ok(id && value.summary, at);
      assert.ok(value.tags.length > 0 && value.tags.every((tag) => tags.includes(tag)), at);
      const inPath = Object.values(parameters).filter((parameter) => parameter.in === 'path');
      const named = matches(path, /\{([a-z_]+)\}/g).flat();
      assert.deepEqual(sorted(inPath.map(({ name }) => name)), sorted(named), at);
    }
  });

  test('says of every operation what all of its kind may answer', () => {
    for (const { id, method, security, parameters, body, responses } of OPERATIONS) {
      const kinds = [['429', '500', '503']];
      if (security.length > 0) kinds.push(['400', '401']);
      if (security.length > 0 && security.every((one) => one.bearer)) kinds.push(['403', '409']);
      if (parameters.limit) kinds.push(['400']);
      if (Object.values(parameters).some((one) => one.in === 'path')) kinds.push(['404']);
      if (body) kinds.push(['400', '413', '415', '422']);
      for (const status of kinds.flat())
        assert.ok(responses[status], `${id} does not say ${status}`);
      const creates = method === 'POST' && !id.startsWith('update');
      assert.equal('Idempotency-Key' in parameters, creates, `Idempotency-Key of ${id}`);
      for (const { value, at } of Object.values(responses)) {
        assert.ok(value.headers['X-Request-Id'], `X-Request-Id of ${at}`);
        if (parameters.limit && at.endsWith('/200')) assert.ok(value.headers.Link, `Link of ${at}`);
      }
    }
  });

  test('gives each code of the sources, with its status', () => {
    const table = matches(read('common/web/problem.h'), /X\(PROBLEM_\w+, (\d+), "(\w+)"/g);
    const nginx = matches(read('nginx/problems'), /^(\d+) (\w+)/gm);
    const text = [...sources('common'), ...sources('fcgi')].map((source) => source.text).join('\n');
    const validation = [
      ...matches(text, /resp_add_code\(\w+, "(\w+)"\)/g),
      ...matches(text, /\.(?:blank|invalid|too_long) = "(\w+)"/g),
    ].map(([code]) => ['422', code]);
    const known = [...table, ...nginx, ...validation];
    assert.deepEqual(
      sorted(DOCUMENT.components.schemas.ErrorCode.enum),
      sorted(known.map(([, code]) => code)),
    );
    for (const { id, responses } of OPERATIONS)
      for (const [status, response] of Object.entries(responses))
        for (const code of codesOf(response))
          assert.ok(
            known.some(([its, name]) => its === status && name === code),
            `${code} is no ${status}, as ${id} says`,
          );
  });

  test('has the limits of common/limits.json', () => {
    const limits = JSON.parse(read('common/limits.json'));
    const { schemas, parameters } = DOCUMENT.components;
    const term = OPERATIONS.find(({ id }) => id === 'searchCruds').parameters.term.schema;
    assert.equal(schemas.CrudText.maxLength, limits.crud);
    assert.equal(schemas.DisplayName.maxLength, limits.display_name);
    assert.equal(schemas.ProfileUpdate.properties.display_name.maxLength, limits.display_name);
    assert.equal(term.maxLength, limits.search_term);
    assert.ok(schemas.Handle.pattern.endsWith(`{${limits.handle_min},${limits.handle_max}}$`));
    assert.equal(parameters.Limit.schema.default, limits.page_default);
    assert.equal(parameters.Limit.schema.maximum, limits.page_max);
    for (const name of ['ProfileUpdate', 'Profile', 'Me'])
      assert.equal(schemas[name].properties.bio.maxLength, limits.bio, name);
    for (const name of ['Message', 'SentMessage', 'MessageGroup'])
      assert.equal(schemas[name].properties.message.maxLength, limits.message, name);
    assert.equal(schemas.MessageText.maxLength, limits.message);
    for (const [name, schema] of Object.entries(schemas))
      if (schema.type === 'array') assert.equal(schema.maxItems, limits.page_max, name);
  });

  test('has closed objects, and no component that nobody uses', () => {
    for (const { value, at } of collect(({ type }, where) => type === 'object' && where))
      if (!/\/allOf\/\d+$/.test(at)) assert.equal(value.additionalProperties, false, at);
    const used = new Set(collect(({ $ref }) => $ref).map(({ value }) => value.$ref));
    used.add('#/components/responses/MethodNotAllowed'); // of every path, not of an operation
    for (const [kind, members] of Object.entries(DOCUMENT.components))
      for (const name of Object.keys(members))
        if (kind !== 'securitySchemes')
          assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name} is not used`);
  });

  test('has examples that are what they are examples of', () => {
    let count = 0;
    const check = (value, at, where) => {
      assertFits(value, at, where);
      count++;
    };
    for (const { value, at } of collect(({ schema }) => schema)) {
      if ('example' in value) check(value.example, `${at}/schema`, `${at}/example`);
      for (const [name, example] of Object.entries(value.examples ?? {}))
        check(example.value, `${at}/schema`, `${at}/examples/${name}`);
    }
    for (const [name, schema] of Object.entries(DOCUMENT.components.schemas))
      for (const example of schema.examples ?? [])
        check(example, `/components/schemas/${name}`, `the example of ${name}`);
    assert.ok(count > 40, `${count} examples`);
  });
});
