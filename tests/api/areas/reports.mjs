// reports.mjs - POST /api/reports, and what moderators see of reports and do about them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage, sleep, TIME, UUID } from '../harness/client.mjs';
import { ask, expireIn, follow as readAll, get, newWord, post, reply, show } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { joinModerators, newHandle, newModerator, newPair, newPerson, say, signIn } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';
import { servedDatabase } from '../harness/stack.mjs';

const tryReport = (person, json, options = {}) =>
  ask(person, 'POST', '/api/reports', { json: { reason: 'spam', ...json }, ...options });
const report = async (...args) => assertOk(await tryReport(...args), 204);
const tryResolve = (person, { uuid }, json) => ask(person, 'POST', `/api/reports/${uuid}`, { json });
const resolve = async (...args) => assertOk(await tryResolve(...args));
const list = (state = 'open', person = mod) => readAll(person, `/api/reports?state=${state}&limit=50`);
const rowsOf = (reporter) =>
  stack.sql(`select uuid, thing from reports where reporter_uuid = '${reporter.uuid}' order by created_at`);
// The reports of one reporter as the moderator sees them.
const reportsOf = async (reporter, state) =>
  (await list(state)).filter((one) => one.reporter?.uuid === reporter.uuid);
const only = async (reporter, state) => {
  const found = await reportsOf(reporter, state);
  assert.equal(found.length, 1);
  return found[0];
};
const person = ({ uuid, handle, name }) => ({ uuid, handle, display_name: name, avatar_url: null });
const auditOf = (moderator) =>
  stack.sql(`select action, report_uuids, person_uuid, note from moderation_audit
              where moderator_uuid = '${moderator.uuid}' order by id`);
const messages = (who, group) => get(who, `/api/messages/${group}`);
// Run SQL as the role of the workers.
const asServing = (sql) =>
  runCommand(stack, 'db/connect', ['-XqAtv', 'ON_ERROR_STOP=1', '-c', sql], {
    settings: { CONNECTION_URL: servedDatabase(stack.ports.POSTGRES), OWNER_CONNECTION_URL: undefined },
  });

let mod;
before(async () => {
  mod = await newModerator(stack);
});

