// exports.mjs - GET /api/users/me/export and bin/people export: everything that is the caller's, and
// nothing that they may not see.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import { ask, mark, newWord, post, reply } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand, runJobs } from '../harness/operate.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';

const PATH = '/api/users/me/export';
const request = (person) => ask(person, 'GET', PATH);
const linesOf = (text) => {
  assert.match(text, /\n$/);
  return text.slice(0, -1).split('\n').map((line) => JSON.parse(line));
};
const change = (person, { handle }, what) =>
  ask(person, 'PUT', `/api/users/@${handle}/${what}`).then((answer) => assertOk(answer));

async function exported(person) {
  const waiting = await request(person);
  assert.equal(waiting.status, 202, waiting.text);
  assert.match(waiting.headers['retry-after'], /^[1-9]\d*$/);
  await runJobs(stack);
  const answer = await request(person);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^application\/jsonl\b/);
  assert.match(answer.headers['content-disposition'], /^attachment; filename="[\w-]+\.jsonl"$/);
  return answer.text;
}

// A line as { type: rest }, in a list of those of its type.
function byType(lines) {
  const types = {};
  for (const { type, ...rest } of lines) (types[type] ??= []).push(rest);
  return types;
}

describe('an export', () => {
  test('has everything of the caller in both stores', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [cat, dan] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'a crud with "quotes", a \\ and a line\nbreak');
    const theirs = await post(ben, `hello @${ann.handle}`);
    const answer = await reply(ann, theirs.uuid, 'a reply');
    assertOk(await mark(ann, 'PUT', theirs.uuid));
    assertOk(await mark(ann, 'PUT', theirs.uuid, 'repost'));
    const key = newHandle('key');
    const second = assertOk(
      await ask(ann, 'POST', '/api/activities', { json: { message: 'with a key', ttl: '1-day' }, key }),
    );
    await change(ann, ben, 'follow');
    await change(ben, ann, 'follow');
    await change(ann, cat, 'mute');
    await change(ann, dan, 'block');
    await change(cat, ann, 'block');
    const to = { message_group_uuid: group };
    const last = assertOk(await say(stack, ben, to, 'of Ben'));
    const gone = assertOk(await say(stack, ann, to, 'a secret'));
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${gone.uuid}`), 204);
    assertOk(
      await ask(ann, 'PUT', `/api/message_groups/${group}/read`, { json: { message_uuid: last.uuid } }),
      204,
    );
    assertOk(
      await ask(ann, 'PUT', '/api/profile/update', { json: { display_name: 'Ann É', bio: 'of Ann' } }),
    );

    const text = await exported(ann);
    const lines = linesOf(text);
    const types = byType(lines);
    const [person] = types.person;
    assert.deepEqual(
      [person.uuid, person.handle, person.display_name, person.bio, person.email],
      [ann.uuid, ann.handle, 'Ann É', 'of Ann', ann.email],
    );
    assert.deepEqual(types.crud.map(({ uuid, message }) => [uuid, message]).sort(), [
      [crud.uuid, crud.message],
      [second.uuid, 'with a key'],
    ].sort());
    const [{ created_at: at, expires_at: ends, ...ofReply }] = types.reply;
    assert.deepEqual([at, ends], [answer.created_at, answer.expires_at]);
    assert.equal(ofReply.reply_to_activity_uuid, theirs.uuid);
    for (const type of ['like', 'repost']) assert.deepEqual(types[type].map((one) => one.activity_uuid), [theirs.uuid]);
    for (const [type, handle] of Object.entries({ follow: ben, follower: ben, mute: cat, block: dan }))
      assert.deepEqual(types[type].map((one) => one.handle), [handle.handle], type);
    assert.deepEqual(types.notification.map(({ kind, handle }) => [kind, handle]), [
      ['follow', ben.handle],
      ['mention', ben.handle],
    ].slice(-types.notification.length));
    assert.deepEqual(types.idempotency_key.map((one) => [one.key.length > 0, one.activity_uuid]), [[true, second.uuid]]);
    assert.deepEqual(
      types.conversation.map((one) => [one.uuid, one.handle, one.read_message_uuid, one.unread_count]),
      [[group, ben.handle, last.uuid, 0]],
    );
    assert.deepEqual(
      types.message.map(({ uuid, handle, message, deleted_at: deleted }) => [uuid, handle, message, Boolean(deleted)]),
      [
        [first.uuid, ann.handle, first.message, false],
        [last.uuid, ben.handle, 'of Ben', false],
        [gone.uuid, ann.handle, null, true],
      ],
    );
    assert.deepEqual(lines.at(-1), { type: 'end', lines: lines.length - 1 });
    assert.ok(!text.includes('a secret'));
    // The caller does not learn who blocks them: Cat is in it as somebody whom Ann mutes, once.
    assert.equal(text.split(cat.handle).length, 3, 'the handle and the name of one line');

    const printed = await assertDone(runCommand(stack, 'people/export', [ann.handle]));
    assert.deepEqual(linesOf(printed), lines);
  });

  test('is made once a day, and kept for a day', async () => {
    const ann = await newPerson(stack);
    const text = await exported(ann);
    await post(ann, 'later');
    await runJobs(stack);
    assert.equal((await request(ann)).text, text);
    await stack.sql(
      `update exports set ready_at = now() - interval '24 hours' where user_uuid = '${ann.uuid}'`,
    );
    const again = await request(ann);
    assert.equal(again.status, 202);
    assert.equal((await request(ann)).body.requested_at, again.body.requested_at);
    await runJobs(stack);
    assert.match((await request(ann)).text, /"later"/);
    await stack.sql(
      `update exports set ready_at = now() - interval '24 hours' where user_uuid = '${ann.uuid}'`,
    );
    await runJobs(stack);
    for (const table of ['exports', 'export_parts'])
      assert.deepEqual(await stack.sql(`select 1 from ${table} where user_uuid = '${ann.uuid}'`), []);
  });

  test('a large one has several parts, and every record of it once', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at, created_at)
       select '${ann.uuid}', '${word} ' || n || repeat(' padding', 60), now() + interval '1 day',
              now() - (n / 7) * interval '1 ms'
         from generate_series(1, 1500) as n`,
    );
    let text = await exported(ann);
    let answer = await request(ann);
    let parts = 1;
    for (let next = nextPage(answer); next; next = nextPage(answer), parts++) {
      answer = await ask(ann, 'GET', next);
      assert.equal(answer.status, 200);
      assert.ok(answer.text.length < 1 << 20);
      text += answer.text;
    }
    assert.ok(parts > 1);
    const lines = linesOf(text);
    const cruds = new Set(byType(lines).crud.map(({ message }) => message.split(' ')[1]));
    assert.equal(cruds.size, 1500);
    assert.equal(lines.at(-1).lines, lines.length - 1);
    for (const cursor of ['export|99', 'export|-1', 'export|x', 'cruds|1']) {
      const query = `?cursor=${Buffer.from(cursor).toString('base64url')}`;
      assertProblem(await ask(ann, 'GET', `${PATH}${query}`), 400, 'cursor_invalid');
    }
  });

  test('that was interrupted is written again, and nobody else gets it', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    assert.equal((await request(ann)).status, 202);
    await stack.sql(
      `insert into export_parts (user_uuid, number, lines)
       select '${ann.uuid}', n, 'half' from generate_series(0, 50) as n`,
    );
    assert.equal((await request(ann)).status, 202, 'parts are not shown before the end');
    assert.equal((await request(ben)).status, 202);
    await runJobs(stack);
    for (const person of [ann, ben]) {
      const { text } = await request(person);
      assert.ok(!text.includes('half'));
      assert.equal(byType(linesOf(text)).person[0].uuid, person.uuid);
    }
    assertProblem(await stack.ask('GET', PATH), 401, 'token_missing');
  });
});
