// idempotency.mjs - a message that is sent again with its key is stored once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, retryWhileBusy } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';

describe('Idempotency-Key', () => {
  test('sent 20 times at once creates one message and gives 20 equal answers', async () => {
    const { ann, ben, group } = await newPair(stack);
    const key = newHandle('key');
    // A full queue is an immediate 503; the key makes it safe to retry.
    const send = () =>
      retryWhileBusy(() => say(stack, ann, { message_group_uuid: group }, 'once', { key }));
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    for (const answer of answers) assert.equal(assertOk(answer).uuid, answers[0].body.uuid);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal((await stack.table.messages(group)).length, 2);
    const [shown] = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.token }));
    assert.equal(shown.unread_count, 2);
  });

  test('sent 10 times at once with a first message creates one conversation', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const key = newHandle('key');
    const send = async () =>
      assertOk(await retryWhileBusy(() => say(stack, ann, { handle: ben.handle }, 'hello', { key })));
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal((await stack.table.messages(answers[0].message_group_uuid)).length, 1);
  });

  test('is refused for a different request', async () => {
    const { ann, ben, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    const first = assertOk(await say(stack, ann, to, 'one', { key }));
    assertProblem(await say(stack, ann, to, 'two', { key }), 422, 'idempotency_key_reused');
    assertProblem(
      await say(stack, ann, { handle: ben.handle }, 'one', { key }),
      422,
      'idempotency_key_reused',
    );
    // The digest covers the raw body: the same JSON with other white space is a different request.
    const body = JSON.stringify({ message: 'one', ...to }, null, 1);
    const headers = { 'Content-Type': 'application/json' };
    assertProblem(
      await stack.ask('POST', '/api/messages', { token: ann.token, body, headers, key }),
      422,
      'idempotency_key_reused',
    );
    assert.deepEqual(assertOk(await say(stack, ann, to, 'one', { key })), first);
    assert.equal((await stack.table.messages(group)).length, 2);
  });

  test('belongs to one person', async () => {
    const { ann, ben, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    const one = assertOk(await say(stack, ann, to, 'the same', { key }));
    const two = assertOk(await say(stack, ben, to, 'the same', { key }));
    assert.notEqual(one.uuid, two.uuid);
    assert.equal(two.handle, ben.handle);
  });

  test('remembers only successes', async () => {
    const { ann, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    assertProblem(await say(stack, ann, to, ' ', { key }), 422, 'message_blank');
    const stranger = await newPerson(stack);
    assertProblem(await say(stack, stranger, to, 'mine?', { key }), 404, 'not_found');
    assertOk(await say(stack, ann, to, 'now it is right', { key }));
    assertOk(await say(stack, stranger, { handle: ann.handle }, 'mine', { key }));
  });

  test('repeats the first message later, and its tombstone after deletion', async () => {
    const { ann, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    const text = `replayed-${newHandle()}`;
    const first = assertOk(await say(stack, ann, to, text, { key }));
    assertOk(await say(stack, ann, to, 'a later one'));
    assert.deepEqual(assertOk(await say(stack, ann, to, text, { key })), first);

    const path = `/api/messages/${group}/${first.uuid}`;
    assert.equal((await stack.ask('DELETE', path, { token: ann.token })).status, 204);
    const again = assertOk(await say(stack, ann, to, text, { key }));
    assert.equal(again.uuid, first.uuid);
    assert.equal(again.message, null);
    assert.equal((await stack.table.messages(group)).length, 3);
    assert.ok(!JSON.stringify(await stack.table.scan()).includes(text));
  });

  test('gives the first answer although the recipient is gone since', async () => {
    const { ann, ben, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { handle: ben.handle };
    const first = assertOk(await say(stack, ann, to, 'kept', { key }));
    await stack.sql(`delete from users where uuid = '${ben.uuid}'`);
    assert.deepEqual(assertOk(await say(stack, ann, to, 'kept', { key })), first);
    assertProblem(await say(stack, ann, to, 'other', { key }), 422, 'idempotency_key_reused');
    for (const unused of [undefined, newHandle('key')])
      assertProblem(await say(stack, ann, to, 'kept', { key: unused }), 422, 'user_not_found');
    assert.equal((await stack.table.messages(group)).length, 2);
  });

  test('gives the first answer although the sender has left the conversation since', async () => {
    const { ann, group } = await newPair(stack);
    const key = newHandle('key');
    const to = { message_group_uuid: group };
    const first = assertOk(await say(stack, ann, to, 'kept', { key }));
    await stack.table.remove(`GRP#${ann.uuid}`, `GROUP#${group}`);
    assert.deepEqual(assertOk(await say(stack, ann, to, 'kept', { key })), first);
    assertProblem(await say(stack, ann, to, 'other', { key }), 422, 'idempotency_key_reused');
    assertProblem(await say(stack, ann, to, 'kept', { key: newHandle('key') }), 404, 'not_found');
    assert.equal((await stack.table.messages(group)).length, 2);
  });

  test('is optional: without it every request creates a message', async () => {
    const { ann, group } = await newPair(stack);
    for (let i = 0; i < 2; i++)
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'twice'));
    assert.equal((await stack.table.messages(group)).length, 3);
  });

  test('is a single header of 1 to 255 visible ASCII characters', async () => {
    const { ann, group } = await newPair(stack);
    const to = { message_group_uuid: group };
    for (const key of ['!', 'x'.repeat(255), '"quoted"', '~{}:;,/\\'])
      assertOk(await say(stack, ann, to, 'kept', { key }));
    const before = await stack.table.messages(group);
    for (const key of ['', 'x'.repeat(256), 'two words', 'tab\tbed', 'na\u00efve'])
      assertProblem(await say(stack, ann, to, 'lost', { key }), 400, 'idempotency_key_invalid');
    const body = JSON.stringify({ message: 'lost', ...to });
    const twice = await stack.client.rawRequest(
      'POST',
      '/api/messages',
      [
        `Authorization: Bearer ${ann.token}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Idempotency-Key: one',
        'Idempotency-Key: one',
      ],
      body,
    );
    assertProblem(twice, 400, 'idempotency_key_invalid');
    assert.deepEqual(await stack.table.messages(group), before);
  });

  test('is forgotten after a day', async () => {
    const { ann, group } = await newPair(stack);
    await say(stack, ann, { message_group_uuid: group }, 'kept for a day', {
      key: newHandle('key'),
    });
    const kept = (await stack.table.scan()).filter(({ pk }) =>
      pk.S.startsWith(`IDEM#${ann.uuid}#`),
    );
    assert.equal(kept.length, 1);
    const left = Number(kept[0].expires_at.N) - Date.now() / 1000;
    assert.ok(left > 23.9 * 3600 && left < 24.1 * 3600, `${left} s`);
    // An expired item that DynamoDB has not deleted yet is ignored.
    const again = newHandle('key');
    const first = assertOk(
      await say(stack, ann, { message_group_uuid: group }, 'one', { key: again }),
    );
    const item = (await stack.table.scan()).find(
      ({ pk, created_at }) =>
        pk.S.startsWith(`IDEM#${ann.uuid}#`) && created_at.S === first.created_at,
    );
    await stack.table.put({ ...item, expires_at: { N: '1000000000' } });
    const second = assertOk(
      await say(stack, ann, { message_group_uuid: group }, 'two', { key: again }),
    );
    assert.notEqual(second.uuid, first.uuid);
  });
});
