// recorded.mjs - the requests that workers send to DynamoDB, and their reaction to faults that the
// stand-in cannot produce.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { newHandle, newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import * as previous from '../harness/previous.mjs';
import { proxies, stack } from '../harness/proxied.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';
import { until } from '../harness/until.mjs';

const proxy = proxies.dynamodb;
const refusal = (status, type, more = {}) => ({
  status,
  body: {
    __type: `com.amazonaws.dynamodb.v20120810#${type}`,
    message: 'injected by the test',
    ...more,
  },
});

// The requests that were sent during `work`.
async function recordedDuring(work) {
  const from = proxy.recorded.length;
  await work();
  return proxy.recorded.slice(from);
}

// Inject `fault` into the next `count` requests with `operation`.
function failNext(operation, fault, count = 1) {
  let left = count;
  proxy.fault = (request) => (request.operation === operation && left-- > 0 ? fault : undefined);
}

// Remove the fault and wait until the circuit breakers of all workers are closed.
async function recover(send) {
  proxy.fault = () => undefined;
  await until('all circuit breakers are closed', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    return answers.every(({ status }) => status !== 503);
  });
}

afterEach(() => {
  proxy.fault = () => undefined;
});

describe('requests to DynamoDB', () => {
  test('a malformed uuid of a conversation or message is refused without a request', async () => {
    const { ann, group } = await newPair(stack);
    const ask = (method, path, json) => stack.ask(method, path, { token: ann.token, json });
    const malformed = group.replace('-', '+');
    const recorded = await recordedDuring(async () => {
      for (const uuid of [malformed, group.slice(1)]) {
        const read = { message_uuid: UNUSED_UUID };
        for (const answer of await Promise.all([
          ask('GET', `/api/messages/${uuid}`),
          ask('GET', `/api/message_groups/${uuid}`),
          ask('PUT', `/api/message_groups/${uuid}/read`, read),
          ask('DELETE', `/api/messages/${uuid}/${UNUSED_UUID}`),
          ask('DELETE', `/api/messages/${group}/${uuid}`),
        ]))
          assertProblem(answer, 404, 'not_found');
      }
    });
    assert.deepEqual(recorded, []);
  });

  test('every read of every route is strongly consistent', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const key = newHandle('key');
    const { token } = ann;
    const get = (path) => stack.ask('GET', path, { token });
    const recorded = await recordedDuring(async () => {
      for (const path of [
        '/api/message_groups?limit=1',
        `/api/message_groups/@${ben.handle}`,
        `/api/message_groups/${group}`,
        `/api/message_groups/${group}/members`,
        `/api/messages/${group}`,
        `/api/messages/${group}?limit=1`,
        ...['after', 'before', 'around'].map(
          (name) => `/api/messages/${group}?${name}=${first.uuid}`,
        ),
        '/api/users/me',
      ])
        assertOk(await get(path));
      assertProblem(await get(`/api/messages/${group}?after=${UNUSED_UUID}`), 400, 'after_invalid');
      assertOk(await say(stack, ann, { handle: ben.handle }, 'by handle', { key }));
      assertOk(await say(stack, ann, { handle: ben.handle }, 'by handle', { key }));
      assert.equal(
        (await stack.ask('DELETE', `/api/messages/${group}/${first.uuid}`, { token })).status,
        204,
      );
      await stack.ask('DELETE', `/api/messages/${group}/${UNUSED_UUID}`, { token });
    });
    const reads = recorded.filter(({ operation }) => !/Write|Put|Update|Delete/.test(operation));
    const kinds = new Set(reads.map(({ operation }) => operation));
    assert.ok(kinds.has('Query') && kinds.has('GetItem'), [...kinds].join());
    for (const { operation, input } of reads) {
      assert.ok(['Query', 'GetItem'].includes(operation), `${operation} in a route`);
      assert.equal(input.ConsistentRead, true, `${operation} ${JSON.stringify(input)}`);
    }
    const lists = reads.filter(({ input }) => input.IndexName);
    assert.deepEqual(
      [...new Set(lists.map(({ input }) => input.IndexName))],
      ['last-message-index'],
    );
  });

  test('reading writes nothing, and a page reads one item more than it returns', async () => {
    const { ann, group } = await newPair(stack);
    const recorded = await recordedDuring(async () => {
      for (const path of ['/api/message_groups', `/api/messages/${group}`])
        assertOk(await stack.ask('GET', `${path}?limit=7`, { token: ann.token }));
    });
    for (const { operation, input } of recorded) {
      assert.ok(['Query', 'GetItem'].includes(operation), operation);
      if (input.Limit !== undefined) assert.ok(input.Limit <= 8, String(input.Limit));
    }
  });

  test('the account needs one read of the index, of 100 conversations', async () => {
    const { ann } = await newPair(stack);
    const [{ operation, input }, ...others] = await recordedDuring(async () => {
      assertOk(await stack.ask('GET', '/api/users/me', { token: ann.token }));
    });
    assert.equal(operation, 'Query');
    assert.equal(input.IndexName, 'last-message-index');
    assert.deepEqual([input.Limit, input.ScanIndexForward], [100, false]);
    assert.deepEqual(others, []);
  });

  test('a message is one transaction: 5 items for the first one with a key, then 3 or 4', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const to = { handle: ben.handle };
    let group;
    for (const [items, work] of [
      [5, () => say(stack, ann, to, 'first', { key: newHandle('key') })],
      [3, () => say(stack, ben, { message_group_uuid: group }, 'second')],
      [4, () => say(stack, ben, { message_group_uuid: group }, 'third', { key: newHandle('key') })],
      [3, () => say(stack, ann, to, 'fourth')],
    ]) {
      const recorded = await recordedDuring(async () => {
        group = assertOk(await work()).message_group_uuid;
      });
      const writes = recorded.filter(({ operation }) => !['Query', 'GetItem'].includes(operation));
      assert.deepEqual(
        writes.map(({ operation }) => operation),
        ['TransactWriteItems'],
      );
      const [{ input }] = writes;
      assert.equal(input.TransactItems.length, items);
      assert.match(input.ClientRequestToken, /^.{1,36}$/);
      for (const item of input.TransactItems) {
        const [[, action]] = Object.entries(item);
        assert.ok(action.ConditionExpression, JSON.stringify(item));
      }
    }
  });

  test('marking as read is one conditional update of either row', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const mark = () =>
      recordedDuring(() =>
        stack.ask('PUT', `/api/message_groups/${group}/read`, {
          token: ben.token,
          json: { message_uuid: first.uuid },
        }),
      );
    const operationsOf = (requests) => requests.map(({ operation }) => operation);
    const [row, own, other] = await mark();
    assert.deepEqual(operationsOf([row, own, other]), ['GetItem', 'UpdateItem', 'UpdateItem']);
    assert.equal(own.input.Key.pk.S, `GRP#${ben.uuid}`);
    assert.match(own.input.ConditionExpression, /last_message_uuid = .* unread_count = .* read_at </);
    assert.equal(other.input.Key.pk.S, `GRP#${ann.uuid}`);
    assert.match(other.input.ConditionExpression, /seen_at </);
    // An attempt that ended after the first update is completed by the next one.
    assert.deepEqual(operationsOf(await mark()), ['GetItem', 'UpdateItem']);
  });

  test('a uuid without a time costs one read of one item, wherever it is used', async () => {
    const { ann, group } = await newPair(stack);
    const { token } = ann;
    for (const ask of [
      () => stack.ask('DELETE', `/api/messages/${group}/${UNUSED_UUID}`, { token }),
      () =>
        stack.ask('PUT', `/api/message_groups/${group}/read`, {
          token,
          json: { message_uuid: UNUSED_UUID },
        }),
    ]) {
      const recorded = await recordedDuring(async () =>
        assertProblem(await ask(), 404, 'not_found'),
      );
      const keys = recorded.map(({ operation, input }) => `${operation} ${input.Key?.pk.S}`);
      assert.deepEqual(
        keys.filter((key) => key !== `GetItem GRP#${ann.uuid}`),
        [`GetItem PLACE#${group}`],
      );
    }
  });

  test('a deletion in a conversation of the previous release reads one page', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const texts = Array.from({ length: 120 }, (_, i) => `a${i}`);
    const messages = previous.messagesOf(ann, ben, texts);
    const group = await previous.putConversation(stack.table, ann, ben, {
      messages,
      unread: [0, 50],
    });
    for (const [{ uuid }, left] of [
      [messages[100], 49],
      [messages[99], 48],
      [messages[10], 48],
    ]) {
      const recorded = await recordedDuring(async () => {
        const answer = await stack.ask('DELETE', `/api/messages/${group}/${uuid}`, {
          token: ann.token,
        });
        assert.equal(answer.status, 204);
      });
      const queries = recorded.filter(({ operation }) => operation === 'Query');
      assert.ok(queries.length <= 1, `${queries.length} queries`);
      for (const { input } of queries) assert.ok(input.Limit <= 101, `${input.Limit}`);
      assert.equal((await stack.table.row(ben.uuid, group)).unread_count, left);
    }
  });

  test('deleting is one transaction', async () => {
    const { ann, group, first } = await newPair(stack);
    const deleted = await recordedDuring(() =>
      stack.ask('DELETE', `/api/messages/${group}/${first.uuid}`, { token: ann.token }),
    );
    const writes = deleted.filter(({ operation }) => !['Query', 'GetItem'].includes(operation));
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['TransactWriteItems'],
    );
    assert.equal(writes[0].input.TransactItems.length, 3);
  });

  // Send a message between the first read of a request, that of rows, and its query of messages.
  function sendBeforeQuery(...message) {
    proxies.dynamodb.fault = ({ operation }) => {
      if (operation !== 'Query') return undefined;
      proxies.dynamodb.fault = () => undefined;
      return async ({ outgoing, forward }) => {
        assertOk(await say(stack, ...message));
        const { status, headers, body } = await forward();
        outgoing.writeHead(status, headers).end(body);
      };
    };
  }

  test('a message that arrives during a deletion does not keep the deleted one unread', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const to = { message_group_uuid: group };
    assertOk(await say(stack, ann, to, 'two'));
    sendBeforeQuery(ann, to, 'three');
    const path = `/api/messages/${group}/${first.uuid}`;
    assert.equal((await stack.ask('DELETE', path, { token: ann.token })).status, 204);
    assert.equal((await stack.table.row(ben.uuid, group)).unread_count, 2);
  });

  test('a message that arrives while another is marked as read does not hinder that', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const to = { message_group_uuid: group };
    const read = async ({ uuid }) => {
      const json = { message_uuid: uuid };
      const path = `/api/message_groups/${group}/read`;
      assert.equal((await stack.ask('PUT', path, { token: ben.token, json })).status, 204);
    };
    await read(first);
    const own = assertOk(await say(stack, ben, to, 'mine'));
    assertOk(await say(stack, ann, to, 'two'));
    sendBeforeQuery(ann, to, 'three');
    await read(own);
    const { read_message_uuid, unread_count } = await stack.table.row(ben.uuid, group);
    assert.deepEqual([read_message_uuid, unread_count], [own.uuid, 2]);
  });

  test('every request is signed for DynamoDB and the current day, with host and target', async () => {
    const { ann } = await newPair(stack);
    const recorded = await recordedDuring(() =>
      stack.ask('GET', '/api/message_groups', { token: ann.token }),
    );
    assert.ok(recorded.length > 0);
    for (const { headers } of recorded) {
      const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/dynamodb\/aws4_request,/;
      assert.match(headers.authorization, scope);
      assert.match(headers.authorization, /, ?Signature=[0-9a-f]{64}$/);
      const day = headers.authorization.split('/')[1];
      assert.equal(headers['x-amz-date'].slice(0, 8), day);
      const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization)[1].split(';');
      for (const name of ['host', 'x-amz-date', 'x-amz-target']) assert.ok(signed.includes(name));
      assert.equal(headers['content-type'], 'application/x-amz-json-1.0');
    }
  });
});

