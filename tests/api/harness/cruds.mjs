// cruds.mjs - requests and assertions that the tests of cruds share.
import assert from 'node:assert/strict';

import { assertOk, nextPage, TIME, UUID } from './client.mjs';
import { stack } from './main.mjs';
import { newHandle } from './people.mjs';

// Send a request with the person's token, or without a token when `person` is undefined.
export const ask = (person, method, path, options = {}) =>
  stack.ask(method, path, { token: person?.token, ...options });

export const get = async (person, path) => assertOk(await ask(person, 'GET', path));

export const tryPost = (person, json, options = {}) =>
  ask(person, 'POST', '/api/activities', { json, ...options });

export const post = async (person, message, ttl = '1-day') =>
  assertOk(await tryPost(person, { message, ttl }));

export const tryReply = (person, uuid, json, options = {}) =>
  ask(person, 'POST', `/api/activities/${uuid}/reply`, { json, ...options });

export const reply = async (person, uuid, message) =>
  assertOk(await tryReply(person, uuid, { message }));

export const show = (person, uuid) => ask(person, 'GET', `/api/activities/${uuid}`);

// Like, repost or bookmark a crud (verb PUT), or undo it (DELETE).
export const mark = (person, verb, uuid, what = 'like') =>
  ask(
    person,
    verb,
    {
      like: `/api/activities/${uuid}/like`,
      repost: `/api/activities/${uuid}/repost`,
      bookmark: `/api/activities/${uuid}/bookmark`,
    }[what],
  );

export const uuidsOf = (rows) => rows.map(({ uuid }) => uuid);

// A word that no other crud contains.
export const newWord = () => newHandle('word').replace('_', '');

// The rows of all pages from `path` on; rowsOf extracts the rows from an answer's body.
export async function follow(person, path, { between = async () => {}, rowsOf = (b) => b } = {}) {
  const rows = [];
  for (let next = path, pages = 0; next; pages++) {
    const answer = await ask(person, 'GET', next);
    rows.push(...rowsOf(assertOk(answer)));
    assert.ok(pages < 500, 'the pages come to an end');
    next = nextPage(answer);
    if (next) await between();
  }
  return rows;
}

const MEMBERS = [
  'uuid',
  'display_name',
  'handle',
  'message',
  'replies_count',
  'reposts_count',
  'likes_count',
  'reply_to_activity_uuid',
  'expires_at',
  'created_at',
];

// The crud must have exactly the documented members; `liked`, `reposted` and `bookmarked` only with a token.
export function assertCrud(crud, signedIn) {
  const expected = signedIn ? [...MEMBERS, 'liked', 'reposted', 'bookmarked'] : MEMBERS;
  assert.deepEqual(Object.keys(crud).sort(), [...expected].sort());
  assert.match(crud.uuid, UUID);
  for (const member of ['expires_at', 'created_at']) assert.match(crud[member], TIME);
}

export const timeOf = (text) => Date.parse(text.slice(0, 23) + 'Z');

// Make the crud, its replies and their notifications expire `ms` milliseconds from now.
export async function expireIn(uuid, ms) {
  const rows = await stack.sql(
    `with recursive tree as (
       select uuid from activities where uuid = '${uuid}'
        union all
       select a.uuid from activities a join tree on a.reply_to_activity_uuid = tree.uuid
     ), moved as (
       update activities set expires_at = now() + interval '${ms} ms'
        where uuid in (select uuid from tree) returning uuid, expires_at
     ), notified as (
       update notifications n set expires_at = moved.expires_at
         from moved where n.activity_uuid = moved.uuid
     )
     select to_char(max(expires_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USOF') from moved`,
  );
  return timeOf(rows[0][0]);
}
