// dynamodb.mjs - DynamoDB fails in each way once, which nobody shall see, and always, which is a
// quick 503; what was written is there once, whatever became of the answer.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../../api/harness/client.mjs';
import { newHandle, newPair } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { Clock } from '../harness/clock.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const proxy = proxies.dynamodb;
const PATIENCE_MS = 5000; // the time budget and a second
const WRITE = 'TransactWriteItems';
const READ = 'Query';

const BOTH = {
  'throttled by the table': peer.refusal(400, 'ProvisionedThroughputExceededException'),
  'throttled by the account': peer.refusal(400, 'ThrottlingException'),
  'request limit': peer.refusal(400, 'RequestLimitExceeded'),
  'internal error': peer.refusal(500, 'InternalServerError'),
  'service unavailable': peer.refusal(503, 'ServiceUnavailable'),
  'an error that is no JSON': ({ outgoing }) => outgoing.writeHead(502).end('<html>502</html>'),
  'reset before the answer': peer.resetBefore,
  'reset within the answer': peer.resetWithin,
  'answer lost': peer.lostAnswer,
  'body cut': peer.cutBody,
  'JSON cut': peer.cutJson,
  'wrong checksum': peer.wrongCrc,
  'no answer': peer.hang,
  'answer by drips': peer.drip,
  'credentials expired': peer.refusal(400, 'ExpiredTokenException'),
};
const WRITES = {
  ...BOTH,
  'cancelled by a conflict': peer.cancelled('TransactionConflict'),
  'cancelled by throttling': peer.cancelled('ThrottlingError'),
  'cancelled by the table': peer.cancelled('ProvisionedThroughputExceeded'),
  'still in progress': peer.refusal(400, 'TransactionInProgressException'),
};

// Those that are refused as another one is, and cost a whole time budget each.
const LONG = process.env.SOAK
  ? []
  : [
      'throttled by the account',
      'request limit',
      'cancelled by throttling',
      'cancelled by the table',
    ];

let ann;
let ben;
let group;
let reader;
let writer;

// The next `count` requests of `operation` meet the fault.
function failNext(operation, fault, count = 1) {
  let left = count;
  proxy.fault = (request) => (request.operation === operation && left-- > 0 ? fault : undefined);
}

const textsOf = async () => (await stack.table.messages(group)).map(({ message }) => message.S);
const countOf = async (text) => (await textsOf()).filter((other) => other === text).length;
const sending = (message, key, to = { message_group_uuid: group }) => [
  'POST',
  '/api/messages',
  { token: ann.token, key, body: JSON.stringify({ message, ...to }) },
];
const send = (...args) => writer.ask(...sending(...args));
const reading = () => ['GET', `/api/messages/${group}`, { token: ann.token }];
const read = () => reader.ask(...reading());

