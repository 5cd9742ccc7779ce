// barriers.mjs - PUT, DELETE /api/users/@{handle}/block and …/mute, the lists of blocked and muted
// people, and what every route shows and does across a block or a mute.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { ask, follow as readAll, get, mark, newWord, post, reply, show, tryPost, tryReply } from '../harness/cruds.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { OPERATIONS } from '../harness/openapi.mjs';
import { runCommand } from '../harness/operate.mjs';
import { newHandle, newPair, newPerson, say } from '../harness/people.mjs';

const change = (person, method, { handle }, what) =>
  ask(
    person,
    method,
    { follow: `/api/users/@${handle}/follow`, mute: `/api/users/@${handle}/mute`, block: `/api/users/@${handle}/block` }[what],
  );
const set = async (...args) => assertOk(await change(...args));
const block = (person, other) => set(person, 'PUT', other, 'block');
const unblock = (person, other) => set(person, 'DELETE', other, 'block');
const mute = (person, other) => set(person, 'PUT', other, 'mute');
const unmute = (person, other) => set(person, 'DELETE', other, 'mute');
const follow = (person, other) => set(person, 'PUT', other, 'follow');
const handles = (people) => people.map(({ handle }) => handle);
const has = (rows, { uuid }) => rows.some((row) => row.uuid === uuid);
const cursor = (...fields) => Buffer.from(fields.join('|')).toString('base64url');
const profile = (person, { handle }) => get(person, `/api/activities/@${handle}`);
// The lines of ddb/check about these people. Other areas may have left something in the table.
async function check(args, people) {
  const { code, stdout, stderr } = await runCommand(stack, 'ddb/check', args);
  assert.ok(code === 0 || code === 1, stderr);
  return stdout.split('\n').filter((line) => people.some(({ uuid }) => line.includes(uuid)));
}
const differences = (...people) => check([], people);
const outcome = ({ status, body }) => (status < 300 ? 'done' : `${status} ${body.errors[0]}`);

// --- every route across every relation ---------------------------------------------------------------
// Me and you have written to each other; you have mentioned me, answered a crud of Cat, and liked mine;
// you and Cat follow each other. I follow Cat, who has reposted yours. Yours is bookmarked by me, and has a
// tag that many people use.
async function makeWorld() {
  const { ann: me, ben: you, group, first } = await newPair(stack);
  const cat = await newPerson(stack);
  const word = newWord();
  const yours = await post(you, `${word} for @${me.handle} #${word}`, '1-hour');
  await tagByMany(word);
  const mine = await post(me, 'mine');
  const thread = await post(cat, 'a thread');
  const answer = await reply(you, thread.uuid, `${word} too`);
  assertOk(await mark(you, 'PUT', mine.uuid));
  assertOk(await mark(me, 'PUT', yours.uuid, 'bookmark'));
  await follow(you, cat);
  await follow(cat, you);
  await follow(me, cat);
  assertOk(await mark(cat, 'PUT', yours.uuid, 'repost'));
  const message = assertOk(await say(stack, you, { message_group_uuid: group }, 'from you'));
  return { me, you, cat, group, first, word, yours, mine, thread, answer, message };
}

// Cruds with a tag by so many people that it is among the first of the trends.
const MANY = 100;
async function tagByMany(tag) {
  await stack.sql(
    `with many as (
       insert into users (uuid, handle, display_name)
       select gen_random_uuid(), '${newHandle('t')}' || n, 'Uses a tag' from generate_series(1, ${MANY}) as n
       returning uuid
     )
     insert into activities (user_uuid, message, expires_at)
     select uuid, '#${tag}', now() + interval '1 hour' from many`,
  );
  await stack.sql('select trends_refresh()');
}

