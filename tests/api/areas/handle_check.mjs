// handle_check.mjs - GET /api/handles/{handle}: whether a new account may have a handle; and what
// handles new accounts get.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newHandle, newPerson } from '../harness/people.mjs';

// `token` is ignored.
const check = async (handle, token) =>
  assertOk(await stack.ask('GET', `/api/handles/${encodeURIComponent(handle)}`, { token }));
const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
const register = async (handle) => me(await newAccount(stack, { preferred_username: handle }));

// Letters that look like others. Random, so that tests do not disturb each other.
const newLook = () => `Iol_${randomBytes(5).toString('hex').replace(/[015]/g, 'x')}_s`;
const alike = (look) => [
  look.replace('I', '1'),
  look.replace('I', 'l'),
  look.replace('o', '0'),
  look.replace('o', 'O'),
  look.replace(/s$/, '5'),
  look.replaceAll('_', ''),
  `_${look}_`,
  look.replace('I', 'L').replace('o', '0').replace('l', '1').replace(/s$/, 'S'),
];

describe('GET /api/handles/{handle}', () => {
  test('says that nobody has the handle, to anybody', async () => {
    const handle = newHandle('free');
    const free = { available: true, reason: null, suggestions: [] };
    assert.deepEqual(await check(handle), free);
    assert.deepEqual(await check(handle, 'rubbish'), free);
    assert.deepEqual(await check(` ${handle}\t`), free);
    assert.equal(assertOk(await register(handle)).handle, handle);
    assert.equal((await check(handle)).reason, 'handle_taken');
  });

  test('says why the handle is not available', async () => {
    const look = newLook();
    assertOk(await register(look));
    const cases = [
      [look, 'handle_taken'],
      [look.toUpperCase(), 'handle_taken'],
      ...alike(look).map((handle) => [handle, 'handle_taken']),
      ['andrewbrown', 'handle_taken'],
      ...['admin', 'ADMIN', 'adm1n', '5upp0rt', 'cruddur_', 'me', 'api', 'deleted'].map(
        (handle) => [handle, 'handle_reserved'],
      ),
      ...['x', 'has space', 'é_accent', 'dash-ed', 'x'.repeat(31), 'a.b', '{', '日本語'].map(
        (handle) => [handle, 'handle_invalid'],
      ),
    ];
    for (const [handle, reason] of cases) {
      const answer = await check(handle);
      assert.deepEqual([answer.available, answer.reason], [false, reason], handle);
    }
  });

  test('suggests handles that are available, and can be registered', async () => {
    const { handle } = await newPerson(stack);
    for (const wanted of [handle, `${handle}!`, `o'${handle}`, 'x', 'x'.repeat(31)]) {
      const { suggestions } = await check(wanted);
      assert.ok(suggestions.length > 0 && suggestions.length <= 3, wanted);
      assert.equal(new Set(suggestions).size, suggestions.length);
      for (const suggestion of suggestions) {
        assert.match(suggestion, /^[A-Za-z0-9_]{2,30}$/);
        assert.equal((await check(suggestion)).available, true, suggestion);
      }
    }
    const [first] = (await check(handle)).suggestions;
    assert.equal(assertOk(await register(first)).handle, first);
    assert.ok(!(await check(handle)).suggestions.includes(first));
    for (const wanted of ['admin', 'sup.port', '日本語', '!'])
      assert.deepEqual((await check(wanted)).suggestions, [], wanted);
  });
});

describe('the handle of a new account', () => {
  test('cannot look like another handle', async () => {
    const look = newLook();
    const owner = assertOk(await register(look));
    for (const handle of [look.toLowerCase(), ...alike(look)])
      assertProblem(await register(handle), 409, 'handle_taken');
    const rows = await stack.sql(
      `select uuid from users where handle_skeleton(handle) = handle_skeleton('${look}')`,
    );
    assert.deepEqual(rows, [[owner.uuid]]);
  });

  test('cannot be a reserved one', async () => {
    for (const handle of ['Admin', 'supp0rt', 'cruddur', 'me'])
      assertProblem(await register(handle), 409, 'handle_reserved');
  });

  test('is freed with its person', async () => {
    const look = newLook();
    const { uuid } = assertOk(await register(look));
    await stack.sql(`delete from users where uuid = '${uuid}'`);
    assert.equal((await check(look)).available, true);
    assertOk(await register(look.replace('I', 'l')));
  });

  test('is registered by one of several at once that look alike, each of which asks twice', async () => {
    const look = newLook();
    const accounts = await Promise.all(
      alike(look)
        .slice(0, 5)
        .map((handle) => newAccount(stack, { preferred_username: handle })),
    );
    const answers = await Promise.all([...accounts, ...accounts].map(me));
    const good = answers.filter(({ status }) => status === 200);
    for (const answer of answers)
      if (answer.status !== 200) assertProblem(answer, 409, 'handle_taken');
    assert.equal(good.length, 2);
    assert.equal(good[0].body.uuid, good[1].body.uuid);
  });

  test('loses the blanks around it', async () => {
    const handle = newHandle();
    for (const [i, name] of [`${handle}1 `, `\u00a0${handle}2\u3000`, `${handle}3\n`].entries())
      assert.equal(assertOk(await register(name)).handle, `${handle}${i + 1}`);
    assertProblem(await register(' \u2003'), 409, 'handle_missing');
    assertProblem(await register(`${handle}\u200b`), 409, 'handle_invalid');
  });

  test('is the name of a person whose name cannot be shown', async () => {
    for (const name of ['\u3164\u3164', 'Ann\u202e', 'x'.repeat(51), '\u200b', ' ', 'A\u2028B']) {
      const person = await newPerson(stack, { name });
      assert.equal(assertOk(await me(person)).display_name, person.handle, JSON.stringify(name));
    }
    const composed = await newPerson(stack, { name: ' Zoe\u0308 ❤\ufe0f ' });
    assert.equal(assertOk(await me(composed)).display_name, 'Zo\u00eb ❤\ufe0f');
  });
});
