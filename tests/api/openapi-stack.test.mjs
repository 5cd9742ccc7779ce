// openapi-stack.test.mjs - sends requests to every operation of docs/openapi.yaml on a private stack.
// Each answer must be one that the document describes, and each described answer must occur.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, nextPage, sleep, untilStatus } from './harness/client.mjs';
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
import { runJobs } from './harness/operate.mjs';
import {
  newAccount,
  newHandle,
  newModerator,
  newPair,
  newPerson,
  newRequest,
  resign,
  say,
} from './harness/people.mjs';
import { pathOf, requestOf } from './harness/requests.mjs';
import { UNUSED_UUID } from './harness/routes.mjs';

// Answers that no request can cause here. Their examples are checked; other tests cause them.
const NOT_HERE = [
  / 429 (too_many_requests|quota_exceeded)$/, // local runs have neither rate limits nor quotas
  / 500 internal$/,
  / 503 (overloaded|out_of_memory)$/,
  / 403 insufficient_scope$/, // the local Cognito knows no scopes
  /^readMessageGroup 409 read_stale$/, // it takes more than 100 unread messages
  /^ready 403 forbidden$/, // every caller is local
  /^healthCheck 503 /, // it needs no service
];

const JSON_TYPE = { 'Content-Type': 'application/json' };
const seen = new Set();

// The answers that the document describes for an operation: `ID STATUS CODE`, or `ID STATUS` when the
// answer has no codes.
const described = ({ id, responses }) =>
  Object.entries(responses).flatMap(([status, response]) => {
    const codes = codesOf(response);
    return codes.length > 0 ? codes.map((code) => `${id} ${status} ${code}`) : [`${id} ${status}`];
  });

// The described answers that have not occurred.
const missingOf = (operation) =>
  described(operation).filter(
    (answer) => !seen.has(answer) && !NOT_HERE.some((expression) => expression.test(answer)),
  );

// Send a request and compare the answer with the document. codes: the codes of the problem, all of
// them.
async function drive(operation, request, status, ...codes) {
  const path = request.path ?? pathOf(operation.path, request);
  const answer = await stack.ask(operation.method, path, request);
  const what = `${operation.method} ${path} → ${answer.status} ${answer.text.slice(0, 300)}`;
  assert.equal(answer.status, status, what);
  const response = operation.responses[status];
  assert.ok(response, `not described: ${what}`);
  assertResponse(answer, response, what);
  if (status < 300 && operation.body && request.json !== undefined)
    assertFits(request.json, `${operation.body.at}/content/application~1json/schema`, what);
  if (codes.length > 0) assert.deepEqual([...answer.body.errors].sort(), codes.sort(), what);
  seen.add(`${operation.id} ${status}`);
  for (const code of answer.body?.errors ?? []) seen.add(`${operation.id} ${status} ${code}`);
  return answer;
}

