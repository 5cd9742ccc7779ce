// settings.mjs - GET, PUT /api/users/me/settings, and what read receipts show of whom.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import { ask, get } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson, say } from '../harness/people.mjs';

const PATH = '/api/users/me/settings';
const DEFAULTS = {
  messages_from: 'everyone',
  read_receipts: true,
  notify_replies: 'everyone',
  notify_mentions: 'everyone',
  notify_likes: 'everyone',
  notify_reposts: 'everyone',
  notify_follows: 'everyone',
};
const change = (person, json) => ask(person, 'PUT', PATH, { json });
const set = async (person, json) => assertOk(await change(person, json));
const read = async (person, group, message_uuid) =>
  assertOk(await ask(person, 'PUT', `/api/message_groups/${group}/read`, { json: { message_uuid } }), 204);

describe('settings', () => {
  test('have defaults, and change one by one', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assert.deepEqual(await get(ann, PATH), DEFAULTS);
    for (const messages_from of ['requests', 'following', 'nobody', 'everyone'])
      assert.deepEqual(await set(ann, { messages_from }), { ...DEFAULTS, messages_from });
    const changed = { ...DEFAULTS, read_receipts: false };
    assert.deepEqual(await set(ann, { read_receipts: false }), changed);
    assert.deepEqual(await set(ann, {}), changed);
    changed.messages_from = 'requests';
    assert.deepEqual(await set(ann, { messages_from: 'requests', unknown: 1 }), changed);
    for (const name of Object.keys(DEFAULTS).filter((key) => key.startsWith('notify_')))
      for (const value of ['nobody', 'everyone', 'following']) {
        changed[name] = value;
        assert.deepEqual(await set(ann, { [name]: value }), changed);
      }
    assert.deepEqual(await get(ann, PATH), changed);
    assert.deepEqual(await get(ben, PATH), DEFAULTS, 'those of somebody else stay');
  });

  test('refuse other values, and then change nothing', async () => {
    const ann = await newPerson(stack);
    for (const [json, ...codes] of [
      [{ messages_from: 'friends' }, 'messages_from_invalid'],
      [{ messages_from: null }, 'messages_from_invalid'],
      [{ messages_from: ['nobody'] }, 'messages_from_invalid'],
      [{ read_receipts: 'false' }, 'read_receipts_invalid'],
      [{ read_receipts: 0, messages_from: 'nobody' }, 'read_receipts_invalid'],
      [{ read_receipts: null, messages_from: 'NOBODY' }, 'messages_from_invalid', 'read_receipts_invalid'],
      [{ notify_likes: 'requests', notify_replies: true }, 'notify_likes_invalid', 'notify_replies_invalid'],
    ])
      assertProblem(await change(ann, json), 422, ...codes);
    assertProblem(await ask(ann, 'PUT', PATH), 415, 'content_type_unsupported');
    assertProblem(await ask(undefined, 'GET', PATH), 401, 'token_missing');
    assertProblem(await ask(undefined, 'PUT', PATH, { json: {} }), 401, 'token_missing');
    assert.deepEqual(await get(ann, PATH), DEFAULTS);
  });
});

describe('read receipts', () => {
  // Whether the person sees how far the other one has read, the same in every place that shows it.
  async function seenBy(person, other, group) {
    const [one, withOther, list] = await Promise.all([
      get(person, `/api/message_groups/${group}`),
      get(person, `/api/message_groups/@${other.handle}`),
      get(person, '/api/message_groups'),
    ]);
    assert.deepEqual(withOther.seen, one.seen);
    assert.deepEqual(list.find(({ uuid }) => uuid === group).seen, one.seen);
    return one.seen.length > 0;
  }

  for (const off of ['reader', 'writer'])
    test(`turned off by the ${off} are hidden from both, at once and in both directions`, async () => {
      const { ann, ben, group, first } = await newPair(stack);
      await read(ben, group, first.uuid);
      const answer = assertOk(await say(stack, ben, { message_group_uuid: group }, 'well'));
      await read(ann, group, answer.uuid);
      assert.deepEqual([await seenBy(ann, ben, group), await seenBy(ben, ann, group)], [true, true]);

      const chooser = off === 'reader' ? ben : ann;
      await set(chooser, { read_receipts: false });
      assert.deepEqual([await seenBy(ann, ben, group), await seenBy(ben, ann, group)], [false, false]);
      const streams = [await openStream(stack, ann), await openStream(stack, ben)];
      const [anns, bens] = streams;
      const next = assertOk(await say(stack, ann, { message_group_uuid: group }, 'and now?'));
      await read(ben, group, next.uuid);
      // The reader's own browsers are told. A later event has overtaken nothing.
      await bens.first('read', ({ message_uuid }) => message_uuid === next.uuid);
      const last = assertOk(await say(stack, ben, { message_group_uuid: group }, 'end'));
      await anns.first('message', ({ uuid }) => uuid === last.uuid);
      assert.deepEqual(anns.of('read'), []);
      await read(ann, group, last.uuid);
      await anns.first('read', ({ message_uuid }) => message_uuid === last.uuid);
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'the very end'));
      await bens.first('message', ({ message }) => message === 'the very end');
      assert.deepEqual(bens.of('read').map(({ handle }) => handle), [ben.handle]);
      // The counts of unread messages are no receipts.
      assert.equal((await get(ben, `/api/message_groups/${group}`)).unread_count, 1);
      assert.equal((await get(ann, `/api/message_groups/${group}`)).unread_count, 0);

      await set(chooser, { read_receipts: true });
      assert.deepEqual([await seenBy(ann, ben, group), await seenBy(ben, ann, group)], [true, true]);
      await read(ben, group, last.uuid);
      await anns.first('read', ({ handle }) => handle === ben.handle);
      for (const stream of streams) stream.close();
    });

  test('of one person leave those of others alone', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const cat = await newPerson(stack);
    const other = assertOk(await say(stack, ann, { handle: cat.handle }, 'hello, Cat'));
    await read(ben, group, first.uuid);
    await read(cat, other.message_group_uuid, other.uuid);
    await set(ben, { read_receipts: false });
    const rows = [];
    for (let path = '/api/message_groups?limit=1'; path; ) {
      const answer = await ask(ann, 'GET', path);
      rows.push(...assertOk(answer));
      path = nextPage(answer);
    }
    assert.deepEqual(
      rows.map(({ handle, seen }) => [handle, seen.length]),
      [[cat.handle, 1], [ben.handle, 0]],
    );
  });
});
