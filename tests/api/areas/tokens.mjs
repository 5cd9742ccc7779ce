// tokens.mjs - tokens that the stand-in of Cognito cannot issue. They are signed with keys of the
// test, which the key set contains in addition to the stand-in's.
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep, untilStatus } from '../harness/client.mjs';
import { openStream } from '../harness/live.mjs';
import { newAccount, newPerson } from '../harness/people.mjs';
import { JWKS_PATH, proxies, stack } from '../harness/proxied.mjs';

const KID = 'key-of-the-tests';
const rsa = (modulusLength) => generateKeyPairSync('rsa', { modulusLength });
const good = rsa(2048);
const stranger = rsa(2048);
const small = rsa(1024);
const jwk = ({ publicKey }, kid) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'RS256',
});
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

let keys;
let isUp = true;
let fetches = 0;
let person;
let claims;

// A valid token, changed by the given claims and header. edit: changes the claims as text, for
// numbers that JSON.stringify would not write.
function sign(
  more = {},
  { header = {}, key = good, alg = 'RSA-SHA256', edit = (text) => text } = {},
) {
  const head = { alg: 'RS256', kid: KID, ...header };
  const text = edit(JSON.stringify({ ...claims, ...more }));
  const signed = `${encode(head)}.${Buffer.from(text).toString('base64url')}`;
  return `${signed}.${createSign(alg).update(signed).sign(key.privateKey, 'base64url')}`;
}

const me = (token) => stack.ask('GET', '/api/users/me', { token });
const calls = () =>
  proxies.cognito.recorded.filter(({ operation }) => operation === 'GetUser').length;
const nowS = () => Math.floor(Date.now() / 1000);

before(async () => {
  const standIn = await (await fetch(`http://127.0.0.1:${stack.ports.COGNITO}${JWKS_PATH}`)).json();
  keys = [...standIn.keys, jwk(good, KID), jwk(small, 'small')];
  keys.push({ ...jwk(good, 'for-encryption'), use: 'enc' });
  proxies.cognito.fault = jwksFault;
  // The new workers fetch the key set with the test's keys.
  for (const pool of ['users_me', 'live']) await stack.pool('restart', pool);
  person = await newPerson(stack);
  const [, payload] = person.token.split('.');
  claims = JSON.parse(Buffer.from(payload, 'base64url'));
});

// Answers requests for the key set, and forwards all others to the stand-in.
function jwksFault(request) {
  if (request.path !== JWKS_PATH) return undefined;
  fetches++;
  return isUp ? { status: 200, body: { keys } } : { status: 500, body: {} };
}

afterEach(() => {
  isUp = true;
  proxies.cognito.fault = jwksFault;
});

describe('tokens signed with keys of the set', () => {
  test('are accepted, like those of the stand-in', async () => {
    assert.equal(assertOk(await me(sign())).handle, person.handle);
    assert.equal(assertOk(await me(person.token)).handle, person.handle);
  });

  test('hold a stream until they expire', async () => {
    const exp = nowS() + 3;
    const stream = await openStream(stack, { token: sign({ exp }) });
    await stream.end();
    assert.ok(nowS() >= exp);
    assert.deepEqual(stream.of('bye'), [{ reason: 'expired' }]);
  });

  test('are refused if they break a single rule', async () => {
    const now = nowS();
    const refused = {
      expired: sign({ exp: now - 1 }),
      'expired long ago': sign({ exp: 1_000_000_000 }),
      'no expiry': sign({ exp: undefined }),
      'an expiry as text': sign({ exp: String(now + 600) }),
      'an expiry with a fraction': sign({ exp: now + 600.5 }),
      'an expiry before 1970': sign({ exp: -1 }),
      'an expiry out of range': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', '"exp":1e30') },
      ),
      'an expiry of 31 digits': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', `"exp":1${'0'.repeat(30)}`) },
      ),
      'a duplicate claim': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', `"exp":${now + 9},"exp":${now + 600}`) },
      ),
      'not yet valid': sign({ nbf: now + 600 }),
      'issued in the future': sign({ iat: now + 600 }),
      'another issuer': sign({ iss: `${claims.iss}x` }),
      'a shorter issuer': sign({ iss: claims.iss.slice(0, -1) }),
      'no issuer': sign({ iss: undefined }),
      'another client': sign({ client_id: 'another' }),
      'the client as audience only': sign({ client_id: undefined, aud: claims.client_id }),
      'an ID token': sign({ token_use: 'id' }),
      'no token_use': sign({ token_use: undefined }),
      'no subject': sign({ sub: undefined }),
      'an empty subject': sign({ sub: '' }),
      'a number as subject': sign({ sub: 7 }),
      'a NUL in the subject': sign({ sub: `${claims.sub}\0` }),
      'another key': sign({}, { key: stranger }),
      'a small key': sign({}, { key: small, header: { kid: 'small' } }),
      'a key for encryption': sign({}, { header: { kid: 'for-encryption' } }),
      'an unknown key id': sign({}, { header: { kid: 'unknown' } }),
      'no key id': sign({}, { header: { kid: undefined } }),
      'a key id of another type': sign({}, { header: { kid: 7 } }),
      'a critical extension': sign({}, { header: { crit: ['exp'] } }),
      RS512: sign({}, { header: { alg: 'RS512' }, alg: 'RSA-SHA512' }),
      'rs256 in lower case': sign({}, { header: { alg: 'rs256' } }),
      PS256: sign({}, { header: { alg: 'PS256' } }),
    };
    const pem = good.publicKey.export({ type: 'spki', format: 'pem' });
    const head = `${encode({ alg: 'HS256', kid: KID })}.${encode(claims)}`;
    refused['the public key as a shared secret'] =
      `${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`;
    for (const [what, token] of Object.entries(refused)) {
      const answer = await me(token);
      assert.equal(answer.status, 401, `${what}: ${answer.text}`);
      assertProblem(answer, 401, 'token_invalid');
    }
    assertOk(await me(sign()));
  });

  test('are accepted if clocks differ by less than a minute', async () => {
    assertOk(await me(sign({ nbf: nowS() + 30, iat: nowS() + 30 })));
  });

  test('are accepted until they expire, not after', async () => {
    const token = sign({ exp: nowS() + 2 });
    assertOk(await me(token));
    await sleep(3000);
    assertProblem(await me(token), 401, 'token_invalid');
  });

  test('with unknown keys cause one fetch per worker at most, and forged ones none', async () => {
    await me(sign({}, { header: { kid: 'unknown-0' } }));
    const from = fetches;
    for (let i = 1; i <= 20; i++)
      assert.equal((await me(sign({}, { header: { kid: `unknown-${i}` } }))).status, 401);
    assert.ok(fetches - from <= stack.workers('users_me').length, `${fetches - from} fetches`);
    const later = fetches;
    for (let i = 0; i < 10; i++) await me(sign({ iss: 'https://other.example' }));
    await me('rubbish');
    assert.equal(fetches, later);
  });

  test('are accepted while the key set is unavailable; if it was never fetched: 503', async () => {
    isUp = false;
    assertOk(await me(sign({ jti: randomUUID() })));
    await stack.pool('restart', 'users_me');
    assertProblem(await me(sign()), 503, 'unavailable');
    isUp = true;
    await untilStatus(200, () => me(sign()));
  });
});

