// cruds.mjs - the life of a crud: post, show, reply, like, repost, delete, expire.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, retryWhileBusy, sleep } from '../harness/client.mjs';
import {
  ask,
  assertCrud,
  expireIn,
  get,
  mark,
  newWord,
  post,
  reply,
  show,
  timeOf,
  tryPost,
  tryReply,
  uuidsOf,
} from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newHandle, newPerson } from '../harness/people.mjs';
import { SEEDED_CRUD, UNUSED_UUID } from '../harness/routes.mjs';

const EMOJI = '😀';
const HOUR = 3_600_000;
const countOf = async (table, where) =>
  Number((await stack.sql(`select count(*) from ${table} where ${where}`))[0][0]);

describe('posting', () => {
  test('a new crud belongs to the caller, has the text sent, and expires after its ttl', async () => {
    const ann = await newPerson(stack);
    const ttls = {
      '30-days': 720,
      '7-days': 168,
      '3-days': 72,
      '1-day': 24,
      '12-hours': 12,
      '3-hours': 3,
      '1-hour': 1,
    };
    for (const [ttl, hours] of Object.entries(ttls)) {
      const crud = await post(ann, ` for ${ttl}\n\tand no longer `, ttl);
      assertCrud(crud, true);
      assert.equal(crud.message, `for ${ttl}\n\tand no longer`);
      assert.equal(crud.handle, ann.handle);
      assert.equal(crud.display_name, ann.name);
      assert.equal(crud.reply_to_activity_uuid, null);
      assert.equal(timeOf(crud.expires_at) - timeOf(crud.created_at), hours * HOUR);
      for (const member of ['replies_count', 'reposts_count', 'likes_count'])
        assert.equal(crud[member], 0);
      assert.deepEqual((await get(ann, `/api/activities/${crud.uuid}`)).activity, crud);
    }
  });

  test('280 code points are accepted and 281 refused, regardless of their bytes', async () => {
    const ann = await newPerson(stack);
    const root = await post(ann, EMOJI.repeat(280));
    assert.equal(root.message, EMOJI.repeat(280));
    assert.equal((await post(ann, `\u3000 ${'é'.repeat(280)} \n`)).message, 'é'.repeat(280));
    assert.equal((await reply(ann, root.uuid, EMOJI.repeat(280))).message, EMOJI.repeat(280));
    const long = { message: EMOJI.repeat(281), ttl: '1-day' };
    assertProblem(await tryPost(ann, long), 422, 'message_exceed_max_chars');
    assertProblem(await tryReply(ann, root.uuid, long), 422, 'message_exceed_max_chars');
    assert.equal(await countOf('activities', `user_uuid = '${ann.uuid}'`), 3);
  });

  test('each invalid field is reported, alone and together', async () => {
    const ann = await newPerson(stack);
    const root = await post(ann, 'root');
    const messages = [
      [undefined, 'message_blank'],
      [null, 'message_blank'],
      ['', 'message_blank'],
      [' \n\t\u00a0\ufeff ', 'message_blank'],
      ['\u200b\u3164\u2800', 'message_blank'],
      [7, 'message_invalid'],
      [['x'], 'message_invalid'],
      ['a\u0000b', 'message_invalid'],
      ['a\u0007b', 'message_invalid'],
      ['a\u0085b', 'message_invalid'],
      ['x'.repeat(281), 'message_exceed_max_chars'],
      [`\u0001${'x'.repeat(280)}`, 'message_invalid', 'message_exceed_max_chars'],
    ];
    const ttls = [
      [undefined, 'ttl_blank'],
      ['', 'ttl_blank'],
      [' ', 'ttl_blank'],
      ['2-days', 'ttl_invalid'],
      ['30 days', 'ttl_invalid'],
      ['30-DAYS', 'ttl_invalid'],
      [30, 'ttl_invalid'],
      [{}, 'ttl_invalid'],
    ];
    for (const [message, ...codes] of messages) {
      assertProblem(await tryPost(ann, { message, ttl: '1-day' }), 422, ...codes);
      assertProblem(await tryReply(ann, root.uuid, { message }), 422, ...codes);
    }
    for (const [ttl, ...codes] of ttls) {
      assertProblem(await tryPost(ann, { message: 'x', ttl }), 422, ...codes);
      assertProblem(await tryPost(ann, { message: ' ', ttl }), 422, 'message_blank', ...codes);
    }
    assert.equal(await countOf('activities', `user_uuid = '${ann.uuid}'`), 1);
  });

  test('the author is the caller, whatever the body says', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const sent = { message: 'me', ttl: '1-hour', handle: ben.handle, user_uuid: ben.uuid };
    assert.equal(assertOk(await tryPost(ann, sent)).handle, ann.handle);
  });

  test('the first post of an account registers its user', async () => {
    const account = await newAccount(stack);
    assert.equal((await post(account, 'hello')).handle, account.handle);
  });

  test('a body of the wrong type, form or size is refused', async () => {
    const ann = await newPerson(stack);
    const send = (body, type) =>
      ask(ann, 'POST', '/api/activities', { body, headers: { 'Content-Type': type } });
    assertProblem(await send('{}', 'text/plain'), 415, 'content_type_unsupported');
    assertProblem(await send('[]', 'application/json'), 400, 'json_malformed');
    assertProblem(await send('', 'application/json'), 400, 'json_malformed');
    const large = await send(JSON.stringify({ message: 'x'.repeat(17_000) }), 'application/json');
    assert.equal(large.status, 413);
    const { uuid } = await post(ann, 'to be answered');
    const headers = { 'Content-Type': 'application/json' };
    const answer = await ask(ann, 'POST', `/api/activities/${uuid}/reply`, { body: '{', headers });
    assertProblem(answer, 400, 'json_malformed');
  });
});

