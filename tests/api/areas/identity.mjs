// identity.mjs - authentication: access tokens, and the account of the caller.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, TIME, UUID } from '../harness/client.mjs';
import { SEEDED } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import {
  newAccount,
  newHandle,
  newPair,
  newPerson,
  say,
  setAttribute,
} from '../harness/people.mjs';
import { PERSONAL, ROUTES } from '../harness/routes.mjs';
import { until } from '../harness/until.mjs';

const me = (token) => stack.ask('GET', '/api/users/me', { token });
const withHeader = (Authorization) =>
  stack.ask('GET', '/api/users/me', { headers: { Authorization } });
const usersOf = (column, value) =>
  stack.sql(`select uuid, handle, display_name, email from users where ${column} = '${value}'`);


// A refusal is remembered for two seconds: ask until the answer is another one.
const meAfter = (token, refusal) =>
  until(`${refusal} is forgotten`, async () => {
    const answer = await me(token);
    return answer.body.errors?.[0] !== refusal && answer;
  });

describe('access tokens', () => {
  test('without a valid token every personal route is a 401 with WWW-Authenticate', async () => {
    for (const { path, methods } of PERSONAL) {
      const json = methods[0] === 'GET' || methods[0] === 'DELETE' ? undefined : {};
      const answer = await stack.ask(methods[0], path, { json });
      assertProblem(answer, 401, 'token_missing');
      assert.doesNotMatch(answer.headers['www-authenticate'], /error=/, path);
      const bad = await stack.ask(methods[0], path, { json, token: 'a.b.c' });
      assertProblem(bad, 401, 'token_invalid');
      assert.match(bad.headers['www-authenticate'], /error="invalid_token"/, path);
    }
  });

  test('public routes ignore the token', async () => {
    for (const { path, auth } of ROUTES) {
      if (auth) continue;
      assertOk(await stack.ask('GET', path, { headers: { Authorization: 'Bearer rubbish' } }));
    }
  });

  test('only the Bearer scheme is accepted, in any case', async () => {
    const token = await stack.token('andrewbrown');
    for (const value of ['Basic YTpi', token, 'Bearer', 'Bearer ', `Token ${token}`])
      assert.equal((await withHeader(value)).status, 401, value.slice(0, 20));
    for (const scheme of ['bearer', 'BEARER'])
      assert.equal((await withHeader(`${scheme} ${token}`)).status, 200, scheme);
    for (const value of [`Bearer ${token}, Bearer ${token}`, `Bearer ${token} ${token}`])
      assert.ok([400, 401].includes((await withHeader(value)).status));
  });

  test('two Authorization headers are refused with 400', async () => {
    const token = await stack.token('andrewbrown');
    const [good, bad] = [`Authorization: Bearer ${token}`, 'Authorization: Bearer other'];
    for (const lines of [
      [good, good],
      [good, bad],
      [bad, good],
    ]) {
      const answer = await stack.client.rawRequest('GET', '/api/users/me', lines);
      assert.equal(answer.status, 400, answer.text); // from nginx, not from a worker
    }
  });

  test('a token that was modified in any part is refused', async () => {
    const token = await stack.token('andrewbrown');
    const [header, claims, signature] = token.split('.');
    const text = (part) => Buffer.from(part, 'base64url').toString();
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const changed = (encoded, more) => part({ ...JSON.parse(text(encoded)), ...more });
    const other = await stack.token('bayko');
    const flipped =
      signature.slice(0, 20) + (signature[20] === 'A' ? 'B' : 'A') + signature.slice(21);

    for (const [what, forged] of Object.entries({
      'another subject': [header, changed(claims, { sub: 'somebody-else' }), signature],
      'a later expiry': [header, changed(claims, { exp: 4_000_000_000 }), signature],
      'no algorithm': [changed(header, { alg: 'none' }), claims, ''],
      'no algorithm, but a signature': [changed(header, { alg: 'none' }), claims, signature],
      HS256: [changed(header, { alg: 'HS256' }), claims, signature],
      'another key': [changed(header, { kid: 'unknown' }), claims, signature],
      'a changed signature': [header, claims, flipped],
      "another token's signature": [header, claims, other.split('.')[2]],
      'no signature': [header, claims, ''],
      'two parts': [header, claims],
      'four parts': [header, claims, signature, signature],
      padding: [header, claims, `${signature}==`],
      'white space': [header, `${claims.slice(0, 9)} ${claims.slice(9)}`, signature],
    }))
      assert.equal((await me(forged.join('.'))).status, 401, what);
    assertOk(await me(token));
  });

  test('an ID token is refused', async () => {
    const person = await newPerson(stack);
    assertProblem(await me(person.idToken), 401, 'token_invalid');
  });

  test('a huge token is refused, and the worker survives', async () => {
    const workers = stack.workers('users_me');
    const answer = await stack.ask('GET', '/api/users/me', { token: 'x'.repeat(7000) });
    assertProblem(answer, 401, 'token_invalid');
    const large = await stack.ask('GET', '/api/users/me', { token: 'x'.repeat(60_000) });
    assert.ok([400, 401, 431].includes(large.status), String(large.status));
    assert.deepEqual(stack.workers('users_me'), workers);
  });
});