describe('the account behind a new token', () => {
  const refuse = (status, type, message = 'injected by the test') => {
    proxies.cognito.fault = (request) =>
      request.operation === 'GetUser'
        ? { status, body: { __type: type, message } }
        : jwksFault(request);
  };

  test('was deleted or its token revoked: the answer is 401', async () => {
    assertProblem(await me(sign({ sub: randomUUID(), username: 'nobody' })), 401, 'token_invalid');
    const { token } = await newAccount(stack);
    refuse(400, 'NotAuthorizedException', 'Access Token has been revoked');
    assertProblem(await me(token), 401, 'token_invalid');
  });

  test('cannot be read without the scope: the answer is 403', async () => {
    const { token } = await newAccount(stack);
    refuse(400, 'NotAuthorizedException', 'Access Token does not have required scopes');
    assertProblem(await me(token), 403, 'insufficient_scope');
  });

  test('cannot be read while Cognito throttles or fails: the answer is 503', async () => {
    const { token, handle } = await newAccount(stack);
    for (const [status, type] of [
      [400, 'TooManyRequestsException'],
      [500, 'InternalErrorException'],
    ]) {
      refuse(status, type);
      assertProblem(await me(token), 503, 'unavailable');
    }
    proxies.cognito.fault = jwksFault;
    assert.equal((await untilStatus(200, () => me(token))).body.handle, handle);
  });

  test('is not read for a known user', async () => {
    const from = calls();
    for (let i = 0; i < 3; i++) assertOk(await me(sign({ jti: randomUUID() })));
    assert.equal(calls(), from);
  });

  // GetUser's quota is shared by all people of a region.
  test('is read once in two seconds while it is refused, whatever the reason', async () => {
    const denied = (message) => ({
      status: 400,
      body: { __type: 'NotAuthorizedException', message },
    });
    const owner = await newPerson(stack);
    const account = () => newAccount(stack, { preferred_username: owner.handle });
    const cases = [
      { status: 409, code: 'handle_taken', account: await account() },
      {
        status: 409,
        code: 'handle_missing',
        account: await newAccount(stack, { preferred_username: undefined }),
      },
      {
        status: 409,
        code: 'handle_invalid',
        account: await newAccount(stack, { preferred_username: 'x' }),
      },
      {
        status: 403,
        code: 'insufficient_scope',
        account: await newAccount(stack),
        answer: denied('Access Token does not have required scopes'),
      },
      {
        status: 401,
        code: 'token_invalid',
        account: await newAccount(stack),
        answer: denied('Access Token has been revoked'),
      },
    ];
    for (const { status, code, account: asked, answer } of cases) {
      proxies.cognito.fault = (request) =>
        request.operation === 'GetUser' ? answer : jwksFault(request);
      const from = calls();
      const began = Date.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => me(asked.token)));
      for (const one of answers) assertProblem(one, status, code);
      const most = stack.workers('users_me').length * (1 + Math.floor((Date.now() - began) / 2000));
      const made = calls() - from;
      assert.ok(made >= 1 && made <= most, `${code}: ${made} calls, at most ${most}`);
    }
    // Another token is another question.
    proxies.cognito.fault = jwksFault;
    const from = calls();
    assertProblem(await me((await account()).token), 409, 'handle_taken');
    assert.equal(calls(), from + 1);
  });
});
