// people.mjs - bin/people: what an operator sees of a person, and a person who is suspended.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, untilStatus } from '../harness/client.mjs';
import { ask, get, mark, newWord, post, reply, show, tryPost, uuidsOf } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';
import { assertDone, assertFails, runCommand } from '../harness/operate.mjs';
import { until } from '../harness/until.mjs';

const people = (name, ...args) => runCommand(stack, `people/${name}`, args);
const suspend = ({ handle }) => assertDone(people('suspend', handle));
const unsuspend = ({ handle }) => assertDone(people('unsuspend', handle));

// A worker looks a person up once a second.
const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
const refused = (person) => untilStatus(403, () => me(person));

describe('people show', () => {
  test('prints who somebody is, for people and for programs', async () => {
    const ann = await newPerson(stack);
    await post(ann, 'hello');
    const shown = JSON.parse(await assertDone(people('show', ann.handle, '--json')));
    assert.equal(shown.uuid, ann.uuid);
    assert.equal(shown.handle, ann.handle);
    assert.equal(shown.display_name, ann.name);
    assert.equal(shown.cruds, 1);
    assert.equal(shown.suspended_at, null);
    const text = await assertDone(people('show', `@${ann.handle.toUpperCase()}`));
    for (const [name, value] of [
      ['handle', ann.handle],
      ['uuid', ann.uuid],
      ['subject', shown.cognito_user_id],
      ['suspended', 'no'],
    ])
      assert.match(text, new RegExp(`^${name} +${value}$`, 'm'));
  });

  test('somebody who does not exist is said so', async () => {
    const handle = newHandle();
    for (const name of ['show', 'suspend', 'unsuspend'])
      await assertFails(people(name, handle), new RegExp(`nobody has the handle ${handle}`));
    await assertFails(people('show', 'no-handle'), /no-handle cannot be a handle/, 2);
  });
});

