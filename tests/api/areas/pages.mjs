// pages.mjs - pages of long lists, also while the lists grow.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { assertOk, assertProblem, linksOf, nextPage } from '../harness/client.mjs';
import { typed } from '../harness/dynamodb.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { microsecondsOf, uuidOf } from '../harness/previous.mjs';
import { SEEDED_GROUP, UNUSED_UUID } from '../harness/routes.mjs';

// Follow the next links from `path` on. Returns the pages in order.
async function follow(path, token, betweenPages = async () => {}) {
  const pages = [];
  for (let next = path; next;) {
    const answer = await stack.ask('GET', next, { token });
    pages.push(assertOk(answer));
    assert.ok(pages.length <= 300, 'the pages come to an end');
    next = nextPage(answer);
    if (next) await betweenPages(next);
  }
  return pages;
}

const versionSeven = (time) => uuidOf(microsecondsOf(time));
const uuidsOf = (rows) => rows.map(({ uuid }) => uuid);
const stored = async (group) =>
  (await stack.table.messages(group)).map(({ message_uuid }) => message_uuid.S);

describe('pages of messages', () => {
  test('contain each message of the seeded conversation once, in order', async () => {
    const expected = await stored(SEEDED_GROUP);
    assert.ok(expected.length >= 100);
    for (const user of ['andrewbrown', 'bayko']) {
      const token = await stack.token(user);
      const pages = await follow(`/api/messages/${SEEDED_GROUP}`, token);
      assert.ok(pages.slice(0, -1).every(({ length }) => length === 20));
      assert.deepEqual(uuidsOf(pages.toReversed().flat()), expected);
    }
    const token = await stack.token('bayko');
    const large = await follow(`/api/messages/${SEEDED_GROUP}?limit=100`, token);
    assert.equal(large[0].length, 100);
    assert.deepEqual(uuidsOf(large.toReversed().flat()), expected);
  });

  test('are complete while 200 messages arrive, which `after` then returns', async () => {
    const expected = await stored(SEEDED_GROUP);
    const people = [];
    for (const user of ['andrewbrown', 'bayko']) people.push({ token: await stack.token(user) });
    const [reader] = people;
    let written = 0;
    const writeSome = async (count) => {
      for (let i = 0; i < count; i++) {
        const from = people[written++ % 2];
        assertOk(await say(stack, from, { message_group_uuid: SEEDED_GROUP }, `late ${written}`));
      }
    };

    const first = `/api/messages/${SEEDED_GROUP}?limit=7`;
    const pages = await follow(first, reader.token, () => writeSome(written < 190 ? 13 : 0));
    await writeSome(200 - written);
    assert.deepEqual(uuidsOf(pages.toReversed().flat()), expected);

    const late = [];
    for (let last = expected.at(-1); ; last = late.at(-1).uuid) {
      const path = `/api/messages/${SEEDED_GROUP}?after=${last}&limit=30`;
      const page = assertOk(await stack.ask('GET', path, { token: reader.token }));
      if (page.length === 0) break;
      late.push(...page);
    }
    const texts = Array.from({ length: 200 }, (_, i) => `late ${i + 1}`);
    assert.deepEqual(
      late.map(({ message }) => message),
      texts,
    );
  });

  test('`after` returns later messages, oldest first, with next links', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const sent = [];
    for (let i = 0; i < 25; i++)
      sent.push(
        assertOk(await say(stack, i % 2 ? ann : ben, { message_group_uuid: group }, `${i}`)),
      );
    const path = `/api/messages/${group}?after=${first.uuid}`;
    const pages = await follow(path, ben.token);
    assert.equal(pages[0].length, 20);
    assert.deepEqual(uuidsOf(pages.flat()), uuidsOf(sent));
    const none = await stack.ask('GET', `/api/messages/${group}?after=${sent.at(-1).uuid}`, {
      token: ann.token,
    });
    assert.deepEqual(assertOk(none), []);
    assert.equal(nextPage(none), undefined);
  });

  test('`after`, `before` and `around` a message of another conversation are only places', async () => {
    const { ann, group, first } = await newPair(stack);
    const [handle] = await newUserRows(stack, 1);
    const other = assertOk(await say(stack, ann, { handle }, 'elsewhere'));
    const later = assertOk(await say(stack, ann, { message_group_uuid: group }, 'here'));
    for (const [name, expected] of [
      ['after', [later]],
      ['before', [first]],
      ['around', [first, later]],
    ]) {
      const path = `/api/messages/${group}?${name}=${other.uuid}`;
      const answer = await stack.ask('GET', path, { token: ann.token });
      assert.deepEqual(uuidsOf(assertOk(answer)), uuidsOf(expected), name);
    }
  });

  test('a full last page has no next link', async () => {
    const { ann, group } = await newPair(stack);
    for (let i = 0; i < 3; i++)
      assertOk(await say(stack, ann, { message_group_uuid: group }, `${i}`));
    const page = (limit) =>
      stack.ask('GET', `/api/messages/${group}?limit=${limit}`, { token: ann.token });
    assert.equal(nextPage(await page(4)), undefined);
    assert.equal((await page(4)).body.length, 4);
    const three = await page(3);
    assert.deepEqual(
      three.body.map(({ message }) => message),
      ['0', '1', '2'],
    );
    const last = await stack.ask('GET', nextPage(three), { token: ann.token });
    assert.equal(assertOk(last).length, 1);
    assert.equal(nextPage(last), undefined);
  });
});

