// openapi.test.mjs - docs/openapi.yaml by itself: it is valid, and it agrees with the sources.
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
import { TABLE } from './harness/table.mjs';

const ROOT = new URL('../../', import.meta.url);
const read = (name) => fs.readFileSync(new URL(name, ROOT), 'utf8');
const sources = (folder) =>
  fs
    .readdirSync(new URL(`${folder}/`, ROOT), { recursive: true })
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => read(`${folder}/${name}`));

// The captures of an expression in a text, one list per match.
const matches = (text, expression) => [...text.matchAll(expression)].map(([, ...found]) => found);
const sorted = (values) => [...new Set(values)].sort();

describe('docs/openapi.yaml', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(TEXT);
    assert.ok(valid, JSON.stringify(errors));
  });

  test('describes exactly the routes of the programs', () => {
    assert.deepEqual(
      sorted(OPERATIONS.map(({ method, path }) => `${method} ${path}`)),
      // Routes outside /api are for operators.
      sorted(
        TABLE.map(({ method, pattern }) => `${method} ${pattern}`).filter((route) =>
          route.includes(' /api/'),
        ),
      ),
    );
  });

  test('requires a token where the program does', () => {
    const kinds = { required: [{ bearer: [] }], optional: [{}, { bearer: [] }], none: [] };
    for (const { id, method, path, security } of OPERATIONS) {
      const { auth } = TABLE.find((entry) => entry.method === method && entry.pattern === path);
      assert.deepEqual(security, kinds[auth], `security of ${id}: the program says ${auth}`);
    }
  });

  test('names each operation once, with a summary and a tag that exists', () => {
    const tags = DOCUMENT.tags.map(({ name }) => name);
    assert.equal(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
    for (const { at, id, path, parameters } of OPERATIONS) {
      const { value } = resolve(at);
      assert.ok(id && value.summary, at);
      assert.ok(value.tags.length > 0 && value.tags.every((tag) => tags.includes(tag)), at);
      const inPath = Object.values(parameters).filter(
        ({ value: { in: place } }) => place === 'path',
      );
      const named = matches(path, /\{([a-z_]+)\}/g).flat();
      assert.deepEqual(sorted(inPath.map(({ value: { name } }) => name)), sorted(named), at);
    }
  });

  test('describes the answers that all operations of a kind have in common', () => {
    for (const { id, method, security, parameters, body, responses } of OPERATIONS) {
      const kinds = [['429', '500', '503']];
      if (security.length > 0) kinds.push(['400', '401']);
      if (security.length > 0 && security.every((one) => one.bearer)) kinds.push(['403', '409']);
      if (parameters.limit) kinds.push(['400']);
      if (Object.values(parameters).some((one) => one.value.in === 'path')) kinds.push(['404']);
      if (body) kinds.push(['400', '413', '415', '422']);
      for (const status of kinds.flat())
        assert.ok(responses[status], `${id} does not describe ${status}`);
      // A 204 has nothing that was created, except a report, which its reporter does not see.
      const creates =
        method === 'POST' && (!responses['204'] || id === 'createReport') && !/^(update|resolve)/.test(id);
      assert.equal('Idempotency-Key' in parameters, creates, `Idempotency-Key of ${id}`);
      for (const { value, at } of Object.values(responses)) {
        assert.ok(value.headers['X-Request-Id'], `X-Request-Id of ${at}`);
        if (parameters.limit && at.endsWith('/200')) assert.ok(value.headers.Link, `Link of ${at}`);
      }
    }
  });

  test('lists each error code of the sources with its status', () => {
    const text = [...sources('common'), ...sources('fcgi')].join('\n');
    const table = matches(text, /X\(PROBLEM_\w+, (\d+), "(\w+)"/g);
    const nginx = matches(read('nginx/problems'), /^(\d+) (\w+)/gm);
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
            `${code} is not a ${status}, but ${id} says so`,
          );
  });

  test('has examples of problems with the details that are sent', () => {
    const table = matches(
      read('common/web/problem.h'),
      /X\(PROBLEM_\w+, (\d+), "(\w+)",[\s\\]*"([^"]*)"/g,
    );
    const nginx = matches(read('nginx/problems'), /^(\d+) (\w+)[^|\n]*\| ([^|\n]*?)\s*(?:\||$)/gm);
    const isProblem = ({ status, errors, detail }) =>
      typeof status === 'number' && Array.isArray(errors) && typeof detail === 'string';
    const examples = collect(isProblem);
    assert.ok(table.length > 0 && nginx.length > 0 && examples.length > 20);
    for (const { value, at } of examples) {
      const { status, errors, detail } = value;
      // The codes of a 422 that are not in the table are those of fields.
      const codes = status === 422 ? [...errors, 'invalid'] : errors;
      const details = [...table, ...nginx]
        .filter(([its, code]) => Number(its) === status && codes.includes(code))
        .map(([, , text]) => text);
      assert.ok(
        details.includes(detail),
        `${at}: “${detail}” is not one of ${details.join(' | ')}`,
      );
    }
  });

  test('has the limits of common/limits.json', () => {
    const limits = JSON.parse(read('common/limits.json'));
    const { schemas, parameters } = DOCUMENT.components;
    const term = OPERATIONS.find(({ id }) => id === 'searchCruds').parameters.term.value.schema;
    assert.equal(schemas.CrudText.maxLength, limits.crud);
    assert.equal(schemas.DisplayName.maxLength, limits.display_name);
    assert.equal(schemas.ProfileUpdate.properties.display_name.maxLength, limits.display_name);
    assert.equal(term.maxLength, limits.search_term);
    assert.ok(schemas.Handle.pattern.endsWith(`{${limits.handle_min},${limits.handle_max}}$`));
    assert.equal(schemas.CrudWithReplies.properties.ancestors.maxItems, limits.ancestors);
    assert.equal(parameters.Limit.schema.default, limits.page_default);
    assert.equal(parameters.Limit.schema.maximum, limits.page_max);
    for (const name of ['ProfileUpdate', 'Profile', 'Me'])
      assert.equal(schemas[name].properties.bio.maxLength, limits.bio, name);
    for (const name of ['Message', 'SentMessage'])
      assert.equal(schemas[name].properties.message.maxLength, limits.message, name);
    assert.equal(schemas.MessageGroup.properties.message.maxLength, limits.preview);
    assert.equal(schemas.MessageText.maxLength, limits.message);
    for (const [name, schema] of Object.entries(schemas))
      if (schema.type === 'array') assert.equal(schema.maxItems, limits.page_max, name);
  });

  test('has closed objects and no unused component', () => {
    for (const { value, at } of collect(({ type }, where) => type === 'object' && where))
      if (!/\/allOf\/\d+$/.test(at)) assert.equal(value.additionalProperties, false, at);
    const used = new Set(collect(({ $ref }) => $ref).map(({ value }) => value.$ref));
    for (const [kind, members] of Object.entries(DOCUMENT.components))
      for (const name of Object.keys(members))
        if (kind !== 'securitySchemes')
          assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name} is not used`);
  });

  test('has examples that fit their schemas', () => {
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
