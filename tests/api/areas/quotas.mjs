// quotas.mjs - the limits of one person, over all tokens and addresses: quotas of 24 hours, and
// requests in a second.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { newPerson, signIn } from '../harness/people.mjs';
import { Stack } from '../harness/stack.mjs';

const CRUDS = 6;
const MENTIONS = 5;
const NEW_PEOPLE = 3;
const PROFILE = 2;
const REPORTS = 3;
const PERSON = 20;

const stack = await Stack.start({
  settings: {
    CRUDDUR_EPHEMERAL: '1',
    CRUDDUR_RATE_PERSON: String(PERSON),
    CRUDDUR_QUOTA_CRUDS: String(CRUDS),
    CRUDDUR_QUOTA_MENTIONS: String(MENTIONS),
    CRUDDUR_QUOTA_NEW_PEOPLE: String(NEW_PEOPLE),
    CRUDDUR_QUOTA_PROFILE: String(PROFILE),
    CRUDDUR_QUOTA_REPORTS: String(REPORTS),
  },
});
after(() => stack.down());

const ask = (person, method, path, options = {}) =>
  stack.ask(method, path, { token: person.token, ...options });
const post = (person, message, options = {}) =>
  ask(person, 'POST', '/api/activities', { json: { message, ttl: '1-day' }, ...options });
const write = (person, json, options = {}) =>
  ask(person, 'POST', '/api/messages', { json: { message: 'hello', ...json }, ...options });
const rename = (person, display_name) =>
  ask(person, 'PUT', '/api/profile/update', { json: { display_name, bio: '' } });
const countOf = async (table, condition) =>
  Number((await stack.sql(`select count(*) from ${table} where ${condition}`))[0][0]);

function assertRest(answer, name, most, rest) {
  assertOk(answer);
  assert.equal(answer.headers['ratelimit-policy'], `"${name}";q=${most};w=86400`);
  assert.equal(answer.headers.ratelimit, `"${name}";r=${rest}`);
}

function assertUsedUp(answer, name, most) {
  assertProblem(answer, 429, 'quota_exceeded');
  assert.equal(answer.headers['ratelimit-policy'], `"${name}";q=${most};w=86400`);
  const [, rest, seconds] = /^"\w+";r=(\d+);t=(\d+)$/.exec(answer.headers.ratelimit);
  assert.equal(rest, '0');
  assert.equal(answer.headers['retry-after'], seconds);
  assert.ok(seconds > 23 * 3600 && seconds <= 25 * 3600, seconds);
}