describe('pages of messages by a place', () => {
  const SECONDS = 60;
  let ann, group, uuids;
  const timeOf = (i, fraction = '000000') =>
    `2025-03-01T10:00:${String(i).padStart(2, '0')}.${fraction}+00:00`;
  // The numbers of the messages on a page, and its links.
  async function page(query) {
    const path = query.startsWith('/api/') ? query : `/api/messages/${group}?${query}`;
    const answer = await stack.ask('GET', path, { token: ann.token });
    return { numbers: assertOk(answer).map(({ message }) => Number(message)), ...linksOf(answer) };
  }
  const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

  // A message each second, but none in second 30.
  before(async () => {
    ({ ann, group } = await newPair(stack, String(SECONDS)));
    const { uuid: user_uuid, name: user_display_name, handle: user_handle } = ann;
    uuids = range(0, SECONDS).map((i) => versionSeven(timeOf(i)));
    for (const i of range(0, SECONDS).filter((one) => one !== 30))
      await stack.table.put(
        typed({
          ...{ pk: `MSG#${group}`, sk: timeOf(i), message_uuid: uuids[i], message: `${i}` },
          ...{ user_uuid, user_display_name, user_handle },
        }),
      );
  });

  test('`before` has the messages that lead to the place', async () => {
    const ten = await page(`before=${uuids[20]}&limit=10`);
    assert.deepEqual(ten.numbers, range(10, 20));
    const older = await page(ten.next);
    assert.deepEqual(older.numbers, range(0, 10));
    assert.equal(older.next, undefined);
    assert.deepEqual((await page(older.prev)).numbers, range(10, 20));
    assert.deepEqual((await page(ten.prev)).numbers, range(20, 30));

    const first = await page(`before=${uuids[0]}&limit=10`);
    assert.deepEqual(first.numbers, []);
    assert.equal(first.next, undefined);
    assert.deepEqual((await page(first.prev)).numbers, range(0, 10));
    const all = await page(`before=${versionSeven('2033-01-01T00:00:00.000000+00:00')}&limit=2`);
    assert.deepEqual(all.numbers, [59, 60]);
    assert.equal(all.prev, undefined);
  });

  test('`around` has the place in its middle', async () => {
    for (const [limit, from, to] of [
      [10, 15, 25],
      [11, 15, 26],
      [2, 19, 21],
      [1, 20, 21],
    ]) {
      const middle = await page(`around=${uuids[20]}&limit=${limit}`);
      assert.deepEqual(middle.numbers, range(from, to), `limit ${limit}`);
      assert.deepEqual((await page(middle.next)).numbers, range(Math.max(from - limit, 0), from));
      assert.deepEqual(
        (await page(middle.prev)).numbers.slice(0, 4),
        range(to, to + limit).slice(0, 4),
      );
    }
    // There is no message at this place.
    assert.deepEqual((await page(`around=${uuids[30]}&limit=4`)).numbers, [28, 29, 31, 32]);
    const between = versionSeven(timeOf(20, '500000'));
    assert.deepEqual((await page(`around=${between}&limit=4`)).numbers, [19, 20, 21, 22]);

    const start = await page(`around=${uuids[1]}&limit=6`);
    assert.deepEqual(start.numbers, [0, 1, 2, 3]);
    assert.equal(start.next, undefined);
    const end = await page(`around=${uuids[59]}&limit=6`);
    assert.deepEqual(end.numbers, [56, 57, 58, 59, 60]);
    assert.equal(end.prev, undefined);
    const nowhere = await page(
      `around=${versionSeven('1999-01-01T00:00:00.000000+00:00')}&limit=4`,
    );
    assert.deepEqual(nowhere.numbers, [0, 1]);
  });

  test('`next` leads to the first message and `prev` to the last one, each exactly once', async () => {
    const all = [...range(0, 30), ...range(31, 61)];
    for (const query of ['limit=7', `before=${uuids[33]}&limit=7`, `around=${uuids[33]}&limit=7`]) {
      const begun = await page(query);
      const numbers = [...begun.numbers];
      for (let { next } = begun; next;) {
        const older = await page(next);
        numbers.unshift(...older.numbers);
        assert.ok(older.prev, 'an older page leads back');
        next = older.next;
      }
      for (let { prev } = begun; prev;) {
        const newer = await page(prev);
        numbers.push(...newer.numbers);
        assert.ok(newer.next, 'a newer page leads back');
        prev = newer.prev;
      }
      assert.deepEqual(numbers, all, query);
    }
    assert.equal((await page('limit=7')).prev, undefined, 'the newest page has no newer one');
  });

  test('`after` reads forward: both links lead to newer messages, `prev` and then back', async () => {
    const begun = await page(`after=${uuids[40]}&limit=5`);
    assert.deepEqual(begun.numbers, range(41, 46));
    const next = await page(begun.next);
    assert.deepEqual(next.numbers, range(46, 51));
    assert.deepEqual((await page(next.next)).numbers, range(51, 56));
    const prev = await page(begun.prev);
    assert.deepEqual(prev.numbers, range(46, 51));
    assert.deepEqual((await page(prev.next)).numbers, range(41, 46));
    assert.deepEqual((await page(`after=${uuids[30]}&limit=2`)).numbers, [31, 32]);
  });

  test('a place is a version 7 uuid, and only one of the parameters is given', async () => {
    const { token } = ann;
    const refuse = async (query, code) =>
      assertProblem(
        await stack.ask('GET', `/api/messages/${group}?${query}`, { token }),
        400,
        code,
      );
    for (const name of ['after', 'before', 'around']) {
      for (const value of [UNUSED_UUID, 'x', '', uuids[5].replace('-7', '-4'), `${uuids[5]}0`])
        await refuse(`${name}=${value}`, `${name}_invalid`);
      assert.ok((await page(`${name}=${uuids[5].toUpperCase()}&limit=3`)).numbers.length > 0);
      await refuse(`${name}=${uuids[5]}&${name}=${uuids[5]}`, 'query_invalid');
      await refuse(`${name}=${uuids[5]}&limit=0`, 'limit_invalid');
    }
    const { next } = await page('limit=5');
    const cursor = new URL(next, stack.url).searchParams.get('cursor');
    const given = { after: uuids[5], before: uuids[5], around: UNUSED_UUID, cursor };
    for (const one of Object.keys(given))
      for (const other of Object.keys(given).filter((name) => name !== one))
        await refuse(`${one}=${given[one]}&${other}=${given[other]}`, 'query_invalid');
  });
});

