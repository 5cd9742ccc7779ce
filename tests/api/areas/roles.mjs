// roles.mjs - the roles of PostgreSQL: the workers' role reads and writes rows of every table, also
// of tables to come, and can do nothing else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

import { constant, LOCAL_PASSWORD } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, assertFails, runCommand } from '../harness/operate.mjs';
import { newHandle } from '../harness/people.mjs';
import { servedDatabase } from '../harness/stack.mjs';

const ROLE = constant('local_serving_role');
const RIGHTS = ['select', 'insert', 'update', 'delete'];

// Run SQL as the serving role.
const asServing = (sql) =>
  runCommand(stack, 'db/connect', ['-XqAtv', 'ON_ERROR_STOP=1', '-c', sql], {
    settings: {
      CONNECTION_URL: servedDatabase(stack.ports.POSTGRES),
      OWNER_CONNECTION_URL: undefined,
    },
  });

describe('the serving role', () => {
  test('is the one that the workers use', async () => {
    await stack.ask('GET', '/api/activities/home');
    const rows = await stack.sql(
      "select distinct usename from pg_stat_activity where application_name = 'cruddur'",
    );
    assert.deepEqual(rows, [[ROLE]]);
  });

  // The audit of moderation only grows, and the workers do not read it.
  const rightsOn = (table) =>
    ({ schema_migrations: [], moderation_audit: ['insert'] })[table] ?? RIGHTS;

  test('may read and write the rows of every table, and no more', async () => {
    const rights = ['truncate', 'references', 'trigger'];
    const columns = [...RIGHTS, ...rights].map(
      (right) => `has_table_privilege('${ROLE}', oid, '${right}')`,
    );
    const tables = await stack.sql(`
      select relname, ${columns}
        from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`);
    assert.ok(tables.length > 5);
    for (const [table, ...has] of tables)
      assert.deepEqual(
        has,
        [...RIGHTS, ...rights].map((right) => (rightsOn(table).includes(right) ? 't' : 'f')),
        table,
      );
    const sequences = await stack.sql(`
      select sequencename
        from pg_sequences
       where schemaname = 'public'
         and not has_sequence_privilege('${ROLE}', quote_ident(sequencename), 'usage')`);
    assert.deepEqual(sequences, []);
  });

  test('gets the same rights on the tables of later migrations', async () => {
    const [[has]] = await stack.sql(`
      begin;
      create table later (number bigserial);
      select has_table_privilege('${ROLE}', 'later', 'select')
         and has_table_privilege('${ROLE}', 'later', 'insert')
         and has_table_privilege('${ROLE}', 'later', 'update')
         and has_table_privilege('${ROLE}', 'later', 'delete')
         and has_sequence_privilege('${ROLE}', 'later_number_seq', 'usage');
      rollback`);
    assert.equal(has, 't');
  });

  test('owns nothing and has no attributes', async () => {
    const owned = await stack.sql(`
      select 'class', relname from pg_class where relowner = '${ROLE}'::regrole
       union all select 'function', proname from pg_proc where proowner = '${ROLE}'::regrole
       union all select 'type', typname from pg_type where typowner = '${ROLE}'::regrole
       union all select 'schema', nspname from pg_namespace where nspowner = '${ROLE}'::regrole
       union all select 'database', datname from pg_database where datdba = '${ROLE}'::regrole`);
    assert.deepEqual(owned, []);
    const attributes = await stack.sql(`
      select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
        from pg_roles where rolname in ('${ROLE}', 'cruddur_serving')`);
    assert.deepEqual(attributes, [['f'], ['f']]);
  });

  for (const statement of [
    'create table mine (a int)',
    'create temporary table mine (a int)',
    'create view mine as select 1',
    'create schema mine',
    'create function mine() returns int language sql return 1',
    "create type mine as enum ('a')",
    'create index mine on users (email)',
    'create role mine',
    'create database mine',
    'drop table likes',
    'alter table users add mine int',
    'alter table users disable trigger all',
    'truncate idempotency_keys',
    'select * from schema_migrations',
    'call grant_serving()',
    "copy users to program 'true'",
  ])
    test(`may not: ${statement}`, async () => {
      const { code, stderr } = await asServing(statement);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /permission denied|must be (owner|superuser)/);
    });
});

