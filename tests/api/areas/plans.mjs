// plans.mjs - PostgreSQL's plan of each query on a large amount of data, and the purge of expired
// data. The plans are made in a separate database on the stack's server.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { exampleOf } from '../../consistency/queries.mjs';
import { assertProblem } from '../harness/client.mjs';
import { expireIn, get, mark, post, reply, show, uuidsOf } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson } from '../harness/people.mjs';
import { ROOT } from '../harness/stack.mjs';

const QUERIES = path.join(ROOT, 'sql/queries');
const execute = promisify(execFile);
const run = async (file, ...args) =>
  (await execute(file, args, { cwd: ROOT, env: stack.env, maxBuffer: 64 << 20 })).stdout;
const psqlIn = (database, ...args) =>
  run('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', stack.databaseUrl(database), ...args);
const psql = (...args) => psqlIn('plans', ...args);
const dbmate = (command, database = 'plans', folder = path.join(ROOT, 'sql/migrations')) =>
  run(
    path.join(ROOT, 'node_modules/.bin/dbmate'),
    `--url=${stack.databaseUrl(database)}&sslmode=disable`,
    '--no-dump-schema',
    `--migrations-dir=${folder}`,
    command,
  );
const TERMS = ['p60', 'w2', 'w20', 'w700', 'w19000', '#t1', '#t900', '@person_1', 'w1 w2 -w3', 'p5 p2'];

// Queries that may use a sequential scan.
const SCANS = [
  'users/ping', // it stops at the first row
  'trends/list', // of at most 100 rows
  'erasures/again', // an operator's command after a restore, of the whole journal
];

const SMALL = ['feed_readers']; // tables of which one page is everything here

const textOf = (name) => fs.readFileSync(path.join(QUERIES, `${name}.sql`), 'utf8');
const NAMES = fs
  .readdirSync(QUERIES, { recursive: true })
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.slice(0, -4));

// The parameters of a query, from its `-- example:` line. :person and :crud become literals of this
// database; 'person_1' is the person's handle.
function parametersOf(name, literals) {
  const example = exampleOf(textOf(name));
  assert.ok(example, `sql/queries/${name}.sql has no example; write: -- example: …`);
  return example.map((value) => value.replace(/(?<!:):(\w+)/g, (_, key) => literals[key]));
}

