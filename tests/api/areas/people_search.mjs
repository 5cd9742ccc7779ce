// people_search.mjs - GET /api/users?term= and GET /api/users/suggested.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { ask, follow as readAll, get, newWord } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newHandle, newPerson } from '../harness/people.mjs';

const search = (person, term) => get(person, `/api/users?${new URLSearchParams({ term })}`);
const handles = (people) => people.map(({ handle }) => handle);
const found = async (person, term) => handles(await search(person, term));
const relate = async (person, { handle }, what, method = 'PUT') =>
  assertOk(await ask(person, method, `/api/users/@${handle}/${what}`));
const follow = (person, other) => relate(person, other, 'follow');
const named = async (...names) => {
  const people = [];
  for (const name of names) people.push(await newPerson(stack, { name }));
  return people;
};

describe('searching people', () => {
  test('finds the start of a handle, with and without @, in any case', async () => {
    const handle = newHandle('q');
    const person = await newPerson(stack, { preferred_username: handle });
    for (const term of [handle, `@${handle}`, handle.toUpperCase(), handle.slice(0, -2), ` ${handle} `])
      assert.deepEqual(await found(undefined, term), [handle], term);
    assert.deepEqual(await found(person, handle), [handle]);
    assert.deepEqual(await found(undefined, handle.slice(1)), [], 'the middle of a handle is no start');
    assert.deepEqual(await found(undefined, `${handle}x`), []);
    const [profile] = await search(undefined, handle);
    assert.deepEqual(profile, (await get(undefined, `/api/activities/@${handle}`)).profile);
  });

  test('finds the start of each word of a name, without case and accents', async () => {
    const word = newWord();
    const [person] = await named(`Zoë ${word} Müller`);
    for (const term of [word, word.slice(0, -1), `ZOE ${word}`, `${word} zo`, `mul ${word}`, `Zoë ${word} Müller`])
      assert.deepEqual(await found(undefined, term), [person.handle], term);
    for (const term of [word.slice(1), `${word} x`, `oe ${word}`])
      assert.deepEqual(await found(undefined, term), [], term);
  });

  test('finds names without spaces', async () => {
    const word = newWord();
    const [person] = await named(`山田太郎 ${word}`);
    for (const term of [`山田 ${word}`, `太郎 ${word}`, `山 ${word}`])
      assert.deepEqual(await found(undefined, term), [person.handle], term);
    assert.deepEqual(await found(undefined, `川 ${word}`), []);
  });

  test('follows a change of the name', async () => {
    const [before, after] = [newWord(), newWord()];
    const [person] = await named(before);
    const json = { display_name: after };
    assertOk(await ask(person, 'PUT', '/api/profile/update', { json }));
    assert.deepEqual(await found(undefined, after), [person.handle]);
    assert.deepEqual(await found(undefined, before), []);
  });

  test('has people whom I follow first, then the most followed, page by page', async () => {
    const word = newWord();
    const [a, b, c, d] = await named(`A ${word}`, `B ${word}`, `C ${word}`, `D ${word}`);
    await follow(a, b);
    await follow(c, b);
    await follow(d, c);
    const expected = [d, b, c];
    await follow(a, d);
    await relate(a, b, 'follow', 'DELETE');
    await follow(d, b); // b: c and d, c: d, d: a
    const rest = await found(a, word);
    assert.deepEqual(rest, [...handles(expected), a.handle]);
    assert.equal((await search(a, word))[0].following, true);
    assert.ok(!('following' in (await search(undefined, word))[0]));
    for (const limit of [1, 2, 3])
      assert.deepEqual(handles(await readAll(a, `/api/users?term=${word}&limit=${limit}`)), rest);
    assert.equal((await found(undefined, word))[0], b.handle);
  });

  test('does not find somebody who is suspended or beyond a block, but somebody who is muted', async () => {
    const word = newWord();
    const [ann, ben] = await named(newWord(), word);
    await relate(ann, ben, 'mute');
    assert.deepEqual(await found(ann, word), [ben.handle]);
    await relate(ben, ann, 'block');
    assert.deepEqual(await found(ann, word), []);
    assert.deepEqual(await found(undefined, word), [ben.handle]);
    await assertDone(runCommand(stack, 'people/suspend', [ben.handle]));
    assert.deepEqual(await found(undefined, word), []);
    await assertDone(runCommand(stack, 'people/unsuspend', [ben.handle]));
  });

  test('of a word that very many people have finds mine, the most followed and the exact handle', async () => {
    const start = newWord();
    const [ann, friend] = [await newPerson(stack), await newPerson(stack, { name: `${start}zzz` })];
    await stack.sql(
      `insert into users (uuid, handle, display_name)
       select gen_random_uuid(), substr('${start}', 1, 12) || '_' || n, '${start}' || n
         from generate_series(1, 600) as n`,
    );
    await follow(ann, friend);
    const people = await search(ann, start);
    assert.equal(people[0].handle, friend.handle);
    assert.equal(people.length, 20);
    const exact = `${start.slice(0, 12)}_599`;
    assert.equal((await found(ann, exact))[0], exact);
    const all = await readAll(ann, `/api/users?term=${start}&limit=100`);
    assert.equal(new Set(handles(all)).size, all.length);
    assert.ok(all.length >= 500);
    await stack.sql(`delete from users where display_name ~ '^${start}[0-9]'`);
  });

  test('needs a term', async () => {
    for (const query of ['', '?term=', '?term=%20'])
      assertProblem(await stack.ask('GET', `/api/users${query}`), 422, 'search_term_blank');
    assertProblem(await stack.ask('GET', `/api/users?term=${'a'.repeat(281)}`), 422, 'search_term_exceed_max_chars');
    for (const term of ['!!!', '%', '_%', '\\', "'", '💬', '@'])
      assert.ok(Array.isArray(await search(undefined, term)), term);
    assert.deepEqual(await search(undefined, '%'), []);
    const cursor = Buffer.from('people|1|x|1b6a3c2d-7e4f-4a8b-9cad-2e3f4a5b6c72').toString('base64url');
    assertProblem(await stack.ask('GET', `/api/users?term=a&cursor=${cursor}`), 400, 'cursor_invalid');
  });
});

