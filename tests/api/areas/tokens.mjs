// tokens.mjs - tokens that Cognito would sign but its stand-in cannot: with keys of our own beside
// the stand-in's, served at the address of the key set.
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../harness/client.mjs';
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

// A token whose claims and header differ from a good one's in what is given. edit: changes the
// claims as text, for numbers that JSON.stringify would not write.
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
const nowS = () => Math.floor(Date.now() / 1000);

before(async () => {
  const theirs = await (await fetch(`http://127.0.0.1:${stack.ports.COGNITO}${JWKS_PATH}`)).json();
  keys = [...theirs.keys, jwk(good, KID), jwk(small, 'small')];
  keys.push({ ...jwk(good, 'for-encryption'), use: 'enc' });
  proxies.cognito.fault = jwksFault;
  // From now on the workers have a key set with our keys in it.
  await stack.pool('restart', 'users_me');
  person = await newPerson(stack);
  const [, payload] = person.token.split('.');
  claims = JSON.parse(Buffer.from(payload, 'base64url'));
});

// Answers for the key set, and passes the rest on to the stand-in.
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
  test('are accepted, and so are those of the stand-in', async () => {
    assert.equal(assertOk(await me(sign())).handle, person.handle);
    assert.equal(assertOk(await me(person.token)).handle, person.handle);
  });

  test('each rule refuses a token that breaks only it', async () => {
    const now = nowS();
    const refused = {
      expired: sign({ exp: now - 1 }),
      'expired long ago': sign({ exp: 1_000_000_000 }),
      'without an end': sign({ exp: undefined }),
      'an end as text': sign({ exp: String(now + 600) }),
      'an end with a fraction': sign({ exp: now + 600.5 }),
      'an end before 1970': sign({ exp: -1 }),
      'an end out of range': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', '"exp":1e30') },
      ),
      'an end of 31 digits': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', `"exp":1${'0'.repeat(30)}`) },
      ),
      'a claim twice': sign(
        { exp: 0 },
        { edit: (text) => text.replace('"exp":0', `"exp":${now + 9},"exp":${now + 600}`) },
      ),
      'not yet valid': sign({ nbf: now + 600 }),
      'issued in the future': sign({ iat: now + 600 }),
      'another issuer': sign({ iss: `${claims.iss}x` }),
      'a shorter issuer': sign({ iss: claims.iss.slice(0, -1) }),
      'no issuer': sign({ iss: undefined }),
      'another client': sign({ client_id: 'another' }),
      'a client as audience only': sign({ client_id: undefined, aud: claims.client_id }),
      'an ID token': sign({ token_use: 'id' }),
      'no use': sign({ token_use: undefined }),
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

  test('clocks may differ by a minute', async () => {
    assertOk(await me(sign({ nbf: nowS() + 30, iat: nowS() + 30 })));
  });

  test('a token is accepted until it expires and not after', async () => {
    const token = sign({ exp: nowS() + 2 });
    assertOk(await me(token));
    await sleep(3000);
    assertProblem(await me(token), 401, 'token_invalid');
  });

  test('many tokens with unknown keys cost at most one fetch, forged ones none', async () => {
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

  test('a key set that fails later does not matter, one that never came is a 503', async () => {
    isUp = false;
    assertOk(await me(sign({ jti: randomUUID() })));
    await stack.pool('restart', 'users_me');
    assertProblem(await me(sign()), 503, 'unavailable');
    isUp = true;
    let answer;
    for (let tries = 0; tries < 100; tries++) {
      answer = await me(sign());
      if (answer.status === 200) break;
      await sleep(100);
    }
    assertOk(answer);
  });
});

describe('the account behind a new token', () => {
  const refuse = (status, type, message = 'played by the test') => {
    proxies.cognito.fault = (request) =>
      request.operation === 'GetUser'
        ? { status, body: { __type: type, message } }
        : jwksFault(request);
  };

  test('gone or revoked is a 401', async () => {
    assertProblem(await me(sign({ sub: randomUUID(), username: 'nobody' })), 401, 'token_invalid');
    const { token } = await newAccount(stack);
    refuse(400, 'NotAuthorizedException', 'Access Token has been revoked');
    assertProblem(await me(token), 401, 'token_invalid');
  });

  test('a token without the scope is a 403', async () => {
    const { token } = await newAccount(stack);
    refuse(400, 'NotAuthorizedException', 'Access Token does not have required scopes');
    assertProblem(await me(token), 403, 'insufficient_scope');
  });

  test('throttled or broken is a 503, and later it works', async () => {
    const { token, handle } = await newAccount(stack);
    for (const [status, type] of [
      [400, 'TooManyRequestsException'],
      [500, 'InternalErrorException'],
    ]) {
      refuse(status, type);
      assertProblem(await me(token), 503, 'unavailable');
    }
    proxies.cognito.fault = jwksFault;
    let answer;
    for (let tries = 0; tries < 50; tries++) {
      answer = await me(token);
      if (answer.status === 200) break;
      await sleep(100);
    }
    assert.equal(assertOk(answer).handle, handle);
  });

  test('a known user never needs the account', async () => {
    const calls = () =>
      proxies.cognito.recorded.filter(({ operation }) => operation === 'GetUser').length;
    const from = calls();
    for (let i = 0; i < 3; i++) assertOk(await me(sign({ jti: randomUUID() })));
    assert.equal(calls(), from);
  });
});
