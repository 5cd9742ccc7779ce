// openapi-stack.test.mjs - every operation of docs/openapi.yaml on a real stack of its own: each
// answer has to be one that the document describes, and each that it promises has to come.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, nextPage, sleep } from './harness/client.mjs';
import { stack } from './harness/main.mjs';
import {
  assertFits,
  assertResponse,
  codesOf,
  DOCUMENT,
  OPERATIONS,
  resolve,
  TEXT,
} from './harness/openapi.mjs';
import { newAccount, newHandle, newPair, newPerson, say } from './harness/people.mjs';
import { UNUSED_UUID } from './harness/routes.mjs';

// What no request can bring about here. Their examples fit, the rest is for tests of their own.
const NOT_HERE = [
  / 429 too_many_requests$/, // local runs have no limits
  / 500 internal$/,
  / 503 (overloaded|out_of_memory)$/,
  / 403 insufficient_scope$/, // the local Cognito knows no scopes
  /^ready 403 forbidden$/, // every caller is local
  /^healthCheck 503 /, // nothing that it needs can be away
];

const JSON_TYPE = { 'Content-Type': 'application/json' };
const seen = new Set();

// What the document promises of an operation, as `ID STATUS CODE`, or `ID STATUS` without codes.
const promises = ({ id, responses }) =>
  Object.entries(responses).flatMap(([status, response]) => {
    const codes = codesOf(response);
    return codes.length > 0 ? codes.map((code) => `${id} ${status} ${code}`) : [`${id} ${status}`];
  });

const pathOf = ({ path }, { params = {}, query = '' }) =>
  path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name])) + query;

// Ask, and hold the answer to the document. codes: exactly those of a problem.
async function drive(operation, request, status, ...codes) {
  const path = request.path ?? pathOf(operation, request);
  const answer = await stack.ask(operation.method, path, request);
  const what = `${operation.method} ${path} → ${answer.status} ${answer.text.slice(0, 300)}`;
  assert.equal(answer.status, status, what);
  const response = operation.responses[status];
  assert.ok(response, `not described: ${what}`);
  assertResponse(answer, response, what);
  if (status < 300 && operation.body)
    assertFits(request.json, `${operation.body.at}/content/application~1json/schema`, what);
  if (codes.length > 0) assert.deepEqual([...answer.body.errors].sort(), codes.sort(), what);
  seen.add(`${operation.id} ${status}`);
  for (const code of answer.body?.errors ?? []) seen.add(`${operation.id} ${status} ${code}`);
  return answer;
}

// What is refused in the same way wherever it applies. good: a request that succeeds.
async function driveRefusals(operation, good, accounts) {
  const { parameters, responses, body } = operation;
  const refuse = (change, status, ...codes) =>
    drive(operation, { ...good, ...change }, status, ...codes);
  const anonymous = (Authorization) => ({
    token: undefined,
    headers: { ...good.headers, Authorization },
  });

  if (responses[401]) {
    await refuse(anonymous('Basic YTpi'), 401, 'token_missing');
    await refuse({ token: 'a.b.c' }, 401, 'token_invalid');
    await refuse(anonymous('Bearer a, Bearer b'), 400, 'authorization_invalid');
  }
  if (responses[409])
    for (const [code, { token }] of Object.entries(accounts)) await refuse({ token }, 409, code);
  for (const { name, in: place, schema } of Object.values(parameters)) {
    if (place !== 'path') continue;
    const wrong =
      schema.$ref === '#/components/schemas/Uuid'
        ? [UNUSED_UUID, 'not-a-uuid']
        : [newHandle('no'), 'n'];
    for (const value of wrong)
      await refuse({ params: { ...good.params, [name]: value } }, 404, 'not_found');
  }
  if (body) {
    const sent = { json: undefined, headers: JSON_TYPE };
    await refuse({ ...sent, body: '{', headers: { 'Content-Type': 'text/plain' } }, 415);
    await refuse({ ...sent, body: '{' }, 400, 'json_malformed');
    await refuse({ ...sent, body: `{${' '.repeat(16_384)}}` }, 413);
  }
  if (parameters.limit) {
    const query = (text) => ({ query: `${good.query ? `${good.query}&` : '?'}${text}` });
    await refuse(query('limit=101'), 400, 'limit_invalid');
    await refuse(query('limit=1&limit=1'), 400, 'query_invalid');
    await refuse(query('cursor=AAAA'), 400, 'cursor_invalid');
    const page = await drive(operation, { ...good, ...query('limit=1') }, 200);
    const next = nextPage(page);
    assert.ok(next, `${operation.id} has more than one entry here, and so a next page`);
    await drive(operation, { ...good, path: next }, 200);
  }
  if (parameters['Idempotency-Key']) {
    const key = newHandle('key');
    await refuse({ key: 'two words' }, 400, 'idempotency_key_invalid');
    const made = await drive(operation, { ...good, key }, 200);
    assert.deepEqual((await drive(operation, { ...good, key }, 200)).body, made.body);
    const other = JSON.stringify(good.json, null, 1);
    const again = { json: undefined, body: other, headers: JSON_TYPE, key };
    await refuse(again, 422, 'idempotency_key_reused');
  }
}

