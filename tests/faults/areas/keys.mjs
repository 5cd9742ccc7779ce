// keys.mjs - each fault of the key set's URL and of GetUser, and attacks with forged tokens.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, retryWhileBusy } from '../../api/harness/client.mjs';
import { newAccount, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { Clock } from '../harness/clock.mjs';
import { cognito, jwks, sign } from '../harness/identity.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const ANSWER_MS_MAX = 5000; // the time budget and a second
const STORM = 10_000;
const COOL_DOWN_S = 30;

let ann;

const me = (worker, token) => worker.ask('GET', '/api/users/me', { token });
const fresh = (claims, header) => sign(ann.token, claims, header);
const withKeys = (keys) => ({ status: 200, body: { keys } });

describe('keys', () => {
  before(async () => {
    ann = await newPerson(stack);
  });

  afterEach(() => {
    jwks.fault = null;
    cognito.fault = () => undefined;
  });

  describe('the key set', () => {
    for (const [what, fault] of Object.entries({
      'an error': { status: 500, body: {} },
      'a reset': peer.resetBefore,
      'no answer': peer.hang,
      'a body at one byte per second': peer.drip,
      'a truncated body': peer.cutBody,
      '64 MB': peer.flood,
      garbage: peer.garbage,
      'an empty set': withKeys([]),
      'a set of unusable keys': withKeys([
        { kty: 'RSA', use: 'sig', kid: 'x', n: 'AQAB', e: 'Aw' },
      ]),
    }))
      test(`${what} at the first fetch is a quick 503, followed by recovery`, async () => {
        const worker = await Worker.start(stack, 'users_me');
        jwks.fault = fault;
        const refused = await me(worker, fresh());
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < ANSWER_MS_MAX, `${refused.ms} ms`);
        jwks.fault = null;
        assertOk(await worker.askUntilServed('GET', '/api/users/me', { token: fresh() }));
        await worker.stop();
      });

    test('after the first fetch, faults do not affect known keys, even for an hour', async () => {
      const clock = new Clock(stack);
      const worker = await Worker.start(stack, 'users_me', { env: clock.env });
      assertOk(await me(worker, fresh()));
      for (const fault of [{ status: 500, body: {} }, peer.resetBefore, peer.flood, withKeys([])]) {
        jwks.fault = fault;
        clock.shift(3700);
        const exp = Math.floor(Date.now() / 1000) + 36_000;
        assertOk(await me(worker, fresh({ exp })));
        assertProblem(await me(worker, fresh({ exp }, { kid: 'other' })), 401, 'token_invalid');
      }
      await worker.stop();
    });

    test('after the cool-down, an added key is accepted and a removed key is refused', async () => {
      const clock = new Clock(stack);
      const worker = await Worker.start(stack, 'users_me', { env: clock.env });
      const old = fresh();
      assertOk(await me(worker, old));
      const next = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const kid = 'next-key';
      jwks.fault = withKeys([{ ...next.publicKey.export({ format: 'jwk' }), kid, use: 'sig' }]);
      const [, claims] = fresh().split('.');
      const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url');
      const signed = `${head}.${claims}`;
      const signature = createSign('RSA-SHA256').update(signed).sign(next.privateKey, 'base64url');
      const token = `${signed}.${signature}`;
      assertProblem(await me(worker, token), 401, 'token_invalid');
      clock.shift(COOL_DOWN_S + 1);
      assertOk(await me(worker, token));
      assertProblem(await me(worker, fresh()), 401, 'token_invalid');
      await worker.stop();
    });

    test(`${STORM} tokens with unknown keys cause one fetch per cool-down`, async () => {
      const worker = await Worker.start(stack, 'users_me');
      assertOk(await me(worker, fresh()));
      const [, claims, signature] = fresh().split('.');
      const from = jwks.fetches;
      const began = Date.now();
      for (let i = 0; i < STORM; i++) {
        const header = JSON.stringify({ alg: 'RS256', kid: randomUUID() });
        const token = `${Buffer.from(header).toString('base64url')}.${claims}.${signature}`;
        assert.equal((await me(worker, token)).status, 401);
      }
      const coolDowns = Math.floor((Date.now() - began) / 1000 / COOL_DOWN_S) + 1;
      assert.ok(jwks.fetches - from <= coolDowns, `${jwks.fetches - from} fetches`);
      assertOk(await me(worker, fresh()));
      await worker.stop();
    });
  });

  describe('a forged token', () => {
    const encode = (value) =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

    // Attacks of RFC 8725 and of known vulnerabilities, each derived from a valid token.
    const attacks = ([head, claims, signature]) => {
      const withHead = (more) =>
        `${encode({ ...JSON.parse(Buffer.from(head, 'base64url')), ...more })}.${claims}.${signature}`;
      return {
        ...Object.fromEntries(
          ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS384', 'PS256', 'ES256', null, 7].flatMap(
            (alg) => [
              [`alg ${alg}`, withHead({ alg })],
              [`alg ${alg} unsigned`, `${encode({ alg, kid: 'key-of-the-faults' })}.${claims}.`],
            ],
          ),
        ),
        'an embedded key': withHead({ jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }),
        'the URL of a key set': withHead({ jku: 'http://127.0.0.1:9/jwks.json' }),
        'the URL of a certificate': withHead({ x5u: 'http://127.0.0.1:9/' }),
        'a certificate': withHead({ x5c: ['AQAB'] }),
        'a critical extension': withHead({ crit: ['b64'], b64: false }),
        'a path as key id': withHead({ kid: '../../../../dev/null' }),
        'SQL as key id': withHead({ kid: "x' union select 'key" }),
        'a command as key id': withHead({ kid: '|/bin/true' }),
        'a NUL in the key id': withHead({ kid: 'key-of-the-faults\0' }),
        'a list as key id': withHead({ kid: ['key-of-the-faults'] }),
        'compressed claims': withHead({ zip: 'DEF' }),
        'an encrypted token': `${head}.${claims}.${signature}.${claims}.${signature}`,
        'a missing part': `${head}.${claims}`,
        'an empty signature': `${head}.${claims}.`,
        'padded base64': `${head}==.${claims}.${signature}`,
        'base64 instead of base64url': `${head}.${claims}.${signature.slice(0, -2)}+/`,
        'a blank in a part': `${head}.${claims} .${signature}`,
        'extra bytes in the signature': `${head}.${claims}.${signature}AA`,
        'a header that is not JSON': `${encode('not json')}.${claims}.${signature}`,
        'a duplicate member in the header': `${encode('{"alg":"RS256","alg":"none","kid":"key-of-the-faults"}')}.${claims}.${signature}`,
        'an array as header': `${encode('["RS256"]')}.${claims}.${signature}`,
        'a deeply nested header': `${encode('{"a":'.repeat(100) + '1' + '}'.repeat(100))}.${claims}.${signature}`,
        'an oversized signature': `${head}.${claims}.${'A'.repeat(9000)}`,
        nothing: '',
        dots: '..',
        'many dots': '.'.repeat(5000),
      };
    };

    test('is a 401, causes no fetch, and is not logged', async () => {
      const worker = await Worker.start(stack, 'users_me', { env: { CRUDDUR_LOG_LEVEL: 'debug' } });
      const good = fresh();
      assertOk(await me(worker, good));
      const from = jwks.fetches;
      const tokens = attacks(good.split('.'));
      for (const [what, token] of Object.entries(tokens)) {
        const answer = await me(worker, token);
        assert.equal(answer.status, 401, `${what}: ${answer.text}`);
        assert.ok(['token_invalid', 'token_missing'].includes(answer.body.errors[0]), what);
      }
      assert.equal(jwks.fetches, from);
      assertOk(await me(worker, fresh()));
      await worker.stop();
      const lines = worker.log.split('\n').length;
      assert.ok(lines > Object.keys(tokens).length, `${lines} lines`);
      for (const part of good.split('.')) assert.ok(!worker.log.includes(part.slice(0, 40)));
    });
  });

  describe('GetUser', () => {
    for (const [what, fault] of Object.entries({
      'no answer': peer.hang,
      'a reset': peer.resetBefore,
      'a truncated body': peer.cutBody,
      '64 MB': peer.flood,
      garbage: peer.garbage,
      throttling: { status: 400, body: { __type: 'TooManyRequestsException' } },
      'an error': { status: 500, body: {} },
    }))
      test(`${what} is a quick 503 without registration, followed by recovery`, async () => {
        const account = await newAccount(stack);
        const worker = await Worker.start(stack, 'users_me');
        assertOk(await me(worker, fresh()));
        cognito.fault = ({ operation }) => (operation === 'GetUser' ? fault : undefined);
        const refused = await me(worker, account.token);
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < ANSWER_MS_MAX, `${refused.ms} ms`);
        const rows = () => stack.sql(`select 1 from users where handle = '${account.handle}'`);
        assert.equal((await rows()).length, 0);
        // Known users are not affected.
        assertOk(await me(worker, fresh()));
        cognito.fault = () => undefined;
        const answer = await retryWhileBusy(() => me(worker, account.token));
        assert.equal(assertOk(answer).handle, account.handle);
        assert.equal((await rows()).length, 1);
        await worker.stop();
      });
  });
});