describe('a crud', () => {
  test('is public, by its uuid and below its author', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'look');
    const below = `/api/activities/@${ann.handle.toUpperCase()}/status/${crud.uuid.toUpperCase()}`;
    for (const path of [`/api/activities/${crud.uuid}`, below]) {
      const { activity, replies } = await get(undefined, path);
      assertCrud(activity, false);
      assert.equal(activity.uuid, crud.uuid);
      assert.deepEqual(replies, []);
      assert.deepEqual((await get(ben, path)).activity, {
        ...activity,
        liked: false,
        reposted: false,
        bookmarked: false,
      });
    }
    const wrong = `/api/activities/@${ben.handle}/status/${crud.uuid}`;
    assertProblem(await ask(undefined, 'GET', wrong), 404, 'not_found');
  });

  test('that does not exist is a 404 on every route', async () => {
    const ann = await newPerson(stack);
    for (const uuid of [UNUSED_UUID, 'not-a-uuid', `${UNUSED_UUID}0`]) {
      assertProblem(await show(undefined, uuid), 404, 'not_found');
      assertProblem(await ask(ann, 'DELETE', `/api/activities/${uuid}`), 404, 'not_found');
      assertProblem(await tryReply(ann, uuid, { message: 'x' }), 404, 'not_found');
      for (const verb of ['PUT', 'DELETE'])
        for (const what of ['like', 'repost'])
          assertProblem(await mark(ann, verb, uuid, what), 404, 'not_found');
    }
  });

  test('shows the current name of its author', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'who am I');
    const json = { display_name: 'Somebody New' };
    assertOk(await ask(ann, 'PUT', '/api/profile/update', { json }));
    const { activity } = await get(undefined, `/api/activities/${crud.uuid}`);
    assert.equal(activity.display_name, 'Somebody New');
  });

  test('is deleted by its author only, with replies, likes, reposts and notifications', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, `hello @${ben.handle}`);
    const answer = await reply(ben, crud.uuid, 'hello');
    const deeper = await reply(ann, answer.uuid, 'and hello again');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assertOk(await mark(ben, 'PUT', deeper.uuid, 'repost'));

    assertProblem(await ask(ben, 'DELETE', `/api/activities/${crud.uuid}`), 403, 'forbidden');
    assertProblem(
      await ask(undefined, 'DELETE', `/api/activities/${crud.uuid}`),
      401,
      'token_missing',
    );
    assertOk(await show(undefined, crud.uuid));

    assert.equal((await ask(ann, 'DELETE', `/api/activities/${crud.uuid}`)).status, 204);
    for (const uuid of uuidsOf([crud, answer, deeper])) {
      assertProblem(await show(ann, uuid), 404, 'not_found');
      for (const table of ['likes', 'reposts', 'notifications'])
        assert.equal(await countOf(table, `activity_uuid = '${uuid}'`), 0);
    }
    assertProblem(await ask(ann, 'DELETE', `/api/activities/${crud.uuid}`), 404, 'not_found');
    for (const person of [ann, ben])
      assert.deepEqual(await get(person, '/api/activities/notifications'), []);
  });

  test('disappears from every route at the time it expires', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const word = newWord();
    const crud = await post(ann, `${word} for @${ben.handle}`);
    const answer = await reply(ben, crud.uuid, word);
    const lists = async () => {
      const [home, page, found, notified, me] = await Promise.all([
        get(undefined, '/api/activities/home?limit=100'),
        get(undefined, `/api/activities/@${ann.handle}`),
        get(undefined, `/api/activities/search?term=${word}`),
        get(ann, '/api/activities/notifications'),
        get(ben, '/api/users/me'),
      ]);
      return {
        home: home.filter(({ uuid }) => uuid === crud.uuid).length,
        page: page.activities.length,
        count: page.profile.cruds_count,
        found: found.length,
        notified: notified.length,
        unread: me.unread_notifications,
      };
    };
    assert.deepEqual(await lists(), {
      home: 1,
      page: 1,
      count: 1,
      found: 2,
      notified: 1,
      unread: 1,
    });

    const end = await expireIn(crud.uuid, 1500);
    let seen = 0;
    for (let now = Date.now(); now <= end; now = Date.now()) {
      const { status } = await show(undefined, answer.uuid);
      if (Date.now() < end) {
        assert.equal(status, 200);
        seen++;
      }
    }
    assert.ok(seen > 0);
    await sleep(end + 1 - Date.now());
    for (const { uuid } of [crud, answer]) {
      assertProblem(await show(ann, uuid), 404, 'not_found');
      assertProblem(await tryReply(ben, uuid, { message: 'late' }), 404, 'not_found');
      assertProblem(await mark(ben, 'PUT', uuid), 404, 'not_found');
      assertProblem(await mark(ben, 'PUT', uuid, 'repost'), 404, 'not_found');
      assertProblem(await ask(ann, 'DELETE', `/api/activities/${uuid}`), 404, 'not_found');
    }
    assert.deepEqual(await lists(), {
      home: 0,
      page: 0,
      count: 0,
      found: 0,
      notified: 0,
      unread: 0,
    });
    assert.equal(await countOf('likes', `activity_uuid = '${crud.uuid}'`), 0);
  });
});

