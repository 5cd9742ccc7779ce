// matrix.mjs - access rights: every route of the table, called without a token, with a bad token, by a
// stranger and by the owner.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { codesOf, OPERATIONS } from '../../api/harness/openapi.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { TABLE } from '../../api/harness/table.mjs';
import { newWorld, requestFor } from '../harness/calls.mjs';
import { sign } from '../harness/identity.mjs';

// The answers without a token and with a bad one, by the `auth` of the route's entry.
const TOKENS = {
  none: { none: 200, bad: 200 }, // a token is ignored
  optional: { none: 200, bad: 401 }, // a token may be missing, but a bad one is refused
  required: { none: 401, bad: 401 },
};

// Parameters that name something private, by component of docs/openapi.yaml. For strangers it does not
// exist.
const PRIVATE = ['Group', 'GroupOfMessages', 'Message'];

// Routes to something private without such a parameter.
const SPECIAL = {
  'GET /api/message_groups/@{handle}': { other: 404 }, // strangers have no conversation with Ben
  'PUT /api/activities/notifications/read': { other: 404 }, // the notification is Ann's
  'GET /api/reports': { other: 403 },
  'POST /api/reports/{uuid}': { other: 403 },
  'GET /api/users/me/export': { other: 202, owner: 202 }, // nobody's is ready
  'POST /api/messages': {
    other: 404,
    json: ({ group }) => ({ message: 'by a stranger', message_group_uuid: group }),
  },
};

// The status for each role: { none, bad, other, owner }. A stranger gets 404 for something private,
// 403 for something public that only its owner may change, and the owner's status otherwise.
function rolesOf({ method, pattern, auth }) {
  const operation = OPERATIONS.find((one) => one.method === method && one.path === pattern);
  const { parameters = {}, responses = { 200: {} } } = operation ?? {};
  const owner = Number(Object.keys(responses).find((status) => status < '300'));
  const isPrivate = Object.values(parameters).some(({ component }) => PRIVATE.includes(component));
  const isRefused = responses[403] && codesOf(responses[403]).includes('forbidden');
  const isOpen = auth === 'none'; // 403 then depends on the network of the caller
  const other = isPrivate ? 404 : isRefused && !isOpen ? 403 : owner;
  return { ...TOKENS[auth], owner, other, ...SPECIAL[`${method} ${pattern}`] };
}

let world;
let stranger;

// Everything that a stranger's request could have changed.
async function everything() {
  const cruds = await stack.sql(
    `select * from activities where user_uuid = '${world.ann.uuid}' order by uuid`,
  );
  const people = await stack.sql(`select * from users where uuid = '${world.ann.uuid}'`);
  return [
    await stack.table.messages(world.group),
    await stack.table.partition(`GRP#${world.ann.uuid}`),
    await stack.table.partition(`GRP#${world.ben.uuid}`),
    cruds.map((row) => row.filter((_, i) => i !== 5 && i !== 6 && i !== 7)),
    people,
  ];
}

function ask(entry, token) {
  const { target, json } = requestFor(entry, world);
  const special = SPECIAL[`${entry.method} ${entry.pattern}`]?.json;
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return stack.ask(entry.method, target, { headers, json: special ? special(world) : json });
}

describe('access rights', () => {
  // One may have deleted the account.
  beforeEach(async () => {
    stranger = await newPerson(stack);
  });

  for (const entry of TABLE)
    test(`${entry.method} ${entry.pattern}`, async () => {
      const { none, bad, other, owner } = rolesOf(entry);
      world = await newWorld(stack);
      const before_ = await everything();
      const wrong = {
        'no token': undefined,
        'an unsigned token': `${world.ann.token.split('.').slice(0, 2).join('.')}.`,
        'a changed token': world.ann.token.replace(/.{8}$/, 'AAAAAAAA'),
        'an ID token': world.ann.idToken,
        'an expired token': sign(world.ann.token, { exp: 1_700_000_000 }),
        "another client's token": sign(world.ann.token, { client_id: 'another' }),
      };
      for (const [what, token] of Object.entries(wrong)) {
        const answer = await ask(entry, token);
        assert.equal(answer.status, token === undefined ? none : bad, `${what}: ${answer.text}`);
      }
      assert.deepEqual(await everything(), before_, 'nothing was changed');
      const answer = await ask(entry, stranger.token);
      assert.equal(answer.status, other, `a stranger: ${answer.text}`);
      assert.deepEqual(
        await everything(),
        before_,
        "a stranger's request changed nothing of the owner's",
      );
      const own = await ask(entry, requestFor(entry, world).token ?? world.ann.token);
      assert.equal(own.status, owner, `the owner: ${own.text}`);
    });
});
