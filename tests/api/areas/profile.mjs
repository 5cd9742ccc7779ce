// profile.mjs - updating the caller's profile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { ask, get } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson } from '../harness/people.mjs';

const update = (person, json, method = 'PUT') =>
  ask(person, method, '/api/profile/update', { json });

describe('profile', () => {
  test('PUT and POST change name and bio, and return the account', async () => {
    const ann = await newPerson(stack);
    for (const method of ['PUT', 'POST']) {
      const me = assertOk(
        await update(ann, { display_name: ` A ${method} `, bio: ' so\u00a0' }, method),
      );
      assert.equal(me.display_name, `A ${method}`);
      assert.equal(me.bio, 'so');
      assert.deepEqual(me, await get(ann, '/api/users/me'));
    }
    for (const bio of [undefined, null, '', '  '])
      assert.equal(assertOk(await update(ann, { display_name: 'A', bio })).bio, null);
  });

  test('other routes show the new name', async () => {
    const { ann, ben } = await newPair(stack);
    assertOk(await update(ann, { display_name: 'Ann the Second' }));
    const [group] = await get(ben, '/api/message_groups');
    assert.equal(group.display_name, 'Ann the Second');
    const short = await get(undefined, `/api/users/@${ann.handle}/short`);
    assert.equal(short.display_name, 'Ann the Second');
  });

  test('each invalid field is reported, alone and together, and nothing changes', async () => {
    const ann = await newPerson(stack);
    const before = await get(ann, '/api/users/me');
    const names = [
      [undefined, 'display_name_blank'],
      [null, 'display_name_blank'],
      [' \t\n', 'display_name_blank'],
      [5, 'display_name_invalid'],
      ['a\nb', 'display_name_invalid'],
      ['a\u0000b', 'display_name_invalid'],
      ['😀'.repeat(51), 'display_name_exceed_max_chars'],
    ];
    const bios = [
      [['x'], 'bio_invalid'],
      ['a\u0007b', 'bio_invalid'],
      ['😀'.repeat(161), 'bio_exceed_max_chars'],
    ];
    for (const [display_name, code] of names) {
      assertProblem(await update(ann, { display_name }), 422, code);
      for (const [bio, other] of bios)
        assertProblem(await update(ann, { display_name, bio }), 422, code, other);
    }
    for (const [bio, code] of bios)
      assertProblem(await update(ann, { display_name: 'x', bio }), 422, code);
    assert.deepEqual(await get(ann, '/api/users/me'), before);
  });

  test('limits count code points: 50 and 160 are accepted', async () => {
    const ann = await newPerson(stack);
    const [display_name, bio] = ['😀'.repeat(50), '🚀'.repeat(160)];
    const me = assertOk(await update(ann, { display_name, bio }));
    assert.deepEqual([me.display_name, me.bio], [display_name, bio]);
  });

  test('only the caller’s own profile can be changed', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const before = await get(ben, '/api/users/me');
    const sent = { display_name: 'Mine', uuid: ben.uuid, handle: ben.handle };
    assert.equal(assertOk(await update(ann, sent)).uuid, ann.uuid);
    assert.deepEqual(await get(ben, '/api/users/me'), before);
    assertProblem(await update(undefined, { display_name: 'x' }), 401, 'token_missing');
  });
});