describe('the quota of cruds', () => {
  test('counts cruds, replies and deleted cruds, and a refused one leaves nothing', async () => {
    const person = await newPerson(stack);
    const first = await post(person, 'one');
    assertRest(first, 'cruds', CRUDS, CRUDS - 1);
    const { uuid } = first.body;
    assertRest(
      await ask(person, 'POST', `/api/activities/${uuid}/reply`, { json: { message: 'two' } }),
      'cruds',
      CRUDS,
      CRUDS - 2,
    );
    for (let i = 2; i < CRUDS; i++)
      assertRest(await post(person, `crud ${i}`), 'cruds', CRUDS, CRUDS - 1 - i);
    assertOk(await ask(person, 'DELETE', `/api/activities/${uuid}`), 204);
    const key = randomUUID();
    assertUsedUp(await post(person, 'too many', { key }), 'cruds', CRUDS);
    assert.equal(await countOf('activities', "message = 'too many'"), 0);
    // Refused writes count neither as uses nor as results of their key.
    await stack.sql(`update quota_uses set used = used - 1 where quota = 'cruds'
                      and user_uuid = (select uuid from users where handle = '${person.handle}')`);
    assertRest(await post(person, 'too many', { key }), 'cruds', CRUDS, 0);
  });

  test('does not count a repeated request, which gets its answer also when it is used up', async () => {
    const person = await newPerson(stack);
    const key = randomUUID();
    const { uuid } = assertOk(await post(person, 'once', { key }));
    for (let i = 0; i < 3; i++) assert.equal(assertOk(await post(person, 'once', { key })).uuid, uuid);
    for (let i = 1; i < CRUDS; i++)
      assertRest(await post(person, `crud ${i}`), 'cruds', CRUDS, CRUDS - 1 - i);
    assert.equal(assertOk(await post(person, 'once', { key })).uuid, uuid);
    assertUsedUp(await post(person, 'more'), 'cruds', CRUDS);
  });

  test('is exact for concurrent requests with several tokens', async () => {
    const person = await newPerson(stack);
    const again = { ...person, token: await signIn(stack, person) };
    assert.notEqual(again.token, person.token);
    const answers = await Promise.all(
      Array.from({ length: 2 * CRUDS }, (_, i) => post(i % 2 ? person : again, `crud ${i}`)),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, CRUDS);
    for (const answer of answers.filter(({ status }) => status !== 200))
      assertUsedUp(answer, 'cruds', CRUDS);
  });

  test('forgets a use after 25 hours', async () => {
    const person = await newPerson(stack);
    for (let i = 0; i < CRUDS; i++) assertOk(await post(person, `crud ${i}`));
    assertUsedUp(await post(person, 'more'), 'cruds', CRUDS);
    const uses = `update quota_uses set hour = hour - interval '%'
                   where user_uuid = (select uuid from users where handle = '${person.handle}')`;
    await stack.sql(uses.replace('%', '23 hours'));
    const later = await post(person, 'more');
    assertProblem(later, 429, 'quota_exceeded');
    assert.ok(Number(later.headers['retry-after']) <= 2 * 3600);
    await stack.sql(uses.replace('%', '2 hours'));
    assertRest(await post(person, 'more'), 'cruds', CRUDS, CRUDS - 1);
  });
});

test('the quota of mentions counts the people who are told', async () => {
  const person = await newPerson(stack);
  const others = [];
  for (let i = 0; i < MENTIONS + 1; i++) others.push(await newPerson(stack));
  const names = others.map(({ handle }) => `@${handle}`);
  assertOk(await post(person, `hello ${names.slice(0, 3).join(' ')} @nobody_has_this_handle`));
  assertUsedUp(await post(person, `hello ${names.slice(0, 3).join(' ')}`), 'mentions', MENTIONS);
  assertOk(await post(person, `hello ${names.slice(4).join(' ')}`));
  assertUsedUp(await post(person, `hello ${names[0]}`), 'mentions', MENTIONS);
  // Cruds without mentions, and mentions of oneself, tell nobody.
  assertRest(await post(person, `it is I, @${person.handle}`), 'cruds', CRUDS, CRUDS - 3);
});

describe('the quota of new people', () => {
  test('counts first messages only', async () => {
    const person = await newPerson(stack);
    const others = [];
    for (let i = 0; i <= NEW_PEOPLE; i++) others.push(await newPerson(stack));
    const key = randomUUID();
    const first = await write(person, { handle: others[0].handle }, { key });
    assertRest(first, 'new_people', NEW_PEOPLE, NEW_PEOPLE - 1);
    assert.equal(assertOk(await write(person, { handle: others[0].handle }, { key })).uuid, first.body.uuid);
    const second = await write(person, { handle: others[0].handle });
    assertOk(second);
    assert.equal(second.headers.ratelimit, undefined);
    for (let i = 1; i < NEW_PEOPLE; i++)
      assertRest(
        await write(person, { handle: others[i].handle }),
        'new_people',
        NEW_PEOPLE,
        NEW_PEOPLE - 1 - i,
      );
    const stranger = others[NEW_PEOPLE];
    assertUsedUp(await write(person, { handle: stranger.handle }), 'new_people', NEW_PEOPLE);
    assert.deepEqual(assertOk(await ask(stranger, 'GET', '/api/message_groups')), []);
    // Known people can be written to, and an answer is no first message.
    assertOk(await write(person, { message_group_uuid: first.body.message_group_uuid }));
    assertOk(await write(stranger, { handle: person.handle }));
    assertOk(await write(person, { handle: stranger.handle }));
  });

  test('gives back the use of concurrent first messages to one person', async () => {
    const person = await newPerson(stack);
    const [one, two] = [await newPerson(stack), await newPerson(stack)];
    const answers = await Promise.all(
      Array.from({ length: NEW_PEOPLE }, () => write(person, { handle: one.handle })),
    );
    for (const answer of answers) assertOk(answer);
    assertRest(await write(person, { handle: two.handle }), 'new_people', NEW_PEOPLE, NEW_PEOPLE - 2);
  });
});

