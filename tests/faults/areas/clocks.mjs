// clocks.mjs - workers whose clocks are 16 minutes fast or slow.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../../api/harness/client.mjs';
import { newHandle, newPair } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { Clock } from '../harness/clock.mjs';
import { sign } from '../harness/identity.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const SHIFT_S = 16 * 60;

let ann;
let group;
let clock;
let writer;
let punctual;

const nowS = () => Math.floor(Date.now() / 1000);
// Valid on all three clocks.
const token = (claims) => {
  const signedIn = nowS() - 3600;
  return sign(ann.token, { auth_time: signedIn, iat: signedIn, exp: nowS() + 7200, ...claims });
};
const send = (worker, message, key) =>
  worker.ask('POST', '/api/messages', {
    token: token(),
    key,
    body: JSON.stringify({ message, message_group_uuid: group }),
  });

describe('clocks', () => {
  before(async () => {
    ({ ann, group } = await newPair(stack));
    clock = new Clock(stack);
    writer = await Worker.start(stack, 'message_create', { env: clock.env });
    punctual = await Worker.start(stack, 'message_create');
  });

  afterEach(() => {
    proxies.dynamodb.fault = () => undefined;
    clock.shift(0);
  });

  after(async () => {
    for (const worker of [writer, punctual]) await worker.stop();
  });

  test('message times increase in the order of writing, even if the clocks of workers differ', async () => {
    const written = [];
    for (const seconds of [SHIFT_S, -SHIFT_S, 0]) {
      clock.shift(seconds);
      for (const worker of [writer, punctual, writer])
        written.push(assertOk(await send(worker, newHandle('at'))));
    }
    const stored = await stack.table.messages(group);
    assert.deepEqual(
      stored.slice(1).map(({ message_uuid }) => message_uuid.S),
      written.map(({ uuid }) => uuid),
    );
  });

  test('an Idempotency-Key is recognised by workers with other clocks', async () => {
    const [text, key] = [newHandle('text'), newHandle('key')];
    const first = assertOk(await send(punctual, text, key));
    for (const seconds of [SHIFT_S, -SHIFT_S]) {
      clock.shift(seconds);
      assert.deepEqual(assertOk(await send(writer, text, key)), first);
    }
  });

  test('tokens are valid by the clock of the worker', async () => {
    const me = await Worker.start(stack, 'users_me', { env: clock.env });
    const ask = (claims) => me.ask('GET', '/api/users/me', { token: token(claims) });
    clock.shift(SHIFT_S);
    assertProblem(await ask({ exp: nowS() + 600 }), 401, 'token_invalid');
    assertOk(await ask({ exp: nowS() + 1200 }));
    clock.shift(-SHIFT_S);
    assertProblem(await ask({ iat: nowS() - 600 }), 401, 'token_invalid');
    assertOk(await ask({ iat: nowS() - 1200 }));
    await me.stop();
  });

  test('signatures that AWS considers expired are a 503, and nothing is written', async () => {
    // A local DynamoDB verifies no signatures; the proxy checks their age as documented by AWS.
    proxies.dynamodb.fault = ({ headers }) => {
      const [, y, mo, d, h, mi, s] = /^(\d{4})(..)(..)T(..)(..)(..)Z$/.exec(headers['x-amz-date']);
      const age = Math.abs(Date.now() - Date.UTC(y, mo - 1, d, h, mi, s));
      if (age < 15 * 60 * 1000) return undefined;
      return peer.refusal(400, 'InvalidSignatureException', { message: 'Signature expired' });
    };
    for (const seconds of [SHIFT_S, -SHIFT_S]) {
      clock.shift(seconds);
      const [text, key] = [newHandle('late'), newHandle('key')];
      assertProblem(await send(writer, text, key), 503, 'unavailable');
      const answer = assertOk(await send(punctual, text, key));
      clock.shift(0);
      assert.deepEqual(assertOk(await send(writer, text, key)), answer);
    }
  });
});