const long = (length) => 'é'.repeat(length);
const messageRefusals = (limit, ...others) => [
  [{ json: { message: ' \n' } }, 422, 'message_blank', ...others],
  [{ json: { message: long(limit + 1) } }, 422, 'message_exceed_max_chars', ...others],
  [{ json: { message: 'a\0b' } }, 422, 'message_invalid', ...others],
];
const profileCase = ({ ann: { token } }) => ({
  good: { token, json: { display_name: 'Ann', bio: long(160) } },
  refused: [
    [
      { json: { display_name: ' ', bio: long(161) } },
      422,
      'display_name_blank',
      'bio_exceed_max_chars',
    ],
    [
      { json: { display_name: long(51), bio: 7 } },
      422,
      'display_name_exceed_max_chars',
      'bio_invalid',
    ],
    [{ json: { display_name: 'a\nb' } }, 422, 'display_name_invalid'],
  ],
});
const crudCase = ({ ann: { token }, crud: { uuid } }) => ({ good: { token, params: { uuid } } });

// For each operation a request that succeeds, and what only this operation refuses.
const CASES = {
  healthCheck: () => ({ good: {} }),
  ready: () => ({ good: {} }),
  listMessageGroups: ({ ann: { token } }) => ({ good: { token } }),
  getMessageGroupWith: ({ ann: { token }, ben: { handle } }) => ({
    good: { token, params: { handle } },
  }),
  readMessageGroup: ({ ben: { token }, group, last }) => ({
    good: { token, params: { uuid: group }, json: { message_uuid: last.uuid } },
    refused: [
      [{ json: { message_uuid: UNUSED_UUID } }, 409, 'read_stale'],
      [{ json: {} }, 422, 'message_uuid_blank'],
      [{ json: { message_uuid: 7 } }, 422, 'message_uuid_invalid'],
    ],
  }),
  sendMessage: ({ ann: { token, handle }, ben, group }) => ({
    good: { token, json: { message: 'To a person', handle: ben.handle } },
    also: [{ token, json: { message: long(1024), message_group_uuid: group } }],
    refused: [
      ...messageRefusals(1024, 'message_group_uuid_blank', 'user_receiver_handle_blank'),
      [{ json: { message: 'a', message_group_uuid: 7 } }, 422, 'message_group_uuid_invalid'],
      [{ json: { message: 'a', handle: 7 } }, 422, 'handle_invalid'],
      [{ json: { message: 'a', handle } }, 422, 'user_receiver_is_self'],
      [{ json: { message: 'a', handle: newHandle('no') } }, 422, 'user_not_found'],
      [
        { json: { message: 'a', handle: ben.handle, message_group_uuid: group } },
        422,
        'message_recipient_ambiguous',
      ],
      [{ json: { message: 'a', message_group_uuid: UNUSED_UUID } }, 404, 'not_found'],
    ],
  }),
  listMessages: ({ ann: { token }, group, first }) => ({
    good: { token, params: { group_uuid: group } },
    also: [{ token, params: { group_uuid: group }, query: `?after=${first.uuid}` }],
    refused: [[{ query: `?after=${UNUSED_UUID}` }, 400, 'after_invalid']],
  }),
  deleteMessage: ({ ann: { token }, group, first, last }) => ({
    good: { token, params: { group_uuid: group, uuid: first.uuid } },
    refused: [[{ params: { group_uuid: group, uuid: last.uuid } }, 403, 'forbidden']],
  }),
  getUserShort: ({ ben: { handle } }) => ({ good: { params: { handle } } }),
  getMe: ({ ann: { token } }) => ({ good: { token } }),
  updateProfile: profileCase,
  updateProfileByPost: profileCase,
  createCrud: ({ ann: { token } }) => ({
    good: { token, json: { message: long(280), ttl: '1-hour' } },
    refused: [
      ...messageRefusals(280, 'ttl_blank'),
      [{ json: { message: 'a', ttl: '2-days' } }, 422, 'ttl_invalid'],
    ],
  }),
  listHome: ({ ann: { token } }) => ({ good: { token }, also: [{}] }),
  searchCruds: ({ ann: { token }, word }) => ({
    good: { token, query: `?term=${word}` },
    also: [{ query: `?term=${word}` }],
    refused: [
      [{ query: '?term=%20' }, 422, 'search_term_blank'],
      [{ query: `?term=${'a'.repeat(281)}` }, 422, 'search_term_exceed_max_chars'],
    ],
  }),
  getUserCruds: ({ ann: { token, handle } }) => ({
    good: { token, params: { handle } },
    also: [{ params: { handle } }],
  }),
  getCrud: ({ ann: { token }, crud: { uuid } }) => ({
    good: { token, params: { uuid } },
    also: [{ params: { uuid } }],
  }),
  getCrudOfUser: ({ ann: { token, handle }, crud: { uuid } }) => ({
    good: { token, params: { handle, uuid } },
    also: [{ params: { handle, uuid } }],
  }),
  deleteCrud: ({ ann: { token }, ben, crud, other }) => ({
    good: { token, params: { uuid: other.uuid } },
    refused: [[{ token: ben.token, params: { uuid: crud.uuid } }, 403, 'forbidden']],
  }),
  replyToCrud: ({ ben: { token }, crud: { uuid } }) => ({
    good: { token, params: { uuid }, json: { message: 'A reply' } },
    refused: messageRefusals(280),
  }),
  likeCrud: crudCase,
  unlikeCrud: crudCase,
  repostCrud: crudCase,
  unrepostCrud: crudCase,
  listNotifications: ({ ann: { token } }) => ({ good: { token } }),
  readNotifications: ({ ann: { token } }) => ({ good: { token } }),
};