// The result for the caller, for each operation that concerns another person. Expected: for people without a
// relation, when I mute you, when I block you, when you block me.
const seen = 'seen';
const hidden = 'hidden';
const done = 'done';
const absent = '404 not_found';
const closed = '403 conversation_closed';
const sees = (yes) => (yes ? seen : hidden);
const MATRIX = {
  listHome: [
    ({ me, yours }) =>
      get(me, `/api/activities/home?limit=1&cursor=${cursor('cruds', yours.created_at, 'ffffffff-ffff-ffff-ffff-ffffffffffff')}`)
        .then((rows) => sees(has(rows, yours))),
    [seen, hidden, hidden, hidden],
  ],
  // Cat, whom I follow, has reposted it.
  listFollowingFeed: [
    ({ me, yours }) => get(me, '/api/activities/following').then((rows) => sees(has(rows, yours))),
    [seen, hidden, hidden, hidden],
  ],
  listEnding: [
    ({ me, yours }) =>
      get(me, `/api/activities/ending?limit=1&cursor=${cursor('ending', yours.expires_at, '00000000-0000-0000-0000-000000000000')}`)
        .then((rows) => sees(has(rows, yours))),
    [seen, hidden, hidden, hidden],
  ],
  searchCruds: [
    ({ me, word, yours, answer }) =>
      get(me, `/api/activities/search?term=${word}`).then((rows) => {
        assert.equal(has(rows, yours), has(rows, answer));
        return sees(has(rows, yours));
      }),
    [seen, seen, hidden, hidden],
  ],
  listNotifications: [
    ({ me, you }) =>
      get(me, '/api/activities/notifications').then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, hidden, hidden, hidden],
  ],
  getMe: [
    ({ me }) => get(me, '/api/users/me').then(({ unread_notifications: n }) => sees(n > 0)),
    [seen, hidden, hidden, hidden],
  ],
  getUserCruds: [
    ({ me, you }) =>
      profile(me, you).then((answer) => {
        assert.equal(answer.profile.handle, you.handle);
        return sees(answer.activities.length > 0);
      }),
    [seen, seen, hidden, hidden],
  ],
  getCrud: [({ me, yours }) => show(me, yours.uuid).then(outcome), [done, done, absent, absent]],
  getCrudOfUser: [
    ({ me, you, yours }) =>
      ask(me, 'GET', `/api/activities/@${you.handle}/status/${yours.uuid}`).then(outcome),
    [done, done, absent, absent],
  ],
  replyToCrud: [
    ({ me, yours }) => tryReply(me, yours.uuid, { message: 'well' }).then(outcome),
    [done, done, absent, absent],
  ],
  likeCrud: [({ me, yours }) => mark(me, 'PUT', yours.uuid).then(outcome), [done, done, absent, absent]],
  unlikeCrud: [({ me, yours }) => mark(me, 'DELETE', yours.uuid).then(outcome), [done, done, absent, absent]],
  repostCrud: [
    ({ me, yours }) => mark(me, 'PUT', yours.uuid, 'repost').then(outcome),
    [done, done, absent, absent],
  ],
  unrepostCrud: [
    ({ me, yours }) => mark(me, 'DELETE', yours.uuid, 'repost').then(outcome),
    [done, done, absent, absent],
  ],
  followUser: [({ me, you }) => change(me, 'PUT', you, 'follow').then(outcome), [done, done, absent, absent]],
  unfollowUser: [
    ({ me, you }) => change(me, 'DELETE', you, 'follow').then(outcome),
    [done, done, absent, absent],
  ],
  bookmarkCrud: [
    ({ me, yours }) => mark(me, 'PUT', yours.uuid, 'bookmark').then(outcome),
    [done, done, absent, absent],
  ],
  listBookmarks: [
    ({ me, yours }) => get(me, '/api/activities/bookmarks').then((rows) => sees(has(rows, yours))),
    [seen, seen, hidden, hidden],
  ],
  unbookmarkCrud: [
    ({ me, yours }) => mark(me, 'DELETE', yours.uuid, 'bookmark').then(outcome),
    [done, done, absent, absent],
  ],
  searchUsers: [
    ({ me, you }) =>
      get(me, `/api/users?term=${you.handle}`).then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, seen, hidden, hidden],
  ],
  // Cat follows you.
  listSuggestedUsers: [
    ({ me, you }) =>
      get(me, '/api/users/suggested').then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, hidden, hidden, hidden],
  ],
  listTrends: [
    ({ me, word }) =>
      get(me, '/api/trends').then((rows) =>
        sees(rows.find(({ tag }) => tag === word).people_count === MANY + 1),
      ),
    [seen, seen, hidden, hidden],
  ],
  listFollowers: [
    ({ me, you, cat }) =>
      get(me, `/api/users/@${cat.handle}/followers`).then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, seen, hidden, hidden],
  ],
  listFollowing: [
    ({ me, you, cat }) =>
      get(me, `/api/users/@${cat.handle}/following`).then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, seen, hidden, hidden],
  ],
  sendMessage: [
    async ({ me, you, group }) => {
      const byGroup = outcome(await say(stack, me, { message_group_uuid: group }, 'hello'));
      assert.equal(outcome(await say(stack, me, { handle: you.handle }, 'hello')), byGroup);
      return byGroup;
    },
    [done, done, closed, closed],
  ],
  listMessages: [
    ({ me, group, message }) => get(me, `/api/messages/${group}`).then((rows) => sees(has(rows, message))),
    [seen, seen, seen, seen],
  ],
  listMessageGroups: [
    ({ me, group }) =>
      get(me, '/api/message_groups').then((rows) => sees(rows.some(({ uuid }) => uuid === group))),
    [seen, seen, seen, seen],
  ],
  getMessageGroup: [
    ({ me, group }) => ask(me, 'GET', `/api/message_groups/${group}`).then(outcome),
    [done, done, done, done],
  ],
  getMessageGroupWith: [
    ({ me, you }) => ask(me, 'GET', `/api/message_groups/@${you.handle}`).then(outcome),
    [done, done, done, done],
  ],
  listMessageGroupMembers: [
    ({ me, you, group }) =>
      get(me, `/api/message_groups/${group}/members`).then((rows) => sees(handles(rows).includes(you.handle))),
    [seen, seen, seen, seen],
  ],
  readMessageGroup: [
    ({ me, group, message }) =>
      ask(me, 'PUT', `/api/message_groups/${group}/read`, { json: { message_uuid: message.uuid } }).then(outcome),
    [done, done, done, done],
  ],
  typeInMessageGroup: [
    ({ me, group }) => ask(me, 'POST', `/api/message_groups/${group}/typing`).then(outcome),
    [done, done, done, done],
  ],
  deleteMessage: [
    ({ me, group, first }) => ask(me, 'DELETE', `/api/messages/${group}/${first.uuid}`).then(outcome),
    [done, done, done, done],
  ],
  createReport: [
    async ({ me, you, group, message, yours }) => {
      const report = (subject) =>
        ask(me, 'POST', '/api/reports', { json: { ...subject, reason: 'other' } }).then(outcome);
      // Everything that is seen across a block can be reported.
      assert.equal(await report({ handle: you.handle }), done);
      assert.equal(await report({ message_group_uuid: group }), done);
      assert.equal(await report({ message_group_uuid: group, message_uuid: message.uuid }), done);
      return report({ activity_uuid: yours.uuid });
    },
    [done, done, absent, absent],
  ],
  acceptMessageGroup: [
    ({ me, group }) => ask(me, 'PUT', `/api/message_groups/${group}/accept`).then(outcome),
    [done, done, done, done],
  ],
  hideMessageGroup: [
    ({ me, group }) => ask(me, 'DELETE', `/api/message_groups/${group}`).then(outcome),
    [done, done, done, done],
  ],
  getUserShort: [
    ({ you }) => ask(undefined, 'GET', `/api/users/@${you.handle}/short`).then(outcome),
    [done, done, done, done],
  ],
};
// Operations that do not concern another person, or whose effect on others is tested below.
const APART = {
  blockUser: 'makes the relation', unblockUser: 'ends it', muteUser: 'makes it', unmuteUser: 'ends it',
  listBlocks: 'lists the relation', listMutes: 'lists it',
  getSettings: 'about the caller', updateSettings: 'about the caller',
  updateProfile: 'about the caller', updateProfileByPost: 'about the caller',
  deleteMe: 'about the caller', exportMe: 'about the caller; see the area exports',
  createCrud: 'mentions are tested below', deleteCrud: 'about the caller',
  readNotifications: 'about the caller', openStream: 'events are tested below',
  listReports: 'for moderators', resolveReport: 'for moderators',
  healthCheck: 'about nobody', ready: 'about nobody', checkHandle: 'about nobody',
};
const RELATIONS = [
  ['without a relation', async () => {}],
  ['I mute you', ({ me, you }) => mute(me, you)],
  ['I block you', ({ me, you }) => block(me, you)],
  ['you block me', ({ me, you }) => block(you, me)],
];

