// streams.mjs - malformed FastCGI on a worker's socket: the answer is an error or a close in
// bounded time, the next valid request succeeds, and a request with an incomplete body is never
// executed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';

import { assertOk, sleep } from '../../api/harness/client.mjs';
import { newPair } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { answerOf, begin, pairs, record, request, TYPE, variables } from '../harness/fastcgi.mjs';
import { seededRandom } from '../harness/random.mjs';
import { Worker } from '../harness/worker.mjs';

let worker;
let ann;
let group;

const bodyOf = (message) => JSON.stringify({ message, message_group_uuid: group });
const post = (message, more = {}) =>
  request('POST', '/api/messages', { token: ann.token, body: bodyOf(message), ...more });
const params = (more = {}) => ({
  ...variables('POST', '/api/messages', { token: ann.token, body: bodyOf('never') }),
  ...more,
});
const paramRecords = (more) => [record(TYPE.PARAMS, pairs(params(more))), record(TYPE.PARAMS)];

async function assertServes(by = worker) {
  const text = `still here ${randomBytes(8).toString('hex')}`;
  const answer = answerOf(await by.send(post(text)));
  assert.equal(answer.status, 200, `${answer.text} ${by.log}`);
  assert.equal(answer.body.message, text);
  assert.ok(by.alive);
}

// The worker may send nothing, end the request without an answer, or refuse it.
function assertRefused(bytes, what) {
  const { status, text } = answerOf(bytes);
  assert.ok(status === 0 || status >= 400, `${what}: ${status} ${text}`);
}

// Parameters whose name and value lengths are wrong.
const lengths = (...bytes) => record(TYPE.PARAMS, bytes);