describe('the first request of an account', () => {
  test('creates a user, which later requests find', async () => {
    const account = await newAccount(stack);
    const first = assertOk(await me(account.token));
    assert.deepEqual(Object.keys(first).sort(), [
      'bio',
      'created_at',
      'display_name',
      'email',
      'handle',
      'unread_messages',
      'unread_notifications',
      'uuid',
    ]);
    assert.match(first.uuid, UUID);
    assert.match(first.created_at, TIME);
    assert.equal(first.handle, account.handle);
    assert.equal(first.display_name, account.name);
    assert.equal(first.email, account.email);
    assert.equal(first.bio, null);
    assert.equal(first.unread_messages, 0);
    assert.equal(first.unread_notifications, 0);
    assert.deepEqual(assertOk(await me(account.token)), first);
  });

  test('works on every personal route', async () => {
    const target = await newPerson(stack);
    for (const request of [
      (token) => stack.ask('GET', '/api/message_groups', { token }),
      (token) =>
        stack.ask('POST', '/api/messages', {
          token,
          json: { message: 'My first words', handle: target.handle },
        }),
    ]) {
      const account = await newAccount(stack);
      assertOk(await request(account.token));
      assert.equal((await usersOf('handle', account.handle)).length, 1);
    }
  });

  test('ten at once all succeed and create one user', async () => {
    const { token, handle } = await newAccount(stack);
    const paths = ['/api/users/me', '/api/message_groups'];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => stack.ask('GET', paths[i % 2], { token })),
    );
    for (const answer of answers) assertOk(answer);
    assert.equal((await usersOf('handle', handle)).length, 1);
    const uuids = new Set(answers.filter(({ body }) => body.uuid).map(({ body }) => body.uuid));
    assert.equal(uuids.size, 1);
  });

  test('the name defaults to the handle, and the email address may be missing', async () => {
    const nameless = await newAccount(stack, { name: undefined });
    assert.equal(assertOk(await me(nameless.token)).display_name, nameless.handle);
    const silent = await newAccount(stack, { email: undefined });
    assert.equal(assertOk(await me(silent.token)).email, null);
  });

  test('two accounts with the same email address are two users', async () => {
    const email = `${newHandle()}@example.org`;
    const [one, two] = [await newAccount(stack, { email }), await newAccount(stack, { email })];
    const [first, second] = [assertOk(await me(one.token)), assertOk(await me(two.token))];
    assert.notEqual(first.uuid, second.uuid);
    assert.deepEqual([first.email, second.email], [email, email]);
  });

  test('a taken handle, in any case, is a 409 until the account chooses another', async () => {
    const owner = await newPerson(stack);
    const account = await newAccount(stack, { preferred_username: owner.handle.toUpperCase() });
    assertProblem(await me(account.token), 409, 'handle_taken');
    assertProblem(
      await stack.ask('GET', '/api/message_groups', { token: account.token }),
      409,
      'handle_taken',
    );
    const handle = newHandle('second');
    await setAttribute(stack, account.username, 'preferred_username', handle);
    assert.equal(assertOk(await meAfter(account.token, 'handle_taken')).handle, handle);
    assert.equal(assertOk(await me(owner.token)).uuid, owner.uuid);
  });

  test('a missing handle and an invalid handle have different codes', async () => {
    const none = await newAccount(stack, { preferred_username: undefined });
    assertProblem(await me(none.token), 409, 'handle_missing');
    for (const handle of ['x', 'has space', 'é_accent', 'dash-ed', 'x'.repeat(31), "o'brien"]) {
      const account = await newAccount(stack, { preferred_username: handle });
      assertProblem(await me(account.token), 409, 'handle_invalid');
    }
  });

  test('a handle of the seed data cannot be claimed by another account', async () => {
    const account = await newAccount(stack, { preferred_username: 'andrewbrown' });
    assertProblem(await me(account.token), 409, 'handle_taken');
    const [row] = await usersOf('handle', 'andrewbrown');
    assert.equal(row[0], SEEDED.andrewbrown.uuid);
    assert.equal(assertOk(await me(await stack.token('andrewbrown'))).uuid, row[0]);
  });
});