// Every node of a plan from EXPLAIN (FORMAT JSON).
function nodesOf(plan) {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

async function explain(name, values, mode, options = 'format json') {
  const text = textOf(name);
  const execute = values.length ? `tried(${values.join(', ')})` : 'tried';
  const out = await psql(
    '-c',
    `set plan_cache_mode = ${mode}; prepare tried as ${text}; explain (${options}) execute ${execute}`,
  );
  return nodesOf(JSON.parse(out)[0].Plan);
}

const scansOf = (nodes) =>
  nodes
    .filter((node) => node['Node Type'] === 'Seq Scan' && !SMALL.includes(node['Relation Name']))
    .map((node) => node['Relation Name']);
const uuidOf = (handle) => `(select uuid from users where handle = '${handle}')`;
const quote = (text) => `'${text.replaceAll("'", "''")}'`;

describe('queries on 60,000 cruds of 10,000 people', () => {
  let all;

  before(async () => {
    await stack.sql('create database plans');
    await dbmate('up');
    const data = path.join(ROOT, 'tests/bench/data.sql');
    await psql('-v', 'users=10000', '-v', 'cruds=60000', '-f', data);
    const person = await psql('-c', "select uuid from users where handle = 'person_1'");
    const crud = await psql('-c', 'select uuid from cruds order by replies_count desc limit 1');
    const literals = { person: `'${person.trim()}'`, crud: `'${crud.trim()}'` };
    all = Object.fromEntries(NAMES.map((name) => [name, parametersOf(name, literals)]));
  });

  test('no query uses a sequential scan, in its custom or in its generic plan', async () => {
    for (const name of NAMES.filter((one) => !SCANS.includes(one)))
      for (const mode of ['force_custom_plan', 'force_generic_plan'])
        assert.deepEqual(scansOf(await explain(name, all[name], mode)), [], `${name}: ${mode}`);
  });

  // The reads of a search: of cruds, the rows and the scans of the whole table, and the lookups in the
  // index of dated words. EXPLAIN does not show what a function does.
  const readsOf = async (term) => {
    const [person, , ...rest] = all['activities/search'];
    const out = await psql(
      '-c',
      `prepare tried as ${textOf('activities/search')};
       begin;
       execute tried(${[person, quote(term), ...rest].join(', ')});
       select '', seq_scan, seq_tup_read + idx_tup_fetch,
              pg_stat_get_xact_numscans('activities_search_dated'::regclass)
         from pg_stat_xact_user_tables where relname = 'activities';`,
    );
    const [, scans, rows, lookups] = out.trim().split('\n').at(-1).split('|').map(Number);
    return { scans, rows, lookups };
  };

  test('a search uses the index of dated words, however frequent its words are', async () => {
    for (const term of TERMS) {
      const { scans, lookups } = await readsOf(term);
      assert.equal(scans, 0, term);
      assert.ok(lookups > 0, term);
    }
  });

  test('a search reads a bounded number of cruds, also when it finds nothing', async () => {
    for (const term of [
      ...TERMS,
      '"w1 w1 w2 w1"',
      'w1 -w2 -w3 -w4 -w5 -w6 -w7 -w8 -w9',
      'p60 -p60',
      'heads tails',
      '"heads tails"',
      '"w2 w2 w2"',
      '"w19000 w1"',
    ]) {
      const { rows } = await readsOf(term);
      assert.ok(rows <= 3_500, `${term}: ${rows}`);
    }
  });

  test('a search finds the newest matches, best first', async () => {
    // Nobody is hidden from an anonymous reader.
    const rest = all['activities/search'].slice(2);
    for (const term of [...TERMS, 'p60 p30', 'p2 p1', 'heads tails', '"good morning"', 'w3 or w700']) {
      const found = await psql(
        '-c',
        `prepare tried as ${textOf('activities/search')};
         execute tried(${['null', quote(term), ...rest.with(-1, 201)].join(', ')});`,
      );
      const expected = await psql(
        '-c',
        `select uuid
           from (select uuid, created_at, ts_rank(search, query) as rank
                   from search_query(${quote(term)}) as query
                   join activities on search @@ query and expires_at > now()
                  order by created_at desc, uuid desc
                  limit 200) as newest
          order by rank desc, created_at desc, uuid desc`,
      );
      const uuids = found.split('\n').map((line) => line.split('|')[0]);
      assert.deepEqual(uuids, expected.split('\n'), term);
    }
  });

  test('the home feed gets a generic plan', async () => {
    const text = textOf('activities/home');
    const once = `execute tried(${all['activities/home'].join(', ')})`;
    const out = await psql(
      ...['-c', `prepare tried as ${text}`],
      ...Array.from({ length: 8 }, () => ['-c', once]).flat(),
      ...['-c', "select 'generic ' || generic_plans from pg_prepared_statements"],
    );
    assert.ok(Number(out.trim().split('\n').at(-1).split(' ')[1]) > 0, 'no generic plan was used');
  });

  // Pages of feed_entries for a reader that differ from those of all entries in their order: the first page,
  // and those after each entry of a number of them.
  const wrongPages = async (reader, each) => {
    const out = await psql(
      '-c',
      `create temporary table entries as
       select row_number() over (order by at desc, uuid desc) as n, *
         from (select created_at as at, uuid, null::uuid as reposter
                 from activities
                where not is_reply and expires_at > now()
                  and (user_uuid = ${reader}
                       or user_uuid in (select followed_uuid from follows where user_uuid = ${reader}))
                union all
               select created_at, activity_uuid, user_uuid
                 from reposts
                where user_uuid in (select followed_uuid from follows where user_uuid = ${reader})) as one;
       create unique index on entries (n);
       select n,
              (select coalesce(array_agg(row(entry_at, crud_uuid, reposter_uuid)::text
                                         order by entry_at desc, crud_uuid desc), '{}')
                 from feed_entries(${reader}, at, uuid, 24))
            = (select coalesce(array_agg(row(e.at, e.uuid, e.reposter)::text order by e.n), '{}')
                 from entries e where e.n > places.n and e.n <= places.n + 24)
         from (select n, at, uuid from entries where n % ${each} = 2
                union all
               select 0, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff') as places`,
    );
    const pages = out.trim().split('\n').map((line) => line.split('|'));
    assert.ok(pages.length > 2, `${pages.length} pages`);
    return pages.filter(([, right]) => right !== 't').map(([n]) => n);
  };

  test('the feed of ten people, or of many, has all their entries, wherever they are in time', async () => {
    const readers = Object.entries({
      anybody: 'random()',
      'people who write least': 'cruds',
      'people who were silent for long': 'latest',
      'people who write most': 'cruds desc',
    }).flatMap(([name, order], i) => [10, 300, 2000].map((count, j) => ({ name, order, count, handle: `person_${9000 + 3 * i + j}` })));
    await psql(
      '-c',
      `create table writers as
       select u.uuid, count(*) as cruds, max(a.created_at) as latest
         from users u join activities a on a.user_uuid = u.uuid
        where a.expires_at > now() and u.handle !~ '^person_90'
        group by u.uuid`,
      ...readers.flatMap(({ order, count, handle }) => [
        '-c',
        `delete from follows where user_uuid = ${uuidOf(handle)}`,
        '-c',
        `insert into follows (user_uuid, followed_uuid)
         select ${uuidOf(handle)}, uuid from (select uuid from writers order by ${order} limit ${count}) as one`,
      ]),
    );
    const check = async (what) => {
      for (const { name, count, handle } of readers)
        assert.deepEqual(await wrongPages(uuidOf(handle), count < 100 ? 3 : 211), [], `${what}: ${count} of ${name}`);
    };
    await check('noted');

    // Somebody writes now, somebody else wrote long ago in a transaction that ends now, and people change.
    for (const { count, handle } of readers)
      await psql(
        '-c',
        `insert into activities (user_uuid, message, expires_at, created_at)
         select followed_uuid, 'late', now() + interval '1 day', now() - n * interval '1 day'
           from (select followed_uuid, row_number() over () - 1 as n from follows
                  where user_uuid = ${uuidOf(handle)} limit 20) as one`,
        '-c',
        `delete from follows
          where user_uuid = ${uuidOf(handle)}
            and followed_uuid in (select followed_uuid from follows
                                   where user_uuid = ${uuidOf(handle)} order by followed_uuid limit ${Math.min(30, count / 2)})`,
        '-c',
        `insert into follows (user_uuid, followed_uuid)
         select ${uuidOf(handle)}, uuid from (select uuid from writers order by uuid desc limit ${Math.min(30, count)}) as one
             on conflict do nothing`,
      );
    await check('changed');
    const unlike = await psql(
      '-c',
      `select user_uuid, followed.numbers <> mine.numbers or followed.people <> mine.people
         from (select user_uuid, feed_group(feed_number) as people_group,
                      array_agg(feed_number order by feed_number) as numbers, bit_or(feed_set(feed_number)) as people
                 from follows
                 join users on uuid = followed_uuid
                where user_uuid in (select user_uuid from feed_readers)
                group by 1, 2) as followed
         full join (select user_uuid, people_group, (select array_agg(n order by n) from unnest(numbers) as n) as numbers,
                           people
                      from feed_reader_sets where numbers <> '{}') as mine using (user_uuid, people_group)
        where (followed.numbers = mine.numbers and followed.people = mine.people) is not true`,
    );
    assert.equal(unlike, '', 'the sets of readers are those whom they follow');

    // Of 128 spans that are old together, nothing remains.
    const left = await psql(
      '-c',
      `begin;
       update feed_spans set number = number + 128 where number > 5;
       update feed_spans set until_at = now() - interval '32 days' where number <= 5;
       insert into feed_span_sets select size, 128 / size, people_group, people from feed_span_sets where number = 0;
       select feed_advance();
       select (select min(number) from feed_spans), string_agg(distinct size || ':' || number, ' ')
         from feed_span_sets;
       rollback`,
    );
    assert.equal(left.trim().split('\n').at(-1), '134|128:1 16:8');

    // The job has not run for long, then never.
    await psql('-c', 'delete from feed_spans where number > 3');
    await check('late job');
    await psql('-c', 'delete from feed_spans');
    await check('no job');
    await psql('-c', 'drop table writers');
  });

  test('a page reads little, also when everybody has reposted a crud', async () => {
    const readers = { person_8000: 10, person_8001: 300, person_8002: 2000 };
    for (const [handle, count] of Object.entries(readers))
      await psql(
        '-c',
        `insert into follows (user_uuid, followed_uuid)
         select ${uuidOf(handle)}, uuid
           from (select uuid from users where handle not in ('${handle}', 'person_7999') order by random() limit ${count}) as one
             on conflict do nothing`,
      );
    await psql(
      '-c',
      `with crud as (insert into activities (user_uuid, message, expires_at)
                     values (${uuidOf('person_7999')}, 'everybody', now() + interval '1 day') returning uuid)
       insert into reposts (activity_uuid, user_uuid, created_at)
       select crud.uuid, users.uuid, now() - (10 + random()) * interval '1 second' from crud, users`,
      '-c',
      'vacuum analyze reposts',
      '-c',
      'do $$ begin while feed_advance() loop end loop; end $$',
    );
    const end = ["'infinity'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", '22'];
    for (const handle of Object.keys(readers))
      for (const [name, most] of Object.entries({ 'activities/home': 1300, 'activities/following': 3000 })) {
        const options = 'analyze, buffers, timing off, format json';
        const reader = quote((await psql('-c', `select ${uuidOf(handle)}`)).trim());
        const [page] = await explain(name, [reader, ...end], 'force_generic_plan', options);
        assert.ok(page['Actual Rows'] > 10, `${name}: ${page['Actual Rows']} rows`);
        const blocks = page['Shared Hit Blocks'] + page['Shared Read Blocks'];
        assert.ok(blocks <= most, `${handle}: ${name} reads ${blocks} blocks`);
      }
    await psql('-c', "delete from activities where message = 'everybody'");
  });

  test('names and handles of before are cleaned and kept by the migrations', async () => {
    const folder = fs.mkdtempSync(path.join(stack.home, 'migrations-'));
    const names = fs.readdirSync(path.join(ROOT, 'sql/migrations')).sort();
    for (const name of names.filter((one) => one < '20261126020000'))
      fs.copyFileSync(path.join(ROOT, 'sql/migrations', name), path.join(folder, name));
    const people = {
      plain: ['Ann Brown', 'Ann Brown'],
      spoof: ['Andrew Brown @andrewbrown\u2800\u2800', 'Andrew Brown @andrewbrown'],
      nworbwerdna: ['\u202enworB werdnA', 'nworB werdnA'],
      nobody_here: ['\u3164 \u200b', 'nobody_here'],
      marks: ['Zoe\u0308', 'Zo\u00eb'],
      lines: ['a\u2028b\tc', 'abc'],
      joined: ['A\u200dnn \ufe0f', 'Ann'],
      tagged: ['x\u{e0041}\u{e007f}', 'x'],
      rocket: ['👩🏽\u200d🚀 ❤\ufe0f 1\ufe0f\u20e3', '👩🏽\u200d🚀 ❤\ufe0f 1\ufe0f\u20e3'],
      rainbow: ['🏳\ufe0f\u200d🌈\u200d', '🏳\ufe0f\u200d🌈'],
      scotland: [
        '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}\u{e0041}',
        '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
      ],
      admin: ['Admin', 'Admin'],
      blll: ['one', 'one'],
      b1ll: ['two', 'two'],
    };
    const values = Object.entries(people).map(([handle, [name]]) => `('${handle}', '${name}')`);
    const sql = (text) => psqlIn('names', '-c', text);

    await stack.sql('create database names');
    await dbmate('up', 'names', folder);
    await sql(`insert into users (handle, display_name) values ${values.join(', ')}`);
    await dbmate('up', 'names');
    const rows = (await sql('select handle, display_name from users')).trim().split('\n');
    assert.deepEqual(
      Object.fromEntries(rows.map((row) => row.split('|'))),
      Object.fromEntries(Object.entries(people).map(([handle, [, name]]) => [handle, name])),
    );

    // Two old handles that look alike stay; the look is free when both are gone.
    const taken = 'insert into users (handle, display_name) values';
    for (const handle of ['bIll', 'bl1L', 'BLLL', 'ADMIN', 'sp00f'])
      await assert.rejects(sql(`${taken} ('${handle}', 'x')`), /handle_skeletons|users_handle/);
    await sql("delete from users where handle = 'blll'");
    await assert.rejects(sql(`${taken} ('bIll', 'x')`), /handle_skeletons/);
    await sql("update users set handle = 'somebody' where handle = 'b1ll'");
    await sql(`${taken} ('bIll', 'x')`);
  });

  test('the migrations can be rolled back and applied again', async () => {
    const count = fs.readdirSync(path.join(ROOT, 'sql/migrations')).length;
    for (let i = 0; i < count; i++) await dbmate('rollback');
    const left = await psql(
      '-c',
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'i')",
      '-c',
      "select proname from pg_proc where pronamespace = 'public'::regnamespace",
    );
    assert.deepEqual(
      left.split('\n').filter((name) => name && !name.startsWith('schema_migrations')),
      [],
    );
    await dbmate('up');
  });
});

