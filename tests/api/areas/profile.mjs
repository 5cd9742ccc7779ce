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
      ['\u3164\u2800\u200b', 'display_name_blank'],
      ['\u202e\u2066', 'display_name_blank'],
      ['\u{e0041}', 'display_name_blank'],
      ...[
        ...['\u202eAnn', 'A\u2066nn', 'Ann\u061c', 'Ann\u200b', 'A\u00adnn', 'Ann\u3164'],
        ...['Ann @bob\u2800', 'A\u{e0041}nn', 'A\u2028nn', 'A\u200dnn', 'A\u200cnn', 'A\ufe0f'],
        ...['\u115fAnn', 'A\uffa0', 'A\u034fnn', 'A\ufeffnn', '🏴\u{e0041}'],
      ].map((name) => [name, 'display_name_invalid']),
      [5, 'display_name_invalid'],
      ['a\nb', 'display_name_invalid'],
      ['a\u0000b', 'display_name_invalid'],
      ['😀'.repeat(51), 'display_name_exceed_max_chars'],
      ['\u0958'.repeat(26), 'display_name_exceed_max_chars'],
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

  test('a name may have emoji of several characters, and is stored composed', async () => {
    const ann = await newPerson(stack);
    for (const [sent, stored] of [
      ['Ann 👩\u200d🚀', 'Ann 👩\u200d🚀'],
      ['❤\ufe0f 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3', '❤\ufe0f 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3'],
      ['Zoe\u0308 A\u030a', 'Zo\u00eb \u00c5'],
      ['\u1112\u1161\u11ab', '\ud55c'],
      ['e\u0301'.repeat(25), '\u00e9'.repeat(25)],
      ['\u0958'.repeat(25), '\u0915\u093c'.repeat(25)], // composed, it is longer
    ])
      assert.equal(assertOk(await update(ann, { display_name: sent })).display_name, stored);
  });

  test('a bio in which nothing is visible is no bio', async () => {
    const ann = await newPerson(stack);
    const me = assertOk(await update(ann, { display_name: 'Ann', bio: '\u200b\u3164' }));
    assert.equal(me.bio, null);
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