// UUIDv5 (RFC 9562) of a subject, in the namespace of the contract.
function uuidOfSubject(sub) {
  const space = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');
  const bytes = createHash('sha1').update(space).update(sub).digest().subarray(0, 16);
  bytes[6] = 0x50 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const subjectOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub;
const lose = ({ uuid }) => stack.sql(`delete from users where uuid = '${uuid}'`);

describe('a person whose row is lost', () => {
  test('has the uuid that follows from the subject, and gets it again', async () => {
    const person = await newPerson(stack);
    assert.equal(person.uuid, uuidOfSubject(subjectOf(person.token)));
    await lose(person);
    const again = assertOk(await me(person.token));
    assert.equal(again.uuid, person.uuid);
    assert.equal(again.handle, person.handle);
  });

  test('has the conversations of before after the next request', async () => {
    const { ann, ben, group } = await newPair(stack, 'Before the restore');
    await lose(ann);
    const [row] = assertOk(await stack.ask('GET', '/api/message_groups', { token: ann.token }));
    assert.equal(row.uuid, group);
    assert.equal(row.handle, ben.handle);
    assertOk(await me(ann.token));
    assertOk(await say(stack, ben, { handle: ann.handle }, 'After the restore'));
    const page = assertOk(await stack.ask('GET', `/api/messages/${group}`, { token: ann.token }));
    assert.deepEqual(
      page.map(({ message, handle }) => [handle, message]),
      [
        [ann.handle, 'Before the restore'],
        [ben.handle, 'After the restore'],
      ],
    );
  });

  test('does nothing without a name: each write registers again, then succeeds', async () => {
    const { ann, ben, group } = await newPair(stack);
    const crud = assertOk(
      await stack.ask('POST', '/api/activities', {
        token: ben.token,
        json: { message: 'like me', ttl: '1-hour' },
      }),
    );
    const { token } = ann;
    const write = (method, path, json) => () => stack.ask(method, path, { token, json });
    const writes = {
      'a crud': write('POST', '/api/activities', { message: 'a crud', ttl: '1-hour' }),
      'a crud with a key': () =>
        stack.ask('POST', '/api/activities', {
          token,
          key: randomUUID(),
          json: { message: 'a crud', ttl: '1-hour' },
        }),
      'a reply': write('POST', `/api/activities/${crud.uuid}/reply`, { message: 'a reply' }),
      'a like': write('PUT', `/api/activities/${crud.uuid}/like`),
      'a repost': write('PUT', `/api/activities/${crud.uuid}/repost`),
      'a message': write('POST', '/api/messages', {
        message: 'a message',
        message_group_uuid: group,
      }),
      'a message by handle': write('POST', '/api/messages', {
        message: 'a message',
        handle: ben.handle,
      }),
      'the profile': write('PUT', '/api/profile/update', { display_name: ann.name, bio: '' }),
      'the account': write('GET', '/api/users/me'),
    };
    for (const [what, send] of Object.entries(writes)) {
      assertOk(await send()); // this worker knows the person
      await lose(ann);
      const answer = assertOk(await send());
      if (answer.handle !== ben.handle) {
        assert.equal(answer.handle, ann.handle, what);
        assert.equal(answer.display_name, ann.name, what);
      }
      const rows = await usersOf('handle', ann.handle);
      assert.deepEqual(
        rows.map(([uuid]) => uuid),
        [ann.uuid],
        what,
      );
    }
    const page = assertOk(await stack.ask('GET', `/api/messages/${group}`, { token: ben.token }));
    for (const { handle, display_name: name } of page)
      assert.deepEqual([handle, name], [ann.handle, ann.name]);
  });

  test('is anonymous on optional routes, a second later at most, and not registered', async () => {
    const person = await newPerson(stack);
    const crud = assertOk(
      await stack.ask('POST', '/api/activities', {
        token: (await newPerson(stack)).token,
        json: { message: 'public', ttl: '1-hour' },
      }),
    );
    const show = async () =>
      assertOk(
        await stack.ask('GET', `/api/activities/${crud.uuid}`, { token: person.token }),
      ).activity;
    assert.equal((await show()).liked, false);
    await lose(person);
    await until('the caller is anonymous', async () => (await show()).liked === undefined);
    assert.deepEqual(await usersOf('handle', person.handle), []);
  });

  test('cannot be written to, and nothing is stored', async () => {
    const { ann, ben, group } = await newPair(stack);
    await lose(ben);
    for (const to of [{ message_group_uuid: group }, { handle: ben.handle }])
      assertProblem(await say(stack, ann, to, 'Are you there?'), 422, 'user_not_found');
    const page = assertOk(await stack.ask('GET', `/api/messages/${group}`, { token: ann.token }));
    assert.equal(page.length, 1);
    assertOk(await me(ben.token));
    assertOk(await say(stack, ann, { message_group_uuid: group }, 'Welcome back'));
  });
});
