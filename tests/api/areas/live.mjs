// live.mjs - GET /api/live: streams of events through nginx, the program live, and live_hub.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, retryWhileBusy } from '../harness/client.mjs';
import { ask, get, mark, post, tryPost, tryReply } from '../harness/cruds.mjs';
import { scrape } from '../harness/exposition.mjs';
import { openStream } from '../harness/live.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson, say } from '../harness/people.mjs';
import { retry } from '../harness/until.mjs';

const messagesOf = async ({ token }, group) =>
  assertOk(await stack.ask('GET', `/api/messages/${group}`, { token }));

// The messages that begin so. An event of an earlier message may come after hello.
const messagesIn = (stream, start) =>
  stream.of('message').filter(({ message }) => message.startsWith(start));

describe('streams', () => {
  test('a stream needs a token, and begins with hello', async () => {
    const ann = await newPerson(stack);
    assertProblem(await stack.ask('GET', '/api/live'), 401, 'token_missing');
    assertProblem(await stack.ask('GET', '/api/live', { token: 'x' }), 401, 'token_invalid');
    const stream = await openStream(stack, ann);
    assert.match(stream.response.headers['content-type'], /^text\/event-stream\b/);
    assert.equal(stream.response.headers['cache-control'], 'private, no-store');
    assert.equal(stream.response.headers['content-length'], undefined);
    assert.match(stream.response.headers['x-request-id'], /^[0-9a-f]{32}$/);
    assert.equal(stream.response.headers['x-accel-redirect'], undefined);
    assert.equal(stream.list.length, 1);
    stream.close();
  });

  test('HEAD answers the headers and ends', async () => {
    const ann = await newPerson(stack);
    const answer = await stack.ask('HEAD', '/api/live', { token: ann.token });
    assertOk(answer);
    assert.match(answer.headers['content-type'], /^text\/event-stream\b/);
    assert.equal(answer.text, '');
  });

  test('nobody but the program live reaches the location of the hub', async () => {
    const ann = await newPerson(stack);
    const expires = Math.floor(Date.now() / 1000) + 600;
    for (const path of [
      `/-/live/${ann.uuid}/${expires}`,
      `/api/../-/live/${ann.uuid}/${expires}`,
      `/%2d/live/${ann.uuid}/${expires}`,
      `//-/live/${ann.uuid}/${expires}`,
    ]) {
      const answer = await stack.client.raw(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n` +
          `X-Accel-Redirect: /-/live/${ann.uuid}/${expires}\r\n` +
          `Authorization: Bearer ${ann.token}\r\n\r\n`,
      );
      assert.equal(answer.status, 404, path);
    }
  });

  test('a person has eight streams', async () => {
    const ann = await newPerson(stack);
    const streams = [];
    for (let i = 0; i < 9; i++) streams.push(await openStream(stack, ann));
    await streams[0].end();
    assert.deepEqual(streams[0].of('bye'), [{ reason: 'replaced' }]);
    assert.ok(streams.slice(1).every(({ ended }) => !ended));
    for (const stream of streams) stream.close();
  });
});

describe('events', () => {
  test('a message arrives at the streams of both members, as the page shows it', async () => {
    const { ann, ben, group } = await newPair(stack);
    const stranger = await newPerson(stack);
    const people = [ann, ann, ben, stranger];
    const streams = await Promise.all(people.map((person) => openStream(stack, person)));
    const text = 'Zażółć “gęślą” jaźń\n\t😀';
    const sent = assertOk(await say(stack, ann, { message_group_uuid: group }, text));
    const [, , , other] = streams;
    for (const stream of streams.slice(0, 3)) {
      const { message_group_uuid, ...message } = await stream.first(
        'message',
        ({ uuid }) => uuid === sent.uuid,
      );
      assert.equal(message_group_uuid, group);
      assert.deepEqual(message, (await messagesOf(ben, group)).at(-1));
    }
    // A stranger's own message comes after anything that was sent to them before.
    const own = assertOk(await say(stack, stranger, { handle: ann.handle }, 'Hello'));
    await other.first('message', ({ uuid }) => uuid === own.uuid);
    assert.equal(other.of('message').length, 1);
    for (const stream of streams) stream.close();
  });

  test('a conversation that begins arrives at both members, as each sees it', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const sent = assertOk(await say(stack, ann, { handle: ben.handle }, 'First'));
    for (const [i, { token }] of [ann, ben].entries()) {
      const shown = await stack.ask('GET', '/api/message_groups', { token });
      assert.deepEqual([await streams[i].first('conversation')], assertOk(shown));
      assert.deepEqual(await streams[i].first('message'), sent);
    }
    assertOk(await say(stack, ben, { message_group_uuid: sent.message_group_uuid }, 'Second'));
    for (const stream of streams) {
      await stream.first('message', ({ message }) => message === 'Second');
      assert.equal(stream.of('conversation').length, 1);
      stream.close();
    }
  });

  test('a repeated request publishes the message again', async () => {
    const { ann, ben, group } = await newPair(stack);
    const stream = await openStream(stack, ben);
    const send = () =>
      say(stack, ann, { message_group_uuid: group }, 'Once', { key: `live-${group}` });
    const sent = assertOk(await send());
    assert.deepEqual(assertOk(await send()), sent);
    await stream.until(() => messagesIn(stream, 'Once').length === 2, 'the second event');
    assert.deepEqual(messagesIn(stream, 'Once'), [sent, sent]);
    stream.close();
  });

  test('deleting a message arrives without its text, again when it is repeated', async () => {
    const { ann, ben, group } = await newPair(stack);
    const [first] = await messagesOf(ann, group);
    const last = assertOk(await say(stack, ann, { message_group_uuid: group }, 'Last'));
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const remove = (uuid, { token }) =>
      stack.ask('DELETE', `/api/messages/${group}/${uuid}`, { token });
    assert.equal((await remove(first.uuid, ben)).status, 403);
    for (const { uuid } of [last, first, first]) assert.equal((await remove(uuid, ann)).status, 204);
    const page = await messagesOf(ben, group);
    const wanted = [last, first, first].map(({ uuid }) => ({
      message_group_uuid: group,
      ...page.find((message) => message.uuid === uuid),
    }));
    for (const stream of streams) {
      await stream.until(() => stream.of('message_changed').length === 3, 'the third event');
      assert.deepEqual(stream.of('message_changed'), wanted);
      assert.ok(wanted.every(({ message, deleted_at }) => message === null && deleted_at));
      stream.close();
    }
  });

  test('a read mark arrives at both members', async () => {
    const { ann, ben, group } = await newPair(stack);
    const [first] = await messagesOf(ann, group);
    const last = assertOk(await say(stack, ann, { message_group_uuid: group }, 'Read me'));
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const read = (message_uuid) =>
      stack.ask('PUT', `/api/message_groups/${group}/read`, {
        token: ben.token,
        json: { message_uuid },
      });
    // The older one moves nothing, and tells the mark as it is.
    for (const uuid of [last.uuid, first.uuid]) assert.equal((await read(uuid)).status, 204);
    const mark = { message_group_uuid: group, handle: ben.handle, message_uuid: last.uuid };
    for (const stream of streams) {
      await stream.until(() => stream.of('read').length === 2, 'the second event');
      assert.deepEqual(stream.of('read'), [mark, mark]);
      stream.close();
    }
  });

  test('the other member sees who is writing, not more often than every two seconds', async () => {
    const { ann, ben, group } = await newPair(stack);
    const stranger = await newPerson(stack);
    const own = await openStream(stack, ann);
    const stream = await openStream(stack, ben);
    const type = ({ token }) =>
      stack.ask('POST', `/api/message_groups/${group}/typing`, { token });
    assertProblem(await type(stranger), 404, 'not_found');
    const began = performance.now();
    for (let i = 0; i < 5; i++) assert.equal((await type(ann)).status, 204);
    const windows = 1 + Math.floor((performance.now() - began) / 2000);
    const sent = assertOk(await say(stack, ann, { message_group_uuid: group }, 'Written'));
    for (const one of [own, stream]) await one.first('message', ({ uuid }) => uuid === sent.uuid);
    assert.deepEqual(own.of('typing'), []);
    const seen = stream.of('typing');
    assert.ok(seen.length >= 1 && seen.length <= windows, `${seen.length} of ${windows}`);
    for (const one of seen)
      assert.deepEqual(one, { message_group_uuid: group, handle: ann.handle });
    own.close();
    stream.close();
  });
});

describe('notifications', () => {
  const listOf = (person) => get(person, '/api/activities/notifications');

  test('they arrive as the list shows them, at their receivers and nobody else', async () => {
    const [ann, ben, cid] = await Promise.all([1, 2, 3].map(() => newPerson(stack)));
    const crud = await post(ann, 'Tell me');
    const own = await mark(ann, 'PUT', crud.uuid);
    assertOk(own);
    const streams = await Promise.all([ann, ben, cid].map((person) => openStream(stack, person)));
    const [atAnn, atBen, atCid] = streams;
    // Each is compared with the list before the next act: it shows the crud as it was then.
    for (const act of [
      () => mark(ben, 'PUT', crud.uuid),
      () => mark(ben, 'PUT', crud.uuid, 'repost'),
      () => tryReply(ben, crud.uuid, { message: `With @${cid.handle} and @${ben.handle}` }),
      () => tryPost(cid, { message: `＠${ann.handle} and ＠${ben.handle}`, ttl: '1-hour' }),
    ]) {
      assertOk(await act());
      for (const [person, stream] of [
        [ann, atAnn],
        [cid, atCid],
      ]) {
        const [newest] = await listOf(person);
        if (newest)
          assert.deepEqual(
            await stream.first('notification', ({ uuid }) => uuid === newest.uuid),
            newest,
          );
      }
    }
    await atBen.first('notification');
    const kindsAt = (stream) => stream.of('notification').map(({ kind }) => kind);
    assert.deepEqual(kindsAt(atAnn), ['like', 'repost', 'reply', 'mention']);
    assert.deepEqual(kindsAt(atCid), ['mention']);
    assert.deepEqual(atBen.of('notification'), await listOf(ben));
    for (const stream of streams) stream.close();
  });

  test('a repeated request publishes them again', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'Again');
    const stream = await openStream(stack, ann);
    const options = { key: `live-${crud.uuid}` };
    for (const act of [
      () => mark(ben, 'PUT', crud.uuid),
      () => tryReply(ben, crud.uuid, { message: 'Once' }, options),
    ]) {
      const before = stream.of('notification').length;
      const [first, second] = [assertOk(await act()), assertOk(await act())];
      assert.equal(first.uuid, second.uuid);
      await stream.until(
        () => stream.of('notification').length === before + 2,
        'the second notification',
      );
      const [one, other] = stream.of('notification').slice(-2);
      assert.deepEqual(one, other);
    }
    assert.equal((await listOf(ann)).length, 2);
    stream.close();
  });

  test('a like that is given again arrives as it is listed: read', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'Like me');
    const stream = await openStream(stack, ann);
    for (const verb of ['PUT', 'DELETE', 'PUT']) assertOk(await mark(ben, verb, crud.uuid));
    await stream.until(() => stream.of('notification').length === 2, 'the second notification');
    assert.deepEqual(stream.of('notification')[1], (await listOf(ann))[0]);
    assert.equal(stream.of('notification')[1].read, true);
    // Reading them tells nobody anything.
    assert.equal((await ask(ann, 'PUT', '/api/activities/notifications/read')).status, 204);
    stream.close();
  });
});

describe('events for everybody', () => {
  const personAt = (stream, { uuid }) =>
    stream.of('person').filter((person) => person.uuid === uuid);
  const rename = ({ token }, display_name, bio = '') =>
    stack.ask('PUT', '/api/profile/update', { token, json: { display_name, bio } });

  test('a changed name arrives at every stream, again when it is repeated', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const streams = [await openStream(stack, ann), await openStream(stack, ben)];
    const names = ['Ann Änderung “1”', 'Ann 2', 'Ann 2'];
    for (const name of names) assertOk(await rename(ann, name));
    const short = assertOk(await stack.ask('GET', `/api/users/@${ann.handle}/short`));
    for (const stream of streams) {
      await stream.until(() => personAt(stream, ann).length === 3, 'the third name');
      assert.deepEqual(
        personAt(stream, ann),
        names.map((display_name) => ({ ...short, display_name, avatar_url: null })),
      );
      stream.close();
    }
  });

  test('new cruds of the home feed are counted for every stream', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const own = await openStream(stack, ann);
    const crud = await post(ann, 'Before');
    await own.first('home');
    const stream = await openStream(stack, ben);
    // These two do not count. A new crud would be told before a name that changes later.
    assertOk(await tryReply(ann, crud.uuid, { message: 'Not in the feed' }));
    assertOk(await mark(ann, 'PUT', crud.uuid, 'repost'));
    assertOk(await rename(ann, 'After the reply'));
    await stream.until(() => personAt(stream, ann).length === 1, 'the name');
    assert.deepEqual(stream.of('home'), []);
    await post(ann, 'New');
    assert.deepEqual(await stream.first('home'), { newer: 1 });
    // For 10 s they are counted, each once.
    const json = { message: 'Once', ttl: '1-hour' };
    for (let i = 0; i < 2; i++) assertOk(await tryPost(ben, json, { key: `live-${crud.uuid}` }));
    await post(ann, 'Another');
    const counted = () => stream.of('home').reduce((sum, { newer }) => sum + newer, 0);
    await stream.until(() => counted() >= 3, 'the third crud');
    assert.equal(counted(), 3);
    assert.ok(stream.of('home').every(({ newer }) => newer > 0));
    for (const one of [own, stream]) one.close();
  });
});

describe('operators', () => {
  test('a reload of nginx asks the clients to return', async () => {
    const ann = await newPerson(stack);
    const stream = await openStream(stack, ann);
    const old = stack.nginxWorkers();
    assert.ok(old.length > 0);
    await stack.pool('maintenance', 'off'); // reloads nginx, and nothing else
    await stream.end();
    assert.deepEqual(stream.of('bye'), [{ reason: 'closing' }]);
    // A client waits for the time of `retry:`. An old process of nginx would cut its stream later.
    await stream.until(
      () => !stack.nginxWorkers().some((pid) => old.includes(pid)),
      'the end of the old processes of nginx',
    );
    const again = await openStream(stack, ann);
    assert.equal(again.of('hello')[0].epoch, stream.of('hello')[0].epoch);
    again.close();
  });

  test('a rolling restart replaces the hub', async () => {
    const ann = await newPerson(stack);
    const stream = await openStream(stack, ann);
    const [before] = stack.hubs();
    await stack.pool('restart');
    await stream.end();
    assert.deepEqual(stream.of('bye'), [{ reason: 'closing' }]);
    const again = await retry('the hub runs again', () => openStream(stack, ann));
    assert.notEqual(stack.hubs()[0], before);
    again.close();
  });
});

describe('without the hub', () => {
  const hubPid = () => stack.hubs()[0];

  test('requests succeed, streams return, and nothing is missed', async () => {
    const { ann, ben, group } = await newPair(stack);
    const stream = await openStream(stack, ben);
    const before = hubPid();
    process.kill(before, 'SIGKILL');
    await stream.end();
    assertOk(await say(stack, ann, { message_group_uuid: group }, 'In between'));
    const again = await retry('the hub runs again', () => openStream(stack, ben));
    assert.notEqual(hubPid(), before);
    assert.notEqual(again.of('hello')[0].epoch, stream.of('hello')[0].epoch);
    assert.equal((await messagesOf(ben, group)).at(-1).message, 'In between');
    const sent = assertOk(await say(stack, ann, { message_group_uuid: group }, 'After it'));
    assert.deepEqual(await again.first('message', ({ uuid }) => uuid === sent.uuid), sent);
    again.close();
  });

  test('a hub that stands still holds up no request', async () => {
    const { ann, ben, group } = await newPair(stack);
    const stream = await openStream(stack, ben);
    process.kill(hubPid(), 'SIGSTOP');
    try {
      for (let i = 0; i < 5; i++)
        assertOk(await say(stack, ann, { message_group_uuid: group }, `Waiting ${i}`));
    } finally {
      process.kill(hubPid(), 'SIGCONT');
    }
    await stream.until(() => messagesIn(stream, 'Waiting').length === 5, 'all events');
    stream.close();
  });

  test('a reader that stops is cut, and the others get every event', async () => {
    const { ann, ben, group } = await newPair(stack);
    const slow = await openStream(stack, ben);
    const quick = await openStream(stack, ben);
    slow.response.pause();
    const before = (await scrape(stack)).sum('cruddur_live_closed_total', { reason: 'cut' });
    const text = '😀'.repeat(1024);
    const cut = async () =>
      (await scrape(stack)).sum('cruddur_live_closed_total', { reason: 'cut' }) > before;
    let sent = 0;
    for (; sent < 2000 && !(await cut()); sent += 20)
      await Promise.all(
        Array.from({ length: 20 }, () =>
          retryWhileBusy(() => say(stack, ann, { message_group_uuid: group }, text)).then(assertOk),
        ),
      );
    assert.ok(await cut(), `not cut after ${sent} events`);
    await quick.until(() => messagesIn(quick, text).length === sent, 'all events');
    assert.ok(!quick.ended);
    slow.close();
    quick.close();
  });
});
