// dynamodb.mjs - faults of DynamoDB. Clients do not notice a single one; a permanent one is a quick
// 503. Every message is stored once, even if the answer was lost.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../../api/harness/client.mjs';
import { listen } from '../../api/harness/listen.mjs';
import { newHandle, newPair } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { Clock } from '../harness/clock.mjs';
import * as peer from '../harness/peer.mjs';
import { Worker } from '../harness/worker.mjs';

const proxy = proxies.dynamodb;
const ANSWER_MS_MAX = 5000; // the time budget and a second
const WRITE = 'TransactWriteItems';
const READ = 'Query';

const FAULTS = {
  'throttled by the table': peer.refusal(400, 'ProvisionedThroughputExceededException'),
  'throttled by the account': peer.refusal(400, 'ThrottlingException'),
  'over the request limit': peer.refusal(400, 'RequestLimitExceeded'),
  'internal error': peer.refusal(500, 'InternalServerError'),
  'service unavailable': peer.refusal(503, 'ServiceUnavailable'),
  'an error that is not JSON': ({ outgoing }) => outgoing.writeHead(502).end('<html>502</html>'),
  'reset before the answer': peer.resetBefore,
  'reset in the middle of the answer': peer.resetWithin,
  'answer lost': peer.lostAnswer,
  'truncated body': peer.cutBody,
  'truncated JSON': peer.cutJson,
  'wrong checksum': peer.wrongCrc,
  'no answer': peer.hang,
  'one byte per second': peer.drip,
  'credentials expired': peer.refusal(400, 'ExpiredTokenException'),
};
const WRITE_FAULTS = {
  ...FAULTS,
  'cancelled by a conflict': peer.cancelled('TransactionConflict'),
  'cancelled by throttling': peer.cancelled('ThrottlingError'),
  'cancelled by the table': peer.cancelled('ProvisionedThroughputExceeded'),
  'still in progress': peer.refusal(400, 'TransactionInProgressException'),
};

// Faults that take a whole time budget and are handled like another one: only with SOAK.
const LONG = process.env.SOAK
  ? []
  : [
      'throttled by the account',
      'over the request limit',
      'cancelled by throttling',
      'cancelled by the table',
    ];

let ann;
let ben;
let group;
let reader;
let writer;

// Inject the fault into the next `count` requests with `operation`.
function failNext(operation, fault, count = 1) {
  let left = count;
  proxy.fault = (request) => (request.operation === operation && left-- > 0 ? fault : undefined);
}

