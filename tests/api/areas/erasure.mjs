// erasure.mjs - DELETE /api/users/me, bin/people delete and erasures: who deletes their account is out of
// sight at once, and in the end nothing of them is in any store but tombstones.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, untilStatus } from '../harness/client.mjs';
import { ask, get, mark, newWord, post, reply, show } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import {
  assertDone,
  assertFails,
  runCommand,
  runJobs,
  runOnTerminal,
  startCommand,
} from '../harness/operate.mjs';
import { newAccount, newHandle, newPair, newPerson, resign, say, signIn } from '../harness/people.mjs';

const STEPS = ['messages', 'rows', 'account'];
const people = (name, ...args) => runCommand(stack, `people/${name}`, args);
const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
const leave = ({ token }) => stack.ask('DELETE', '/api/users/me', { token });
const change = (person, method, { handle }, what) =>
  ask(person, method, `/api/users/@${handle}/${what}`).then((answer) => assertOk(answer));

const stepOf = async ({ uuid }) =>
  (await stack.sql(`select step from erasures where user_uuid = '${uuid}'`))[0]?.[0];
// Steps may go on at once, as nothing of these people is under way.
const settle = ({ uuid }) =>
  stack.sql(`update erasures set begun_at = begun_at - interval '1 minute' where user_uuid = '${uuid}'`);

async function finish(person) {
  await settle(person);
  await runJobs(stack);
  assert.equal(await stepOf(person), 'done');
}

// Ann, with something in every place that knows people; her texts have a word of their own. Ben and Cat have
// to do with her; she has blocked Dan before they have written, and Eve has blocked her after that.
async function makeWorld() {
  const { ann, ben, group, first } = await newPair(stack);
  const [cat, dan, eve] = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
  const word = newWord();
  const name = `Name ${newWord()}`;
  assertOk(await ask(ann, 'PUT', '/api/profile/update', { json: { display_name: name, bio: `bio ${word}` } }));
  const crud = await post(ann, `${word} one`);
  const theirs = await post(ben, 'of Ben');
  const answer = await reply(ann, theirs.uuid, `${word} two`);
  const below = await reply(ben, crud.uuid, 'below');
  const own = await reply(ann, below.uuid, `${word} three`);
  for (const what of ['like', 'repost']) assertOk(await mark(ann, 'PUT', theirs.uuid, what));
  assertOk(await mark(ben, 'PUT', crud.uuid));
  assertOk(
    await ask(ann, 'POST', '/api/activities', { json: { message: `${word} key`, ttl: '1-day' }, key: newHandle('key') }),
  );
  await change(ann, 'PUT', ben, 'follow');
  await change(cat, 'PUT', ann, 'follow');
  await change(ann, 'PUT', cat, 'mute');
  await change(ann, 'PUT', dan, 'block');
  const withEve = assertOk(await say(stack, ann, { handle: eve.handle }, `${word} to Eve`));
  await change(eve, 'PUT', ann, 'block');
  const to = { message_group_uuid: group };
  for (const text of [`${word} four`, `${word} five`])
    assertOk(await say(stack, ann, to, text, { key: newHandle('key') }));
  const kept = assertOk(await say(stack, ben, to, 'of Ben, kept'));
  assertOk(
    await ask(ann, 'PUT', `/api/message_groups/${group}/read`, { json: { message_uuid: kept.uuid } }),
    204,
  );
  const last = assertOk(await say(stack, ann, to, `${word} six`));
  const withCat = assertOk(await say(stack, cat, { handle: ann.handle }, 'of Cat'));
  return {
    ...{ ann: { ...ann, name }, ben, cat, dan, eve, group, first, word, crud, theirs, answer, own, kept, last },
    others: { cat: withCat.message_group_uuid, eve: withEve.message_group_uuid },
  };
}

// The texts that must not be anywhere; the uuid has its places.
const secretsOf = ({ ann, word }) => [ann.handle, ann.name, ann.username, word, ann.subject];
const subjectOf = ({ token }) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub;

function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

