// users.mjs - who is who: the short profile, and one's own account.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPair, newPerson, say } from '../harness/people.mjs';

const short = (handle) => stack.ask('GET', `/api/users/@${handle}/short`);

describe('users', () => {
  test('the short profile is what a letter needs: uuid, handle, display name', async () => {
    assert.deepEqual(assertOk(await short('andrewbrown')), {
      uuid: '0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61',
      handle: 'andrewbrown',
      display_name: 'Andrew Brown',
    });
    assert.equal(assertOk(await short('AndrewBrown')).handle, 'andrewbrown');
    assert.equal(assertOk(await short('%61ndrewbrown')).handle, 'andrewbrown');
  });

  test('the short profile is not made by asking for it', async () => {
    const account = await newAccount(stack);
    assertProblem(await short(account.handle), 404, 'not_found');
    const [{ length }] = [
      await stack.sql(`select 1 from users where handle = '${account.handle}'`),
    ];
    assert.equal(length, 0);
  });

  test('it shows no address to others', async () => {
    const person = await newPerson(stack);
    assert.ok(!(await short(person.handle)).text.includes(person.email));
  });

  test('the four seeded people are there', async () => {
    for (const [handle, uuid] of [
      ['andrewbrown', '0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61'],
      ['bayko', '1b6a3c2d-7e4f-4a8b-9cad-2e3f4a5b6c72'],
      ['londo', '2c7b4d3e-8f5a-4b9c-adbe-3f4a5b6c7d83'],
      ['altbrown', '3d8c5e4f-9a6b-4cad-becf-4a5b6c7d8e94'],
    ]) {
      assert.equal(assertOk(await short(handle)).uuid, uuid);
      const token = await stack.token(handle);
      assert.equal(assertOk(await stack.ask('GET', '/api/users/me', { token })).uuid, uuid);
    }
  });

  test('unread messages are counted over all conversations', async () => {
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