test('the quota of profiles keeps the profile of before', async () => {
  const person = await newPerson(stack);
  for (let i = 1; i <= PROFILE; i++)
    assertRest(await rename(person, `Name ${i}`), 'profile', PROFILE, PROFILE - i);
  assertUsedUp(await rename(person, 'One more'), 'profile', PROFILE);
  const me = assertOk(await ask(person, 'GET', '/api/users/me'));
  assert.equal(me.display_name, `Name ${PROFILE}`);
});

test('the quota of reports counts what is reported, once', async () => {
  const [person, other] = [await newPerson(stack), await newPerson(stack)];
  const report = (json, options = {}) =>
    ask(person, 'POST', '/api/reports', { json: { reason: 'spam', ...json }, ...options });
  const cruds = [];
  for (let i = 0; i <= REPORTS; i++) cruds.push((await post(other, `crud ${i}`)).body.uuid);
  for (let i = 0; i < REPORTS; i++) {
    const answer = await report({ activity_uuid: cruds[i] });
    assertOk(answer, 204);
    assert.equal(answer.headers.ratelimit, `"reports";r=${REPORTS - 1 - i}`);
    const again = await report({ activity_uuid: cruds[i] });
    assertOk(again, 204);
    assert.equal(again.headers.ratelimit, undefined);
  }
  const key = randomUUID();
  assertUsedUp(await report({ activity_uuid: cruds[REPORTS] }, { key }), 'reports', REPORTS);
  assertUsedUp(await report({ handle: other.handle }), 'reports', REPORTS);
  assertOk(await report({ activity_uuid: cruds[0] }, { key }), 204); // a refused request keeps no key
  const rows = await countOf('reports', `reporter_uuid = '${person.uuid}'`);
  assert.equal(rows, REPORTS);
});

test('requests of a person are limited by second, over routes, tokens and workers', async () => {
  const person = await newPerson(stack);
  const other = await newPerson(stack);
  const again = { ...person, token: await signIn(stack, person) };
  const paths = ['/api/activities/home', '/api/users/me', '/api/message_groups'];
  const refused = [];
  for (let tries = 0; tries < 20 && refused.length === 0; tries++) {
    const answers = await Promise.all(
      Array.from({ length: 5 * PERSON }, (_, i) =>
        ask(i % 2 ? person : again, 'GET', paths[i % paths.length]),
      ),
    );
    refused.push(...answers.filter(({ status }) => status === 429));
    for (const { status } of answers) assert.ok([200, 429].includes(status), String(status));
    assertOk(await ask(other, 'GET', '/api/activities/home'));
  }
  assert.ok(refused.length > 0);
  for (const answer of refused) {
    assertProblem(answer, 429, 'too_many_requests');
    assert.equal(answer.headers['retry-after'], '1');
    assert.equal(answer.headers['ratelimit-policy'], `"person";q=${PERSON};w=1`);
    assert.equal(answer.headers.ratelimit, '"person";r=0;t=1');
  }
  // Callers without a token have no limit of a person.
  for (const { status } of await Promise.all(
    Array.from({ length: 3 * PERSON }, () => stack.ask('GET', '/api/activities/home')),
  ))
    assert.equal(status, 200);
});
