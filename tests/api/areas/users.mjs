// users.mjs - the short profile of a user, and the caller's own account.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { SEEDED } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPair, newPerson, say } from '../harness/people.mjs';

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
});
