// locks.mjs - no two statements that write wait for each other in a circle. Every pair of them runs
// at once in a separate database on the stack's server: the first is stopped at each lock that both
// take, the second runs until it waits or ends, then both go on. A statement is repeated only once
// after a deadlock, so a deadlock may be a 503.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { stack } from '../harness/main.mjs';
import { ROOT } from '../harness/stack.mjs';

const read = (name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const filesOf = (folder) =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => fs.statSync(path.join(ROOT, name)).isFile());

// --- the statements ------------------------------------------------------------------------------
const LOCKS =
  /\b(insert into|update|delete from|merge into|truncate|for (no key )?update|for (key )?share)\b/i;
const withoutComments = (text) => text.replace(/--.*$/gm, '');

// The functions that do, by their name and a bracket.
const FUNCTIONS = filesOf('sql/migrations').flatMap((file) =>
  withoutComments(read(file))
    .split(/^(?=create )/m)
    .filter((part) => LOCKS.test(part))
    .flatMap((part) => /^create (?:or replace )?function (\w+\()/.exec(part)?.[1] ?? []),
);

// Every statement that writes or locks rows, as { name: text }.
function statements() {
  const found = {};
  for (const file of filesOf('sql/queries')) {
    const text = withoutComments(read(file));
    if (LOCKS.test(text) || FUNCTIONS.some((name) => text.includes(name)))
      found[file.slice('sql/queries/'.length, -'.sql'.length)] = text;
  }
  const commands = filesOf('bin/db').map((file) => [file, read(file)]);
  for (const [file, text] of [...commands, ['sql/seed.sql', read('sql/seed.sql')]])
    for (const [, statement] of withoutComments(text).matchAll(
      /^\s*((?:with|delete from|insert into|update|truncate)\s[^;]*);/gm,
    )) {
      const [, table] = /(?:delete from|insert into|update|truncate) (\w+)/.exec(statement) ?? [];
      if (!table) continue; // it only reads
      found[`${file} ${table}`] = statement.replace(":'people'", `'${read('sql/people.json')}'`);
    }
  found['deletion of a person'] = 'delete from users where uuid = $1';
  return found;
}

// The people and cruds of the database. ben has answered, liked and reposted the crud of ann, who
// has answered the answer; the crud `other` of ben mentions ann; `expired` of ann has an answer. dan,
// whose answer to `other` is `held`, is suspended. Some follow others. eve, fay and gus are being erased: ben has
// answered a crud of eve, and eve his answer; eve has answered `crud` and likes it; fay likes `reply` and follows.
const uuid = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const [ANN, BEN, CID, NEW, DAN, EVE, FAY, GUS] = [1, 2, 3, 4, 5, 6, 7, 8].map(uuid);
const [CRUD, REPLY, SECOND, OTHER, EXPIRED, LATE, HELD] = [11, 12, 13, 14, 15, 16, 17].map(uuid);
const [ROOT_OF_EVE, BELOW, OF_EVE] = [18, 19, 20].map(uuid);
const MENTION = uuid(21);
const [OF_CRUD, OF_REPLY, OF_MESSAGE, OF_PERSON, OLD_REPORT] = [31, 32, 33, 34, 35].map(uuid);
const FIXTURE = `
  insert into users (uuid, cognito_user_id, handle, display_name) values
    ('${ANN}', 'sub-ann', 'ann', 'Ann'), ('${BEN}', 'sub-ben', 'ben', 'Ben'),
    ('${CID}', null, 'cid', 'Cid'), ('${DAN}', 'sub-dan', 'dan', 'Dan');
  insert into users (uuid, handle, display_name, suspended_at, deleted_at) values
    ('${EVE}', 'eve', 'Eve', now(), now()), ('${FAY}', 'fay', 'Fay', now(), now()),
    ('${GUS}', 'gus', 'Gus', now(), now());
  insert into erasures (user_uuid, step, finished_at) values ('${EVE}', 'messages', null), ('${FAY}', 'done', now());
  insert into erased_handles values ('a', now() - interval '91 days'), ('b', now());
  insert into erased_subjects values ('a', now() - interval '31 days'), ('b', now());
  insert into exports (user_uuid, ready_at) values
    ('${ANN}', now() - interval '25 hours'), ('${BEN}', null), ('${EVE}', now());
  insert into export_parts (user_uuid, number, lines) values ('${ANN}', 0, '{}'), ('${EVE}', 0, '{}');
  update users set suspended_at = now() where uuid = '${DAN}';
  insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at) values
    ('${CRUD}', '${ANN}', 'hello #hi', null, now() + interval '1 day'),
    ('${REPLY}', '${BEN}', 'hello @cid', '${CRUD}', now() + interval '1 day'),
    ('${SECOND}', '${ANN}', 'again', '${REPLY}', now() + interval '1 day'),
    ('${OTHER}', '${BEN}', 'hello @ann', null, now() + interval '1 day'),
    ('${EXPIRED}', '${ANN}', 'gone', null, now() - interval '1 hour'),
    ('${LATE}', '${BEN}', 'gone, too', '${EXPIRED}', now() - interval '1 hour');
  insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at, held_until) values
    ('${HELD}', '${DAN}', 'held', '${OTHER}', '-infinity', now() + interval '1 day');
  insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at, held_until) values
    ('${ROOT_OF_EVE}', '${EVE}', 'of eve', null, '-infinity', now() + interval '1 day'),
    ('${BELOW}', '${BEN}', 'below', '${ROOT_OF_EVE}', '-infinity', now() + interval '1 day'),
    ('${OF_EVE}', '${EVE}', 'again of eve', '${BELOW}', '-infinity', now() + interval '1 day'),
    ('${uuid(22)}', '${EVE}', 'an answer', '${CRUD}', '-infinity', now() + interval '1 day');
  insert into likes (activity_uuid, user_uuid) values ('${CRUD}', '${EVE}'), ('${REPLY}', '${FAY}');
  insert into reposts (activity_uuid, user_uuid) values ('${REPLY}', '${EVE}');
  insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at, held_until) values
    ('${BEN}', 'reply', '${DAN}', '${HELD}', '-infinity', now() + interval '1 day');
  insert into trends (tag, cruds_count, people_count) values ('hi', 1, 1);
  insert into likes (activity_uuid, user_uuid) values
    ('${CRUD}', '${BEN}'), ('${REPLY}', '${ANN}'), ('${LATE}', '${ANN}');
  insert into reposts (activity_uuid, user_uuid) values ('${CRUD}', '${BEN}');
  insert into bookmarks (activity_uuid, user_uuid) values
    ('${CRUD}', '${BEN}'), ('${OTHER}', '${CID}'), ('${LATE}', '${CID}'), ('${CRUD}', '${CID}');
  insert into notifications (uuid, user_uuid, kind, actor_uuid, activity_uuid, expires_at) values
    ('${MENTION}', '${ANN}', 'mention', '${BEN}', '${OTHER}', now() + interval '1 day');
  insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at) values
    ('${ANN}', 'repost', '${BEN}', '${CRUD}', now() + interval '1 day'),
    ('${ANN}', 'like', '${BEN}', '${CRUD}', now() + interval '1 day'),
    ('${ANN}', 'reply', '${BEN}', '${REPLY}', now() + interval '1 day'),
    ('${CID}', 'mention', '${BEN}', '${REPLY}', now() + interval '1 day'),
    ('${BEN}', 'like', '${ANN}', '${REPLY}', now() + interval '1 day'),
    ('${BEN}', 'like', '${ANN}', '${LATE}', now() - interval '1 hour');
  insert into notifications (user_uuid, kind, actor_uuid, expires_at, created_at) values
    ('${CID}', 'follow', '${BEN}', now() + interval '1 day', now()),
    ('${BEN}', 'follow', '${ANN}', '-infinity', now() - interval '2 days'),
    ('${ANN}', 'follow', '${CID}', now() + interval '1 day', now());
  insert into follows (user_uuid, followed_uuid) values
    ('${BEN}', '${CID}'), ('${CID}', '${ANN}'), ('${DAN}', '${CID}'), ('${BEN}', '${DAN}'),
    ('${FAY}', '${CID}'), ('${EVE}', '${ANN}'), ('${ANN}', '${EVE}');
  insert into feed_readers select uuid, feed_sieve(uuid) from users where uuid in ('${ANN}', '${BEN}');
  insert into feed_reader_sets
  select uuid, feed_group(feed_number), feed_set(feed_number), array[feed_number]
    from users
   where uuid in ('${ANN}', '${BEN}');
  insert into feed_spans values (0, '-infinity', now() - interval '1 hour', 0);
  insert into feed_span_sets select 1, 0, 0, feed_set(1);
  insert into barriers (user_uuid, other_uuid, blocks_since, blocked_since, mutes_since) values
    ('${BEN}', '${DAN}', null, null, now()), ('${CID}', '${DAN}', now(), null, now()),
    ('${DAN}', '${CID}', null, now(), null), ('${CID}', '${BEN}', null, null, now());
  insert into notifications_withdrawn (activity_uuid, kind, actor_uuid, created_at) values
    ('${CRUD}', 'like', '${CID}', now()), ('${CRUD}', 'like', '${BEN}', now() - interval '2 days');
  insert into idempotency_keys (user_uuid, key, request, activity_uuid, expires_at, created_at) values
    ('${ANN}', 'old', 'x', '${CRUD}', now(), now() - interval '2 days'),
    ('${BEN}', 'old', 'x', '${CRUD}', now(), now() - interval '2 days');
  insert into quota_uses (user_uuid, quota, hour, used)
  select '${ANN}', quota, hour, 1
    from unnest(array['cruds', 'mentions', 'profile', 'new_people', 'follows', 'reports']) as quota,
         unnest(array[date_trunc('hour', now(), 'UTC'), now() - interval '2 days']) as hour;
  insert into reports (uuid, reporter_uuid, reported_uuid, kind, thing, activity_uuid, message_group_uuid,
                       message_uuid, reason, note, resolved_at, action) values
    ('${OF_CRUD}', '${BEN}', '${ANN}', 'crud', 'crud:${CRUD}', '${CRUD}', null, null, 'spam', 'x', null, null),
    ('${OF_REPLY}', '${ANN}', '${BEN}', 'crud', 'crud:${REPLY}', '${REPLY}', null, null, 'spam', null, null, null),
    ('${OF_MESSAGE}', '${BEN}', '${ANN}', 'message', 'message:x', null, '${uuid(41)}', '${uuid(42)}', 'spam',
     null, null, null),
    ('${OF_PERSON}', '${CID}', '${BEN}', 'person', 'person:${BEN}', null, null, null, 'other', null, null, null),
    ('${OLD_REPORT}', '${CID}', '${ANN}', 'person', 'person:${ANN}', null, null, null, 'other', 'x',
     now() - interval '91 days', 'dismiss');
  insert into report_copies (report_uuid, place, uuid, user_uuid, message, created_at) values
    ('${OF_CRUD}', 0, '${CRUD}', '${ANN}', 'hello', now()), ('${OLD_REPORT}', 0, '${uuid(43)}', '${ANN}', 'x', now());
  insert into moderation_audit (moderator_uuid, action, report_uuids) values ('${CID}', 'look', '{}')`;

// The place of each statement: the parameters of every kind of call that takes other locks.
const PLACES = {
  'barriers/block': [
    [ANN, 'ben'],
    [BEN, 'ann'],
    [CID, 'ann'],
  ],
  'barriers/mute': [
    [ANN, 'ben'],
    [CID, 'ben'],
  ],
  'barriers/unblock': [[CID, 'ben']],
  'barriers/unmute': [
    [CID, 'ben'],
    [BEN, 'cid'],
  ],
  'activities/create': [
    [ANN, 'hello @ben, @cid', '1 day', null, 'old', 'request', 300, 200],
    [BEN, 'hello @ann, @cid', null, CRUD, 'old', 'request', 300, 200],
    [CID, 'hello @ben', null, SECOND, null, null, 300, 200],
  ],
  'activities/delete': [
    [ANN, CRUD],
    [BEN, REPLY],
    [ANN, SECOND],
    [BEN, OTHER],
  ],
  'bookmarks/add': [
    [ANN, CRUD],
    [CID, SECOND],
  ],
  'bookmarks/remove': [
    [BEN, CRUD],
    [CID, OTHER],
  ],
  'follows/add': [
    [ANN, 'ben', 400],
    [BEN, 'ann', 400],
    [CID, 'ben', 400],
  ],
  'follows/remove': [
    [BEN, 'cid'],
    [CID, 'ann'],
  ],
  'likes/add': [
    [CID, CRUD],
    [CID, SECOND],
    [ANN, OTHER],
  ],
  'likes/remove': [
    [BEN, CRUD],
    [ANN, REPLY],
    [ANN, LATE],
  ],
  'reposts/add': [[CID, CRUD]],
  'reposts/remove': [[BEN, CRUD]],
  'notifications/read': [
    [ANN, null],
    [ANN, MENTION],
    [BEN, null],
  ],
  'reports/create': [
    [CID, `crud:${CRUD}`, 'crud', ANN, CRUD, null, null, 'spam', null, null, 'old', 'request', 30],
    [ANN, `crud:${OTHER}`, 'crud', BEN, OTHER, null, null, 'spam', null, null, 'old', 'request', 30],
    [BEN, `crud:${CRUD}`, 'crud', ANN, CRUD, null, null, 'spam', null, null, 'new', 'request', 30],
    [ANN, `person:${BEN}`, 'person', BEN, null, null, null, 'other', 'note', null, null, null, 30],
  ],
  'reports/open': [[CID, '-infinity', uuid(0), 21]],
  'reports/resolved': [[CID, 'infinity', uuid(99), 21]],
  'reports/claim': [[CID, OF_MESSAGE]],
  'reports/release': [[OF_MESSAGE]],
  'reports/resolve': [
    [CID, OF_CRUD, 'remove', null, 'false'],
    [CID, OF_CRUD, 'suspend', null, 'false'],
    [CID, OF_CRUD, 'dismiss', 'note', 'false'],
    [CID, OF_REPLY, 'remove', null, 'false'],
    [CID, OF_REPLY, 'suspend', null, 'false'],
    [CID, OF_MESSAGE, 'remove', null, 'true'],
    [CID, OF_PERSON, 'dismiss', null, 'false'],
    [CID, OF_PERSON, 'suspend', null, 'false'],
  ],
  'users/ping': [[]],
  'users/register': [
    [BEN, 'sub-ben', 'ben', 'Ben', null],
    [NEW, 'sub-new', 'cid', 'Cid', null],
    [NEW, 'sub-new', 'new', 'New', null],
  ],
  'users/suspend': [
    ['ann', 'true'],
    ['ben', 'true'],
    ['ben', 'false'],
    ['dan', 'true'],
    ['dan', 'false'],
  ],
  'users/set_subject': [['cid', 'sub-new']],
  'users/settings_update': [[ANN, 'requests', null, null, null, null, null, null]],
  'users/update': [[ANN, 'Anna', null, 20]],
  'quotas/take': [[ANN, 'new_people', 50]],
  'quotas/give_back': [[ANN, 'new_people']],
  'erasures/begin': [[ANN], [BEN], [DAN]],
  'erasures/delete': [
    [ANN, 100],
    [EVE, 100],
    [FAY, 1],
    [GUS, 100],
  ],
  'erasures/step': [[EVE, 'rows']],
  'erasures/again': [['infinity']],
  'exports/add': [[ANN, 7, '{}']],
  'exports/clear': [[ANN, 100]],
  'exports/ready': [[BEN]],
  'exports/request': [[ANN], [CID]],
  'purges/cruds': [[100]],
  'purges/keys': [[100]],
  'purges/withdrawn': [[100]],
  'purges/quotas': [[100]],
  'purges/follows': [[100]],
  'purges/reports': [[100]],
  'purges/exports': [[100]],
  'purges/erased_handles': [[100]],
  'purges/erased_subjects': [[100]],
  'feeds/advance': [[]],
  'trends/refresh': [[]],
  'deletion of a person': [[ANN], [BEN], [CID], [DAN]],
  'sql/seed.sql users': [[]],
  'sql/seed.sql activities': [[]],
  'sql/seed.sql follows': [[]],
  'sql/seed.sql reports': [[]],
};

// --- meetings --------------------------------------------------------------------------------------
// A gate is the lock of a row, or of every change to a table. `meet` closes it, starts statements one
// after the other, each until it waits or ends, and opens the gate. It returns for each statement
// whether it has waited, and the SQLSTATE with which it ended. All changes are undone.
const MEETINGS = `
  create extension dblink;
  create temporary table pids (number integer, pid integer);
  create function attempt(statement text, hook text) returns text language plpgsql as $$ begin
    perform set_config('hook.table', hook, true);
    execute statement;
    raise exception using errcode = 'UNDO0';
  exception when others then
    return case sqlstate when 'UNDO0' then '00000' else sqlstate end;
  end $$;
  create function hook() returns trigger language plpgsql as $$ begin
    if current_setting('hook.table', true) = tg_table_name then
      perform pg_advisory_xact_lock_shared(1);
    end if;
    return case tg_op when 'DELETE' then old else new end;
  end $$;
  create function meet(gate text, hook text, statements text[]) returns text language plpgsql as $$
  declare
    waited boolean[];
    found text := '';
    state text;
  begin
    perform dblink_exec('gate', 'begin');
    perform from dblink('gate', gate) as t(ignored text);
    for i in 1 .. cardinality(statements) loop
      perform dblink_send_query(i::text, format('select attempt(%L, %L)', statements[i],
                                                case i when 1 then hook else '' end));
      waited[i] := false;
      while dblink_is_busy(i::text) = 1 and not waited[i] loop
        perform pg_sleep(0.0002);
        waited[i] := (select cardinality(pg_blocking_pids(pid)) > 0 from pids where number = i);
      end loop;
    end loop;
    perform dblink_exec('gate', 'rollback');
    for i in 1 .. cardinality(statements) loop
      select t.state into state from dblink_get_result(i::text) as t(state text);
      perform from dblink_get_result(i::text) as t(nothing text);
      found := concat_ws(' ', nullif(found, ''), waited[i], state);
    end loop;
    return found;
  end $$`;

const literal = (value) => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);
const ALL = statements();
const CALLS = Object.entries(PLACES).flatMap(([name, lists]) =>
  lists.map((values) => ({
    name: `${name}(${values.map((value) => String(value).replace(/^.*-0+/, '')).join(', ')})`,
    statement:
      values.length > 0
        ? `execute "${name}" (${values.map((value) => literal(value && String(value))).join(', ')})`
        : (ALL[name] ?? 'select'),
  })),
);
const OPEN = { close: 'select 1' }; // a gate that stops nothing

