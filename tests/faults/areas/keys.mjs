// keys.mjs - the address of the key set, and GetUser, fail in each way; and a storm of unknown keys.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../../api/harness/client.mjs';
import { newAccount, newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { Clock } from '../harness/clock.mjs';
import { cognito, jwks, sign } from '../harness/identity.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const PATIENCE_MS = 5000; // the time budget and a second
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
      'a body by drips': peer.drip,
      'a body cut': peer.cutBody,
      '64 MB': peer.flood,
      garbage: peer.garbage,
      'an empty set': withKeys([]),
      'a set of unusable keys': withKeys([
        { kty: 'RSA', use: 'sig', kid: 'x', n: 'AQAB', e: 'Aw' },
      ]),
    }))
      test(`${what} from the start is a quick 503, and later it works`, async () => {
        const worker = await Worker.start(stack, 'users_me');
        jwks.fault = fault;
        const refused = await me(worker, fresh());
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < PATIENCE_MS, `${refused.ms} ms`);
        jwks.fault = null;
        assertOk(await worker.patiently('GET', '/api/users/me', { token: fresh() }));
        await worker.stop();
      });

    test('what fails later does not matter, not even after an hour', async () => {
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

    test('a key that the pool has added is accepted after the cool-down, one taken out no more', async () => {
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

    test(`a storm of ${STORM} unknown keys costs one fetch a cool-down`, async () => {
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

  describe('attacks by a token', () => {
    const encode = (value) =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

    // RFC 8725 and what has gone wrong elsewhere: each from a good token.
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
        'its own key': withHead({ jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }),
        'the address of a key set': withHead({ jku: 'http://127.0.0.1:9/jwks.json' }),
        'the address of a certificate': withHead({ x5u: 'http://127.0.0.1:9/' }),
        'a certificate': withHead({ x5c: ['AQAB'] }),
        'something critical': withHead({ crit: ['b64'], b64: false }),
        'a path as key id': withHead({ kid: '../../../../dev/null' }),
        'SQL as key id': withHead({ kid: "x' union select 'key" }),
        'a command as key id': withHead({ kid: '|/bin/true' }),
        'a NUL in the key id': withHead({ kid: 'key-of-the-faults\0' }),
        'a list as key id': withHead({ kid: ['key-of-the-faults'] }),
        'compressed claims': withHead({ zip: 'DEF' }),
        'an encrypted token': `${head}.${claims}.${signature}.${claims}.${signature}`,
        'a part less': `${head}.${claims}`,
        'an empty signature': `${head}.${claims}.`,
        'padded base64': `${head}==.${claims}.${signature}`,
        'base64 of the other alphabet': `${head}.${claims}.${signature.slice(0, -2)}+/`,
        'a blank in a part': `${head}.${claims} .${signature}`,
        'a byte more in the signature': `${head}.${claims}.${signature}AA`,
        'no JSON': `${encode('not json')}.${claims}.${signature}`,
        'a header twice over': `${encode('{"alg":"RS256","alg":"none","kid":"key-of-the-faults"}')}.${claims}.${signature}`,
        'a list for a header': `${encode('["RS256"]')}.${claims}.${signature}`,
        'a deep header': `${encode('{"a":'.repeat(100) + '1' + '}'.repeat(100))}.${claims}.${signature}`,
        'more than a token has': `${head}.${claims}.${'A'.repeat(9000)}`,
        nothing: '',
        dots: '..',
        'many dots': '.'.repeat(5000),
      };
    };

    test('is a 401, costs no fetch, and no token is logged', async () => {
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
      'a body cut': peer.cutBody,
      '64 MB': peer.flood,
      garbage: peer.garbage,
      throttling: { status: 400, body: { __type: 'TooManyRequestsException' } },
      'an error': { status: 500, body: {} },
    }))
      test(`${what} is a quick 503 and registers nobody; later it works`, async () => {
        const account = await newAccount(stack);
        const worker = await Worker.start(stack, 'users_me');
        assertOk(await me(worker, fresh()));
        cognito.fault = ({ operation }) => (operation === 'GetUser' ? fault : undefined);
        const refused = await me(worker, account.token);
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < PATIENCE_MS, `${refused.ms} ms`);
        const rows = () => stack.sql(`select 1 from users where handle = '${account.handle}'`);
        assert.equal((await rows()).length, 0);
        // Who is known is not concerned.
        assertOk(await me(worker, fresh()));
        cognito.fault = () => undefined;
        let answer;
        for (let tries = 0; tries < 50; tries++) {
          answer = await me(worker, account.token);
          if (answer.status === 200) break;
          assert.equal(answer.status, 503);
          await sleep(100);
        }
        assert.equal(assertOk(answer).handle, account.handle);
        assert.equal((await rows()).length, 1);
        await worker.stop();
      });
  });
});