describe('purge-expired', () => {
  test('removes expired cruds with everything that belongs to them, and nothing else', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const [old, kept] = [await post(ann, 'old'), await post(ann, 'kept')];
    const answer = await reply(ben, old.uuid, 'soon gone');
    await mark(ben, 'PUT', old.uuid);
    await mark(ben, 'PUT', kept.uuid);
    await expireIn(old.uuid, 0);
    await stack.sql(
      `insert into idempotency_keys (user_uuid, key, request, activity_uuid, expires_at, created_at)
       values ('${ann.uuid}', 'old', 'x', '${old.uuid}', now(), now() - interval '24 hours'),
              ('${ann.uuid}', 'new', 'x', '${old.uuid}', now(), now() - interval '23 hours')`,
    );
    assert.match(
      await stack.command('bin/db/purge-expired'),
      /^purged \d+ cruds, \d+ idempotency keys$/m,
    );

    const count = async (table, where) =>
      (await stack.sql(`select 1 from ${table} where ${where}`)).length;
    for (const uuid of uuidsOf([old, answer])) {
      assert.equal(await count('activities', `uuid = '${uuid}'`), 0);
      for (const table of ['likes', 'notifications'])
        assert.equal(await count(table, `activity_uuid = '${uuid}'`), 0);
    }
    assert.deepEqual(
      await stack.sql(`select key from idempotency_keys where user_uuid = '${ann.uuid}'`),
      [['new']],
    );
    const { activity } = await get(ben, `/api/activities/${kept.uuid}`);
    assert.deepEqual([activity.likes_count, activity.liked], [1, true]);
    assertProblem(await show(ann, old.uuid), 404, 'not_found');
  });

  test('skips rows that another transaction has locked, without waiting', async () => {
    const ann = await newPerson(stack);
    const [held, free] = [await post(ann, 'held'), await post(ann, 'free')];
    for (const uuid of uuidsOf([held, free])) await expireIn(uuid, 0);
    const holder = spawn('psql', ['-XqAt', '-d', stack.databaseUrl()], { env: stack.env });
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    try {
      holder.stdin.write(
        `begin; select 'held' from activities where uuid = '${held.uuid}' for update;\n`,
      );
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      await stack.command('bin/db/purge-expired');
      const left = () => stack.sql(`select uuid from activities where user_uuid = '${ann.uuid}'`);
      assert.deepEqual(await left(), [[held.uuid]]);
      holder.stdin.end('rollback;\n');
      await ended;
      await stack.command('bin/db/purge-expired');
      assert.deepEqual(await left(), []);
    } finally {
      holder.kill();
      await ended;
    }
  });

  test('prints its usage and refuses unknown arguments', async () => {
    assert.match(
      await stack.command('bin/db/purge-expired', '--help'),
      /usage: purge-expired \[prod\]/,
    );
    await assert.rejects(stack.command('bin/db/purge-expired', 'everything'), /usage/);
    await assert.rejects(stack.command('bin/db/purge-expired', 'prod'), /PROD_CONNECTION_URL/);
  });
});