const textsOf = async () => (await stack.table.messages(group)).map(({ message }) => message?.S);
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

  // Wait until the circuit breakers are closed again.
  afterEach(async () => {
    proxy.fault = () => undefined;
    assertOk(await reader.askUntilServed(...reading()));
    assertOk(await writer.askUntilServed(...sending('between two tests')));
  });

  describe('a single fault', () => {
    for (const [what, fault] of Object.entries(WRITE_FAULTS))
      test(`of a write (${what}) does not stop the message, which is stored once`, async () => {
        const text = newHandle('once');
        failNext(WRITE, fault);
        const answer = await send(text);
        assert.equal(assertOk(answer).message, text);
        assert.ok(answer.ms < ANSWER_MS_MAX);
        assert.equal(await countOf(text), 1);
      });

    for (const [what, fault] of Object.entries(FAULTS))
      test(`of a read (${what}) does not stop the list`, async () => {
        failNext(READ, fault);
        const answer = await read();
        assert.ok(assertOk(answer).length > 0);
        assert.ok(answer.ms < ANSWER_MS_MAX);
      });

    test('after the answer (reset) goes unnoticed', async () => {
      const text = newHandle('reset');
      failNext(WRITE, peer.resetAfter);
      assertOk(await send(text));
      assertOk(await send(`${text} again`));
      assert.equal(await countOf(text), 1);
    });

    test('that loses the answer to a deletion or a read mark goes unnoticed', async () => {
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

  describe('a permanent fault', () => {
    for (const [what, fault] of Object.entries(WRITE_FAULTS).filter(
      ([name]) => !LONG.includes(name),
    ))
      test(`of a write (${what}) is a quick 503, and a repeated message is stored once`, async () => {
        const [text, key] = [newHandle('always'), newHandle('key')];
        failNext(WRITE, fault, Infinity);
        const refused = await send(text, key);
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < ANSWER_MS_MAX, `${refused.ms} ms`);
        proxy.fault = () => undefined;
        const answer = assertOk(await writer.askUntilServed(...sending(text, key)));
        assert.equal(answer.message, text);
        assert.deepEqual(assertOk(await send(text, key)), answer);
        assert.equal(await countOf(text), 1);
      });

    for (const what of [
      'throttled by the table',
      'service unavailable',
      'no answer',
      'truncated JSON',
    ])
      test(`of a read (${what}) is a quick 503`, async () => {
        failNext(READ, FAULTS[what], Infinity);
        const refused = await read();
        assertProblem(refused, 503, 'unavailable');
        assert.ok(refused.ms < ANSWER_MS_MAX);
      });

    test('that loses the answers to a first message creates one conversation', async () => {
      const pair = await newPair(stack);
      const [text, key] = [newHandle('first'), newHandle('key')];
      const to = { handle: pair.ben.handle };
      failNext(WRITE, peer.lostAnswer, Infinity);
      assertProblem(await send(text, key, to), 503, 'unavailable');
      proxy.fault = () => undefined;
      const answer = assertOk(await writer.askUntilServed(...sending(text, key, to)));
      const items = await stack.table.messages(answer.message_group_uuid);
      assert.deepEqual(
        items.map(({ message }) => message.S),
        [text],
      );
    });
  });

  describe('container credentials', () => {
    let close;
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
      const server = createServer((request, response) => {
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
      close = await listen(server, 0);
      url = `http://127.0.0.1:${server.address().port}/keys`;
    });

    after(() => close());

    test('that AWS reports as expired are fetched again, and the request succeeds', async () => {
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

    test('that are about to expire are fetched again in time', async () => {
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

    test('come from STS where the container has a web identity', async () => {
      served = 0;
      const bodies = [];
      const sts = createServer(async (request, response) => {
        bodies.push(`${request.method} ${request.url} ${await text(request)}`);
        response.setHeader('Content-Type', 'text/xml');
        response.end(
          '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
            '<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>WEB1</AccessKeyId>' +
            '<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>' +
            `<Expiration>${new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z')}</Expiration>` +
            '</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>',
        );
      });
      const closeSts = await listen(sts, 0);
      const file = path.join(stack.home, 'tmp/web-identity');
      fs.writeFileSync(file, 'e30.e30.x\n');
      const used = new Set();
      proxy.fault = ({ headers }) => {
        used.add(/Credential=([^/]+)\//.exec(headers.authorization)[1]);
        assert.equal(headers['x-amz-security-token'], 'token');
      };
      const worker = await start({
        AWS_WEB_IDENTITY_TOKEN_FILE: file,
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/cruddur',
        AWS_ROLE_SESSION_NAME: 'pod-1',
        AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.address().port}`,
      });
      assertOk(await worker.ask(...reading()));
      assertOk(await worker.ask(...reading()));
      assert.deepEqual([...used], ['WEB1']);
      assert.deepEqual(bodies, [
        'POST / Action=AssumeRoleWithWebIdentity&Version=2011-06-15' +
          '&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcruddur&RoleSessionName=pod-1' +
          '&WebIdentityToken=e30.e30.x',
      ]);
      assert.equal(served, 0);
      await worker.stop();
      fs.rmSync(file);
      await closeSts();
    });

    test('that are refused twice are a 503, without further fetches', async () => {
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
