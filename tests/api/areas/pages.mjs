// pages.mjs - pages of long lists, also while the lists grow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { SEEDED_GROUP } from '../harness/routes.mjs';

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

  test('`after` with a message of another conversation reveals nothing of it', async () => {
    const { ann, group, first } = await newPair(stack);
    const [handle] = await newUserRows(stack, 1);
    const other = assertOk(await say(stack, ann, { handle }, 'elsewhere'));
    const later = assertOk(await say(stack, ann, { message_group_uuid: group }, 'here'));
    const path = `/api/messages/${group}?after=${other.uuid}`;
    const answer = await stack.ask('GET', path, { token: ann.token });
    if (answer.status === 400) assertProblem(answer, 400, 'after_invalid');
    else
      for (const { uuid } of assertOk(answer)) assert.ok([first.uuid, later.uuid].includes(uuid));
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