describe('faults of DynamoDB', () => {
  test('after a lost answer the same write is repeated, and one message is stored', async () => {
    for (const key of [undefined, newHandle('key')]) {
      const { ann, ben, group } = await newPair(stack);
      failNext('TransactWriteItems', 'lose');
      const recorded = await recordedDuring(async () =>
        assertOk(await say(stack, ann, { message_group_uuid: group }, 'once', { key })),
      );
      const writes = recorded.filter(({ operation }) => operation === 'TransactWriteItems');
      assert.equal(writes.length, 2);
      assert.equal(writes[0].text, writes[1].text);
      assert.equal((await stack.table.messages(group)).length, 2);
      const [shown] = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.token }));
      assert.equal(shown.unread_count, 2);
    }
  });

  test('after throttling, 5xx and conflicts the same write is repeated until it succeeds', async () => {
    for (const fault of [
      refusal(400, 'ProvisionedThroughputExceededException'),
      refusal(400, 'ThrottlingException'),
      refusal(500, 'InternalServerError'),
      refusal(503, 'ServiceUnavailable'),
      refusal(400, 'TransactionInProgressException'),
      refusal(400, 'TransactionCanceledException', {
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'TransactionConflict', Message: 'injected' },
          { Code: 'None' },
        ],
      }),
    ]) {
      const { ann, group } = await newPair(stack);
      failNext('TransactWriteItems', fault, 2);
      const recorded = await recordedDuring(async () =>
        assertOk(await say(stack, ann, { message_group_uuid: group }, 'in the end')),
      );
      const writes = recorded.filter(({ operation }) => operation === 'TransactWriteItems');
      assert.equal(new Set(writes.map(({ text }) => text)).size, 1, fault.body.__type);
      assert.equal(writes.length, 3, fault.body.__type);
      assert.equal((await stack.table.messages(group)).length, 2);
    }
  });

  test('endless throttling is a 503 within the time budget, and nothing is written', async () => {
    const { ann, group } = await newPair(stack);
    failNext('TransactWriteItems', refusal(400, 'ThrottlingException'), Infinity);
    const answer = await say(stack, ann, { message_group_uuid: group }, 'never');
    assert.equal(answer.status, 503, answer.text);
    assert.ok(answer.ms <= 5000, `after ${answer.ms} ms`);
    assert.equal((await stack.table.messages(group)).length, 1);
    await recover(() => say(stack, ann, { message_group_uuid: group }, 'better'));
  });

  test('a write without an answer in time is a 503, and can be repeated with its key', async () => {
    const { ann, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    failNext('TransactWriteItems', 'lose', Infinity);
    const answer = await say(stack, ann, to, 'was it written?', { key });
    assert.equal(answer.status, 503, answer.text);
    await recover(() => say(stack, ann, to, 'was it written?', { key }));
    assertOk(await say(stack, ann, to, 'was it written?', { key }));
    assert.equal((await stack.table.messages(group)).length, 2);
  });

  test('a row with a newer time moves the message after it, with a new request token', async () => {
    const { ann, ben, group } = await newPair(stack);
    // As if the clock of another machine was a minute ahead.
    const ahead = new Date(Date.now() + 60_000).toISOString().replace('Z', '999+00:00');
    for (const row of [ann, ben])
      await stack.table.call('UpdateItem', {
        Key: { pk: { S: `GRP#${row.uuid}` }, sk: { S: `GROUP#${group}` } },
        UpdateExpression: 'SET last_message_at = :at',
        ExpressionAttributeValues: { ':at': { S: ahead } },
      });
    let sent;
    const recorded = await recordedDuring(async () => {
      sent = assertOk(await say(stack, ann, { message_group_uuid: group }, 'from behind'));
    });
    assert.ok(sent.created_at > ahead, `${sent.created_at} > ${ahead}`);
    const writes = recorded.filter(({ operation }) => operation === 'TransactWriteItems');
    assert.equal(writes.length, 2);
    assert.notEqual(writes[0].input.ClientRequestToken, writes[1].input.ClientRequestToken);
  });

  test('a missing table and refused credentials are a 503 without a retry', async () => {
    const { ann } = await newPair(stack);
    await newUserRows(stack, 1);
    for (const type of [
      'ResourceNotFoundException',
      'AccessDeniedException',
      'UnrecognizedClientException',
    ]) {
      failNext('Query', refusal(400, type), Infinity);
      const recorded = await recordedDuring(async () => {
        const answer = await stack.ask('GET', '/api/message_groups', { token: ann.token });
        assert.equal(answer.status, 503, `${type}: ${answer.text}`);
      });
      assert.ok(recorded.length <= 1, `${type} was sent ${recorded.length} times`);
      await recover(() => stack.ask('GET', '/api/message_groups', { token: ann.token }));
    }
  });
});