// A session of psql.
class Session {
  constructor() {
    const options = ['-XqAt', '-d', stack.databaseUrl('locks')];
    this.child = spawn('psql', options, { env: stack.env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.text = '';
    this.child.stdout.setEncoding('utf8').on('data', (part) => {
      this.text += part;
      if (!this.text.endsWith('(end)\n')) return;
      const lines = this.text.split('\n').slice(0, -2);
      this.text = '';
      this.resolve(lines);
    });
  }

  // Run commands; resolves to the lines of their output.
  run(...commands) {
    const done = new Promise((resolve) => (this.resolve = resolve));
    this.child.stdin.write(`${commands.join(';\n')};\n\\echo (end)\n`);
    return done;
  }

  // Resolves to the results of meetings, each a list of { waited, state }.
  async meet(meetings) {
    const lines = await this.run(
      ...meetings.map(({ gate, calls }) => {
        const list = calls.map(({ statement }) => literal(statement)).join(', ');
        return `select meet(${literal(gate.close)}, ${literal(gate.table ?? '')}, array[${list}])`;
      }),
    );
    assert.equal(lines.length, meetings.length);
    return lines.map((line) =>
      [...line.matchAll(/([tf]) (\S+)/g)].map(([, waited, state]) => ({
        waited: waited === 't',
        state,
      })),
    );
  }
}

describe('pairs of statements that write', () => {
  let session;
  let gates;

  before(async () => {
    const url = stack.databaseUrl('locks');
    await stack.sql('create database locks');
    await stack.sql("alter database locks set deadlock_timeout = '5ms'");
    await stack.sql("alter database locks set statement_timeout = '60s'");
    // Plans as on large tables; the cost of those that scan nevertheless would start the compiler.
    await stack.sql('alter database locks set enable_seqscan = off');
    await stack.sql('alter database locks set jit = off');
    await stack.command(
      'node_modules/.bin/dbmate',
      `--url=${url}&sslmode=disable`,
      '--no-dump-schema',
      '--migrations-dir=sql/migrations',
      'up',
    );
    session = new Session();
    await session.run(FIXTURE, MEETINGS);
    const tables = await session.run(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
          and relname <> 'schema_migrations' order by 1`,
    );
    gates = [];
    for (const table of tables) {
      gates.push({ table, close: 'select pg_advisory_xact_lock(1)' });
      const rows = await session.run(`select ctid from ${table} order by 1`);
      assert.ok(rows.length > 0, `${table} has no row; write one into FIXTURE`);
      for (const ctid of rows)
        gates.push({ close: `select 1 from ${table} where ctid = '${ctid}' for update` });
      await session.run(`create trigger hook before insert or update or delete on ${table}
        for each row execute function hook()`);
    }
    const prepared = Object.entries(ALL).filter(([name]) =>
      PLACES[name]?.some((values) => values.length > 0),
    );
    for (const name of ['gate', '1', '2']) {
      const commands = name === 'gate' ? [] : prepared;
      await session.run(
        `\\o /dev/null\nselect dblink_connect('${name}', ${literal(url)})`,
        ...commands.map(
          ([statement, text]) =>
            `select dblink_exec('${name}', ${literal(`prepare "${statement}" as ${text}`)})`,
        ),
        '\\o\nselect',
      );
    }
    await session.run(
      ...[1, 2].map(
        (i) => `insert into pids
                select ${i}, pid from dblink('${i}', 'select pg_backend_pid()') as t(pid integer)`,
      ),
    );
  });

  after(() => session?.child.stdin.end('\\q\n'));

  test('every statement that writes or locks has a place in the list', () => {
    for (const name of Object.keys(ALL))
      assert.ok(PLACES[name], `${name} has no place; write its calls into PLACES of locks.mjs`);
    for (const name of Object.keys(PLACES))
      assert.ok(ALL[name], `${name} is no statement that writes; delete its line in PLACES`);
  });

  test('each one succeeds alone', async () => {
    const results = await session.meet(CALLS.map((call) => ({ gate: OPEN, calls: [call] })));
    for (const [i, result] of results.entries())
      assert.deepEqual(result, [{ waited: false, state: '00000' }], CALLS[i].name);
  });

  test('both go on and neither ends in a deadlock', async (t) => {
    const stops = new Map();
    for (const call of CALLS) {
      const results = await session.meet(gates.map((gate) => ({ gate, calls: [call] })));
      stops.set(
        call,
        gates.filter((_, i) => results[i][0].waited),
      );
    }
    const failed = [];
    let count = 0;
    for (const first of CALLS) {
      const meetings = CALLS.flatMap((second) => {
        // In a circle, each waits for a lock that the other has taken: both come to the same gate.
        const shared = stops.get(first).filter((gate) => stops.get(second).includes(gate));
        const where = shared.length > 0 ? shared : [stops.get(first)[0] ?? OPEN];
        return where.map((gate) => ({ gate, calls: [first, second] }));
      });
      const results = await session.meet(meetings);
      count += results.length;
      for (const [i, { gate, calls }] of meetings.entries())
        // A unique value that the other has just used is a conflict, which is answered.
        if (!results[i].every(({ state }) => ['00000', '23505'].includes(state)))
          failed.push(
            `${calls.map(({ name }) => name).join(' | ')}: ` +
              `${results[i].map(({ state }) => state).join()} at ${gate.table ?? gate.close}`,
          );
    }
    t.diagnostic(`${CALLS.length} calls, ${CALLS.length ** 2} pairs, ${count} meetings`);
    assert.deepEqual(failed, []);
  });
});