describe('DynamoDB', () => {
  before(async () => {
    ({ ann, ben, group } = await newPair(stack));
    reader = await Worker.start(stack, 'messages');
    writer = await Worker.start(stack, 'message_create');
  });

  after(async () => {
    for (const worker of [reader, writer])
      assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
  });

  // No worker leaves DynamoDB alone when the next test begins.
  afterEach(async () => {
    proxy.fault = () => undefined;
    assertOk(await reader.patiently(...reading()));
    assertOk(await writer.patiently(...sending('between two tests')));
  });

  describe('DynamoDB fails once', () => {
    for (const [what, fault] of Object.entries(WRITES))
      test(`write: ${what}: the message is sent all the same, once`, async () => {
        const text = newHandle('once');
        failNext(WRITE, fault);
        const answer = await send(text);
        assert.equal(assertOk(answer).message, text);
        assert.ok(answer.ms < PATIENCE_MS);
        assert.equal(await countOf(text), 1);
      });

    for (const [what, fault] of Object.entries(BOTH))
      test(`read: ${what}: the list comes all the same`, async () => {
        failNext(READ, fault);
        const answer = await read();
        assert.ok(assertOk(answer).length > 0);
        assert.ok(answer.ms < PATIENCE_MS);
      });

    test('reset after the answer: nobody notices', async () => {
      const text = newHandle('reset');
      failNext(WRITE, peer.resetAfter);
      assertOk(await send(text));
      assertOk(await send(`${text} again`));
      assert.equal(await countOf(text), 1);
    });
  });

  describe('DynamoDB fails always', () => {
    for (const [what, fault] of Object.entries(WRITES).filter(([name]) => !LONG.includes(name)))
      test(`write: ${what}: a quick 503, and sent again with its key it is there once`, async () => {
        const [text, key] = [newHandle('always'), newHandle('key')];
        failNext(WRITE, fault, Infinity);
        const refused = await send(text, key);
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < PATIENCE_MS, `${refused.ms} ms`);
        proxy.fault = () => undefined;
        const answer = assertOk(await writer.patiently(...sending(text, key)));
        assert.equal(answer.message, text);
        assert.deepEqual(assertOk(await send(text, key)), answer);
        assert.equal(await countOf(text), 1);
      });

    for (const what of ['throttled by the table', 'service unavailable', 'no answer', 'JSON cut'])
      test(`read: ${what}: a quick 503`, async () => {
        failNext(READ, BOTH[what], Infinity);
        const refused = await read();
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < PATIENCE_MS);
      });

    test('the first message between two people, its answer lost: one conversation', async () => {
      const pair = await newPair(stack);
      const [text, key] = [newHandle('first'), newHandle('key')];
      const to = { handle: pair.ben.handle };
      failNext(WRITE, peer.lostAnswer, Infinity);
      assertProblem(await send(text, key, to), 503, 'unavailable');
      proxy.fault = () => undefined;
      const answer = assertOk(await writer.patiently(...sending(text, key, to)));
      const items = await stack.table.messages(answer.message_group_uuid);
      assert.deepEqual(
        items.map(({ message }) => message.S),
        [text],
      );
    });

    test('a deletion and a reading mark whose answers are lost have happened, once', async () => {
      const { uuid } = assertOk(await send(newHandle('doomed')));
      const mark = () =>
        stack.ask('PUT', `/api/message_groups/${group}/read`, {
          token: ben.token,
          json: { message_uuid: uuid },
        });
      failNext('UpdateItem', peer.lostAnswer);
      assert.equal((await mark()).status, 204);
      const path = `/api/messages/${group}/${uuid}`;
      failNext(WRITE, peer.lostAnswer);
      assert.equal((await stack.ask('DELETE', path, { token: ann.token })).status, 204);
      const tombstone = assertOk(await read()).find((message) => message.uuid === uuid);
      assert.equal(tombstone.message, null);
    });
  });

  describe('credentials of a container', () => {
    let server;
    let served;
    let url;

    const start = (env) =>
      Worker.start(stack, 'messages', {
        env: {
          ...env,
          AWS_ACCESS_KEY_ID: '',
          AWS_SECRET_ACCESS_KEY: '',
          AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
        },
      });

    before(async () => {
      server = createServer((request, response) => {
        served++;
        response.end(
          JSON.stringify({
            AccessKeyId: `KEY${served}`,
            SecretAccessKey: 'secret',
            Token: `token-${served}`,
            Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z'),
          }),
        );
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${server.address().port}/keys`;
    });

    after(() => server.close());

    test('that AWS calls expired are fetched anew, and the request succeeds', async () => {
      served = 0;
      const used = [];
      proxy.fault = ({ headers }) => {
        const [, key] = /Credential=([^/]+)\//.exec(headers.authorization);
        used.push(key);
        return key === 'KEY1' ? peer.refusal(400, 'ExpiredTokenException') : undefined;
      };
      const worker = await start();
      const answer = await worker.ask('GET', `/api/messages/${group}`, { token: ann.token });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(served, 2);
      assert.equal(used[0], 'KEY1');
      assert.ok(
        used.slice(1).every((key) => key === 'KEY2'),
        used.join(),
      );
      await worker.stop();
    });

    test('that are about to expire are fetched anew before they do', async () => {
      served = 0;
      const clock = new Clock(stack);
      const used = new Set();
      proxy.fault = ({ headers }) => {
        used.add(/Credential=([^/]+)\//.exec(headers.authorization)[1]);
      };
      const worker = await start(clock.env);
      assertOk(await worker.ask(...reading()));
      clock.shift(1800);
      assertOk(await worker.ask(...reading()));
      assert.deepEqual([...used], ['KEY1']);
      clock.shift(3590);
      assertOk(await worker.ask(...reading()));
      assert.deepEqual([...used], ['KEY1', 'KEY2']);
      await worker.stop();
    });

    test('that are refused for good are a 503, without hammering the endpoint', async () => {
      served = 0;
      proxy.fault = () => peer.refusal(400, 'ExpiredTokenException');
      const worker = await start();
      const answer = await worker.ask('GET', `/api/messages/${group}`, { token: ann.token });
      assert.equal(answer.status, 503);
      assert.equal(served, 2);
      await worker.stop();
    });
  });
});