describe('db/serving-role', () => {
  const role = newHandle('role');
  const database = newHandle('db');
  const settings = {
    CONNECTION_URL: servedDatabase(stack.ports.POSTGRES, database, role),
    OWNER_CONNECTION_URL: stack.databaseUrl(database),
  };
  const run = (command, args = [], more = {}) =>
    runCommand(stack, `db/${command}`, args, { settings: { ...settings, ...more } });
  // Without the owner's URL the commands use that of the serving role.
  const connect = (sql, more = {}) =>
    run('connect', ['-Atc', sql], { OWNER_CONNECTION_URL: undefined, ...more });

  test('setup makes a role that can serve, and a new password takes effect', async () => {
    const output = await assertDone(run('setup', ['--yes']));
    assert.match(output, new RegExp(`^${role} serves ${database}$`, 'm'));
    assert.equal(await assertDone(connect('select count(*) from users')), '4\n');
    const changed = { CONNECTION_URL: settings.CONNECTION_URL.replace(LOCAL_PASSWORD, 'an%27other') };
    await assertDone(run('serving-role', [], changed));
    assert.equal(await assertDone(connect('select count(*) from users', changed)), '4\n');
    const old = await connect('select 1');
    assert.match(old.stderr, /password authentication failed/);
    assert.match(await assertDone(run('purge-expired', [], changed)), /^purged /);
    await assertDone(run('drop', ['--yes']));
    await stack.sql(`drop role ${role}`);
  });

  test('an owner that serves needs no other role', async () => {
    const one = { CONNECTION_URL: stack.databaseUrl(), OWNER_CONNECTION_URL: undefined };
    const output = await assertDone(run('serving-role', [], one));
    assert.equal(output, 'cruddur owns cruddur and serves it\n');
  });

  test('passwords may be apart from the URLs, and the owner need not be a superuser', async () => {
    const owner = newHandle('owner');
    const name = newHandle('db');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-secrets-'));
    const file = (secret) => {
      fs.writeFileSync(path.join(folder, secret), `${secret}\n`);
      return path.join(folder, secret);
    };
    const url = (who) => `postgresql://${who}@127.0.0.1:${stack.ports.POSTGRES}/${name}`;
    const urls = { CONNECTION_URL: url(role), OWNER_CONNECTION_URL: url(owner) };
    const given = { ...urls, PGPASSWORD: 'serving', OWNER_PGPASSWORD: 'owning' };
    const files = {
      ...urls,
      PGPASSWORD_FILE: file('serving'),
      OWNER_PGPASSWORD_FILE: file('owning'),
    };
    // As the master user of RDS.
    await stack.sql(`create role ${owner} login createdb createrole password 'owning'`);
    try {
      await assertFails(run('test', [], given), /database "\w+" does not exist/);
      for (const command of ['create', 'migrate', 'serving-role'])
        await assertDone(run(command, [], given));
      for (const settings of [given, files]) {
        for (const command of ['test', 'migrate', 'serving-role', 'purge-expired'])
          await assertDone(run(command, [], settings));
        assert.equal(await assertDone(run('connect', ['-Atc', 'select user'], settings)), `${owner}\n`);
      }
      await assertFails(
        run('migrate', [], { ...given, OWNER_PGPASSWORD: undefined }),
        /password authentication failed/,
      );
      await assertDone(run('drop', ['--yes'], given));
    } finally {
      fs.rmSync(folder, { recursive: true });
      await stack.sql(`drop database if exists ${name}`);
      await stack.sql(`drop role if exists ${role}`);
      await stack.sql(`drop role ${owner}`);
    }
  });

  test('prod uses the URLs for production', async () => {
    const prod = { PROD_OWNER_CONNECTION_URL: stack.databaseUrl() };
    assert.match(await assertDone(run('test', ['prod'], prod)), /^connected to cruddur as cruddur,/);
    await assertFails(run('serving-role', ['prod'], prod), /PROD_CONNECTION_URL is not set/);
    await assertFails(run('purge-expired', ['prod'], prod), /PROD_CONNECTION_URL is not set/);
  });
});