describe('pages of conversations', () => {
  test('contain no conversation twice while some move to the front', async () => {
    const ann = await newPerson(stack);
    const handles = await newUserRows(stack, 25);
    for (const handle of handles) assertOk(await say(stack, ann, { handle }, 'hello'));
    const all = handles.toReversed();

    const quiet = await follow('/api/message_groups?limit=10', ann.token);
    assert.deepEqual(
      quiet.map(({ length }) => length),
      [10, 10, 5],
    );
    assert.deepEqual(
      quiet.flat().map(({ handle }) => handle),
      all,
    );
    const [page] = await follow('/api/message_groups?limit=100', ann.token);
    assert.equal(page.length, 25);

    const moved = [handles[0], handles[20], handles[7]];
    let turn = 0;
    const busy = await follow('/api/message_groups?limit=5', ann.token, async () => {
      if (turn < moved.length) await say(stack, ann, { handle: moved[turn++] }, 'once more');
    });
    const shown = busy.flat().map(({ handle }) => handle);
    assert.equal(new Set(shown).size, shown.length);
    for (const handle of all) if (!moved.includes(handle)) assert.ok(shown.includes(handle));
    const front = assertOk(
      await stack.ask('GET', '/api/message_groups?limit=3', { token: ann.token }),
    );
    assert.deepEqual(
      front.map(({ handle }) => handle),
      moved.toReversed(),
    );
  });
});

describe('cursors', () => {
  test('a modified cursor, or one of another list or person, reveals nothing', async () => {
    const { ann, ben, group } = await newPair(stack, 'only for us');
    for (let i = 0; i < 3; i++)
      assertOk(await say(stack, ann, { message_group_uuid: group }, `${i}`));
    const [handle] = await newUserRows(stack, 1);
    assertOk(await say(stack, ann, { handle }, 'another one'));
    const cursorOf = async (path) => {
      const next = nextPage(await stack.ask('GET', path, { token: ann.token }));
      return new URL(next, stack.url).searchParams.get('cursor');
    };
    const messages = await cursorOf(`/api/messages/${group}?limit=1`);
    const groups = await cursorOf('/api/message_groups?limit=1');

    const swapped = [
      [`/api/messages/${group}`, groups],
      ['/api/message_groups', messages],
    ];
    for (const [path, cursor] of swapped)
      assertProblem(
        await stack.ask('GET', `${path}?cursor=${cursor}`, { token: ann.token }),
        400,
        'cursor_invalid',
      );
    for (const [path, cursor] of [
      [`/api/messages/${group}`, messages],
      ['/api/message_groups', groups],
    ]) {
      for (let i = 0; i < cursor.length; i += 3) {
        const changed = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
        const answer = await stack.ask('GET', `${path}?cursor=${changed}`, { token: ann.token });
        if (answer.status !== 200) assertProblem(answer, 400, 'cursor_invalid');
      }
    }
    // Another person's cursor is refused or gives the caller's own list.
    const answer = await stack.ask('GET', `/api/message_groups?cursor=${groups}`, {
      token: ben.token,
    });
    if (answer.status === 200) {
      const mine = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.token }));
      for (const row of answer.body) assert.ok(uuidsOf(mine).includes(row.uuid));
    } else {
      assertProblem(answer, 400, 'cursor_invalid');
    }
  });
});
