// matrix.mjs - who may what: every route, asked with no token, with a bad one, as somebody else and
// as the owner. A route of fcgi/ that is missing here fails.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { ROOT } from '../../api/harness/stack.mjs';
import { newWorld } from '../harness/calls.mjs';
import { sign } from '../harness/identity.mjs';

// What each role is answered. For somebody else: 404 where there is nothing of theirs, 403 where
// they may see that it is not theirs, 200 and 204 where it is everybody's or their own is meant.
const OPEN = { none: 200, bad: 200 }; // a token is never looked at
const SEEN = { none: 200, bad: 401 }; // it may be missing, but not be wrong
const PERSONAL = { none: 401, bad: 401 };

const message = { message: 'by somebody' };

const ROUTES = {
  'GET /metrics': { ...OPEN, other: 200, owner: 200 },
  'GET /api/health-check': { ...OPEN, other: 200, owner: 200 },
  'GET /api/ready': { ...OPEN, other: 200, owner: 200 },
  'GET /api/message_groups': { ...PERSONAL, other: 200, owner: 200 },
  'GET /api/message_groups/@{handle}': { ...PERSONAL, other: 404, owner: 200 },
  'PUT /api/message_groups/{uuid}/read': {
    ...PERSONAL,
    other: 404,
    owner: 204,
    json: ({ first }) => ({ message_uuid: first.uuid }),
  },
  'GET /api/messages/{group_uuid}': { ...PERSONAL, other: 404, owner: 200 },
  'POST /api/messages': {
    ...PERSONAL,
    other: 404,
    owner: 200,
    json: ({ group }) => ({ ...message, message_group_uuid: group }),
  },
  'DELETE /api/messages/{group_uuid}/{uuid}': { ...PERSONAL, other: 404, owner: 204 },
  'GET /api/users/@{handle}/short': { ...OPEN, other: 200, owner: 200 },
  'GET /api/users/me': { ...PERSONAL, other: 200, owner: 200 },
  'PUT /api/profile/update': {
    ...PERSONAL,
    other: 200,
    owner: 200,
    json: () => ({ display_name: 'A name' }),
  },
  'POST /api/profile/update': {
    ...PERSONAL,
    other: 200,
    owner: 200,
    json: () => ({ display_name: 'A name' }),
  },
  'GET /api/activities/home': { ...SEEN, other: 200, owner: 200 },
  'GET /api/activities/search': { ...SEEN, other: 200, owner: 200, query: '?term=crud' },
  'GET /api/activities/notifications': { ...PERSONAL, other: 200, owner: 200 },
  'PUT /api/activities/notifications/read': { ...PERSONAL, other: 204, owner: 204 },
  'GET /api/activities/@{handle}': { ...SEEN, other: 200, owner: 200 },
  'GET /api/activities/@{handle}/status/{uuid}': { ...SEEN, other: 200, owner: 200 },
  'GET /api/activities/{uuid}': { ...SEEN, other: 200, owner: 200 },
  'DELETE /api/activities/{uuid}': { ...PERSONAL, other: 403, owner: 204 },
  'POST /api/activities': {
    ...PERSONAL,
    other: 200,
    owner: 200,
    json: () => ({ ...message, ttl: '1-hour' }),
  },
  'POST /api/activities/{uuid}/reply': { ...PERSONAL, other: 200, owner: 200, json: () => message },
  'PUT /api/activities/{uuid}/like': { ...PERSONAL, other: 200, owner: 200 },
  'DELETE /api/activities/{uuid}/like': { ...PERSONAL, other: 200, owner: 200 },
  'PUT /api/activities/{uuid}/repost': { ...PERSONAL, other: 200, owner: 200 },
  'DELETE /api/activities/{uuid}/repost': { ...PERSONAL, other: 200, owner: 200 },
};

// The routes of the programs, as their tables say.
function routesOfPrograms() {
  const folder = path.join(ROOT, 'fcgi');
  const found = [];
  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.c')))
    for (const [, method, pattern] of fs
      .readFileSync(path.join(folder, name), 'utf8')
      .matchAll(/\{\s*"([A-Z]+)",\s*"(\/[^"]*)"/g))
      found.push(`${method} ${pattern}`);
  return found;
}

let world;
let stranger;

// Everything that a request of somebody else could have changed.
async function everything() {
  const cruds = await stack.sql(
    `select * from activities where user_uuid = '${world.ann.uuid}' order by uuid`,
  );
  const people = await stack.sql(`select * from users where uuid = '${world.ann.uuid}'`);
  return JSON.stringify([
    await stack.table.messages(world.group),
    await stack.table.partition(`GRP#${world.ann.uuid}`),
    await stack.table.partition(`GRP#${world.ben.uuid}`),
    cruds.map((row) => row.filter((_, i) => i !== 5 && i !== 6 && i !== 7)),
    people,
  ]);
}

function ask(route, token) {
  const [method, pattern] = route.split(' ');
  const { json, query = '' } = ROUTES[route];
  const target = pattern.startsWith('/api/message')
    ? pattern
        .replace('@{handle}', `@${world.ben.handle}`)
        .replace('{group_uuid}', world.group)
        .replace(/\{uuid\}$/, world.first.uuid)
        .replace('{uuid}', world.group)
    : pattern.replace('{handle}', world.ann.handle).replace('{uuid}', world.crud);
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return stack.ask(method, target + query, { headers, json: json?.(world) });
}

describe('who may what', () => {
  before(async () => {
    stranger = await newPerson(stack);
  });

  test('the table has every route', () => {
    assert.deepEqual(Object.keys(ROUTES).sort(), routesOfPrograms().sort());
  });

  for (const [route, { none, bad, other, owner }] of Object.entries(ROUTES))
    test(route, async () => {
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
        const answer = await ask(route, token);
        assert.equal(answer.status, token === undefined ? none : bad, `${what}: ${answer.text}`);
      }
      assert.equal(await everything(), before_, 'nothing of it was done');
      const answer = await ask(route, stranger.token);
      assert.equal(answer.status, other, `somebody else: ${answer.text}`);
      assert.equal(await everything(), before_, "nothing of the owner's was changed");
      // Reading marks are the other one's: Ben has not read Ann's message.
      const person = route.endsWith('/read') ? world.ben : world.ann;
      const own = await ask(route, person.token);
      assert.equal(own.status, owner, `the owner: ${own.text}`);
    });
});