describe('a report', () => {
  test('of a crud has its text, its author and its reporter, and stays when the crud expires', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, `buy now ${newWord()}`);
    await report(ben, { activity_uuid: crud.uuid, note: '  Three a day.\n' });
    await expireIn(crud.uuid, -1000);
    await assertDone(runCommand(stack, 'db/purge-expired', []));
    assertProblem(await show(mod, crud.uuid), 404, 'not_found');
    const found = await only(ben);
    assert.match(found.uuid, UUID);
    assert.match(found.created_at, TIME);
    assert.deepEqual(found, {
      uuid: found.uuid,
      created_at: found.created_at,
      state: 'open',
      kind: 'crud',
      reason: 'spam',
      note: 'Three a day.',
      reporter: person(ben),
      reported: person(ann),
      activity: {
        uuid: crud.uuid,
        display_name: ann.name,
        handle: ann.handle,
        message: crud.message,
        created_at: crud.created_at,
      },
      message_group_uuid: null,
      message: null,
      context: [],
      resolved_at: null,
      resolved_by: null,
      action: null,
      action_note: null,
    });
  });

  test('of a message has the 5 messages before it, and stays when they are deleted', async () => {
    const { ann, ben, group } = await newPair(stack, 'number 0');
    const sent = [];
    for (let i = 1; i < 9; i++)
      sent.push(assertOk(await say(stack, i % 2 ? ann : ben, { message_group_uuid: group }, `number ${i}`)));
    const [, , , , before_, , reported, after] = sent; // numbers 5, 7 and 8
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${before_.uuid}`), 204);
    await report(ben, { message_group_uuid: group, message_uuid: reported.uuid, reason: 'harassment' });
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${reported.uuid}`), 204);
    const found = await only(ben);
    assert.equal(found.kind, 'message');
    assert.equal(found.message_group_uuid, group);
    assert.deepEqual([found.reporter, found.reported], [person(ben), person(ann)]);
    assert.deepEqual(found.message, {
      uuid: reported.uuid,
      display_name: ann.name,
      handle: ann.handle,
      message: 'number 7',
      created_at: reported.created_at,
    });
    assert.deepEqual(
      found.context.map(({ message, handle }) => [message, handle]),
      [
        ['number 2', ben.handle],
        ['number 3', ann.handle],
        ['number 4', ben.handle],
        [null, ann.handle],
        ['number 6', ben.handle],
      ],
    );
    assert.ok(!JSON.stringify(found).includes(after.message), 'nothing that came later');
  });

  test('of a conversation has its newest messages, and is about the other member', async () => {
    const { ann, ben, group } = await newPair(stack, 'number 0');
    for (let i = 1; i < 8; i++) assertOk(await say(stack, ann, { message_group_uuid: group }, `number ${i}`));
    await report(ben, { message_group_uuid: group, reason: 'harassment' });
    const found = await only(ben);
    assert.deepEqual([found.kind, found.message, found.reported], ['conversation', null, person(ann)]);
    assert.deepEqual(
      found.context.map(({ message }) => message),
      [2, 3, 4, 5, 6, 7].map((i) => `number ${i}`),
    );
  });

  test('of a person has no text', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await report(ben, { handle: ann.handle.toUpperCase(), reason: 'impersonation' });
    const { kind, reported, activity, message, context, note } = await only(ben);
    assert.deepEqual([kind, reported, activity, message, context, note], ['person', person(ann), null, null, [], null]);
  });

  test('is made once by a person of a thing, also when the thing is gone', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const cat = await newPerson(stack);
    const crud = await post(ann, 'twice');
    const things = [
      { activity_uuid: crud.uuid },
      { message_group_uuid: group, message_uuid: first.uuid },
      { message_group_uuid: group },
      { handle: ann.handle },
    ];
    for (const thing of things) for (const note of ['one', 'two']) await report(ben, { ...thing, note });
    await report(cat, { activity_uuid: crud.uuid });
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${first.uuid}`), 204);
    assertOk(await ask(ann, 'DELETE', `/api/activities/${crud.uuid}`), 204);
    for (const thing of things) await report(ben, thing);
    assert.deepEqual(
      (await reportsOf(ben)).map(({ kind, note }) => [kind, note]),
      ['crud', 'message', 'conversation', 'person'].map((kind) => [kind, 'one']),
    );
    assert.equal((await rowsOf(cat)).length, 1);
    assertProblem(await tryReport(await newPerson(stack), { activity_uuid: crud.uuid }), 404, 'not_found');
  });

  test('is made once by many requests at the same time', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const crud = await post(ann, 'many times');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        report(ben, i % 2 ? { activity_uuid: crud.uuid } : { message_group_uuid: group, message_uuid: first.uuid }),
      ),
    );
    assert.equal((await rowsOf(ben)).length, 2);
  });

  test('with a key is repeated, and the key is for one request', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [one, two] = [await post(ann, 'one'), await post(ann, 'two')];
    const key = randomUUID();
    for (let i = 0; i < 2; i++) await report(ben, { activity_uuid: one.uuid }, { key });
    assertOk(await ask(ann, 'DELETE', `/api/activities/${one.uuid}`), 204);
    await report(ben, { activity_uuid: one.uuid }, { key });
    assertProblem(await tryReport(ben, { activity_uuid: two.uuid }, { key }), 422, 'idempotency_key_reused');
    // A key of a report that was made before belongs to its request, too; so does one of a crud.
    const again = randomUUID();
    await report(ben, { activity_uuid: one.uuid, reason: 'other' }, { key: again });
    assertProblem(await tryReport(ben, { activity_uuid: two.uuid }, { key: again }), 422, 'idempotency_key_reused');
    const json = { message: 'three', ttl: '1-day' };
    const used = await ask(ben, 'POST', '/api/activities', { json, key });
    assertProblem(used, 422, 'idempotency_key_reused');
    assert.equal((await rowsOf(ben)).length, 1);
  });

  test('is refused for what the reporter cannot see', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const [cat, dan] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    const foreign = { message_group_uuid: group };
    const absent = [
      [cat, foreign],
      [cat, { ...foreign, message_uuid: first.uuid }],
      [ben, { ...foreign, message_uuid: UNUSED_UUID }],
      [ben, { ...foreign, message_uuid: '019ab9e2-8d00-7f3c-9a51-3c6a2b7d4e80' }],
      [ben, { message_group_uuid: UNUSED_UUID }],
      [ben, { activity_uuid: UNUSED_UUID }],
      [ben, { handle: newHandle() }],
      [ben, { handle: 'no-handle' }],
    ];
    assertOk(await ask(dan, 'PUT', `/api/users/@${ann.handle}/block`));
    absent.push([dan, { activity_uuid: crud.uuid }]);
    for (const [who, subject] of absent) assertProblem(await tryReport(who, subject), 404, 'not_found');
    await stack.sql(`select person_set_suspended('${ann.handle}', true)`);
    assertProblem(await tryReport(ben, { activity_uuid: crud.uuid }), 404, 'not_found');
    assertProblem(await tryReport(ben, { handle: ann.handle }), 404, 'not_found');
    await report(ben, { ...foreign, message_uuid: first.uuid }); // old messages stay
    for (const who of [cat, dan]) assert.deepEqual(await rowsOf(who), []);
  });

  test('of oneself is refused', async () => {
    const { ann, group, first } = await newPair(stack);
    const crud = await post(ann, 'mine');
    for (const subject of [
      { activity_uuid: crud.uuid },
      { message_group_uuid: group, message_uuid: first.uuid },
      { handle: ann.handle },
    ])
      assertProblem(await tryReport(ann, subject), 422, 'user_is_self');
  });

  test('names one thing and one of the reasons', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const of = (json) => ask(ben, 'POST', '/api/reports', { json });
    const { handle } = ann;
    assertProblem(await of({}), 422, 'report_subject_blank', 'reason_blank');
    assertProblem(await of({ handle, reason: 'Spam' }), 422, 'reason_invalid');
    assertProblem(await of({ handle, reason: 7 }), 422, 'reason_invalid');
    assertProblem(await of({ handle, reason: 'x'.repeat(200) }), 422, 'reason_invalid');
    assertProblem(await of({ handle, reason: 'spam', note: 'a\0b' }), 422, 'note_invalid');
    assertProblem(await of({ handle, reason: 'spam', note: 'é'.repeat(501) }), 422, 'note_exceed_max_chars');
    const both = { handle, activity_uuid: UNUSED_UUID, reason: 'spam' };
    assertProblem(await of(both), 422, 'report_subject_ambiguous');
    const mixed = { handle, message_uuid: UNUSED_UUID, reason: 'spam' };
    assertProblem(await of(mixed), 422, 'report_subject_ambiguous');
    assertProblem(await stack.ask('POST', '/api/reports', { json: { handle, reason: 'spam' } }), 401, 'token_missing');
    await report(ben, { handle, note: ' \n' });
    assert.equal((await only(ben)).note, null);
    assert.equal((await rowsOf(ben)).length, 1);
  });

  test('by a person who is suspended is refused, whatever a worker remembers', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await stack.sql(`select person_set_suspended('${ben.handle}', true)`);
    for (let i = 0; i < 5; i++)
      assertProblem(await tryReport(ben, { handle: ann.handle }), 403, 'account_suspended');
    assert.deepEqual(await rowsOf(ben), []);
  });

  test('is in no log, and neither are the texts that it copies', async () => {
    const word = newWord();
    const { ann, ben, group, first } = await newPair(stack, `text ${word}`);
    const crud = await post(ann, `crud ${word}`);
    const subject = { message_group_uuid: group, message_uuid: first.uuid };
    await report(ben, { ...subject, note: `note ${word}` });
    await report(ben, { activity_uuid: crud.uuid });
    const [one, two] = await reportsOf(ben);
    await resolve(mod, one, { action: 'remove', note: `decision ${word}` });
    assertProblem(await tryResolve(mod, one, { action: 'dismiss', note: word }), 409, 'report_resolved');
    await resolve(mod, two, { action: 'remove' });
    await list('resolved');
    const folder = path.join(stack.home, 'log');
    for (const file of fs.readdirSync(folder))
      assert.ok(!fs.readFileSync(path.join(folder, file), 'utf8').includes(word), file);
  });
});

describe('moderators', () => {
  test('are those whose token says so; for others everything is a 403', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await report(ben, { handle: ann.handle });
    const one = await only(ben);
    for (const who of [ann, ben]) {
      for (const target of ['', '?state=open', '?state=resolved', '?state=no', '?limit=x'])
        assertProblem(await ask(who, 'GET', `/api/reports${target}`), 403, 'moderators_only');
      for (const uuid of [one.uuid, UNUSED_UUID, 'no-uuid'])
        for (const json of [{ action: 'dismiss' }, {}])
          assertProblem(await ask(who, 'POST', `/api/reports/${uuid}`, { json }), 403, 'moderators_only');
    }
    assertProblem(await stack.ask('GET', '/api/reports'), 401, 'token_missing');
    assertProblem(await stack.ask('POST', `/api/reports/${one.uuid}`, { json: {} }), 401, 'token_missing');
    assert.equal((await only(ben)).state, 'open');
    assert.deepEqual(await auditOf(ben), []);
    // The group is in the next token.
    await joinModerators(stack, ben);
    assertProblem(await ask(ben, 'GET', '/api/reports'), 403, 'moderators_only');
    const later = { ...ben, token: await signIn(stack, ben) };
    assertOk(await ask(later, 'GET', '/api/reports'));
  });

  test('londo of the seed data is one', async () => {
    assertOk(await stack.ask('GET', '/api/reports', { token: await stack.token('londo') }));
    const token = await stack.token('bayko');
    assertProblem(await stack.ask('GET', '/api/reports', { token }), 403, 'moderators_only');
  });

  test('can do nothing while they are suspended', async () => {
    const other = await newModerator(stack);
    await stack.sql(`select person_set_suspended('${other.handle}', true)`);
    await sleep(1100); // a worker knows a person for a second
    assertProblem(await ask(other, 'GET', '/api/reports'), 403, 'account_suspended');
  });

  test('neither see nor resolve reports about themselves', async () => {
    const [ben, other] = [await newPerson(stack), await newModerator(stack)];
    await report(ben, { handle: other.handle });
    const one = await only(ben);
    const seen = await list('open', other);
    assert.ok(seen.every(({ uuid }) => uuid !== one.uuid));
    for (const action of ['dismiss', 'suspend'])
      assertProblem(await tryResolve(other, one, { action }), 404, 'not_found');
    await resolve(mod, one, { action: 'dismiss' });
    assert.ok((await list('resolved', other)).every(({ uuid }) => uuid !== one.uuid));
    assertProblem(await tryResolve(other, one, { action: 'dismiss' }), 404, 'not_found');
  });
});

describe('the lists of reports', () => {
  test('have the oldest open one first and the latest resolved one first, page by page', async () => {
    const ben = await newPerson(stack);
    const others = [];
    for (let i = 0; i < 5; i++) others.push(await newPerson(stack));
    for (const { handle } of others) await report(ben, { handle });
    const mine = (rows) => rows.filter(({ reporter }) => reporter?.uuid === ben.uuid);
    const handles = (rows) => mine(rows).map(({ reported }) => reported.handle);
    const open = mine(await readAll(mod, '/api/reports?limit=2'));
    assert.deepEqual(handles(open), others.map(({ handle }) => handle));
    for (const i of [3, 0, 2]) await resolve(mod, open[i], { action: 'dismiss', note: `${i}` });
    assert.deepEqual(handles(await readAll(mod, '/api/reports?state=open&limit=3')), [1, 4].map((i) => others[i].handle));
    const resolved = await readAll(mod, '/api/reports?state=resolved&limit=2');
    assert.deepEqual(handles(resolved), [2, 0, 3].map((i) => others[i].handle));
    assert.deepEqual(
      mine(resolved).map(({ state, action, action_note, resolved_by }) => [state, action, action_note, resolved_by.handle]),
      ['2', '0', '3'].map((note) => ['resolved', 'dismiss', note, mod.handle]),
    );
  });

  test('have cursors of their own', async () => {
    const ben = await newPerson(stack);
    for (let i = 0; i < 2; i++) await report(ben, { handle: (await newPerson(stack)).handle });
    const next = nextPage(await ask(mod, 'GET', '/api/reports?limit=1'));
    const other = next.replace('limit=1', 'limit=1&state=resolved');
    assertProblem(await ask(mod, 'GET', other), 400, 'cursor_invalid');
    assertProblem(await ask(mod, 'GET', '/api/reports?state='), 422, 'state_invalid');
  });

  test('name nobody who is deleted', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    await report(ben, { message_group_uuid: group, message_uuid: first.uuid });
    const { uuid } = await only(ben);
    await stack.sql(`delete from users where uuid in ('${ann.uuid}', '${ben.uuid}')`);
    const found = (await list()).find((one) => one.uuid === uuid);
    assert.deepEqual([found.reporter, found.reported], [null, null]);
    assert.deepEqual([found.message.handle, found.message.display_name], ['deleted', 'Deleted person']);
    for (const action of ['suspend']) await resolve(mod, found, { action });
  });
});

describe('a decision', () => {
  test('to dismiss changes nothing else', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'fine');
    await report(ben, { activity_uuid: crud.uuid });
    const one = await only(ben);
    const resolved = await resolve(mod, one, { action: 'dismiss', note: ' fine ' });
    assert.match(resolved.resolved_at, TIME);
    assert.deepEqual(resolved, {
      ...one,
      state: 'resolved',
      resolved_at: resolved.resolved_at,
      resolved_by: person(mod),
      action: 'dismiss',
      action_note: 'fine',
    });
    assertOk(await show(ben, crud.uuid));
    assert.deepEqual(await only(ben, 'resolved'), resolved);
    assert.deepEqual(await reportsOf(ben), []);
  });

  test('to remove a crud or a reply deletes it for everybody, with what belongs to it', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, `for @${ben.handle}`);
    const answer = await reply(ann, crud.uuid, 'an answer');
    const below = await reply(ben, answer.uuid, 'below it');
    await report(ben, { activity_uuid: answer.uuid });
    await resolve(mod, await only(ben), { action: 'remove' });
    for (const uuid of [answer.uuid, below.uuid]) assertProblem(await show(ben, uuid), 404, 'not_found');
    assert.equal(assertOk(await show(ben, crud.uuid)).activity.replies_count, 0);
    await report(ben, { activity_uuid: crud.uuid });
    await resolve(mod, await only(ben), { action: 'remove' });
    assertProblem(await show(ben, crud.uuid), 404, 'not_found');
    assert.deepEqual(await get(ben, '/api/activities/notifications'), []);
    const [latest] = await reportsOf(ben, 'resolved');
    assert.equal(latest.activity.message, crud.message, 'the copy stays');
  });

  test('to remove a message deletes it as its author does, for both, with events', async () => {
    const { ann, ben, group } = await newPair(stack);
    const sent = assertOk(await say(stack, ann, { message_group_uuid: group }, 'a threat'));
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    await report(ben, { message_group_uuid: group, message_uuid: sent.uuid });
    const resolved = await resolve(mod, await only(ben), { action: 'remove' });
    assert.equal(resolved.message.message, 'a threat', 'the copy stays');
    for (const stream of streams) {
      const changed = await stream.first('message_changed', ({ uuid }) => uuid === sent.uuid);
      assert.equal(changed.message, null);
      assert.equal(changed.handle, ann.handle);
      stream.close();
    }
    for (const who of [ann, ben]) {
      const last = (await messages(who, group)).at(-1);
      assert.deepEqual([last.uuid, last.message], [sent.uuid, null]);
      assert.match(last.deleted_at, TIME);
      assert.equal((await get(who, '/api/message_groups'))[0].message, null);
    }
    assert.equal((await get(ben, '/api/users/me')).unread_messages, 1, 'it is no longer unread');
    const items = JSON.stringify(await stack.table.messages(group));
    assert.ok(!items.includes('a threat'));
  });

  test('to suspend does what bin/people/suspend does, and ends streams', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    await report(ben, { activity_uuid: crud.uuid });
    const stream = await openStream(stack, ann);
    await resolve(mod, await only(ben), { action: 'suspend', note: 'again' });
    await stream.end();
    assert.deepEqual(stream.of('bye'), [{ reason: 'revoked' }]);
    assertProblem(await show(ben, crud.uuid), 404, 'not_found');
    assertProblem(await ask(ben, 'GET', `/api/activities/@${ann.handle}`), 404, 'not_found');
    await sleep(1100); // a worker knows a person for a second
    assertProblem(await ask(ann, 'GET', '/api/users/me'), 403, 'account_suspended');
    const shown = JSON.parse(await assertDone(runCommand(stack, 'people/show', [ann.handle, '--json'])));
    assert.match(shown.suspended_at, TIME);
    // The text that was reported can still be seen, and the suspension ended by an operator.
    assert.equal((await only(ben, 'resolved')).activity.message, 'hello');
    await assertDone(runCommand(stack, 'people/unsuspend', [ann.handle]));
    assertOk(await show(ben, crud.uuid));
  });

  test('about what is gone already is no error', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const crud = await post(ann, 'gone soon');
    await report(ben, { activity_uuid: crud.uuid });
    await report(ben, { message_group_uuid: group, message_uuid: first.uuid });
    assertOk(await ask(ann, 'DELETE', `/api/messages/${group}/${first.uuid}`), 204);
    assertOk(await ask(ann, 'DELETE', `/api/activities/${crud.uuid}`), 204);
    for (const one of await reportsOf(ben))
      assert.equal((await resolve(mod, one, { action: 'remove' })).action, 'remove');
  });

  test('to remove a crud of a person who is suspended is final', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hidden');
    await report(ben, { activity_uuid: crud.uuid });
    await stack.sql(`select person_set_suspended('${ann.handle}', true)`);
    await resolve(mod, await only(ben), { action: 'remove' });
    await stack.sql(`select person_set_suspended('${ann.handle}', false)`);
    assertProblem(await show(ben, crud.uuid), 404, 'not_found');
  });

  test('is made once: of requests at the same time one decides, and the others get a 409', async () => {
    for (const subject of ['crud', 'message']) {
      const { ann, ben, group, first } = await newPair(stack);
      const other = await newModerator(stack);
      const crud = await post(ann, 'decide');
      await report(
        ben,
        subject === 'crud' ? { activity_uuid: crud.uuid } : { message_group_uuid: group, message_uuid: first.uuid },
      );
      const one = await only(ben);
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          tryResolve(i % 2 ? mod : other, one, { action: ['remove', 'dismiss', 'suspend'][i % 3], note: `${i}` }),
        ),
      );
      const won = answers.filter(({ status }) => status === 200);
      assert.equal(won.length, 1, answers.map(({ status }) => status).join());
      for (const answer of answers.filter((answer) => answer !== won[0]))
        assertProblem(answer, 409, 'report_resolved');
      // Only what was decided has happened.
      const { action } = won[0].body;
      const [[suspended]] = await stack.sql(`select suspended_at is not null from users where uuid = '${ann.uuid}'`);
      assert.equal(suspended, action === 'suspend' ? 't' : 'f');
      const [[cruds]] = await stack.sql(`select count(*) from activities where uuid = '${crud.uuid}'`);
      assert.equal(cruds, action === 'remove' && subject === 'crud' ? '0' : '1');
      const [message] = await messages(ben, group);
      assert.equal(message.message === null, action === 'remove' && subject === 'message');
      const done = [...(await auditOf(mod)), ...(await auditOf(other))].filter(
        ([what, uuids]) => what !== 'look' && uuids === `{${one.uuid}}`,
      );
      assert.deepEqual(done, [[action, `{${one.uuid}}`, ann.uuid, won[0].body.action_note]]);
    }
  });

  test('is refused when it does not fit', async () => {
    const { ann, ben, group } = await newPair(stack);
    await report(ben, { handle: ann.handle });
    await report(ben, { message_group_uuid: group });
    for (const one of await reportsOf(ben)) {
      assertProblem(await tryResolve(mod, one, { action: 'remove' }), 422, 'action_invalid');
      assertProblem(await tryResolve(mod, one, {}), 422, 'action_blank');
      assertProblem(await tryResolve(mod, one, { action: 'x', note: 7 }), 422, 'action_invalid', 'note_invalid');
    }
    assertProblem(await tryResolve(mod, { uuid: UNUSED_UUID }, { action: 'dismiss' }), 404, 'not_found');
    assert.equal((await reportsOf(ben)).length, 2);
  });
});

describe('the audit of moderation', () => {
  test('has every look, with what was shown, and every decision', async () => {
    const [ann, ben, other] = [await newPerson(stack), await newPerson(stack), await newModerator(stack)];
    await report(ben, { handle: ann.handle });
    const one = await only(ben);
    const shown = await list('open', other);
    const [first] = await get(other, '/api/reports?limit=1');
    await resolve(other, one, { action: 'dismiss', note: 'no' });
    assertProblem(await tryResolve(other, one, { action: 'dismiss' }), 409, 'report_resolved');
    const audit = await auditOf(other);
    const looks = audit.filter(([action]) => action === 'look').map(([, uuids]) => uuids.slice(1, -1).split(','));
    assert.deepEqual(looks.slice(0, -1).flat(), shown.map(({ uuid }) => uuid));
    assert.deepEqual(looks.at(-1), [first.uuid]);
    assert.deepEqual(audit.at(-1), ['dismiss', `{${one.uuid}}`, ann.uuid, 'no']);
  });

  test('can only be added to', async () => {
    await list();
    for (const statement of [
      'select from moderation_audit',
      "update moderation_audit set note = 'x'",
      'delete from moderation_audit',
      'truncate moderation_audit',
      'alter table moderation_audit disable trigger all',
      'drop trigger moderation_audit_grows on moderation_audit',
    ]) {
      const { code, stderr } = await asServing(statement);
      assert.equal(code, 1, statement);
      assert.match(stderr, /permission denied|must be owner/, statement);
    }
    assert.equal(
      await assertDone(
        asServing(`insert into moderation_audit (moderator_uuid, action, report_uuids)
                   values ('${randomUUID()}', 'look', '{}')`),
      ),
      '',
    );
    // Its owner, too, unless the trigger is disabled.
    for (const statement of ["update moderation_audit set note = 'x'", 'delete from moderation_audit', 'truncate moderation_audit'])
      await assert.rejects(stack.sql(statement), /moderation_audit only grows/);
  });
});

test('the copies of a report are erased 90 days after it is resolved, and only then', async () => {
  const ben = await newPerson(stack);
  const ann = await newPerson(stack);
  const cruds = [await post(ann, 'old'), await post(ann, 'newer'), await post(ann, 'open')];
  for (const { uuid } of cruds) await report(ben, { activity_uuid: uuid, note: 'a note' });
  const [old, newer] = await reportsOf(ben);
  for (const one of [old, newer]) await resolve(mod, one, { action: 'dismiss', note: 'decided' });
  const age = ({ uuid }, days) =>
    stack.sql(`update reports set resolved_at = now() - interval '${days}', created_at = now() - interval '200 days'
                where uuid = '${uuid}'`);
  await age(old, '90 days 1 hour');
  await age(newer, '89 days 23 hours');
  await assertDone(runCommand(stack, 'db/purge-expired', []));
  const resolved = await reportsOf(ben, 'resolved');
  assert.deepEqual(
    resolved.map(({ note, action, action_note, activity }) => [note, action, action_note, activity?.message]),
    [
      ['a note', 'dismiss', 'decided', 'newer'],
      [null, 'dismiss', null, undefined],
    ],
  );
  assert.equal((await only(ben)).activity.message, 'open');
});
