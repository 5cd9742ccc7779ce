// feeds.mjs - lists of cruds (the home feed, a person's page, replies), also while others post.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, nextPage } from '../harness/client.mjs';
import {
  ask,
  assertCrud,
  expireIn,
  follow,
  get,
  mark,
  post,
  reply,
  uuidsOf,
} from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newAccount, newPerson } from '../harness/people.mjs';
import { OPTIONAL } from '../harness/routes.mjs';

const withoutOwnMarks = (rows) =>
  rows.map((row) => {
    const copy = { ...row };
    delete copy.liked;
    delete copy.reposted;
    delete copy.bookmarked;
    return copy;
  });

describe('routes with an optional token', () => {
  test('an invalid token is a 401, not an anonymous request', async () => {
    for (const { path } of OPTIONAL) {
      assertOk(await stack.ask('GET', path));
      for (const value of ['Bearer a.b.c', 'Bearer ', 'Basic YTpi', 'rubbish']) {
        const answer = await stack.ask('GET', path, { headers: { Authorization: value } });
        assert.equal(answer.status, 401, `${value}: ${path}`);
      }
      const token = await stack.token('bayko');
      const [head, body, signature] = token.split('.');
      const forged = `${head}.${body}.${signature.split('').reverse().join('')}`;
      assertProblem(await stack.ask('GET', path, { token: forged }), 401, 'token_invalid');
      const two = [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`];
      assert.equal((await stack.client.rawRequest('GET', path, two)).status, 400);
    }
  });

  test('an unregistered account can read, and reading does not register it', async () => {
    const account = await newAccount(stack);
    for (const { path } of OPTIONAL) assertOk(await ask(account, 'GET', path));
    const rows = await stack.sql(`select 1 from users where handle = '${account.handle}'`);
    assert.equal(rows.length, 0);
  });

  test('answers are private and no-store, even without a token', async () => {
    for (const { path } of OPTIONAL) {
      const { headers } = await stack.ask('GET', path);
      assert.equal(headers['cache-control'], 'private, no-store');
    }
  });
});

describe('the home feed', () => {
  test('differs with and without a token only in the marks of the caller', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const cruds = [await post(ann, 'one'), await post(ann, 'two'), await post(ben, 'three')];
    assertOk(await mark(ann, 'PUT', cruds[0].uuid));
    assertOk(await mark(ann, 'PUT', cruds[2].uuid, 'repost'));
    const home = (person) => get(person, '/api/activities/home?limit=100');
    const [anonymous, asAnn, asBen] = [await home(undefined), await home(ann), await home(ben)];
    for (const crud of anonymous) assertCrud(crud, false);
    for (const crud of asAnn) assertCrud(crud, true);
    assert.deepEqual(withoutOwnMarks(asAnn), anonymous);
    assert.deepEqual(withoutOwnMarks(asBen), anonymous);
    const mine = (rows, member) => uuidsOf(rows.filter((row) => row[member]));
    assert.deepEqual(mine(asAnn, 'liked'), [cruds[0].uuid]);
    assert.deepEqual(mine(asAnn, 'reposted'), [cruds[2].uuid]);
    assert.deepEqual([...mine(asBen, 'liked'), ...mine(asBen, 'reposted')], []);
  });

  test('lists each crud exactly once, newest first, while others post', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    for (let i = 0; i < 30; i++) {
      const crud = await post(i % 2 ? ann : ben, `feed ${i}`);
      if (i % 5 === 0) await reply(ann, crud.uuid, 'no crud of the feed');
    }
    const first = await follow(undefined, '/api/activities/home?limit=100');
    const times = first.map(({ created_at }) => created_at);
    assert.deepEqual(times, [...times].sort().reverse());
    assert.ok(first.every((crud) => crud.reply_to_activity_uuid === null));

    let late = 0;
    const between = async () => {
      await post(ann, `late ${late++}`);
      await post(ben, `late ${late++}`);
    };
    const rows = await follow(undefined, '/api/activities/home?limit=4', { between });
    assert.ok(late > 10);
    assert.deepEqual(uuidsOf(rows), uuidsOf(first));
  });

  test('omits cruds that disappear between pages, and no others', async () => {
    const ann = await newPerson(stack);
    const cruds = [];
    for (let i = 0; i < 6; i++) cruds.push(await post(ann, `short ${i}`));
    const expected = uuidsOf(cruds).reverse();
    const path = `/api/activities/@${ann.handle}?limit=2`;
    let pages = 0;
    const rows = await follow(undefined, path, {
      rowsOf: ({ activities }) => activities,
      between: async () => {
        // The last crud shown, which the cursor refers to, and one of a later page.
        if (pages++ > 0) return;
        await ask(ann, 'DELETE', `/api/activities/${expected[1]}`);
        await expireIn(expected[3], 0);
      },
    });
    assert.deepEqual(
      uuidsOf(rows),
      expected.filter((uuid) => uuid !== expected[3]),
    );
  });

  test('orders cruds of the same microsecond by their uuid', async () => {
    const ann = await newPerson(stack);
    for (let i = 0; i < 7; i++) await post(ann, `same ${i}`);
    await stack.sql(
      `update activities set created_at = '2026-01-02 03:04:05.678901+00'
        where user_uuid = '${ann.uuid}'`,
    );
    const path = `/api/activities/@${ann.handle}?limit=3`;
    const rows = await follow(undefined, path, { rowsOf: ({ activities }) => activities });
    assert.equal(rows.length, 7);
    assert.deepEqual(uuidsOf(rows), uuidsOf(rows).sort().reverse());
  });
});

describe('a person’s page', () => {
  test('has the profile and its unexpired cruds, without replies', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const json = { display_name: 'Ann', bio: 'hello there' };
    assertOk(await ask(ann, 'PUT', '/api/profile/update', { json }));
    const profile = {
      uuid: ann.uuid,
      handle: ann.handle,
      display_name: 'Ann',
      bio: 'hello there',
      avatar_url: null,
      cruds_count: 0,
      followers_count: 0,
      following_count: 0,
    };
    const relation = { following: false, followed_by: false, blocking: false, muting: false };
    const path = `/api/activities/@${ann.handle}`;
    assert.deepEqual(await get(undefined, path), { profile, activities: [] });

    const [old, kept, liked] = [
      await post(ann, 'old'),
      await post(ann, 'kept'),
      await post(ann, 'liked'),
    ];
    const bens = await post(ben, 'not mine');
    await reply(ann, bens.uuid, 'a reply');
    assertOk(await mark(ben, 'PUT', liked.uuid));
    await expireIn(old.uuid, 0);
    const page = await get(ben, path.toUpperCase().replace('/API/ACTIVITIES', '/api/activities'));
    assert.deepEqual(page.profile, { ...profile, ...relation, cruds_count: 2 });
    assert.deepEqual(uuidsOf(page.activities), uuidsOf([liked, kept]));
    assert.deepEqual(
      page.activities.map((crud) => crud.liked),
      [true, false],
    );
  });

  test('has the profile on each page of cruds', async () => {
    const ann = await newPerson(stack);
    for (let i = 0; i < 7; i++) await post(ann, `${i}`);
    const counts = [];
    const rows = await follow(ann, `/api/activities/@${ann.handle}?limit=3`, {
      rowsOf: ({ profile, activities }) => {
        counts.push(profile.cruds_count);
        return activities;
      },
    });
    assert.deepEqual(
      rows.map(({ message }) => message),
      ['6', '5', '4', '3', '2', '1', '0'],
    );
    assert.deepEqual(counts, [7, 7, 7]);
  });

  test('has replies and reposts under ?kind=, the latest first, page by page', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [first, second] = [await post(ben, 'first'), await post(ben, 'second')];
    const own = await post(ann, 'own');
    const replies = [await reply(ann, first.uuid, 'one'), await reply(ann, second.uuid, 'two')].reverse();
    for (const crud of [second, own, first]) assertOk(await mark(ann, 'PUT', crud.uuid, 'repost'));
    const path = (kind) => `/api/activities/@${ann.handle}?kind=${kind}`;
    const of = async (kind, person) => (await get(person, path(kind))).activities;
    assert.deepEqual(uuidsOf(await of('replies')), uuidsOf(replies));
    assert.deepEqual(uuidsOf(await of('reposts')), uuidsOf([first, own, second]));
    assert.deepEqual(uuidsOf(await of('cruds')), [own.uuid]);
    const rowsOf = ({ activities }) => activities;
    for (const [kind, expected] of [['replies', replies], ['reposts', [first, own, second]]]) {
      for (const limit of [1, 2, 3])
        assert.deepEqual(
          uuidsOf(await follow(undefined, `${path(kind)}&limit=${limit}`, { rowsOf })),
          uuidsOf(expected),
        );
      const { profile } = await get(ben, path(kind));
      assert.equal(profile.cruds_count, 1);
      for (const crud of await of(kind, ben)) assertCrud(crud, true);
    }
    await expireIn(first.uuid, -1000); // with its reply and its reposts
    assert.deepEqual(uuidsOf(await of('replies')), [replies[0].uuid]);
    assert.deepEqual(uuidsOf(await of('reposts')), uuidsOf([own, second]));

    // A block hides what the other has written, also when somebody else has reposted it.
    const cat = await newPerson(stack);
    assertOk(await ask(cat, 'PUT', `/api/users/@${ben.handle}/block`));
    assert.deepEqual(uuidsOf(await of('reposts', cat)), [own.uuid]);
    assertOk(await ask(ann, 'PUT', `/api/users/@${cat.handle}/block`));
    for (const kind of ['cruds', 'replies', 'reposts']) assert.deepEqual(await of(kind, cat), []);

    for (const kind of ['', 'likes', 'Cruds'])
      assertProblem(await stack.ask('GET', path(kind)), 422, 'kind_invalid');
  });

  test('is a 404 for an unknown handle', async () => {
    for (const handle of ['nobody_here', 'x', 'a%20b', '%27%3B--', 'ü', 'x'.repeat(31)])
      assertProblem(await ask(undefined, 'GET', `/api/activities/@${handle}`), 404, 'not_found');
  });
});

describe('pages of replies', () => {
  test('list each reply exactly once, newest first, while others reply', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const crud = await post(ann, 'many answers');
    const replies = [];
    for (let i = 0; i < 23; i++) replies.push(await reply(i % 2 ? ann : ben, crud.uuid, `${i}`));
    let late = 0;
    const rows = await follow(ann, `/api/activities/${crud.uuid}?limit=5`, {
      rowsOf: (body) => {
        assert.equal(body.activity.uuid, crud.uuid);
        return body.replies;
      },
      between: () => reply(ben, crud.uuid, `late ${late++}`),
    });
    assert.deepEqual(uuidsOf(rows), uuidsOf(replies).reverse());
  });
});

describe('limits and cursors of cruds', () => {
  const lists = async () => {
    const ann = await newPerson(stack);
    const root = await post(ann, 'common root');
    for (let i = 0; i < 3; i++) {
      await post(ann, 'common crud');
      await reply(ann, root.uuid, 'common reply');
    }
    const ben = await newPerson(stack);
    for (const { uuid } of (await get(ann, `/api/activities/@${ann.handle}`)).activities)
      assertOk(await mark(ben, 'PUT', uuid));
    return [
      [ann, '/api/activities/home'],
      [ann, `/api/activities/@${ann.handle}`],
      [ann, `/api/activities/${root.uuid}`],
      [ann, '/api/activities/search?term=common'],
      [ann, '/api/activities/notifications'],
    ];
  };

  test('invalid ones are refused, and a full last page has no next link', async () => {
    for (const [person, path] of await lists()) {
      const getWith = (query) =>
        ask(person, 'GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
      for (const limit of ['0', '101', '-1', 'abc', '', '1.5', '1e1', '%00'])
        assert.equal((await getWith(`limit=${limit}`)).status, 400, `${path} ${limit}`);
      assertProblem(await getWith('limit=101'), 400, 'limit_invalid');
      const fields = (...parts) => Buffer.from(parts.join('|')).toString('base64url');
      for (const cursor of [
        '',
        'x',
        fields('cruds'),
        fields('cruds', 'infinity', '00000000-0000-4000-8000-000000000000'),
        fields('cruds', '0000-01-01T00:00:00.000000+00:00', '00000000-0000-4000-8000-000000000000'),
        fields('cruds', "2026-01-01'; drop table users; --", 'x'),
        fields(
          'groups',
          '2026-01-01T00:00:00.000000+00:00',
          '00000000-0000-4000-8000-000000000000',
        ),
        fields('found', 'now', 'nan', 'tomorrow', 'x'),
      ])
        assertProblem(await getWith(`cursor=${cursor}`), 400, 'cursor_invalid');

      if (path.endsWith('/home')) continue; // it contains cruds of other tests
      const all = assertOk(await getWith('limit=100'));
      const rows = all.replies ?? all.activities ?? all;
      assert.ok(rows.length >= 3 && rows.length < 100, path);
      assert.equal(nextPage(await getWith(`limit=${rows.length}`)), undefined);
      const short = await getWith(`limit=${rows.length - 1}`);
      const last = assertOk(await ask(person, 'GET', nextPage(short)));
      assert.deepEqual(uuidsOf(last.replies ?? last.activities ?? last), [rows.at(-1).uuid]);
    }
  });

  test('a modified cursor is refused or harmless', async () => {
    for (const [person, path] of await lists()) {
      const next = nextPage(
        await ask(person, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`),
      );
      const cursor = new URL(next, stack.url).searchParams.get('cursor');
      for (let i = 0; i < cursor.length; i += 7) {
        const changed = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
        const answer = await ask(person, 'GET', next.replace(cursor, changed));
        if (answer.status !== 200) assertProblem(answer, 400, 'cursor_invalid');
      }
    }
  });
});
