// logs.mjs - what is written down about a request, and what must never be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, say } from '../harness/people.mjs';
import { SEEDED_GROUP } from '../harness/routes.mjs';

const isAccess = (line) => 'status' in line && 'request_time' in line;

describe('logs', () => {
  test('the access log has one line a request, with its id and route', async () => {
    const token = await stack.token('andrewbrown');
    for (const [path, route, status] of [
      ['/api/users/me', 'users_me', 200],
      [`/api/messages/${SEEDED_GROUP}?limit=3`, 'messages', 200],
      ['/api/messages/no-uuid', 'messages', 404],
    ]) {
      const { headers } = await stack.ask('GET', path, { token });
      const id = headers['x-request-id'];
      const access = (await stack.logLines(id)).filter(isAccess);
      assert.equal(access.length, 1, path);
      assert.equal(access[0].request_id, id);
      assert.equal(access[0].route, route);
      assert.equal(Number(access[0].status), status);
      assert.equal(access[0].method, 'GET');
    }
  });

  test("a worker's line for a failure carries the same id, the status and the reason", async () => {
    await stack.local('stop', 'dynamodb');
    let answer;
    try {
      const token = await stack.token('andrewbrown');
      answer = await stack.ask('GET', '/api/message_groups', { token });
    } finally {
      await stack.local('start', 'dynamodb');
    }
    assert.equal(answer.status, 503);
    const id = answer.headers['x-request-id'];
    const lines = await stack.logLines(id, 2);
    assert.equal(lines.filter(isAccess).length, 1);
    const [line, ...more] = lines.filter((each) => !isAccess(each));
    assert.equal(more.length, 0);
    assert.equal(line.request_id, id);
    assert.equal(line.status, 503);
    assert.equal(line.code, answer.body.errors[0]);
    for (let tries = 0; tries < 100; tries++)
      if ((await stack.ask('GET', '/api/ready')).status === 200) break;
  });

  test('no token, no key and no text of a message is in them', async () => {
    const secret = `canary${newHandle()}`;
    const key = `key${newHandle()}`;
    const { ann, ben, group } = await newPair(stack, `${secret} as a first message`);
    const to = { message_group_uuid: group };
    const sent = assertOk(await say(stack, ann, to, `${secret} again`, { key }));
    await say(stack, ann, to, `${secret} other`, { key });
    await say(stack, ann, to, `${secret}${'x'.repeat(1100)}`);
    await say(stack, ann, { handle: `${secret} nobody` }, secret);
    await stack.ask('POST', '/api/messages', {
      token: ann.token,
      body: `{"message":"${secret}`,
      headers: { 'Content-Type': 'application/json' },
    });
    await stack.ask('GET', `/api/messages/${group}?cursor=${secret}`, { token: ben.token });
    await stack.ask('GET', `/api/users/me?access_token=${secret}`);
    await stack.ask('GET', '/api/users/me', { headers: { Authorization: `Basic ${secret}` } });
    await stack.ask('DELETE', `/api/messages/${group}/${sent.uuid}`, { token: ann.token });
    const last = await stack.ask('GET', '/api/message_groups', { token: ann.token });
    assert.notEqual((await stack.logLines(last.headers['x-request-id'])).length, 0);

    for (const { file, text } of stack.logs()) {
      assert.ok(!text.includes(secret), `the text of a message in ${file}`);
      assert.ok(!text.includes(key), `a key in ${file}`);
      assert.ok(!text.includes(ann.token.split('.')[2]), `a token in ${file}`);
    }
  });
});