const STREAMS = {
  'an empty stream': () => [],
  'three bytes': () => [Buffer.from([1, 1, 0])],
  'only a record header': () => [begin().subarray(0, 8)],
  'half of a begin record': () => [begin().subarray(0, 12)],
  'only a begin record': () => [begin()],
  'version 0': () => [begin({ version: 0 }), ...paramRecords()],
  'version 2': () => [begin({ version: 2 }), ...paramRecords()],
  'version 255 in the parameters': () => [
    begin(),
    record(TYPE.PARAMS, pairs(params()), { version: 255 }),
  ],
  'an unknown record type': () => [begin(), record(77, 'what?')],
  'an unknown management record type': () => [record(77, 'what?', { id: 0 })],
  'a begin record of 0 bytes': () => [record(TYPE.BEGIN)],
  'a begin record of 16 bytes': () => [record(TYPE.BEGIN, Buffer.alloc(16, 1))],
  'role 0': () => [begin({ role: 0 }), ...paramRecords()],
  'role 65535': () => [begin({ role: 65535 }), ...paramRecords()],
  'the filter role': () => [begin({ role: 3 }), ...paramRecords()],
  'the authorizer role': () => [begin({ role: 2 }), ...paramRecords()],
  'parameters before the begin record': () => [...paramRecords(), begin()],
  'a body before the parameters': () => [begin(), record(TYPE.STDIN, bodyOf('never'))],
  'a second begin record': () => [begin(), begin(), ...paramRecords()],
  'a second begin record with another id': () => [begin(), begin({ id: 2 }), ...paramRecords()],
  'parameters with another id': () => [begin(), record(TYPE.PARAMS, pairs(params()), { id: 9 })],
  'a body with another id': () => [
    begin(),
    ...paramRecords(),
    record(TYPE.STDIN, bodyOf('never'), { id: 2 }),
    record(TYPE.STDIN),
  ],
  'id 0 for a request': () => [begin({ id: 0 }), record(TYPE.PARAMS, pairs(params()), { id: 0 })],
  'a name of 2 GB': () => [begin(), lengths(0xff, 0xff, 0xff, 0xff, 0)],
  'name and value lengths whose sum overflows': () => [
    begin(),
    lengths(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x41, 0x41),
    record(TYPE.PARAMS),
  ],
  'a value of 2 GB after a valid name': () => [
    begin(),
    lengths(4, 0xff, 0xff, 0xff, 0xff, 0x4e, 0x41, 0x4d, 0x45),
    record(TYPE.PARAMS),
  ],
  'half a length': () => [begin(), lengths(0x80, 0), record(TYPE.PARAMS)],
  'a truncated value': () => [begin(), lengths(1, 100, 0x41), record(TYPE.PARAMS)],
  'a request without parameters': () => [begin(), record(TYPE.PARAMS), record(TYPE.STDIN)],
  'parameters without their end': () => [begin(), record(TYPE.PARAMS, pairs(params()))],
  'a record that announces 65535 bytes': () => [
    begin(),
    record(TYPE.PARAMS, pairs(params()), { length: 65535 }),
  ],
  'a parameter of 60000 bytes': () => [
    begin(),
    record(TYPE.PARAMS, pairs({ ...params(), HTTP_LONG: 'x'.repeat(60_000) })),
    record(TYPE.PARAMS),
    record(TYPE.STDIN, 'short'),
    record(TYPE.STDIN),
  ],
  'an abort before the parameters': () => [begin(), record(TYPE.ABORT)],
  'an abort after the parameters': () => [begin(), ...paramRecords(), record(TYPE.ABORT)],
  'an abort in the body': () => [
    begin(),
    ...paramRecords(),
    record(TYPE.STDIN, bodyOf('never').slice(0, 20)),
    record(TYPE.ABORT),
  ],
  'a body that is too short': () => [
    begin(),
    ...paramRecords(),
    record(TYPE.STDIN, bodyOf('never').slice(0, -1)),
    record(TYPE.STDIN),
  ],
  'a body of complete JSON that is shorter than CONTENT_LENGTH': () => [
    begin(),
    ...paramRecords({ CONTENT_LENGTH: '1000' }),
    record(TYPE.STDIN, bodyOf('never')),
    record(TYPE.STDIN),
  ],
  'a request without a body': () => [begin(), ...paramRecords(), record(TYPE.STDIN)],
  ...Object.fromEntries(
    ['-1', '+80', '0x50', '1e2', ' 80', '99999999999999999999', '18446744073709551696', 'x'].map(
      (length) => [
        `a CONTENT_LENGTH of "${length}"`,
        () => [
          begin(),
          ...paramRecords({ CONTENT_LENGTH: length }),
          record(TYPE.STDIN, bodyOf('never')),
          record(TYPE.STDIN),
        ],
      ],
    ),
  ),
  'the name REQUEST_METHOD alone': () => [
    begin(),
    record(TYPE.PARAMS, pairs({ REQUEST_METHOD: '' })),
    record(TYPE.PARAMS),
    record(TYPE.STDIN),
  ],
  'truncated management values': () => [record(TYPE.GET_VALUES, [200, 0, 65], { id: 0 })],
};