describe('every route, across every relation', () => {
  test('has a place in the matrix', () => {
    assert.deepEqual(
      OPERATIONS.map(({ id }) => id).filter((id) => !(id in MATRIX) === !(id in APART)),
      [],
    );
    const known = OPERATIONS.map(({ id }) => id);
    assert.deepEqual([...Object.keys(MATRIX), ...Object.keys(APART)].filter((id) => !known.includes(id)), []);
  });

  for (const [i, [name, relate]] of RELATIONS.entries())
    test(name, async () => {
      const world = await makeWorld();
      await relate(world);
      const found = {};
      for (const [id, [run]] of Object.entries(MATRIX)) found[id] = await run(world);
      await stack.sql(`delete from users where display_name = 'Uses a tag'`);
      assert.deepEqual(
        found,
        Object.fromEntries(Object.entries(MATRIX).map(([id, [, expected]]) => [id, expected[i]])),
      );
    });
});

// --- what else a relation does ------------------------------------------------------------------------
describe('blocking', () => {
  test('is told to the one who blocks, ends the follows of both, and is undone', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await follow(ann, ben);
    await follow(ben, ann);
    const crud = await post(ben, 'hello');
    const relation = { handle: ben.handle, following: false, followed_by: false, blocking: true, muting: false };
    assert.deepEqual(await block(ann, ben), relation);
    assert.deepEqual(await block(ann, ben), relation);
    const mine = await profile(ann, ben);
    assert.equal(mine.profile.blocking, true);
    assert.deepEqual([mine.profile.followers_count, mine.profile.following_count], [0, 0]);
    const theirs = await profile(ben, ann);
    assert.equal(theirs.profile.blocking, false);
    assert.deepEqual(theirs.activities, []);
    assert.ok(!('blocking' in (await profile(undefined, ben)).profile));

    assert.deepEqual(await unblock(ann, ben), { ...relation, blocking: false });
    assert.deepEqual(await unblock(ann, ben), { ...relation, blocking: false });
    assertOk(await show(ann, crud.uuid));
    assertOk(await say(stack, ann, { handle: ben.handle }, 'again'));
  });

  test('of both holds until both have ended it, with and without a conversation', async () => {
    const cat = await newPerson(stack);
    const { ann, ben, group } = await newPair(stack);
    for (const [one, other, to] of [
      [ann, ben, { message_group_uuid: group }],
      [ann, cat, { handle: cat.handle }],
    ]) {
      const back = other === cat ? { handle: ann.handle } : to;
      await block(one, other);
      await block(other, one);
      assertProblem(await say(stack, one, to, 'a'), 403, 'conversation_closed');
      assertProblem(await say(stack, other, back, 'b'), 403, 'conversation_closed');
      await unblock(one, other);
      assertProblem(await say(stack, one, to, 'c'), 403, 'conversation_closed');
      assertProblem(await say(stack, other, back, 'd'), 403, 'conversation_closed');
      await unblock(other, one);
      assertOk(await say(stack, one, to, 'e'));
      assertOk(await say(stack, other, back, 'f'));
    }
    assert.deepEqual(await differences(ann, ben, cat), []);
  });

  test('a repeated message that was sent before it is answered as it was', async () => {
    const { ann, ben, group } = await newPair(stack);
    const send = () =>
      say(stack, ann, { message_group_uuid: group }, 'once', { headers: { 'Idempotency-Key': 'before' } });
    const sent = assertOk(await send());
    await block(ben, ann);
    assert.deepEqual(assertOk(await send()), sent);
  });

  test('mentions, replies and likes across it cause no notification and no event', async () => {
    const { ann, ben, group } = await newPair(stack);
    const cat = await newPerson(stack);
    const thread = await post(ann, 'a thread');
    await block(ann, ben);
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    await post(ben, `hello @${ann.handle}`);
    await post(ann, `hello @${ben.handle}`);
    assertProblem(await tryReply(ben, thread.uuid, { message: 'x' }), 404, 'not_found');
    assertOk(await ask(ben, 'POST', `/api/message_groups/${group}/typing`), 204);
    // A later event has overtaken nothing.
    await post(cat, `@${ann.handle} @${ben.handle}`);
    for (const stream of streams) {
      await stream.first('notification', ({ handle }) => handle === cat.handle);
      assert.deepEqual(handles(stream.of('notification')), [cat.handle]);
      assert.deepEqual(stream.of('typing'), []);
      stream.close();
    }
    await unblock(ann, ben);
    for (const [one, other] of [[ann, ben], [ben, ann]])
      assert.ok(!handles(await get(one, '/api/activities/notifications')).includes(other.handle));
  });

  test('a person who is muted or blocked does not learn of it from an idempotent reply', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'hello');
    const send = () =>
      tryReply(ben, crud.uuid, { message: 'well' }, { headers: { 'Idempotency-Key': 'reply' } });
    await block(ann, ben);
    assertProblem(await send(), 404, 'not_found');
    await unblock(ann, ben);
    assertOk(await send()); // the refused request has not used the key
  });

  test('by many at the same time, in both directions, leaves both stores alike', async () => {
    const { ann, ben } = await newPair(stack);
    const [cat, dan] = [await newPerson(stack), await newPerson(stack)];
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const [one, other] = [[ann, ben], [ben, ann], [cat, dan], [dan, cat]][i % 4];
        const answer = await change(one, (i >> 2) % 2 ? 'PUT' : 'DELETE', other, 'block');
        assert.ok([200, 503].includes(answer.status), answer.text);
        if (i % 5 === 0) await say(stack, one, { handle: other.handle }, 'now?');
      }),
    );
    // A request that others have overtaken five times is to be repeated.
    for (const [one, other] of [[ann, ben], [ben, ann], [cat, dan], [dan, cat]]) await block(one, other);
    for (const [one, other] of [[ann, ben], [ben, ann], [cat, dan], [dan, cat]])
      assertProblem(await say(stack, one, { handle: other.handle }, 'x'), 403, 'conversation_closed');
    assert.deepEqual(await differences(ann, ben, cat, dan), []);
    for (const [one, other] of [[ann, ben], [ben, ann], [cat, dan], [dan, cat]]) await unblock(one, other);
    assertOk(await say(stack, dan, { handle: cat.handle }, 'y'));
    assert.deepEqual(await differences(ann, ben, cat, dan), []);
  });

  test('ddb check finds blocks that one store does not have', async () => {
    const { ann, ben } = await newPair(stack);
    const [cat, dan] = [await newPerson(stack), await newPerson(stack)];
    for (const [one, other] of [[ann, ben], [cat, dan]]) {
      const row = (from, to, column) =>
        stack.sql(`insert into barriers (user_uuid, other_uuid, ${column}) values ('${from.uuid}', '${to.uuid}', now())`);
      await row(one, other, 'blocks_since');
      await row(other, one, 'blocked_since');
      assert.deepEqual(await differences(one), [
        `${one.uuid} blocks ${other.uuid}, but the messages table does not keep them apart`,
      ]);
      await block(one, other); // repeating it completes it
      assert.deepEqual(await differences(one), []);
      await stack.sql(`delete from barriers where '${one.uuid}' in (user_uuid, other_uuid)`);
      assert.deepEqual(
        [...new Set(await differences(one))],
        [`${one.uuid} does not block ${other.uuid}, but the messages table says so`],
      );
      // After a restore, PostgreSQL's are copied.
      assert.deepEqual(
        [...new Set(await check(['--blocks'], [one]))],
        [`${one.uuid} does not block ${other.uuid}: removed from the messages table`],
      );
      assert.deepEqual(await differences(one), []);
      assertOk(await say(stack, other, { handle: one.handle }, 'open'));
      await row(one, other, 'blocks_since');
      await row(other, one, 'blocked_since');
      assert.deepEqual(await check(['--blocks'], [one]), [
        `${one.uuid} blocks ${other.uuid}: written to the messages table`,
      ]);
      assert.deepEqual(await differences(one), []);
      assertProblem(await say(stack, other, { handle: one.handle }, 'x'), 403, 'conversation_closed');
    }
  });
});