async function assertGone(world) {
  const { ann } = world;
  const dump = execFileSync('pg_dump', ['-d', stack.databaseUrl()], {
    env: stack.env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const items = await stack.table.scan();
  const accounts = filesBelow(path.join(stack.home, 'data/cognito'));
  const texts = { PostgreSQL: dump, DynamoDB: JSON.stringify(items), Cognito: accounts };
  for (const [where, text] of Object.entries(texts))
    for (const secret of secretsOf(world))
      assert.ok(!text.includes(secret), `${where} has ${secret}`);
  assert.ok(!accounts.includes(ann.uuid));
  const lines = dump.split('\n').filter((line) => line.includes(ann.uuid));
  assert.deepEqual(
    lines.map((line) => line.split('\t').slice(0, 3)),
    [[ann.uuid, '\\N', 'done']],
    'PostgreSQL has the uuid in the journal only',
  );
  for (const item of items.filter((one) => JSON.stringify(one).includes(ann.uuid))) {
    const { user_uuid: of, ...rest } = item;
    assert.deepEqual(of, { S: ann.uuid });
    assert.ok(!JSON.stringify(rest).includes(ann.uuid), JSON.stringify(item));
    assert.match(item.pk.S, /^(MSG|GRP)#/);
    assert.equal(item.user_handle.S, 'deleted');
    assert.equal(item.user_display_name.S, 'Deleted person');
    if (item.pk.S.startsWith('MSG#')) assert.ok(item.deleted_at && !item.message, JSON.stringify(item));
  }
}

async function assertFits(world) {
  const { code, stdout, stderr } = await runCommand(stack, 'ddb/check', []);
  assert.ok(code === 0 || code === 1, stderr);
  const groups = [world.group, ...Object.values(world.others), world.ann.uuid];
  assert.deepEqual(stdout.split('\n').filter((line) => groups.some((one) => line.includes(one))), []);
}

// Ann as others see her.
async function assertTombstones({ ann, ben, cat, group, others, kept, last, theirs, crud }) {
  const deleted = { uuid: ann.uuid, handle: 'deleted', display_name: 'Deleted person', deleted: true, avatar_url: null };
  const shown = await get(ben, `/api/message_groups/${group}`);
  assert.deepEqual([shown.handle, shown.display_name, shown.deleted], ['deleted', 'Deleted person', true]);
  assert.deepEqual(shown.members[0], deleted);
  assert.deepEqual([shown.message, shown.message_uuid, shown.unread_count], [null, last.uuid, 0]);
  assert.deepEqual(shown.seen, []);
  const [member] = await get(ben, `/api/message_groups/${group}/members`);
  assert.deepEqual([member.handle, member.bio, member.deleted], ['deleted', null, true]);
  for (const message of await get(ben, `/api/messages/${group}`)) {
    if (message.uuid === kept.uuid) {
      assert.deepEqual([message.message, message.deleted], ['of Ben, kept', undefined]);
      continue;
    }
    assert.deepEqual([message.message, message.handle, message.deleted], [null, 'deleted', true]);
    assert.ok(message.deleted_at);
  }
  // Cat has written last: the preview stays.
  const [ofCat] = await get(cat, '/api/message_groups');
  assert.deepEqual([ofCat.uuid, ofCat.message, ofCat.handle], [others.cat, 'of Cat', 'deleted']);
  assertProblem(await say(stack, ben, { message_group_uuid: group }, 'hello?'), 422, 'user_not_found');
  assertProblem(await say(stack, ben, { handle: ann.handle }, 'hello?'), 422, 'user_not_found');
  // Ben's own message can still be deleted.
  assertOk(await ask(ben, 'DELETE', `/api/messages/${group}/${kept.uuid}`), 204);
  for (const target of [`/api/activities/@${ann.handle}`, `/api/users/@${ann.handle}/short`, `/api/activities/${crud.uuid}`])
    assertProblem(await ask(ben, 'GET', target), 404, 'not_found');
  const { activity } = await get(ben, `/api/activities/${theirs.uuid}`);
  assert.deepEqual([activity.likes_count, activity.reposts_count, activity.replies_count], [0, 0, 0]);
  const { profile } = await get(cat, `/api/activities/@${cat.handle}`);
  assert.equal(profile.following_count, 0);
}

describe('DELETE /api/users/me', () => {
  test('hides the person at once, then erases them from all stores', async () => {
    const world = await makeWorld();
    const { ann, ben, group } = world;
    ann.subject = subjectOf(ann);
    const [mine, theirs] = [await openStream(stack, ann), await openStream(stack, ben)];
    assertOk(await ask(ann, 'GET', '/api/users/me/export'), 202);
    await runJobs(stack);
    assert.match(assertOk(await ask(ann, 'GET', '/api/users/me/export')) ?? 'none', new RegExp(world.word));

    const answer = await leave(ann);
    assert.deepEqual([answer.status, answer.text], [202, '']);
    await mine.end();
    assert.deepEqual(mine.of('bye'), [{ reason: 'revoked' }]);
    assert.deepEqual(await theirs.first('person', ({ uuid }) => uuid === ann.uuid), {
      ...{ uuid: ann.uuid, handle: 'deleted', display_name: 'Deleted person', avatar_url: null, deleted: true },
    });
    theirs.close();
    for (const path_ of ['/api/users/me', '/api/message_groups', '/api/activities/home']) {
      const refused = await untilStatus(401, () => stack.ask('GET', path_, { token: ann.token }));
      assertProblem(refused, 401, 'token_invalid');
    }
    assertProblem(await ask(ben, 'GET', `/api/activities/@${ann.handle}`), 404, 'not_found');
    const [hidden] = await get(ben, '/api/message_groups');
    assert.deepEqual([hidden.handle, hidden.deleted], ['deleted', true]);
    assertProblem(await say(stack, ben, { message_group_uuid: group }, 'hello?'), 422, 'user_not_found');
    await assertFits(world); // what goes on is no fault

    // A new token of the same account brings nobody back.
    const again = await signIn(stack, ann);
    assertProblem(await me({ token: again }), 401, 'token_invalid');
    await assertFails(people('unsuspend', ann.handle), /nobody has the handle/);

    await finish(world.ann);
    await assertGone(world);
    await assertFits(world);
    await assertTombstones(world);
    await assertGone(world);
    await assertFits(world);
    assertProblem(await me(ann), 401, 'token_invalid');
    assertProblem(await me({ token: again }), 401, 'token_invalid');
  });

  test('needs a sign-in of the last five minutes', async () => {
    const ann = await newPerson(stack);
    const now = Math.floor(Date.now() / 1000);
    for (const auth_time of [now - 301, now - 86_400, 0, undefined])
      assertProblem(await leave({ token: resign(ann.token, { auth_time }) }), 403, 'sign_in_again');
    for (const auth_time of [now + 600, '5', -1])
      assertProblem(await leave({ token: resign(ann.token, { auth_time }) }), 401, 'token_invalid');
    assertOk(await me(ann));
    assertOk(await leave({ token: resign(ann.token, { auth_time: now - 280 }) }), 202);
    await untilStatus(401, () => me(ann));
    await finish(ann);
  });

  test('waits until requests of the person have ended', async () => {
    const ann = await newPerson(stack);
    assertOk(await leave(ann), 202);
    await runJobs(stack);
    assert.equal(await stepOf(ann), 'messages');
    await finish(ann);
  });

  test('many at once, of people who know each other, leave nothing', async () => {
    const { ann, ben, group } = await newPair(stack, 'hello');
    assertOk(await say(stack, ben, { message_group_uuid: group }, 'hello'));
    const [one, other] = [await post(ann, 'one'), await post(ben, 'other')];
    for (const [person, crud] of [[ann, other], [ben, one]]) {
      assertOk(await mark(person, 'PUT', crud.uuid));
      await reply(person, crud.uuid, 'well');
    }
    await change(ann, 'PUT', ben, 'follow');
    await change(ben, 'PUT', ann, 'follow');
    const answers = await Promise.all([ann, ben, ann, ben].map(leave));
    for (const { status } of answers) assert.ok([202, 401].includes(status), String(status));
    await settle(ben);
    await finish(ann);
    assert.equal(await stepOf(ben), 'done');
    for (const person of [ann, ben]) {
      assert.deepEqual(await stack.sql(`select 1 from users where uuid = '${person.uuid}'`), []);
      assert.deepEqual(await stack.table.partition(`GRP#${person.uuid}`), []);
    }
    for (const { message, deleted_at: at } of await stack.table.messages(group)) assert.ok(!message && at);
  });
});

describe('the handle of a deleted person', () => {
  test('cannot be taken for 90 days, nor one that looks like it', async () => {
    const ann = await newPerson(stack, { preferred_username: newHandle('Il0') });
    assertOk(await leave(ann), 202);
    await finish(ann);
    const alike = ann.handle.replace('Il0', 'llO');
    for (const handle of [ann.handle, ann.handle.toUpperCase(), alike]) {
      const { available } = await get(undefined, `/api/handles/${handle}`);
      assert.equal(available, false, handle);
      const account = await newAccount(stack, { preferred_username: handle });
      assertProblem(await me(account), 409, 'handle_taken');
    }
    await stack.sql(
      `update erased_handles set erased_at = now() - interval '90 days'
        where digest = handle_digest('${ann.handle}')`,
    );
    const account = await newAccount(stack, { preferred_username: ann.handle });
    assertOk(await me(account));
    await runJobs(stack);
    const left = await stack.sql(`select 1 from erased_handles where digest = handle_digest('${ann.handle}')`);
    assert.deepEqual(left, []);
  });
});

describe('bin/people delete', () => {
  test('asks for the handle, then does the same to the end', async () => {
    const world = await makeWorld();
    const { ann } = world;
    ann.subject = subjectOf(ann);
    const refused = await runOnTerminal(stack, 'somebody\n', 'people/delete', [ann.handle]);
    assert.notEqual(refused.code, 0);
    assertOk(await me(ann));
    await assertFails(people('delete', newHandle()), /nobody has the handle/);
    await assertFails(people('delete', ann.handle, '--until', 'nowhere'), /--until takes/, 2);
    const output = await assertDone(people('delete', ann.handle, '--yes'));
    assert.equal(output, `${ann.handle} is hidden\n${ann.handle} is deleted\n`);
    assertProblem(await me(ann), 401, 'token_invalid');
    await assertGone(world);
    await assertFits(world);
    await assertFails(people('delete', ann.handle, '--yes'), /nobody has the handle/);
  });

  test('stopped after any step, goes on with the next one', async () => {
    const world = await makeWorld();
    const { ann } = world;
    ann.subject = subjectOf(ann);
    await stack.sql(`select erasure_begin('${ann.uuid}')`);
    await settle(ann);
    for (const [i, step] of STEPS.entries()) {
      await assertDone(people('erasures', '--until', step));
      assert.equal(await stepOf(ann), STEPS[i + 1] ?? 'done');
      await assertFits(world);
    }
    await assertGone(world);
    // The whole of it again changes nothing.
    await stack.sql(`update erasures set step = 'messages', finished_at = null where user_uuid = '${ann.uuid}'`);
    await finish(ann);
    await assertGone(world);
    await assertTombstones(world);
  });

  test('killed again and again, ends clean', async () => {
    const world = await makeWorld();
    const { ann } = world;
    ann.subject = subjectOf(ann);
    await stack.sql(`select erasure_begin('${ann.uuid}')`);
    await settle(ann);
    let killed = 0;
    for (let ms = 5; (await stepOf(ann)) !== 'done'; ms += 10) {
      const child = startCommand(stack, 'people/erasures');
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), ms);
      const { signal, code, stderr } = await child.done;
      clearTimeout(timer);
      if (signal) killed++;
      else assert.equal(code, 0, stderr);
    }
    assert.ok(killed > 0);
    await assertGone(world);
    await assertFits(world);
    await assertTombstones(world);
  });

  test('after a restore, --again removes what has come back', async () => {
    const world = await makeWorld();
    const { ann, ben, group } = world;
    ann.subject = subjectOf(ann);
    const back = (await stack.table.scan()).filter((item) =>
      [group, ann.uuid].some((one) => JSON.stringify(item).includes(one)),
    );
    await stack.sql(`select erasure_begin('${ann.uuid}')`);
    await finish(ann);
    for (const item of back) await stack.table.put(item);
    const { stdout } = await runCommand(stack, 'ddb/check', []);
    for (const problem of [
      `GRP#${ann.uuid} / GROUP#${group}: it is of a person who was deleted`,
      `GRP#${ben.uuid} / GROUP#${group}: it names a person who was deleted`,
      `GRP#${ben.uuid} / GROUP#${group}: there are texts of a person who was deleted`,
    ])
      assert.ok(stdout.includes(problem), `${problem}\n${stdout}`);
    await assertDone(people('erasures', '--again'));
    // The pair with Dan: a block, to which nothing else leads.
    await runCommand(stack, 'ddb/check', ['--blocks']);
    await assertGone(world);
    await assertFits(world);
  });
});