describe('malformed FastCGI streams', () => {
  before(async () => {
    ({ ann, group } = await newPair(stack));
    worker = await Worker.start(stack, 'message_create');
    await assertServes();
  });

  after(() => worker.stop());

  for (const [what, stream] of Object.entries(STREAMS)) {
    test(`${what} is refused, and the next request succeeds`, async () => {
      assertRefused(await worker.send(stream(), { hangUp: true }), what);
      await assertServes();
    });
  }

  test('no prefix of a valid request is executed', async () => {
    const whole = Buffer.concat(post('cut before its end'));
    const text = whole.indexOf('cut before its end');
    // Before the last record the body is incomplete.
    for (let length = 0; length < whole.length - 8; length += length < text - 64 ? 7 : 1)
      assertRefused(await worker.send([whole.subarray(0, length)], { hangUp: true }), length);
    await assertServes();
  });

  test('300 random streams and 300 randomly modified requests are refused', async () => {
    const random = seededRandom(20261122);
    const read = Buffer.concat(request('GET', '/api/messages', { token: ann.token }));
    for (let i = 0; i < 300; i++) {
      const noise = Buffer.from(Array.from({ length: random(200) }, () => random(256)));
      assertRefused(await worker.send([noise], { hangUp: true }), noise.toString('hex'));
      const changed = Buffer.from(read);
      for (let n = random(4); n >= 0; n--) changed[random(changed.length)] = random(256);
      assertRefused(await worker.send([changed], { hangUp: true }), changed.toString('hex'));
    }
    await assertServes();
  });

  test('a valid request is accepted byte by byte, in padded records', async () => {
    const options = { token: ann.token, body: bodyOf('in small pieces') };
    const bytes = pairs(variables('POST', '/api/messages', options));
    const pieces = [...bytes].map((byte) => record(TYPE.PARAMS, [byte], { padding: byte % 8 }));
    const body = [...Buffer.from(options.body)].map((byte) =>
      record(TYPE.STDIN, [byte], { padding: 255 }),
    );
    const answer = answerOf(
      await worker.send([begin(), pieces, record(TYPE.PARAMS), body, record(TYPE.STDIN)].flat()),
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.message, 'in small pieces');
  });

  // Each holds its own worker; the next request waits until the worker is free again.
  const HELD = {
    'an empty stream': () => [],
    'half of a begin record': () => [begin().subarray(0, 12)],
    'half of the parameters': () => [begin(), paramRecords()[0].subarray(0, 100)],
    'half of the body': () => [
      begin(),
      ...paramRecords(),
      record(TYPE.STDIN, bodyOf('never').slice(0, 20)),
    ],
    'a whole request without its end': () => post('whole').slice(0, -1),
    'a complete request whose answer is not read': () => [
      ...request('GET', `/api/messages/${group}?limit=100`, { token: ann.token }),
    ],
  };

  test('a client that stalls, sends single bytes or does not read holds no worker for long', async () => {
    // More than the socket buffers hold.
    const long = '\u{10ffff}'.repeat(1024);
    for (let i = 0; i < 100; i++) assertOk(answerOf(await worker.send(post(long))));
    await Promise.all(
      Object.entries(HELD).flatMap(([what, stream]) =>
        ['wait', 'drip'].map(async (how) => {
          const held = await Worker.start(
            stack,
            /answer/.test(what) ? 'messages' : 'message_create',
          );
          const socket = net.connect(held.socket);
          socket.on('error', () => {});
          socket.pause();
          socket.write(Buffer.concat(stream()));
          const drip = how === 'drip' && setInterval(() => socket.write(Buffer.alloc(1)), 200);
          await sleep(100);
          // This request is served when the worker has dropped the first client.
          if (/answer/.test(what))
            assertOk(await held.ask('GET', `/api/messages/${group}?limit=1`, { token: ann.token }));
          else await assertServes(held);
          clearInterval(drip);
          socket.destroy();
          assert.deepEqual(await held.stop(), { code: 0, signal: null }, held.log);
        }),
      ),
    );
  });

  test('a client that requests a kept connection gets an answer and does not hold the worker', async () => {
    const [, ...rest] = post('kept');
    const answer = answerOf(await worker.send([begin({ flags: 1 }), ...rest]));
    assert.equal(answer.body?.message, 'kept', answer.text);
    await assertServes();
  });

  test('none of the malformed requests wrote a message', async () => {
    const texts = (await stack.table.messages(group)).map(({ message }) => message.S);
    const good =
      /^(Shall we begin\?|still here [0-9a-f]{16}|in small pieces|whole|kept|\u{10ffff}+)$/u;
    assert.deepEqual(
      texts.filter((text) => !good.test(text)),
      [],
    );
    assert.ok(texts.length > Object.keys(STREAMS).length);
  });

  test('the worker has survived all of this and exits with 0', async () => {
    assert.ok(worker.alive, worker.log);
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  });
});