describe('suggestions', () => {
  const suggested = (person, query = '') => get(person, `/api/users/suggested${query}`);

  test('are those whom my people follow, the most of them first, then those whom most follow', async () => {
    const [ann, ben, cat, one, two, far] = await named('Ann', 'Ben', 'Cat', 'One', 'Two', 'Far');
    await follow(ann, ben);
    await follow(ann, cat);
    await follow(ben, one);
    await follow(ben, two);
    await follow(cat, two);
    await follow(two, far);
    await follow(ben, ann);
    const rows = await suggested(ann);
    assert.deepEqual(handles(rows).slice(0, 2), handles([two, one]));
    const all = handles(await readAll(ann, '/api/users/suggested?limit=7'));
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(all.slice(0, 2), handles([two, one]));
    for (const { handle } of [ann, ben, cat]) assert.ok(!all.includes(handle), 'mine, and whom I follow');
    assert.equal(rows[0].following, false);
    assertProblem(await stack.ask('GET', '/api/users/suggested'), 401, 'token_missing');
  });

  test('have nobody whom I block or mute, who blocks me, or who is suspended', async () => {
    const [ann, ben, a, b, c, d] = await named('Ann', 'Ben', 'A', 'B', 'C', 'D');
    await follow(ann, ben);
    for (const other of [a, b, c, d]) await follow(ben, other);
    const mine = async () => {
      const list = handles(await readAll(ann, '/api/users/suggested?limit=100'));
      return [a, b, c, d].filter(({ handle }) => list.includes(handle));
    };
    assert.deepEqual(await mine(), [a, b, c, d]);
    await relate(ann, a, 'block');
    await relate(ann, b, 'mute');
    await relate(c, ann, 'block');
    await assertDone(runCommand(stack, 'people/suspend', [d.handle]));
    assert.deepEqual(await mine(), []);
    await assertDone(runCommand(stack, 'people/unsuspend', [d.handle]));
    assert.deepEqual(await mine(), [d]);
  });
});
