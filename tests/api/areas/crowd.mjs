// crowd.mjs - concurrent senders: no message is lost, duplicated or out of order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, retryWhileBusy } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';

// Send until the message is acknowledged: after a 503 it is safe to send it again with its key.
async function sendUntilAcknowledged(from, to, message) {
  const key = newHandle('key');
  return assertOk(await retryWhileBusy(() => say(stack, from, to, message, { key })));
}

// The conversation must have exactly these messages, at distinct times, and both lists must match.
async function assertWhole(ann, ben, group, sent, unread) {
  const items = await stack.table.messages(group);
  const stored = items.map(({ message_uuid }) => message_uuid.S);
  assert.deepEqual([...stored].sort(), sent.map(({ uuid }) => uuid).sort());
  assert.equal(new Set(items.map(({ sk }) => sk.S)).size, items.length);
  const newest = items.at(-1);
  for (const [person, count] of [
    [ann, unread.ann],
    [ben, unread.ben],
  ]) {
    const groups = assertOk(await stack.ask('GET', '/api/message_groups', { token: person.token }));
    assert.equal(groups.length, 1);
    assert.equal(groups[0].uuid, group);
    assert.equal(groups[0].unread_count, count);
    assert.equal(groups[0].message, newest.message.S);
    assert.equal(groups[0].created_at, newest.sk.S);
  }
}

describe('concurrent senders', () => {
  test('100 first messages, half from each side, make one conversation', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const sent = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        const [from, to] = i % 2 ? [ann, ben] : [ben, ann];
        return sendUntilAcknowledged(from, { handle: to.handle }, `first ${i}`);
      }),
    );
    const groups = new Set(sent.map(({ message_group_uuid }) => message_group_uuid));
    assert.equal(groups.size, 1);
    const pairs = (await stack.table.scan()).filter(
      ({ pk }) => pk.S.startsWith('PAIR#') && pk.S.includes(ann.uuid),
    );
    assert.equal(pairs.length, 1);
    await assertWhole(ann, ben, [...groups][0], sent, { ann: 50, ben: 50 });
  });

  test('8 writers in one conversation: every acknowledged message is stored, in order', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const writers = Array.from({ length: 8 }, async (_, w) => {
      const sent = [];
      for (let i = 0; i < 15; i++)
        sent.push(
          await sendUntilAcknowledged(
            w % 2 ? ann : ben,
            { message_group_uuid: group },
            `${w} ${i}`,
          ),
        );
      return sent;
    });
    const sent = await Promise.all(writers);
    // The messages of one writer have increasing times.
    for (const ours of sent)
      for (let i = 1; i < ours.length; i++) assert.ok(ours[i].created_at > ours[i - 1].created_at);
    await assertWhole(ann, ben, group, [first, ...sent.flat()], { ann: 60, ben: 61 });
  });
});