describe('muting', () => {
  test('is told to nobody else, and undone', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await follow(ann, ben);
    const relation = { handle: ben.handle, following: true, followed_by: false, blocking: false, muting: true };
    assert.deepEqual(await mute(ann, ben), relation);
    assert.deepEqual(await mute(ann, ben), relation);
    assert.equal((await profile(ann, ben)).profile.muting, true);
    assert.equal((await profile(ben, ann)).profile.muting, false);
    const crud = await post(ben, `hello @${ann.handle}`);
    assert.deepEqual(await get(ann, '/api/activities/notifications'), []);
    assert.deepEqual(await unmute(ann, ben), { ...relation, muting: false });
    assert.deepEqual(await unmute(ann, ben), { ...relation, muting: false });
    assertOk(await show(ann, crud.uuid));
    assert.deepEqual(await get(ann, '/api/activities/notifications'), [], 'what was missed does not come later');
  });

  test('and blocking are independent of each other', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    await mute(ann, ben);
    assert.deepEqual([(await block(ann, ben)).muting, (await unblock(ann, ben)).muting], [true, true]);
    await block(ann, ben);
    assert.equal((await unmute(ann, ben)).blocking, true);
    await block(ben, ann);
    await unblock(ann, ben);
    assert.equal((await mute(ann, ben)).muting, true);
    assert.equal((await unmute(ann, ben)).muting, false);
    await unblock(ben, ann);
    const rows = await stack.sql(`select from barriers where '${ann.uuid}' in (user_uuid, other_uuid)`);
    assert.equal(rows.length, 0);
  });
});

