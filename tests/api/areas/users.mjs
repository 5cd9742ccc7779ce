// users.mjs - the short profile of a user, and the caller's own account.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { typed } from '../harness/dynamodb.mjs';
import { SEEDED } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPair, newPerson, say } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const short = (handle) => stack.ask('GET', `/api/users/@${handle}/short`);

describe('users', () => {
  test('the short profile has uuid, handle and display name', async () => {
    assert.deepEqual(assertOk(await short('andrewbrown')), {
      uuid: SEEDED.andrewbrown.uuid,
      handle: 'andrewbrown',
      display_name: 'Andrew Brown',
    });
    assert.equal(assertOk(await short('AndrewBrown')).handle, 'andrewbrown');
    assert.equal(assertOk(await short('%61ndrewbrown')).handle, 'andrewbrown');
  });

  test('reading the short profile does not create a user', async () => {
    const account = await newAccount(stack);
    assertProblem(await short(account.handle), 404, 'not_found');
    const [{ length }] = [
      await stack.sql(`select 1 from users where handle = '${account.handle}'`),
    ];
    assert.equal(length, 0);
  });

  test('the short profile contains no email address', async () => {
    const person = await newPerson(stack);
    assert.ok(!(await short(person.handle)).text.includes(person.email));
  });

  test('the four people of the seed data exist', async () => {
    const people = Object.values(SEEDED);
    assert.equal(people.length, 4);
    for (const { handle, uuid } of people) {
      assert.equal(assertOk(await short(handle)).uuid, uuid);
      const token = await stack.token(handle);
      assert.equal(assertOk(await stack.ask('GET', '/api/users/me', { token })).uuid, uuid);
    }
  });

  test('unread_messages is the sum over all conversations', async () => {
    const { ann, ben, group } = await newPair(stack);
    const cid = await newPerson(stack);
    const to = { message_group_uuid: group };
    await say(stack, ann, to, 'two');
    await say(stack, cid, { handle: ben.handle }, 'from somebody else');
    const unread = async (person) =>
      assertOk(await stack.ask('GET', '/api/users/me', { token: person.token })).unread_messages;
    assert.equal(await unread(ben), 3);
    assert.equal(await unread(ann), 0);
    const last = assertOk(await say(stack, ann, to, 'three'));
    await stack.ask('PUT', `/api/message_groups/${group}/read`, {
      token: ben.token,
      json: { message_uuid: last.uuid },
    });
    assert.equal(await unread(ben), 1);
  });

  test('unread_messages counts the 100 conversations with the newest messages', async () => {
    const ann = await newPerson(stack);
    for (let i = 0; i < 103; i++) {
      const group = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      const time = `2025-03-01T10:0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}.000000+00:00`;
      await stack.table.put(
        typed({
          pk: `GRP#${ann.uuid}`,
          sk: `GROUP#${group}`,
          message_group_uuid: group,
          last_message_at: time,
          message: 'Hello',
          unread_count: i < 3 ? 1000 : 2,
          user_uuid: UNUSED_UUID,
        }),
      );
    }
    const me = assertOk(await stack.ask('GET', '/api/users/me', { token: ann.token }));
    assert.equal(me.unread_messages, 200);
  });
});