// Two people with two conversations, a conversation of messages of both, cruds, replies, likes.
async function makeWorld() {
  const { ann, ben, group, first } = await newPair(stack);
  const cat = await newPerson(stack);
  assertOk(await say(stack, cat, { handle: ann.handle }, 'Another conversation'));
  const last = assertOk(await say(stack, ben, { message_group_uuid: group }, 'An answer'));
  const word = newHandle('word');
  const write = async (path, { token }, json) =>
    assertOk(await stack.ask('POST', path, { token, json }));
  const post = () => write('/api/activities', ann, { message: `About ${word}`, ttl: '1-day' });
  const [crud, , other] = [await post(), await post(), await post()];
  for (const message of ['One', 'Two'])
    await write(`/api/activities/${crud.uuid}/reply`, ben, { message });
  return { ann, ben, group, first, last, word, crud, other };
}

describe('the API as docs/openapi.yaml describes it', () => {
  let world;
  let accounts;

  test('two people have something to show', async () => {
    world = await makeWorld();
    const { handle } = world.ann;
    accounts = {
      handle_missing: await newAccount(stack, { preferred_username: undefined }),
      handle_invalid: await newAccount(stack, { preferred_username: 'no handle!' }),
      handle_taken: await newAccount(stack, { preferred_username: handle.toUpperCase() }),
    };
  });

  test('every operation is driven here', () => {
    assert.deepEqual(Object.keys(CASES).sort(), OPERATIONS.map(({ id }) => id).sort());
  });

  for (const operation of OPERATIONS) {
    test(`${operation.id}: success and refusals`, async () => {
      const { good, also = [], refused = [] } = CASES[operation.id](world);
      const [success] = Object.keys(operation.responses).filter((status) => status < '300');
      for (const request of [good, ...also]) await drive(operation, request, Number(success));
      await driveRefusals(operation, good, accounts);
      for (const [change, status, ...codes] of refused)
        await drive(operation, { ...good, ...change }, status, ...codes);
    });
  }

  test('another method is the described 405, with the described methods', async () => {
    const { value, at } = resolve('/components/responses/MethodNotAllowed');
    for (const [path, item] of Object.entries(DOCUMENT.paths)) {
      const described = OPERATIONS.filter((operation) => operation.path === path);
      const { good } = CASES[described[0].id](world);
      const answer = await stack.ask('PATCH', pathOf({ path }, good), { token: good.token });
      assert.equal(answer.status, 405, path);
      assertResponse(answer, { value, at }, `PATCH ${path}`);
      const methods = described.flatMap(({ method }) =>
        method === 'GET' ? ['GET', 'HEAD'] : [method],
      );
      assert.deepEqual(answer.headers.allow.split(', ').sort(), methods.sort(), path);
      assert.ok(!item.head, `HEAD of ${path} goes without saying`);
    }
  });

  test('without the services that it needs, every operation is the described 503', async () => {
    const away = ['postgres', 'dynamodb'];
    try {
      for (const service of away) await stack.local('stop', service);
      for (const operation of OPERATIONS)
        if (operation.id !== 'healthCheck')
          await drive(operation, CASES[operation.id](world).good, 503, 'unavailable');
    } finally {
      for (const service of away) await stack.local('start', service);
      for (let tries = 0; tries < 200; tries++) {
        if ((await stack.ask('GET', '/api/ready')).status === 200) break;
        await sleep(100);
      }
    }
    assertOk(await stack.ask('GET', '/api/ready'));
  });

  test('every answer that the document promises has come', () => {
    const all = OPERATIONS.flatMap(promises);
    const excused = (promise) => NOT_HERE.some((expression) => expression.test(promise));
    assert.deepEqual(all.filter((promise) => !seen.has(promise) && !excused(promise)), []);
    for (const expression of NOT_HERE)
      assert.ok(all.some((promise) => expression.test(promise)), `${expression} excuses nothing`);
  });

  test('the document is served, with a page that shows it', async () => {
    const get = (path) => fetch(new URL(path, `${stack.url}/api/docs`));
    const served = await get('openapi.yaml');
    assert.equal(served.status, 200);
    assert.match(served.headers.get('content-type'), /^application\/yaml\b/);
    assert.equal(await served.text(), TEXT);

    const page = await get('docs');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html\b/);
    const policy = page.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    const html = await page.text();
    assert.doesNotMatch(html, /<script>|<style|\son[a-z]+=|style=/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    assert.ok(files.length >= 3);
    for (const file of files) {
      assert.doesNotMatch(file, /^[a-z]+:|^\/\//, 'all is of our own origin');
      assert.equal((await get(file)).status, 200, file);
    }
    assert.equal((await get('docs/nothing.js')).status, 404);
  });
});