describe('the lists of blocked and of muted people', () => {
  test('have the latest first, page by page, and only their owner', async () => {
    const ann = await newPerson(stack);
    const others = [];
    for (let i = 0; i < 4; i++) others.push(await newPerson(stack));
    for (const other of others) {
      await block(ann, other);
      await mute(ann, other);
    }
    await unmute(ann, others[0]);
    const latest = handles(others).reverse();
    assert.deepEqual(handles(await readAll(ann, '/api/users/me/blocks?limit=3')), latest);
    assert.deepEqual(handles(await readAll(ann, '/api/users/me/mutes?limit=2')), latest.slice(0, 3));
    const [first] = await get(ann, '/api/users/me/blocks');
    assert.deepEqual(first, (await profile(ann, others[3])).profile);
    assert.deepEqual(await get(others[0], '/api/users/me/blocks'), []);
    for (const what of ['blocks', 'mutes'])
      assertProblem(await stack.ask('GET', `/api/users/me/${what}`), 401, 'token_missing');
  });
});

describe('a block or a mute', () => {
  test('needs a token, another person, and one who exists', async () => {
    const ann = await newPerson(stack);
    for (const what of ['block', 'mute'])
      for (const method of ['PUT', 'DELETE']) {
        assertProblem(await change(undefined, method, ann, what), 401, 'token_missing');
        assertProblem(await change(ann, method, ann, what), 422, 'user_is_self');
        assertProblem(await change(ann, method, { handle: newHandle() }, what), 404, 'not_found');
        assertProblem(await change(ann, method, { handle: 'no-handle' }, what), 404, 'not_found');
      }
  });
});