describe('a suspended person', () => {
  test('is refused where a token is needed, and anonymous elsewhere', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ben, 'hello');
    assertOk(await mark(ann, 'PUT', crud.uuid));
    assert.equal((await get(ann, `/api/activities/${crud.uuid}`)).activity.liked, true);
    await suspend(ann);
    assertProblem(await refused(ann), 403, 'account_suspended');
    for (const [method, path, json] of [
      ['GET', '/api/live'],
      ['GET', '/api/message_groups'],
      ['GET', '/api/activities/notifications'],
      ['POST', '/api/activities', { message: 'x', ttl: '1-day' }],
      ['POST', '/api/messages', { message: 'x', handle: ben.handle }],
      ['PUT', `/api/activities/${crud.uuid}/like`],
    ]) {
      const answer = await untilStatus(403, () => stack.ask(method, path, { token: ann.token, json }));
      assertProblem(answer, 403, 'account_suspended');
    }
    const shown = await untilStatus(200, () => show(ann, crud.uuid));
    assert.ok(!('liked' in shown.body.activity));

    await unsuspend(ann);
    await untilStatus(200, () => me(ann));
    await until('the like is shown', async () => (await show(ann, crud.uuid)).body.activity.liked);
  });

  test('is not seen: no profile, no crud, in no list and no search, in no notification', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const word = newWord();
    const crud = await post(ann, `${word} for @${ben.handle}`);
    const own = await post(ben, 'mine');
    const answer = await reply(ann, own.uuid, `${word} too`);
    assertOk(await mark(ann, 'PUT', own.uuid));
    const below = await reply(ben, crud.uuid, 'below');
    const account = async () => (await get(ben, '/api/users/me')).unread_notifications;
    assert.equal(await account(), 3);
    await suspend(ann);

    for (const path of [
      `/api/activities/${crud.uuid}`,
      `/api/activities/${answer.uuid}`,
      `/api/activities/@${ann.handle}`,
      `/api/users/@${ann.handle}/short`,
    ])
      assertProblem(await ask(ben, 'GET', path), 404, 'not_found');
    for (const path of ['/api/activities/home', `/api/activities/search?term=${word}`]) {
      const found = uuidsOf(await get(ben, `${path}${path.includes('?') ? '&' : '?'}limit=100`));
      assert.ok(!found.includes(crud.uuid) && !found.includes(answer.uuid), path);
    }
    assert.deepEqual(await get(ben, '/api/activities/notifications'), []);
    assert.equal(await account(), 0);
    assertProblem(await mark(ben, 'PUT', crud.uuid), 404, 'not_found');
    assertProblem(await mark(ben, 'PUT', crud.uuid, 'repost'), 404, 'not_found');
    const again = await ask(ben, 'POST', `/api/activities/${crud.uuid}/reply`, {
      json: { message: 'again' },
    });
    assertProblem(again, 404, 'not_found');
    assertProblem(await say(stack, ben, { handle: ann.handle }, 'hello'), 422, 'user_not_found');

    // Afterwards the cruds are there again, with the replies of others.
    await assertDone(runCommand(stack, 'db/purge-expired', []));
    await unsuspend(ann);
    const shown = await get(ben, `/api/activities/${crud.uuid}`);
    assert.deepEqual(uuidsOf(shown.replies), [below.uuid]);
    assert.equal(shown.activity.expires_at, crud.expires_at);
    assert.equal(uuidsOf(await get(ben, `/api/activities/search?term=${word}`)).length, 2);
    assert.equal(await account(), 3);
    assert.equal((await get(ben, '/api/activities/notifications')).length, 3);
    assertOk(await ask(ben, 'GET', `/api/activities/@${ann.handle}`));
  });

  test('leaves to the purge what expires before it ends', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'soon gone');
    await suspend(ann);
    await stack.sql(
      `update activities set held_until = now() - interval '1 s' where uuid = '${crud.uuid}'`,
    );
    await assertDone(runCommand(stack, 'db/purge-expired', []));
    assert.deepEqual(await stack.sql(`select from activities where uuid = '${crud.uuid}'`), []);
    await unsuspend(ann);
  });

  test('writes nothing from the moment on, whatever a worker remembers', async () => {
    const ann = await newPerson(stack);
    await post(ann, 'before');
    await suspend(ann);
    for (let i = 0; i < 20; i++) {
      const answer = await tryPost(ann, { message: `after ${i}`, ttl: '1-day' });
      assert.ok(answer.status === 403 || answer.status === 404, answer.text);
    }
    const rows = await stack.sql(`select message from activities where user_uuid = '${ann.uuid}'`);
    assert.deepEqual(rows, [['before']]);
    await unsuspend(ann);
  });

  test('loses their streams at once, and keeps their conversations', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [stream, other] = [await openStream(stack, ann), await openStream(stack, ben)];
    await suspend(ann);
    await stream.end();
    assert.deepEqual(stream.of('bye'), [{ reason: 'revoked' }]);
    assert.match(stream.list.at(-1).retry, /^\d+$/);
    assertProblem(
      await untilStatus(403, () => stack.ask('GET', '/api/live', { token: ann.token })),
      403,
      'account_suspended',
    );
    const messages = await get(ben, `/api/messages/${group}`);
    assert.deepEqual(uuidsOf(messages), [first.uuid]);
    assert.equal((await get(ben, '/api/message_groups')).length, 1);
    assert.equal(other.ended, false);
    other.close();
    await unsuspend(ann);
    await untilStatus(200, () => me(ann));
    assert.deepEqual(uuidsOf(await get(ann, `/api/messages/${group}`)), [first.uuid]);
    const returned = await openStream(stack, ann);
    returned.close();
  });

  test('is suspended once, however often the command runs', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'hello');
    await suspend(ann);
    const since = async () =>
      JSON.parse(await assertDone(people('show', ann.handle, '--json'))).suspended_at;
    const [first] = [await since()];
    await suspend(ann);
    assert.equal(await since(), first);
    await unsuspend(ann);
    await unsuspend(ann);
    const shown = await get(undefined, `/api/activities/${crud.uuid}`);
    assert.equal(shown.activity.expires_at, crud.expires_at);
  });
});
