// foreign.mjs - the token of a third person neither reveals nor changes anything of a conversation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson } from '../harness/people.mjs';
import { SEEDED_GROUP, UNUSED_UUID } from '../harness/routes.mjs';

// Every request that names a conversation and a message in it.
const REQUESTS = {
  show: (token, group) => stack.ask('GET', `/api/message_groups/${group}`, { token }),
  members: (token, group) => stack.ask('GET', `/api/message_groups/${group}/members`, { token }),
  list: (token, group) => stack.ask('GET', `/api/messages/${group}`, { token }),
  'list by HEAD': (token, group) => stack.ask('HEAD', `/api/messages/${group}`, { token }),
  'list after': (token, group, uuid) =>
    stack.ask('GET', `/api/messages/${group}?after=${uuid}`, { token }),
  'list before': (token, group, uuid) =>
    stack.ask('GET', `/api/messages/${group}?before=${uuid}`, { token }),
  'list around': (token, group, uuid) =>
    stack.ask('GET', `/api/messages/${group}?around=${uuid}`, { token }),
  'list a page': (token, group) => stack.ask('GET', `/api/messages/${group}?limit=1`, { token }),
  send: (token, group) =>
    stack.ask('POST', '/api/messages', {
      token,
      json: { message: 'let me in', message_group_uuid: group },
    }),
  'send with a key': (token, group) =>
    stack.ask('POST', '/api/messages', {
      token,
      json: { message: 'let me in', message_group_uuid: group },
      key: newHandle('key'),
    }),
  read: (token, group, uuid) =>
    stack.ask('PUT', `/api/message_groups/${group}/read`, { token, json: { message_uuid: uuid } }),
  delete: (token, group, uuid) => stack.ask('DELETE', `/api/messages/${group}/${uuid}`, { token }),
};

// The parts of an answer that could reveal something: all but its request id and time.
function revealed({ status, headers, text }) {
  const names = Object.keys(headers).filter((name) => !['date', 'x-request-id'].includes(name));
  const id = headers['x-request-id'];
  return [status, names.sort(), text.replaceAll(id, ''), headers['content-length']];
}

describe("another person's conversation", () => {
  for (const [what, send] of Object.entries(REQUESTS)) {
    test(`${what}: the same 404 as for an unused uuid, and nothing is written`, async () => {
      const { group, first } = await newPair(stack, 'between us');
      const stranger = await newPerson(stack);
      const londo = await stack.token('londo');
      const before = await stack.table.scan();
      const none = revealed(await send(stranger.token, UNUSED_UUID, first.uuid));
      for (const [token, id] of [
        [stranger.token, group],
        [stranger.token, group.toUpperCase()],
        [londo, group],
        [londo, SEEDED_GROUP],
      ]) {
        const answer = await send(token, id, first.uuid);
        assert.equal(answer.status, 404);
        if (answer.text !== '') assertProblem(answer, 404, 'not_found');
        assert.deepEqual(revealed(answer), none);
      }
      assert.deepEqual(await stack.table.scan(), before);
    });
  }

  test('lists and look-ups by handle do not show it', async () => {
    const { ann, ben } = await newPair(stack);
    const stranger = await newPerson(stack);
    const { token } = stranger;
    assert.deepEqual(assertOk(await stack.ask('GET', '/api/message_groups', { token })), []);
    for (const { handle } of [ann, ben])
      assertProblem(
        await stack.ask('GET', `/api/message_groups/@${handle}`, { token }),
        404,
        'not_found',
      );
  });
});