describe('replies', () => {
  test('are cruds that expire together with the crud they answer', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'a question', '12-hours');
    const first = await reply(ben, crud.uuid, 'an answer');
    assertCrud(first, true);
    assert.equal(first.reply_to_activity_uuid, crud.uuid);
    assert.equal(first.expires_at, crud.expires_at);
    assert.equal(first.handle, ben.handle);
    const second = await reply(ann, crud.uuid, 'thank you');
    const deeper = await reply(ben, second.uuid, 'not at all');
    assert.equal(deeper.expires_at, crud.expires_at);

    const shown = await get(undefined, `/api/activities/${crud.uuid}`);
    assert.equal(shown.activity.replies_count, 2);
    assert.deepEqual(uuidsOf(shown.replies), uuidsOf([second, first]));
    assert.equal(shown.replies[0].replies_count, 1);
    const home = await get(undefined, '/api/activities/home?limit=100');
    for (const uuid of uuidsOf([first, second, deeper])) assert.ok(!uuidsOf(home).includes(uuid));

    assert.equal((await ask(ben, 'DELETE', `/api/activities/${first.uuid}`)).status, 204);
    assert.equal((await get(undefined, `/api/activities/${crud.uuid}`)).activity.replies_count, 1);
  });

  test('of a deleted user are no longer counted', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'stay');
    await reply(ben, crud.uuid, 'I leave');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assertOk(await mark(ben, 'PUT', crud.uuid, 'repost'));
    await stack.sql(`delete from users where uuid = '${ben.uuid}'`);
    const { activity, replies } = await get(undefined, `/api/activities/${crud.uuid}`);
    assert.deepEqual(replies, []);
    assert.deepEqual(
      [activity.replies_count, activity.likes_count, activity.reposts_count],
      [0, 0, 0],
    );
  });
});