// The refusals that are the same for all operations they apply to. good: a request that succeeds.
async function driveRefusals(operation, good, { suspended, accounts }) {
  const success = Number(Object.keys(operation.responses).find((status) => status < '300'));
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
  if (described(operation).includes(`${operation.id} 403 account_suspended`))
    await refuse({ token: suspended.token }, 403, 'account_suspended');
  if (responses[409])
    for (const [code, { token }] of Object.entries(accounts)) await refuse({ token }, 409, code);
  for (const { value } of Object.values(parameters)) {
    const { name, in: place, schema } = value;
    if (place !== 'path') continue;
    const wrong =
      schema.$ref === '#/components/schemas/Uuid'
        ? [UNUSED_UUID, 'not-a-uuid']
        : operation.id === 'checkHandle' // which answers for every text
          ? ['a/b']
          : [newHandle('no'), 'n'];
    for (const other of wrong)
      await refuse({ params: { ...good.params, [name]: other } }, 404, 'not_found');
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
    assert.ok(
      next,
      `${operation.id} has no second entry and so no next page; create two in makeWorld`,
    );
    await drive(operation, { ...good, path: next }, 200);
  }
  if (parameters['Idempotency-Key']) {
    const key = newHandle('key');
    await refuse({ key: 'two words' }, 400, 'idempotency_key_invalid');
    const made = await drive(operation, { ...good, key }, success);
    assert.deepEqual((await drive(operation, { ...good, key }, success)).body, made.body);
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
const profileCase = () => ({
  also: [{ json: { display_name: 'Ann', bio: long(160) } }],
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

const searchCase = () => ({
  refused: [
    [{ query: '?term=%20' }, 422, 'search_term_blank'],
    [{ query: `?term=${'a'.repeat(281)}` }, 422, 'search_term_exceed_max_chars'],
  ],
});
const relationCase = ({ ann, dog }) => ({
  good: { params: { handle: dog.handle } }, // the others see each other
  refused: [[{ params: { handle: ann.handle } }, 422, 'user_is_self']],
});

// Answers that are special to an operation. also: changes to its good request (harness/requests.mjs)
// that succeed too; refused: changes that fail, with status and codes; good: changes to the good
// request itself.
const CASES = {
  readMessageGroup: () => ({
    refused: [
      [{ json: { message_uuid: UNUSED_UUID } }, 404, 'not_found'],
      [{ json: {} }, 422, 'message_uuid_blank'],
      [{ json: { message_uuid: 7 } }, 422, 'message_uuid_invalid'],
    ],
  }),
  readNotifications: () => ({
    also: [{ json: undefined }],
    refused: [
      [{ json: { notification_uuid: UNUSED_UUID } }, 404, 'not_found'],
      [{ json: {} }, 422, 'notification_uuid_blank'],
      [{ json: { notification_uuid: 7 } }, 422, 'notification_uuid_invalid'],
    ],
  }),
  listMessageGroups: ({ request }) => ({
    also: [{ token: request.receiver.token, query: '?state=request' }],
    refused: [[{ query: '?state=accepted' }, 400, 'state_invalid']],
  }),
  acceptMessageGroup: ({ closed: { receiver, uuid } }) => ({
    refused: [[{ token: receiver.token, params: { uuid } }, 403, 'conversation_closed']],
  }),
  listNotifications: () => ({
    also: [{ query: '?kind=mentions' }],
    refused: [[{ query: '?kind=likes' }, 422, 'kind_invalid']],
  }),
  updateSettings: () => ({
    also: [{ json: {} }],
    refused: [
      [{ json: { messages_from: 'friends' } }, 422, 'messages_from_invalid'],
      [{ json: { read_receipts: 'yes' } }, 422, 'read_receipts_invalid'],
      ...['replies', 'mentions', 'likes', 'reposts', 'follows'].map((kind) => [
        { json: { [`notify_${kind}`]: 'friends' } },
        422,
        `notify_${kind}_invalid`,
      ]),
    ],
  }),
  sendMessage: ({ ann: { handle }, ben, foe, hermit, pending, group }) => ({
    also: [{ json: { message: long(1024), message_group_uuid: group } }],
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
      [{ json: { message: 'a', handle: foe.handle } }, 403, 'conversation_closed'],
      [{ json: { message: 'a', handle: hermit.handle } }, 403, 'messages_not_accepted'],
      [{ json: { message: 'a', message_group_uuid: pending.uuid } }, 403, 'request_pending'],
    ],
  }),
  listMessages: ({ first }) => ({
    also: ['after', 'before', 'around'].map((name) => ({ query: `?${name}=${first.uuid}` })),
    refused: [
      ...['after', 'before', 'around'].map((name) => [
        { query: `?${name}=${UNUSED_UUID}` },
        400,
        `${name}_invalid`,
      ]),
      [{ query: `?after=${first.uuid}&before=${first.uuid}` }, 400, 'query_invalid'],
    ],
  }),
  deleteMessage: ({ group, last }) => ({
    refused: [[{ params: { group_uuid: group, uuid: last.uuid } }, 403, 'forbidden']],
  }),
  updateProfile: profileCase,
  updateProfileByPost: profileCase,
  createCrud: () => ({
    also: [{ json: { message: long(280), ttl: '1-hour' } }],
    refused: [
      ...messageRefusals(280, 'ttl_blank'),
      [{ json: { message: 'a', ttl: '2-days' } }, 422, 'ttl_invalid'],
    ],
  }),
  ready: () => ({
    refused: [[{ headers: { Host: 'evil.example' } }, 421, 'misdirected_request']],
  }),
  searchCruds: searchCase,
  searchUsers: searchCase,
  getUserCruds: () => ({
    also: [{ query: '?kind=replies' }, { query: '?kind=reposts' }],
    refused: [[{ query: '?kind=likes' }, 422, 'kind_invalid']],
  }),
  deleteCrud: ({ ben, crud, other }) => ({
    good: { params: { uuid: other.uuid } }, // the crud that others are asked for stays
    refused: [[{ token: ben.token, params: { uuid: crud.uuid } }, 403, 'forbidden']],
  }),
  listReports: ({ ann }) => ({
    also: [{ query: '?state=open' }, { query: '?state=resolved' }],
    refused: [
      [{ token: ann.token }, 403, 'moderators_only'],
      [{ query: '?state=closed' }, 422, 'state_invalid'],
    ],
  }),
  createReport: ({ ann, ben, cat, group, first, last, crud }) => {
    const of = (json) => ({ json: { reason: 'other', ...json } });
    return {
      also: [
        of({ activity_uuid: crud.uuid, note: long(500) }),
        { token: ann.token, ...of({ message_group_uuid: group, message_uuid: last.uuid }) }, // it is Ben's
        of({ message_group_uuid: group, note: null }),
        of({ handle: ann.handle }),
      ],
      refused: [
        [of({ activity_uuid: UNUSED_UUID }), 404, 'not_found'],
        [{ token: cat.token, ...of({ message_group_uuid: group }) }, 404, 'not_found'],
        [of({ handle: ben.handle }), 422, 'user_is_self'],
        [{ json: { note: long(501) } }, 422, 'report_subject_blank', 'reason_blank', 'note_exceed_max_chars'],
        [
          { json: { activity_uuid: crud.uuid, handle: ann.handle, reason: 'x', note: 7 } },
          422,
          'report_subject_ambiguous',
          'reason_invalid',
          'note_invalid',
        ],
        [of({ message_uuid: first.uuid }), 422, 'message_group_uuid_blank'],
        [of({ activity_uuid: 'x' }), 422, 'activity_uuid_invalid'],
        [of({ handle: 7 }), 422, 'handle_invalid'],
        [
          of({ message_group_uuid: 'x', message_uuid: 'x' }),
          422,
          'message_group_uuid_invalid',
          'message_uuid_invalid',
        ],
      ],
    };
  },
  resolveReport: ({ ann, aboutPerson }) => ({
    refused: [
      [{}, 409, 'report_resolved'],
      [{ token: ann.token }, 403, 'moderators_only'],
      [{ json: { note: 7 } }, 422, 'action_blank', 'note_invalid'],
      [{ json: { action: 'ban', note: long(501) } }, 422, 'action_invalid', 'note_exceed_max_chars'],
      [{ params: { uuid: aboutPerson.uuid }, json: { action: 'remove' } }, 422, 'action_invalid'],
    ],
  }),
  deleteMe: ({ old }) => ({ refused: [[{ token: old }, 403, 'sign_in_again']] }),
  exportMe: ({ ben }) => ({
    refused: [
      [{ token: ben.token }, 202],
      [{ query: '?limit=101' }, 400, 'limit_invalid'],
      [{ query: '?cursor=AAAA' }, 400, 'cursor_invalid'],
      [{ query: '?limit=1&limit=1' }, 400, 'query_invalid'],
    ],
  }),
  replyToCrud: () => ({ refused: messageRefusals(280) }),
  blockUser: relationCase,
  unblockUser: relationCase,
  muteUser: relationCase,
  unmuteUser: relationCase,
  followUser: ({ ann }) => ({ refused: [[{ params: { handle: ann.handle } }, 422, 'user_is_self']] }),
  unfollowUser: ({ ann }) => ({ refused: [[{ params: { handle: ann.handle } }, 422, 'user_is_self']] }),
};

function caseOf(operation, world) {
  const { good, also = [], refused = [] } = CASES[operation.id]?.(world) ?? {};
  const anonymous = operation.security.some(({ bearer }) => !bearer) ? [{ token: undefined }] : [];
  return {
    good: { ...requestOf(operation, world), ...good },
    also: [...anonymous, ...also],
    refused,
  };
}

// Two people with two conversations, messages of both in one of them, cruds, replies, bookmarks and
// followers; people who are blocked and muted; somebody who is suspended; requests: of Cat, of Ann, who
// may write no more, and of somebody who is blocked; and somebody who takes no messages.
async function makeWorld() {
  const { ann, ben, group, first } = await newPair(stack);
  const cat = await newPerson(stack);
  const [dog, fox] = [await newPerson(stack), await newPerson(stack)];
  assertOk(await say(stack, cat, { handle: ann.handle }, 'Another conversation'));
  const last = assertOk(await say(stack, ben, { message_group_uuid: group }, 'An answer'));
  const word = newHandle('word');
  const write = async (path, { token }, json) =>
    assertOk(await stack.ask('POST', path, { token, json }));
  const post = () => write('/api/activities', ann, { message: `About ${word}`, ttl: '1-day' });
  const [crud, second, other] = [await post(), await post(), await post()];
  for (const { uuid } of [crud, second])
    assertOk(await stack.ask('PUT', `/api/activities/${uuid}/bookmark`, { token: ann.token }));
  for (const message of ['One', 'Two'])
    await write(`/api/activities/${crud.uuid}/reply`, ben, { message });
  for (const [one, other] of [[ann, ben], [cat, ben], [ben, ann], [cat, ann], [ann, cat], [ben, cat], [dog, ben], [ben, dog], [cat, fox]])
    assertOk(await stack.ask('PUT', `/api/users/@${other.handle}/follow`, { token: one.token }));
  const [foe, bore] = [await newPerson(stack), await newPerson(stack)];
  for (const other of [foe, bore])
    for (const what of ['block', 'mute'])
      assertOk(await stack.ask('PUT', `/api/users/@${other.handle}/${what}`, { token: ann.token }));
  const moderator = await newModerator(stack);
  for (const [{ token }, subject] of [[ben, { activity_uuid: other.uuid }], [ben, { handle: cat.handle }]])
    assertOk(await stack.ask('POST', '/api/reports', { token, json: { ...subject, reason: 'spam' } }), 204);
  const reports = assertOk(await stack.ask('GET', '/api/reports?limit=100', { token: moderator.token }));
  const report = reports.find(({ activity }) => activity?.uuid === other.uuid);
  const aboutPerson = reports.find(({ kind, reported }) => kind === 'person' && reported.uuid === cat.uuid);
  const [request, pending, closed] = [
    await newRequest(stack, cat),
    await newRequest(stack, ann),
    await newRequest(stack, bore),
  ];
  for (const text of ['Two', 'Three'])
    assertOk(await say(stack, ann, { message_group_uuid: pending.uuid }, text));
  const { token } = closed.receiver;
  assertOk(await stack.ask('PUT', `/api/users/@${bore.handle}/block`, { token }));
  const hermit = await newPerson(stack);
  const settings = { token: hermit.token, json: { messages_from: 'nobody' } };
  assertOk(await stack.ask('PUT', '/api/users/me/settings', settings));
  const suspended = await newPerson(stack);
  await stack.sql(`select person_set_suspended('${suspended.handle}', true)`);
  const path = '/api/activities/notifications';
  const [notification] = assertOk(await stack.ask('GET', path, { token: ann.token }));
  assertOk(await stack.ask('GET', '/api/users/me/export', { token: ann.token }), 202);
  await runJobs(stack);
  const [gone, aged] = [await newPerson(stack), await newPerson(stack)];
  const old = resign(aged.token, { auth_time: Math.floor(Date.now() / 1000) - 301 });
  await sleep(1100); // a worker knows a person for a second
  const people = { request, pending, closed, gone, hermit, ann, ben, cat, dog, foe, moderator, suspended };
  return { ...people, group, first, last, word, crud, other, notification, report, aboutPerson, old };
}

describe('the API as docs/openapi.yaml describes it', () => {
  let world;
  let accounts;
  const driven = []; // operations whose test has passed; the others are failures already

  test('people, conversations and cruds are created', async () => {
    world = await makeWorld();
    const { handle } = world.ann;
    accounts = {
      handle_missing: await newAccount(stack, { preferred_username: undefined }),
      handle_invalid: await newAccount(stack, { preferred_username: 'no handle!' }),
      handle_taken: await newAccount(stack, { preferred_username: handle.toUpperCase() }),
      handle_reserved: await newAccount(stack, { preferred_username: 'admin' }),
    };
  });

  test('CASES names only operations that exist', () => {
    const ids = OPERATIONS.map(({ id }) => id);
    assert.deepEqual(
      Object.keys(CASES).filter((id) => !ids.includes(id)),
      [],
    );
  });

  for (const operation of OPERATIONS)
    test(`${operation.id}: success and refusals`, async () => {
      const { id, responses } = operation;
      const { good, also, refused } = caseOf(operation, world);
      const [success] = Object.keys(responses).filter((status) => status < '300');
      await drive(operation, good, Number(success)).catch((error) => {
        error.message += `\nwrite in OF_OPERATION of tests/api/harness/requests.mjs: ${id}: (world) => ({ … }),`;
        throw error;
      });
      for (const change of also) await drive(operation, { ...good, ...change }, Number(success));
      await driveRefusals(operation, good, { ...world, accounts });
      for (const [change, status, ...codes] of refused)
        await drive(operation, { ...good, ...change }, status, ...codes);
      const missing = missingOf(operation).filter((answer) => !answer.startsWith(`${id} 503`));
      const write = `write in CASES: ${id}: () => ({ refused: [[{ query: '…' }, 422, '…']] }),`;
      assert.deepEqual(
        missing,
        [],
        `docs/openapi.yaml describes answers that do not occur; ${write}`,
      );
      driven.push(operation);
    });

  test('another method gets the described 405 with the described methods', async () => {
    const { value, at } = resolve('/x-other-methods');
    for (const [path, item] of Object.entries(DOCUMENT.paths)) {
      const operations = OPERATIONS.filter((operation) => operation.path === path);
      if (!operations.every((operation) => driven.includes(operation))) continue;
      const { good } = caseOf(operations[0], world);
      const answer = await stack.ask('PATCH', pathOf(path, good), { token: good.token });
      assert.equal(answer.status, 405, path);
      assertResponse(answer, { value, at }, `PATCH ${path}`);
      const methods = operations.flatMap(({ method }) =>
        method === 'GET' ? ['GET', 'HEAD'] : [method],
      );
      assert.deepEqual(answer.headers.allow.split(', ').sort(), methods.sort(), path);
      assert.ok(!item.head, `HEAD of ${path} is implied by GET`);
    }
  });

  test('without its services, every operation answers the described 503', async () => {
    const away = ['postgres', 'dynamodb'];
    // These need nothing but the caller and their conversation, which a worker may know already.
    const account = await newAccount(stack);
    const unknown = { openStream: account, typeInMessageGroup: account };
    try {
      for (const service of away) await stack.local('stop', service);
      for (const operation of driven)
        if (operation.id !== 'healthCheck')
          await drive(
            operation,
            { ...caseOf(operation, world).good, ...(unknown[operation.id] && { token: account.token }) },
            503,
            'unavailable',
          );
    } finally {
      for (const service of away) await stack.local('start', service);
    }
    await untilStatus(200, () => stack.ask('GET', '/api/ready'));
  });

  test('every described answer has occurred', () => {
    assert.deepEqual(driven.flatMap(missingOf), []);
    const all = OPERATIONS.flatMap(described);
    for (const expression of NOT_HERE)
      assert.ok(
        all.some((answer) => expression.test(answer)),
        `${expression} excuses nothing`,
      );
  });

  test('the document and the page that shows it are served', async () => {
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
      assert.doesNotMatch(file, /^[a-z]+:|^\/\//, 'everything comes from the same origin');
      assert.equal((await get(file)).status, 200, file);
    }
    assert.equal((await get('docs/nothing.js')).status, 404);
  });
});