describe('likes and reposts', () => {
  test('count once per person, and the answer shows the caller’s own', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'like me');
    for (const [what, done] of [
      ['like', 'liked'],
      ['repost', 'reposted'],
    ]) {
      for (const [person, verb, count, mine] of [
        [ben, 'DELETE', 0, false],
        [ben, 'PUT', 1, true],
        [ben, 'PUT', 1, true],
        [ann, 'PUT', 2, true],
        [ben, 'DELETE', 1, false],
        [ben, 'DELETE', 1, false],
      ]) {
        const answer = assertOk(await mark(person, verb, crud.uuid, what));
        assertCrud(answer, true);
        assert.equal(answer[`${what}s_count`], count);
        assert.equal(answer[done], mine);
      }
    }
    const asAnn = (await get(ann, `/api/activities/${crud.uuid}`)).activity;
    assert.deepEqual([asAnn.liked, asAnn.reposted], [true, true]);
    const asBen = (await get(ben, `/api/activities/${crud.uuid}`)).activity;
    assert.deepEqual([asBen.liked, asBen.reposted], [false, false]);
  });

  test('50 people like and unlike at once: the counts match the rows', async () => {
    const ann = await newPerson(stack);
    const crud = await post(ann, 'everybody');
    const people = await Promise.all(Array.from({ length: 50 }, () => newPerson(stack)));
    await Promise.all(
      people.map(async (person, i) => {
        for (const verb of ['PUT', 'DELETE', 'PUT', 'PUT', ...(i % 3 ? ['DELETE'] : [])])
          for (const what of ['like', 'repost'])
            assertOk(await retryWhileBusy(() => mark(person, verb, crud.uuid, what)));
      }),
    );
    const { activity } = await get(undefined, `/api/activities/${crud.uuid}`);
    assert.equal(activity.likes_count, 17);
    assert.equal(activity.reposts_count, 17);
    for (const table of ['likes', 'reposts'])
      assert.equal(await countOf(table, `activity_uuid = '${crud.uuid}'`), 17);
    assert.equal(await countOf('notifications', `activity_uuid = '${crud.uuid}'`), 34);
  });

  test('20 replies during a deletion are either refused or deleted with the crud', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'now or never');
    const replies = Array.from({ length: 20 }, (_, i) =>
      retryWhileBusy(() => tryReply(ben, crud.uuid, { message: `reply ${i}` })),
    );
    const gone = retryWhileBusy(() => ask(ann, 'DELETE', `/api/activities/${crud.uuid}`));
    for (const answer of await Promise.all(replies)) assert.ok([200, 404].includes(answer.status));
    assert.equal((await gone).status, 204);
    assert.equal(await countOf('activities', `user_uuid = '${ben.uuid}'`), 0);
  });
});

describe('Idempotency-Key of cruds', () => {
  const both = async (ann) => {
    const root = await post(ann, 'root');
    return [
      { path: '/api/activities', json: { message: 'once', ttl: '1-day' } },
      { path: `/api/activities/${root.uuid}/reply`, json: { message: 'once' } },
    ];
  };

  test('sent 20 times at once creates one crud and gives 20 equal answers', async () => {
    const ann = await newPerson(stack);
    for (const { path, json } of await both(ann)) {
      const key = newHandle('key');
      const before = await countOf('activities', `user_uuid = '${ann.uuid}'`);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          retryWhileBusy(() => ask(ann, 'POST', path, { json, key })),
        ),
      );
      for (const answer of answers) assertOk(answer);
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.equal(await countOf('activities', `user_uuid = '${ann.uuid}'`), before + 1);
    }
  });

  test('repeats the first answer, even after the crud was changed or deleted', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    for (const { path, json } of await both(ann)) {
      const key = newHandle('key');
      const first = await ask(ann, 'POST', path, { json, key });
      const { uuid } = assertOk(first);
      assertOk(await mark(ben, 'PUT', uuid));
      assert.equal((await ask(ann, 'POST', path, { json, key })).text, first.text);
      await stack.sql(`delete from activities where uuid = '${uuid}'`);
      assert.equal((await ask(ann, 'POST', path, { json, key })).text, first.text);
      assertProblem(await show(ann, uuid), 404, 'not_found');
    }
    const [, answer] = await both(ann);
    const key = newHandle('key');
    const first = await ask(ben, 'POST', answer.path, { json: answer.json, key });
    const root = answer.path.split('/')[3];
    assert.equal((await ask(ann, 'DELETE', `/api/activities/${root}`)).status, 204);
    assert.equal(
      (await ask(ben, 'POST', answer.path, { json: answer.json, key })).text,
      first.text,
    );
  });

  test('is refused for a different request, and belongs to one person for a day', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const key = newHandle('key');
    const [crud, answer] = await both(ann);
    const first = assertOk(await ask(ann, 'POST', crud.path, { json: crud.json, key }));
    const other = { ...crud.json, ttl: '1-hour' };
    for (const [path, json] of [
      [crud.path, other],
      [answer.path, crud.json],
      [`/api/activities/${UNUSED_UUID}/reply`, crud.json],
    ])
      assertProblem(await ask(ann, 'POST', path, { json, key }), 422, 'idempotency_key_reused');
    const bens = assertOk(await ask(ben, 'POST', crud.path, { json: crud.json, key }));
    assert.notEqual(bens.uuid, first.uuid);

    await stack.sql(
      `update idempotency_keys set created_at = created_at - interval '24 hours'
        where user_uuid = '${ann.uuid}'`,
    );
    const again = assertOk(await ask(ann, 'POST', crud.path, { json: other, key }));
    assert.notEqual(again.uuid, first.uuid);
    const replay = assertOk(await ask(ann, 'POST', crud.path, { json: other, key }));
    assert.equal(replay.uuid, again.uuid);
  });

  test('remembers only successes, and must be well-formed', async () => {
    const ann = await newPerson(stack);
    const key = newHandle('key');
    const send = (json, options = { key }) => tryPost(ann, json, options);
    assertProblem(await send({ message: '', ttl: '1-day' }), 422, 'message_blank');
    assertOk(await send({ message: 'now', ttl: '1-day' }));
    for (const bad of ['', 'a b', 'x'.repeat(256), 'ü'])
      assertProblem(
        await send({ message: 'x', ttl: '1-day' }, { headers: { 'Idempotency-Key': bad } }),
        400,
        'idempotency_key_invalid',
      );
  });
});

describe('the seed data', () => {
  test('has cruds of several people, with replies and likes', async () => {
    const { activity, replies } = await get(undefined, `/api/activities/${SEEDED_CRUD}`);
    assert.equal(activity.handle, 'andrewbrown');
    assert.equal(activity.replies_count, replies.length);
    assert.ok(activity.likes_count > 0);
    const home = await get(undefined, '/api/activities/home?limit=100');
    assert.ok(new Set(home.map(({ handle }) => handle)).size >= 4);
  });
});
