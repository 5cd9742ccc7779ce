// backups.mjs - backups of both stores: what they contain, what is refused, and that a restore brings
// everything back or changes nothing. The stack is its own, because its databases are replaced.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';

import { assertOk, retryWhileBusy, untilStatus } from '../harness/client.mjs';
import { Table, typed } from '../harness/dynamodb.mjs';
import { constant, LOCAL_PASSWORD } from '../harness/local.mjs';
import {
  assertDone,
  assertFails,
  runCommand,
  runOnTerminal,
  startCommand,
} from '../harness/operate.mjs';
import { newHandle, newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { freePort, ROOT, servedDatabase, Stack } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const stack = await Stack.start({ settings: { CRUDDUR_EPHEMERAL: '1' } });
after(() => stack.down());

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-backups-'));
after(() => fs.rmSync(work, { recursive: true }));
const newFile = () => path.join(work, newHandle('file'));

const FOLDER = path.join(stack.home, 'data/backups');
const MIGRATIONS = fs
  .readdirSync(path.join(ROOT, 'sql/migrations'))
  .map((name) => name.split('_')[0])
  .sort();

const run = (command, args = [], options = {}) => runCommand(stack, command, args, options);
const done = (command, args = [], options = {}) => assertDone(run(command, args, options));

const databases = async (pattern) =>
  (await stack.sql(`select datname from pg_database where datname like '${pattern}' order by 1`)).map(
    ([name]) => name,
  );

// Everything in a database that a restore must bring back: rows, rights and definitions.
async function imageOf(database) {
  const url = stack.databaseUrl(database);
  const text = execFileSync('pg_dump', ['-d', url], { env: stack.env, encoding: 'utf8', maxBuffer: 1 << 28 });
  // pg_dump does not sort rows, and rights are listed in the order in which they were given.
  const lines = text.split('\n').filter((line) => !/^(--|$|\\(un)?restrict )/.test(line));
  return lines.sort().join('\n');
}

const rightsOn = (database) =>
  stack.sql(`
    select r.grantee::regrole, r.privilege_type
      from pg_database d cross join aclexplode(d.datacl) r
     where d.datname = '${database}'
     order by 1, 2`);

// A backup of the conversations: its text, the lines of items, and the seal.
function linesOf(file) {
  const text = gunzipSync(fs.readFileSync(file)).toString();
  const lines = text.split('\n');
  assert.equal(lines.pop(), '');
  const { Seal: seal } = JSON.parse(lines.pop());
  return { text, lines, seal };
}

// A database of one test with the schema, the seed data, and people of its own.
async function newDatabase() {
  const name = newHandle('db');
  const settings = { CONNECTION_URL: stack.databaseUrl(name), OWNER_CONNECTION_URL: undefined };
  const on = (command, args = [], more = {}) =>
    runCommand(stack, `db/${command}`, args, { settings: { ...settings, ...more } });
  const sql = async (text) => (await assertDone(on('connect', ['-Atc', text]))).trim().split('\n');
  for (const command of ['create', 'migrate', 'seed']) await assertDone(on(command));
  return { name, settings, run: on, done: (...args) => assertDone(on(...args)), sql };
}

describe('db/backup', () => {
  before(() => newUserRows(stack, 3));

  test('writes a dump that only its owner can read, and prints what is in it', async () => {
    const output = await done('db/backup');
    const [, bytes, file] = /^cruddur: (\d+) bytes in (.*)$/m.exec(output);
    assert.match(path.relative(FOLDER, file), /^cruddur-\d{8}T\d{6}Z\.dump$/);
    const stat = fs.statSync(file);
    assert.equal(stat.mode & 0o777, 0o600);
    assert.equal(fs.statSync(FOLDER).mode & 0o777, 0o700);
    assert.equal(stat.size, Number(bytes));
    assert.deepEqual(fs.readdirSync(FOLDER), [path.basename(file)]);
    execFileSync('pg_restore', ['--list', file]);

    const [[users], [activities]] = await stack.sql(
      'select count(*) from users union all select count(*) from activities',
    );
    assert.match(output, new RegExp(`^ +users +${users} rows$`, 'm'));
    assert.match(output, new RegExp(`^ +activities +${activities} rows$`, 'm'));
    assert.match(output, new RegExp(`^ +migration +${MIGRATIONS.at(-1)}$`, 'm'));
    fs.rmSync(file);
  });

  test('--keep removes the oldest backups that the command has made, and nothing else', async () => {
    const others = [
      'cruddur-20250101T000000Z.dump.gpg',
      'cruddur-mine.dump',
      'cruddur2-20250101T000000Z.dump',
      'prod-cruddur-20250101T000000Z.dump',
      'xcruddur-20250101T000000Z.dump',
      'cruddur-messages-20250101T000000Z.jsonl.gz',
    ];
    const old = ['cruddur-20260101T000000Z.dump', 'cruddur-20260102T000000Z.dump'];
    for (const name of [...others, ...old]) fs.writeFileSync(path.join(FOLDER, name), '');
    const left = path.join(FOLDER, 'cruddur-20260101T000000Z.dump.abcdef.part');
    fs.writeFileSync(left, '');
    fs.utimesSync(left, 0, 0);
    const output = await done('db/backup', ['--keep', '2']);
    assert.match(output, /^removed: cruddur-20260101T000000Z.dump$/m);
    const names = fs.readdirSync(FOLDER);
    const made = names.filter((name) => !others.includes(name));
    assert.equal(made.length, 2, names.join(' '));
    assert.ok(made.includes(old[1]));
    for (const name of others) assert.ok(names.includes(name), name);
    for (const name of names) fs.rmSync(path.join(FOLDER, name));
  });

  test('CRUDDUR_BACKUPS is the folder; with prod the names are others', async () => {
    const settings = {
      CRUDDUR_BACKUPS: path.join(work, 'elsewhere/backups'),
      PROD_CONNECTION_URL: stack.databaseUrl(),
    };
    const output = await done('db/backup', ['prod', '--keep', '1'], { settings });
    assert.match(output, /^cruddur: \d+ bytes in .*\/elsewhere\/backups\/prod-cruddur-.*\.dump$/m);
    await done('db/backup', ['--keep', '1'], { settings });
    assert.equal(fs.readdirSync(settings.CRUDDUR_BACKUPS).length, 2);
  });

  test('replaces no file, and leaves none behind when it fails', async () => {
    const file = newFile();
    fs.writeFileSync(file, 'kept');
    await assertFails(run('db/backup', [file]), /exists; a backup does not replace a file/);
    assert.equal(fs.readFileSync(file, 'utf8'), 'kept');
    const folder = fs.mkdtempSync(path.join(work, 'none-'));
    const settings = { CONNECTION_URL: stack.databaseUrl('no_such_database') };
    await assertFails(run('db/backup', [`${folder}/x`], { settings }), /"no_such_database" does not exist/);
    const empty = { CONNECTION_URL: stack.databaseUrl('postgres') };
    await assertFails(run('db/backup', [`${folder}/x`], { settings: empty }), /dump of something else/);
    assert.deepEqual(fs.readdirSync(folder), []);
    await assertFails(run('db/backup', [`${folder}/none/x`]), /cannot be written/);
    const full = { CRUDDUR_BACKUPS: '/dev/full/backups' };
    await assertFails(run('db/backup', [], { settings: full }), /set CRUDDUR_BACKUPS/);
  });

  test('wrong arguments are refused', async () => {
    for (const args of [
      ['--keep'],
      ['--keep', '0'],
      ['--keep', '1x'],
      ['--keep', '2', newFile()],
      ['one', 'two'],
    ])
      await assertFails(run('db/backup', args), /^usage: backup/m, 2);
  });
});

describe('db/restore', () => {
  test('brings back rows, rights and definitions; the old database remains', async () => {
    const database = await newDatabase();
    await stack.sql(`alter database ${database.name} set search_path to public, pg_catalog`);
    await stack.sql(`alter database ${database.name} set work_mem to '7MB'`);
    await stack.sql(`alter role cruddur_app in database ${database.name} set statement_timeout to 1234`);
    await stack.sql(`alter database ${database.name} connection limit 77`);
    await stack.sql(`revoke connect on database ${database.name} from public`);
    await stack.sql(`grant connect on database ${database.name} to cruddur_app`);
    const file = newFile();
    const saved = await database.done('backup', [file]);
    const image = await imageOf(database.name);
    const rights = await rightsOn(database.name);
    await database.sql("delete from users where handle = 'londo'");
    const changed = await imageOf(database.name);
    assert.notEqual(changed, image);

    const output = await database.done('restore', [file, '--yes']);
    assert.match(output, new RegExp(`^${database.name} restored from `));
    assert.ok(output.includes(saved.split('\n').slice(1).join('\n')), 'the same rows are printed');
    assert.match(output, /workers reconnect by themselves/);
    assert.equal(await imageOf(database.name), image);
    assert.deepEqual(await rightsOn(database.name), rights);
    assert.deepEqual(
      await stack.sql(`
        select s.setrole, s.setconfig, d.datconnlimit
          from pg_database d join pg_db_role_setting s on s.setdatabase = d.oid
         where d.datname = '${database.name}' order by 1`),
      [
        ['0', '{"search_path=public, pg_catalog",work_mem=7MB}', '77'],
        [(await stack.sql("select 'cruddur_app'::regrole::oid"))[0][0], '{statement_timeout=1234}', '77'],
      ],
    );
    const [old, ...more] = await databases(`${database.name}\\_before%`);
    assert.deepEqual(more, []);
    assert.equal(await imageOf(old), changed);
    // The command that it prints drops it.
    const [, sql] = /To drop it: db\/connect -c '(.*)'$/m.exec(output);
    await database.done('connect', ['-c', sql]);
    await database.done('restore', [file, '--yes', '--drop-old']);
    assert.deepEqual(await databases(`${database.name}%`), [database.name]);
    assert.deepEqual(await databases('restoring%'), []);
    assert.equal(await imageOf(database.name), image);
    // Statistics are there at once.
    assert.deepEqual(await database.sql("select reltuples from pg_class where relname = 'users'"), ['4']);
    await database.done('drop', ['--yes']);
  });

  test('people who were deleted after the backup are deleted again', async () => {
    const database = await newDatabase();
    const uuidOf = async (handle) => (await database.sql(`select uuid from users where handle = '${handle}'`))[0];
    const erase = async (uuid) => {
      await database.sql(`select erasure_begin('${uuid}')`);
      await database.sql(`select erasure_delete('${uuid}', 1000), erasure_delete('${uuid}', 1000)`);
      await database.sql(`update erasures set step = 'done', finished_at = now() where user_uuid = '${uuid}'`);
    };
    const [londo, bayko] = [await uuidOf('londo'), await uuidOf('bayko')];
    await database.sql("update users set cognito_user_id = 'sub-' || handle");
    await erase(bayko);
    const file = newFile();
    await database.done('backup', [file]);
    await erase(londo);
    // Registered and deleted since: the backup does not know them at all.
    const late = randomUUID();
    await database.sql(`insert into users (uuid, cognito_user_id, handle, display_name) values ('${late}', 'sub-late', 'late_one', 'Late')`);
    await erase(late);

    const output = await database.done('restore', [file, '--yes', '--drop-old']);
    assert.match(output, /^people who were deleted after the backup, .*: 1$/m);
    assert.deepEqual(await database.sql('select user_uuid, step from erasures order by begun_at'), [
      `${bayko}|done`,
      `${late}|done`,
      `${londo}|messages`,
    ]);
    const hidden = "select deleted_at is not null, cognito_user_id is null from users where handle = 'londo'";
    assert.deepEqual(await database.sql(hidden), ['t|t']);
    assert.deepEqual(await database.sql('select count(*) from erased_subjects'), ['3']);
    for (const handle of ['londo', 'bayko', 'late_one']) {
      const taken = `select count(*) from erased_handles where digest = handle_digest('${handle}')`;
      assert.deepEqual(await database.sql(taken), ['1'], handle);
    }
    await database.done('drop', ['--yes']);
  });

  test('a missing database is restored, with the role of the workers on a new server', async () => {
    const database = await newDatabase();
    const file = newFile();
    await database.done('backup', [file]);
    await database.done('drop', ['--yes']);
    const role = newHandle('role');
    const settings = {
      CONNECTION_URL: servedDatabase(stack.ports.POSTGRES, database.name, role),
      OWNER_CONNECTION_URL: stack.databaseUrl(database.name),
    };
    const output = await database.done('restore', [file, '--yes'], settings);
    assert.match(output, new RegExp(`^${role} serves it$`, 'm'));
    assert.ok(!output.includes('old database'), output);
    const connect = ['-Atc', 'select count(*) from users'];
    const served = { ...settings, OWNER_CONNECTION_URL: undefined };
    assert.equal(await database.done('connect', connect, served), '4\n');

    // A role that exists keeps its password. Without its URL, the group gets the rights.
    const other = { ...settings, CONNECTION_URL: settings.CONNECTION_URL.replace(LOCAL_PASSWORD, 'other') };
    await database.done('restore', [file, '--yes', '--drop-old'], other);
    const alone = await database.done('restore', [file, '--yes', '--drop-old'], {
      ...settings,
      CONNECTION_URL: undefined,
    });
    assert.match(alone, /db\/serving-role makes their role/);
    assert.equal(await database.done('connect', connect, served), '4\n');
    await database.done('drop', ['--yes']);
    await stack.sql(`drop role ${role}`);
  });

  test('a file that is no whole dump of Cruddur is refused, and changes nothing', async () => {
    const database = await newDatabase();
    const image = await imageOf(database.name);
    const file = newFile();
    await database.done('backup', [file]);
    const dump = fs.readFileSync(file);
    const url = stack.databaseUrl(database.name);
    const made = (...args) => execFileSync('pg_dump', ['-d', url, ...args], { env: stack.env });
    for (const [content, reason] of [
      ['', /too short/],
      ['-- no dump', /does not appear to be a valid archive/],
      [made(), /text format dump/],
      [made('-Fc', '--exclude-table-data=schema_migrations'), /a dump of something else/],
      [made('-Fc', '--table=users'), /a dump of something else/],
      [dump.subarray(0, dump.length - 3000), /end of file|could not/],
      [dump.subarray(0, 2000), /end of file|could not/],
    ]) {
      const bad = newFile();
      fs.writeFileSync(bad, content);
      await assertFails(database.run('restore', [bad, '--yes']), reason);
    }
    // One byte of the rows is another one.
    const damaged = Buffer.from(dump);
    damaged[dump.length - 4000] ^= 0xff;
    const bad = newFile();
    fs.writeFileSync(bad, damaged);
    await assertFails(database.run('restore', [bad, '--yes']), /./);
    for (const none of [newFile(), work]) await assertFails(database.run('restore', [none]), /cannot be read/);
    await assertFails(database.run('restore'), /FILE is missing/, 2);
    assert.equal(await imageOf(database.name), image);
    assert.deepEqual(await databases('restoring%'), []);
    await database.done('drop', ['--yes']);
  });

  test('a restore that fails in the middle, or is ended, leaves the database as it was', async () => {
    const database = await newDatabase();
    const file = newFile();
    const role = newHandle('role');
    await stack.sql(`create role ${role}`);
    await database.sql(`grant select on users to ${role}`);
    await database.done('backup', [file]);
    await database.sql(`revoke select on users from ${role}`);
    await stack.sql(`drop role ${role}`);
    const image = await imageOf(database.name);
    const noRole = new RegExp(`role "${role}" does not exist`);
    await assertFails(database.run('restore', [file, '--yes']), noRole);
    assert.equal(await imageOf(database.name), image);
    assert.deepEqual(await databases(`${database.name}%`), [database.name]);
    assert.deepEqual(await databases('restoring%'), []);

    // A pg_restore that stops before the rows.
    const slow = fs.mkdtempSync(path.join(work, 'slow-'));
    const script = `#!/bin/sh\ncase "$*" in *--exit-on-error*) echo $$ >${slow}/pid; exec sleep 60;; esac\n`;
    fs.writeFileSync(`${slow}/pg_restore`, `${script}exec /usr/bin/pg_restore "$@"\n`, { mode: 0o755 });
    const child = startCommand(stack, 'db/restore', [file, '--yes'], {
      settings: { ...database.settings, PATH: `${slow}:${stack.env.PATH}` },
    });
    child.stdin.end();
    await until('pg_restore runs', () => fs.existsSync(`${slow}/pid`));
    assert.equal((await databases('restoring%')).length, 1);
    child.kill('SIGTERM');
    process.kill(Number(fs.readFileSync(`${slow}/pid`, 'utf8')));
    assert.notEqual((await child.done).code, 0);
    assert.deepEqual(await databases('restoring%'), []);
    assert.equal(await imageOf(database.name), image);
    await database.done('drop', ['--yes']);
  });

  test('an older backup is brought up to date; migrations of a later release are named', async () => {
    const database = await newDatabase();
    const file = newFile();
    await database.done('rollback', ['--yes']);
    assert.match(await database.done('backup', [file]), new RegExp(`migration +${MIGRATIONS.at(-2)}$`, 'm'));
    await database.done('migrate');
    const output = await database.done('restore', [file, '--yes', '--drop-old']);
    assert.match(output, new RegExp(`^migrations that were applied: ${MIGRATIONS.at(-1)}$`, 'm'));
    assert.deepEqual(await database.sql('select version from schema_migrations order by 1'), MIGRATIONS);

    await database.sql("insert into schema_migrations values ('29990101000000')");
    const later = newFile();
    await database.done('backup', [later]);
    assert.match(
      await database.done('restore', [later, '--yes', '--drop-old']),
      /^migrations that this release does not know: 29990101000000$/m,
    );
    await database.done('drop', ['--yes']);
  });

  test('asks for the name of the database, unless it is that of this home', async () => {
    const database = await newDatabase();
    const file = newFile();
    await database.done('backup', [file]);
    const settings = { PROD_CONNECTION_URL: database.settings.CONNECTION_URL };
    const changed = await database.sql("delete from users where handle = 'londo' returning 1");
    assert.equal(changed[0], '1');
    const count = async () => (await database.sql('select count(*) from users'))[0];
    await assertFails(database.run('restore', [file]), /replaces the database .*--yes/);
    await assertFails(run('db/restore', ['prod', file], { settings }), /--yes/);
    const typed = (input) => runOnTerminal(stack, input, 'db/restore', ['prod', file], { settings });
    assert.equal((await typed('cruddur\n')).code, 1);
    assert.equal(await count(), '3');
    const { code, stdout } = await typed(`${database.name}\n`);
    assert.equal(code, 0, stdout);
    assert.equal(await count(), '4');
    for (const name of await databases(`${database.name}%`)) await stack.sql(`drop database ${name}`);
  });

  test('while the product serves, requests fail for a moment at most; workers need no restart', async () => {
    const { ann, ben, group } = await newPair(stack);
    const file = newFile();
    await done('db/backup', [file]);
    const late = await newPerson(stack);
    const workers = stack.workers();
    let stop = false;
    const answers = [];
    const load = (async () => {
      while (!stop) answers.push(await stack.ask('GET', '/api/users/me', { token: ann.token }));
    })();
    // The database of this home: no confirmation.
    const output = await done('db/restore', [file]);
    stop = true;
    await load;
    assert.match(output, /^cruddur_app serves it$/m);
    for (const { status } of answers) assert.ok([200, 503].includes(status), String(status));
    const me = ({ token }) => stack.ask('GET', '/api/users/me', { token });
    assertOk(await retryWhileBusy(() => me(ann)));
    assertOk(await say(stack, ben, { message_group_uuid: group }, 'still here'));
    // A person who registered after the backup is registered again, with the same uuid.
    assert.equal((await untilStatus(200, () => me(late))).body.uuid, late.uuid);
    assert.deepEqual(stack.workers(), workers);
    for (const name of await databases('cruddur\\_before%')) await stack.sql(`drop database ${name}`);
  });
});

// As in RDS: TLS, an owner who is no superuser, and passwords in the environment.
describe('backups with the settings of production', () => {
  const name = newHandle('db');
  const owner = newHandle('owner');
  const server = newHandle('server');
  const settings = {};
  before(async () => {
    const [key, certificate] = ['key', 'crt'].map((kind) => path.join(stack.home, `data/postgres/${kind}.pem`));
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const san = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', [...args, ...san, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    fs.copyFileSync(certificate, path.join(work, 'ca.pem'));
    const { uid, gid } = fs.statSync(path.join(stack.home, 'data/postgres'));
    for (const file of [key, certificate]) fs.chownSync(file, uid, gid);
    fs.chmodSync(key, 0o600);
    await stack.sql("alter system set ssl_cert_file = 'crt.pem'");
    await stack.sql("alter system set ssl_key_file = 'key.pem'");
    await stack.sql('alter system set ssl = on');
    await stack.sql('select pg_reload_conf()');
    await stack.sql(`create role ${owner} login createdb createrole password 'own-password'`);
    await stack.sql(`create role ${server} login password 'served'`);
    const tls = `?sslmode=verify-full&sslrootcert=${path.join(work, 'ca.pem')}`;
    const urlOf = (role) => `postgresql://${role}@127.0.0.1:${stack.ports.POSTGRES}/${name}${tls}`;
    Object.assign(settings, {
      PROD_CONNECTION_URL: urlOf(`${server}:served`),
      PROD_OWNER_CONNECTION_URL: urlOf(owner),
      PGPASSWORD: 'own-password',
      CRUDDUR_BACKUPS: path.join(work, 'production'),
    });
    for (const command of ['create', 'migrate', 'serving-role', 'seed'])
      await done(`db/${command}`, ['prod'], { settings });
    assert.match(await done('db/test', ['prod'], { settings }), new RegExp(`as ${owner}, .*TLSv1`));
  });
  after(async () => {
    for (const database of await databases(`${name}%`)) await stack.sql(`drop database ${database} with (force)`);
    await stack.sql(`drop role ${owner}`);
    await stack.sql(`drop role ${server}`);
    await stack.sql('alter system reset ssl');
    await stack.sql('select pg_reload_conf()');
  });

  test('backup and restore work over TLS without a password in the URL', async () => {
    const output = await done('db/backup', ['prod'], { settings });
    const file = /bytes in (.*)$/m.exec(output)[1];
    const restore = (...args) => run('db/restore', ['prod', file, '--yes', ...args], { settings });
    assert.match(await assertDone(restore()), new RegExp(`^${server} serves it$`, 'm'));
    const served = { CONNECTION_URL: settings.PROD_CONNECTION_URL, PGPASSWORD: undefined };
    const count = ['-Atc', 'select count(*) from users'];
    assert.equal(await done('db/connect', count, { settings: served }), '4\n');

    // Sessions of the workers can be ended by a member of pg_signal_backend only.
    const session = startCommand(
      stack,
      'db/connect',
      ['-c', 'set statement_timeout = 0', '-c', 'select pg_sleep(50)'],
      { settings: served },
    );
    const sessions = async (where) =>
      (await stack.sql(`select count(*) from pg_stat_activity where ${where}`))[0][0];
    await until('the session runs', async () => (await sessions(`usename = '${server}'`)) === '1');
    await assertFails(restore(), new RegExp(`may not end sessions of ${server}; .*: grant pg_signal_backend to ${owner}`));
    await stack.sql(`grant pg_signal_backend to ${owner}`);
    await assertDone(restore('--drop-old'));
    assert.match((await session.done).stderr, /terminating connection/);

    // The owner may not end a session of a superuser. Nothing is renamed then.
    const superuser = startCommand(stack, 'db/connect', ['-c', 'select pg_sleep(50)'], {
      settings: { CONNECTION_URL: stack.databaseUrl(name) },
    });
    const sleeps = `datname = '${name}' and query like '%pg_sleep%'`;
    await until('the session runs', async () => (await sessions(sleeps)) === '1');
    await assertFails(restore(), new RegExp(`^restore: ${name} is as it was: .*is being accessed by other users`));
    superuser.kill();
    assert.deepEqual(await databases('restoring%'), []);
    assert.equal(await done('db/connect', count, { settings: served }), '4\n');

    // Somebody who does not own the database cannot replace it.
    await stack.sql(`alter database ${name} owner to ${constant('local_owner')}`);
    await assertFails(restore(), new RegExp(`belongs to ${constant('local_owner')}`));
    await stack.sql(`alter database ${name} owner to ${owner}`);
    await stack.sql(`alter role ${owner} nocreatedb`);
    await assertFails(restore(), /permission denied to create database/);
    await stack.sql(`alter role ${owner} createdb`);
    assert.equal(await done('db/connect', count, { settings: served }), '4\n');
  });

  test('a wrong password and a certificate of somebody else are refused', async () => {
    const wrong = { ...settings, PGPASSWORD: 'wrong' };
    await assertFails(run('db/backup', ['prod'], { settings: wrong }), /password authentication failed/);
    const stranger = { ...settings };
    stranger.PROD_OWNER_CONNECTION_URL = settings.PROD_OWNER_CONNECTION_URL.replace(/&sslrootcert=.*/, '');
    await assertFails(run('db/backup', ['prod'], { settings: stranger }), /certificate|root\.crt/);
  });
});

describe('ddb/backup, ddb/restore', () => {
  // Commands on a table of one test.
  function newTable() {
    const table = new Table(stack.ports.DYNAMODB, `backup-${randomUUID()}`);
    const options = { settings: { DDB_MESSAGE_TABLE: table.name } };
    const run = (command, ...args) => runCommand(stack, `ddb/${command}`, args, options);
    const onTerminal = (typed, command, ...args) =>
      runOnTerminal(stack, typed, `ddb/${command}`, args, options);
    return { table, run, onTerminal };
  }

  test('a table of several pages and every type of attribute comes back unchanged', async () => {
    const { table, run } = newTable();
    const file = newFile();
    await assertDone(run('schema-load'));
    await assertDone(run('seed'));
    const filler = { S: '"quoted" \\ ü 🥖 \u0000\n'.repeat(6000) };
    for (let i = 0; i < 12; i++)
      await table.put({ pk: { S: 'FILLER' }, sk: { S: String(i) }, filler });
    await table.put({
      pk: { S: 'TYPES' },
      sk: { S: 'x' },
      n: { N: '12345678901234567890.125' },
      b: { B: 'AAEC/w==' },
      bool: { BOOL: false },
      none: { NULL: true },
      set: { SS: ['a', 'b'] },
      list: { L: [{ N: '1' }, { M: { deep: { S: '' } } }] },
    });
    const items = await table.scan();
    const saved = await assertDone(run('backup', file));
    const [, count, bytes, sha256] = new RegExp(
      `^${table.name}: (\\d+) items, (\\d+) bytes in ${file}\nsha256 ([0-9a-f]{64})\n$`,
    ).exec(saved);
    assert.equal(Number(count), items.length);
    assert.equal(Number(bytes), fs.statSync(file).size);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const { text, lines, seal } = linesOf(file);
    const keyOf = ({ pk, sk }) => `${pk.S} ${sk.S}`;
    assert.deepEqual(
      lines.map((line) => keyOf(JSON.parse(line).Item)).sort(),
      items.map(keyOf).sort(),
    );
    assert.equal(seal.table, table.name);
    assert.equal(seal.items, items.length);
    // The digest is that of the text before the seal, as sha256sum prints it.
    const before = text.slice(0, text.lastIndexOf('{"Seal"'));
    assert.equal(createHash('sha256').update(before).digest('hex'), sha256);
    assert.equal(seal.sha256, sha256);
    assert.ok(seal.begun_at < seal.ended_at);
    assert.deepEqual(
      fs.readdirSync(work).filter((name) => name.startsWith(path.basename(file))),
      [path.basename(file)],
    );

    await assertDone(run('drop', table.name, '--yes'));
    assert.match(
      await assertDone(run('restore', file)),
      new RegExp(`^${table.name} created\n${table.name}: ${items.length} items of .* restored\n$`),
    );
    assert.deepEqual(await table.scan(), items);
    await assertDone(run('seed')); // finds its conversations
    assert.deepEqual(await table.scan(), items);
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('backup replaces no file, and leaves none behind when it fails', async () => {
    const { run } = newTable();
    const file = newFile();
    await assertFails(run('backup', file), /ResourceNotFoundException/);
    await assertFails(run('backup', `${work}/none/file`), /No such file or directory/);
    assert.ok(!fs.existsSync(file) && !fs.existsSync(`${file}.part`));
    fs.writeFileSync(file, 'kept');
    await assertFails(run('backup', file), /exists; a backup does not replace a file/);
    assert.equal(fs.readFileSync(file, 'utf8'), 'kept');
  });

  test('restore asks before it changes a table that has items', async () => {
    const { table, run, onTerminal } = newTable();
    const file = newFile();
    const [kept, old] = [typed({ pk: 'A', sk: 'kept' }), typed({ pk: 'A', sk: 'x', n: 1 })];
    await assertDone(run('schema-load'));
    await table.put(old);
    await assertDone(run('backup', file));
    const changed = { ...old, n: { N: '2' } };
    await table.put(changed);
    await table.put(kept);
    await assertFails(run('restore', file), /has items; nothing was restored/);
    assert.notEqual((await onTerminal('no\n', 'restore', file)).code, 0);
    assert.deepEqual(await table.scan(), [kept, changed]);
    assert.equal((await onTerminal(`${table.name}\n`, 'restore', file)).code, 0);
    assert.deepEqual(await table.scan(), [kept, old]);
    await table.put(changed);
    await assertDone(run('restore', file, '--yes'));
    assert.deepEqual(await table.scan(), [kept, old]);
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('a damaged file changes nothing', async () => {
    const { table, run } = newTable();
    await assertDone(run('schema-load'));
    const line = '{"Item":{"pk":{"S":"A"},"sk":{"S":"x"}}}';
    const other = line.replace('"A"', '"B"');
    const sealed = (text, items = 1, summed = text) =>
      `${text}{"Seal":{"items":${items},"sha256":"${createHash('sha256').update(summed).digest('hex')}"}}\n`;
    const zipped = gzipSync(sealed(`${line}\n`.repeat(3000), 3000));
    for (const [text, message] of [
      [`${line}\n`, /no seal, .* needs --unsealed/],
      ['', /no seal/],
      [sealed(`${line}\n`, 2), /has 1 items, but its seal counts 2/],
      [sealed(`${other}\n`, 1, `${line}\n`), /was changed: its digest is not that of its seal/],
      [`${sealed(`${line}\n`)}${line}\n`, /line 3: something follows the seal/],
      [sealed(`${line}\n`).replace('"items":1,', ''), /line 2: not a seal/],
      [gzipSync(`${line}\n`), /no seal/],
      [zipped.subarray(0, -40), /damaged after line \d+: unexpected end of file|cut off/],
      [Buffer.concat([zipped.subarray(0, 60), Buffer.from([255, 255]), zipped.subarray(62)]), /damaged|line \d+/],
      [`${line}\n${line.slice(0, -1)}`, /line 2: the line is cut off/],
      [`${line}\n${line.slice(0, -1)}\n`, /line 2: not a JSON object/],
      [`${line}\n\0\n`, /line 2: /],
      [`${line}\n{"Item":{"pk":{"S":"A"}}}\n`, /line 2: not an item/],
      [`${line}\n{"pk":{"S":"A"},"sk":{"S":"x"}}\n`, /line 2: not an item/],
      ['x'.repeat(3_000_000), /line 1: the line is cut off/],
    ]) {
      const file = newFile();
      fs.writeFileSync(file, text);
      await assertFails(run('restore', file), message);
    }
    await assertFails(run('restore', newFile()), /No such file or directory/);
    await assertFails(run('restore', work), /Is a directory/);
    assert.deepEqual(await table.scan(), []);
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('files of earlier releases, plain text without a seal, are restored on demand', async () => {
    const { table, run } = newTable();
    const items = ['a', 'b'].map((sk) => typed({ pk: 'A', sk }));
    const file = newFile();
    fs.writeFileSync(file, items.map((Item) => `${JSON.stringify({ Item })}\n`).join(''));
    await assertDone(run('restore', file, '--unsealed'));
    assert.deepEqual(await table.scan(), items);
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('an interrupted restore continues where it stopped; later lines replace earlier ones', async () => {
    const { table, run } = newTable();
    const file = newFile();
    // 130 items, of which the last ten replace the first ten.
    const items = Array.from({ length: 120 }, (_, n) => typed({ pk: 'A', sk: String(n).padStart(3, '0'), n }));
    const again = items.slice(0, 10).map((item) => ({ ...item, n: { N: '7' } }));
    fs.writeFileSync(
      file,
      [...items, ...again].map((Item) => `${JSON.stringify({ Item })}\n`).join(''),
    );
    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    let left = 3;
    proxy.fault = ({ operation }) =>
      operation === 'BatchWriteItem' && left-- === 0
        ? { status: 400, body: { __type: 'com.amazonaws#ValidationException', message: 'no' } }
        : undefined;
    const settings = {
      DDB_MESSAGE_TABLE: table.name,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    };
    const through = (...args) =>
      runCommand(stack, 'ddb/restore', [file, '--unsealed', '--yes', ...args], { settings });
    await assertFails(through(), /BatchWriteItem at .*ValidationException.*; to continue: --from 75$/m);
    assert.equal((await table.scan()).length, 75);
    proxy.recorded.length = 0;
    assert.match(await assertDone(through('--from', '75')), /: 55 items of .* restored/);
    const sent = proxy.recorded
      .filter(({ operation }) => operation === 'BatchWriteItem')
      .map(({ input }) => input.RequestItems[table.name].length);
    assert.deepEqual(sent, [25, 25, 5]);
    const wanted = [...again, ...items.slice(10)];
    assert.deepEqual(await table.scan(), wanted);
    // Another whole run changes nothing; a batch never has a key twice.
    fs.writeFileSync(file, [items[0], again[0], items[0], again[0]].map((Item) => `${JSON.stringify({ Item })}\n`).join(''));
    await assertDone(through());
    assert.deepEqual(await table.scan(), wanted);
    await assertFails(through('--from', '5'), /has only 4 items/);
    await assertFails(through('--from', 'x'), /--from takes a number of items/, 2);
    proxy.close();
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('a long restore tells where it is', async () => {
    const { table, run } = newTable();
    const file = newFile();
    const lines = Array.from({ length: 10_001 }, (_, n) => `{"Item":{"pk":{"S":"A"},"sk":{"S":"${n}"}}}\n`);
    fs.writeFileSync(file, lines.join(''));
    const output = await assertDone(run('restore', file, '--unsealed'));
    assert.match(output, /^10000 items are written$/m);
    await assertDone(run('drop', table.name, '--yes'));
  });

  test('--keep removes older files of the same table', async () => {
    const { table, run } = newTable();
    const CRUDDUR_BACKUPS = fs.mkdtempSync(path.join(work, 'keep-'));
    const settings = { DDB_MESSAGE_TABLE: table.name, CRUDDUR_BACKUPS };
    await assertDone(run('schema-load'));
    const old = `${table.name}-20260101T000000Z.jsonl.gz`;
    const kept = 'cruddur-messages-20260101T000000Z.jsonl.gz';
    for (const name of [old, kept]) fs.writeFileSync(path.join(CRUDDUR_BACKUPS, name), '');
    const output = await assertDone(runCommand(stack, 'ddb/backup', ['--keep', '1'], { settings }));
    assert.match(output, new RegExp(`^removed: ${old}$`, 'm'));
    const names = fs.readdirSync(CRUDDUR_BACKUPS).sort();
    assert.equal(names.length, 2);
    assert.ok(names.includes(kept), names.join(' '));
    await assertDone(run('drop', table.name, '--yes'));
  });
});

describe('ddb/backup while people write', () => {
  let proxy;
  let settings;
  before(async () => {
    const port = await freePort();
    proxy = await startProxy(port, stack.ports.DYNAMODB);
    settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
  });
  after(() => proxy.close());

  const read = (person, group, uuid) =>
    stack.ask('PUT', `/api/message_groups/${group}/read`, {
      token: person.token,
      json: { message_uuid: uuid },
    });

  // Restore lines of a backup into a new table, and check it against PostgreSQL.
  async function check(lines) {
    const table = new Table(stack.ports.DYNAMODB, `settled-${randomUUID()}`);
    const options = { settings: { DDB_MESSAGE_TABLE: table.name } };
    const file = newFile();
    fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    await done('ddb/restore', [file, '--unsealed'], options);
    const checked = await run('ddb/check', [], options);
    const rows = await table.scan();
    await done('ddb/drop', [table.name, '--yes'], options);
    return { ...checked, rows };
  }

  test('changes during the scan are read again, so conversations are whole', async () => {
    const { ann, ben, group, first } = await newPair(stack);
    const cleo = await newPerson(stack);
    const quiet = await newPair(stack);
    // An answer of the scan as if it had taken long: messages and the rows of ann from its beginning,
    // pairs and other rows from its end.
    let again;
    const scan = async ({ outgoing, forward }) => {
        const answer = await forward();
        const old = JSON.parse(answer.body);
        assertOk(await say(stack, ann, { message_group_uuid: group }, 'while it scans'));
        assertOk(await read(ben, group, first.uuid), 204);
        assertOk(await say(stack, cleo, { handle: ann.handle }, 'hello'));
        const now = JSON.parse((await forward()).body);
        const isEarly = ({ pk }) => pk.S.startsWith('MSG#') || pk.S === `GRP#${ann.uuid}`;
        again = [...old.Items.filter(isEarly), ...now.Items.filter((item) => !isEarly(item))];
        outgoing.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
        outgoing.end(JSON.stringify({ ...now, Items: again }));
    };
    proxy.fault = ({ operation }) => (operation === 'Scan' ? scan : undefined);
    const file = newFile();
    const groups = (await stack.table.scan()).filter(({ pk }) => pk.S.startsWith('PAIR#')).length;
    const output = await done('ddb/backup', [file], { settings });
    // Those of these tests are younger than a minute, the seeded ones are not.
    const [, count] = /^(\d+) conversations were read again, because they may have changed$/m.exec(output);
    assert.ok(count >= 3 && count <= groups + 1, output);
    assert.ok(!output.includes('changed each time'), output);

    const torn = await check(again.map((Item) => JSON.stringify({ Item })));
    assert.equal(torn.code, 1, 'without the second pass there are problems');
    assert.match(torn.stdout, /the last message is missing/);
    const whole = await check(linesOf(file).lines);
    assert.equal(whole.code, 0, whole.stdout);
    const live = await stack.table.scan();
    assert.deepEqual(whole.rows, live);
    assert.ok(live.some(({ pk }) => pk.S === `MSG#${quiet.group}`));
  });

  test('a conversation that changes all the time is named, and the backup ends', async () => {
    const { ann, group } = await newPair(stack);
    const query = async ({ outgoing, forward }) => {
      const { status, headers, body } = await forward();
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'again'));
      outgoing.writeHead(status, headers).end(body);
    };
    proxy.fault = ({ operation, text }) =>
      operation === 'Query' && text.includes(group) ? query : undefined;
    const output = await done('ddb/backup', [newFile()], { settings });
    assert.match(output, /^1 of them changed each time$/m);
  });

  test('an answer without some rows is as if they had changed', async () => {
    const nothing = { status: 200, body: { Responses: {}, UnprocessedKeys: {} } };
    proxy.fault = ({ operation }) => (operation === 'BatchGetItem' ? nothing : undefined);
    const file = newFile();
    await done('ddb/backup', [file], { settings });
    const whole = await check(linesOf(file).lines);
    assert.equal(whole.code, 0, whole.stdout);
    assert.deepEqual(whole.rows, await stack.table.scan());
  });

  test('a failure in the second pass leaves no file', async () => {
    const refused = { status: 400, body: { __type: 'x#AccessDeniedException', message: 'no' } };
    const file = newFile();
    for (const failing of ['BatchGetItem', 'Scan']) {
      proxy.fault = ({ operation }) => (operation === failing ? refused : undefined);
      await assertFails(run('ddb/backup', [file], { settings }), /AccessDeniedException/);
    }
    assert.deepEqual(
      fs.readdirSync(work).filter((name) => name.startsWith(path.basename(file))),
      [],
    );
  });
});

// Neither local engine has them; the proxy answers as AWS does.
describe("DynamoDB's own backups", () => {
  const ARN = 'arn:aws:dynamodb:eu-west-2:111122223333:table/cruddur-messages/backup/01-abc';
  let proxy;
  let settings;
  before(async () => {
    const port = await freePort();
    proxy = await startProxy(port, stack.ports.DYNAMODB);
    settings = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
  });
  after(() => proxy.close());

  // Answer each operation with the next of its answers; the last one is repeated.
  function serve(answers) {
    proxy.recorded.length = 0;
    const asked = {};
    proxy.fault = ({ operation }) => {
      const list = answers[operation];
      assert.ok(list, `unexpected ${operation}`);
      asked[operation] = (asked[operation] ?? -1) + 1;
      return list[Math.min(asked[operation], list.length - 1)];
    };
  }
  const ok = (body) => ({ status: 200, body });
  const refusal = (type) => ({
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'refused' },
  });
  const inputs = (operation) =>
    proxy.recorded.filter((one) => one.operation === operation).map(({ input }) => input);
  const restoring = (from, status = 'CREATING', RestoreInProgress = true) =>
    ok({ Table: { TableStatus: status, RestoreSummary: { ...from, RestoreInProgress } } });
  const FROM_TABLE = { SourceTableArn: 'arn:aws:dynamodb:eu-west-2:1:table/cruddur-messages' };
  const MENDED = {
    DescribeTimeToLive: [ok({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } })],
    UpdateTimeToLive: [ok({})],
    UpdateContinuousBackups: [refusal('ContinuousBackupsUnavailableException'), ok({})],
  };

  test('backup --native waits until the backup is available, and prints its ARN', async () => {
    const details = (BackupStatus) => ({
      BackupDescription: { BackupDetails: { BackupArn: ARN, BackupStatus, BackupSizeBytes: 4321 } },
    });
    serve({
      CreateBackup: [ok({ BackupDetails: { BackupArn: ARN, BackupStatus: 'CREATING' } })],
      DescribeBackup: [ok(details('CREATING')), ok(details('AVAILABLE'))],
    });
    const output = await done('ddb/backup', ['--native'], { settings });
    assert.equal(output, `cruddur-messages: about 4321 bytes in ${ARN}\n`);
    const [{ TableName, BackupName }] = inputs('CreateBackup');
    assert.equal(TableName, 'cruddur-messages');
    assert.match(BackupName, /^cruddur-messages-\d{8}T\d{6}Z$/);
    assert.deepEqual(inputs('DescribeBackup'), [{ BackupArn: ARN }, { BackupArn: ARN }]);
    for (const { headers } of proxy.recorded)
      assert.match(headers.authorization, /^AWS4-HMAC-SHA256 .*\/dynamodb\/aws4_request, /);
    await done('ddb/backup', ['--native', 'before-the-migration'], { settings });
    assert.equal(inputs('CreateBackup')[1].BackupName, 'before-the-migration');
  });

  test('backup --native reports what AWS refuses', async () => {
    serve({ CreateBackup: [refusal('TableNotFoundException')] });
    await assertFails(run('ddb/backup', ['--native'], { settings }), /CreateBackup at .*TableNotFoundException/);
    serve({ CreateBackup: [ok({})] });
    await assertFails(run('ddb/backup', ['--native'], { settings }), /has no BackupArn/);
    await assertFails(run('ddb/backup', ['--native', '--keep', '2'], { settings }), /keeps its own/, 2);
  });

  test('restore --pitr makes a new table, waits, and switches TTL and recovery on', async () => {
    const answers = {
      RestoreTableToPointInTime: [ok({ TableDescription: { TableStatus: 'CREATING' } })],
      DescribeTable: [restoring(FROM_TABLE), restoring(FROM_TABLE), restoring(FROM_TABLE, 'ACTIVE', false)],
      ...MENDED,
    };
    serve(answers);
    const output = await done('ddb/restore', ['--pitr', 'restored'], { settings });
    assert.match(output, /^restored is restored\. To serve it: DDB_MESSAGE_TABLE=restored, /m);
    assert.deepEqual(inputs('RestoreTableToPointInTime'), [
      { SourceTableName: 'cruddur-messages', TargetTableName: 'restored', UseLatestRestorableTime: true },
    ]);
    assert.equal(inputs('DescribeTable').length, 3);
    assert.equal(inputs('UpdateTimeToLive')[0].TableName, 'restored');
    assert.deepEqual(inputs('UpdateContinuousBackups').at(-1), {
      TableName: 'restored',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    assert.equal(inputs('UpdateContinuousBackups').length, 2, 'repeated while DynamoDB is not ready');

    for (const at of ['2026-11-27T09:15:00Z', '2026-11-27T09:15:00+00:00']) {
      serve(answers);
      await done('ddb/restore', ['--pitr', 'restored', '--at', at], { settings });
      assert.deepEqual(inputs('RestoreTableToPointInTime'), [
        {
          SourceTableName: 'cruddur-messages',
          TargetTableName: 'restored',
          RestoreDateTime: Date.parse(at) / 1000,
        },
      ]);
    }
  });

  test('restore --native makes a new table of a backup', async () => {
    serve({
      RestoreTableFromBackup: [ok({})],
      DescribeTable: [restoring({ SourceBackupArn: ARN }, 'ACTIVE', false)],
      ...MENDED,
      DescribeTimeToLive: [ok({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED' } })],
    });
    await done('ddb/restore', ['--native', ARN, 'restored'], { settings });
    assert.deepEqual(inputs('RestoreTableFromBackup'), [{ TargetTableName: 'restored', BackupArn: ARN }]);
    assert.deepEqual(inputs('UpdateTimeToLive'), []);
  });

  test('a restore that runs already is waited for; another table of that name is refused', async () => {
    for (const type of ['TableAlreadyExistsException', 'TableInUseException']) {
      serve({
        RestoreTableToPointInTime: [refusal(type)],
        DescribeTable: [restoring(FROM_TABLE), restoring(FROM_TABLE, 'ACTIVE', false)],
        ...MENDED,
      });
      await done('ddb/restore', ['--pitr', 'restored'], { settings });
    }
    for (const table of [
      restoring(FROM_TABLE, 'ACTIVE', false),
      restoring({ SourceTableArn: 'arn:aws:dynamodb:eu-west-2:1:table/other-cruddur-messages' }),
      restoring({ SourceBackupArn: ARN }),
      ok({ Table: { TableStatus: 'ACTIVE' } }),
    ]) {
      serve({ RestoreTableToPointInTime: [refusal('TableAlreadyExistsException')], DescribeTable: [table] });
      await assertFails(run('ddb/restore', ['--pitr', 'restored'], { settings }), /restored exists; DynamoDB restores into a new table/);
    }
    serve({ RestoreTableToPointInTime: [refusal('InvalidRestoreTimeException')] });
    await assertFails(run('ddb/restore', ['--pitr', 'restored'], { settings }), /InvalidRestoreTimeException/);
  });

  test('wrong arguments are refused, before AWS is asked', async () => {
    serve({});
    for (const args of [
      ['--pitr'],
      ['--pitr', 'one', 'two'],
      ['--native', ARN],
      ['--native', '--pitr', ARN, 'one'],
      ['--pitr', 'one', '--at', 'yesterday'],
      ['--pitr', 'one', '--at', '2026-11-27 09:15'],
      ['--pitr', 'one', '--from', '3'],
      ['--native', ARN, 'one', '--at', '2026-11-27T09:15:00Z'],
      ['--native', ARN, 'one', '--unsealed'],
      ['file', '--at', '2026-11-27T09:15:00Z'],
    ]) {
      const { code, stderr } = await run('ddb/restore', args, { settings });
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    }
    assert.deepEqual(proxy.recorded, []);
  });
});

describe('drill', () => {
  const CRUDDUR_BACKUPS = path.join(work, 'drill');
  const settings = { CRUDDUR_BACKUPS };
  let dump;
  let items;
  const drill = (args = [], more = {}) => run('drill', args, { settings: { ...settings, ...more } });
  const newest = (kind) =>
    path.join(
      CRUDDUR_BACKUPS,
      fs
        .readdirSync(CRUDDUR_BACKUPS)
        .filter((name) => name.endsWith(kind))
        .sort()
        .at(-1),
    );
  const scratchTables = async () =>
    (await done('ddb/list-tables')).split('\n').filter((name) => name.includes('-drill-'));
  async function assertClean() {
    assert.deepEqual(await databases('drill%'), []);
    assert.deepEqual(await scratchTables(), []);
  }
  // A drill that must fail, and these lines of its report.
  async function assertReported(args, ...lines) {
    const { code, stdout, stderr } = await drill(args);
    assert.equal(code, 1, stdout);
    assert.match(stderr, /^drill: the backups are not fine; see above\n$/);
    for (const line of lines) assert.match(stdout, line);
    await assertClean();
    return stdout;
  }
  // The backup of the conversations with another seal, and perhaps other lines.
  function resealed(change, changeLines = (lines) => lines) {
    const { lines: old, seal } = linesOf(items);
    const lines = changeLines(old);
    const text = lines.map((line) => `${line}\n`).join('');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const file = newFile();
    const Seal = { ...seal, items: lines.length, sha256, ...change };
    fs.writeFileSync(file, gzipSync(`${text}${JSON.stringify({ Seal })}\n`));
    return file;
  }

  before(async () => {
    await newPair(stack);
    await done('ddb/backup', [], { settings });
    await done('db/backup', [], { settings });
    dump = newest('.dump');
    items = newest('.jsonl.gz');
  });

  test('restores the newest backups, checks them, and leaves everything as it was', async () => {
    const image = await imageOf('cruddur');
    const table = await stack.table.scan();
    const { code, stdout, stderr } = await drill();
    assert.equal(code, 0, `${stdout}${stderr}`);
    for (const line of [
      new RegExp(`^  PostgreSQL +${dump}, 0 h \\d+ min old, ${fs.statSync(dump).size} bytes$`, 'm'),
      new RegExp(`^  DynamoDB +${items}, 0 h \\d+ min old, ${fs.statSync(items).size} bytes$`, 'm'),
      /^  PostgreSQL: restore +ok +\d+\.\d s +\d+ rows, as in the dump$/m,
      /^  PostgreSQL: migrations +ok .* all of this release, and no other$/m,
      /^  PostgreSQL: rights +ok .* workers may read and write every table$/m,
      /^  DynamoDB: restore +ok .* \d+ items, each line checked$/m,
      /^  both: do they fit together +ok .* \d+ rows, \d+ pairs, \d+ items that last$/m,
      /^RTO: both stores were restored and checked in \d+\.\d s\. RPO: up to 0 h \d+ min of writes/m,
      /^The backups are fine\.$/m,
    ])
      assert.match(stdout, line);
    assert.equal(await imageOf('cruddur'), image);
    assert.deepEqual(await stack.table.scan(), table);
    await assertClean();
    // The living stores need not be there.
    const settingsOfNone = { DDB_MESSAGE_TABLE: `none-${randomUUID()}` };
    const given = ['--database', dump, '--conversations', items];
    const other = await drill(given, settingsOfNone);
    assert.equal(other.code, 0, other.stdout);
  });

  test('a missing, damaged, old or incomplete backup fails it, and the rest is still checked', async () => {
    const empty = fs.mkdtempSync(path.join(work, 'empty-'));
    await assertFails(drill([], { CRUDDUR_BACKUPS: empty }), /has no backup of cruddur; db\/backup makes one/);
    fs.copyFileSync(dump, path.join(empty, path.basename(dump)));
    await assertFails(drill([], { CRUDDUR_BACKUPS: empty }), /has no backup of cruddur-messages; ddb\/backup/);

    const damaged = newFile();
    fs.writeFileSync(damaged, fs.readFileSync(dump).subarray(0, -3000));
    await assertReported(
      ['--database', damaged],
      /PostgreSQL: read the dump +FAILED/,
      /PostgreSQL: restore +left out/,
      /PostgreSQL: rights +left out/,
      /DynamoDB: restore +ok/,
      /both: do they fit together +left out/,
    );
    const cut = newFile();
    fs.writeFileSync(cut, fs.readFileSync(items).subarray(0, fs.statSync(items).size / 2));
    await assertReported(
      ['--conversations', cut],
      /DynamoDB .*, of an unknown time/,
      /PostgreSQL: restore +ok/,
      /DynamoDB: restore +FAILED/,
    );
    const old = resealed({ begun_at: new Date(Date.now() - 30 * 3600_000).toISOString() });
    const report = await assertReported(
      ['--conversations', old],
      /30 h \d+ min old/,
      /^A backup is older than 26 hours/m,
      /RPO: up to 30 h/,
    );
    assert.ok(!report.includes('FAILED'), report);
    assert.equal((await drill(['--conversations', old, '--max-age', '31'])).code, 0);
    const { seal } = linesOf(items);
    await assertReported(
      ['--conversations', resealed({ lasting: seal.lasting + 1 })],
      /do they fit together +FAILED[^]*items, but the backup/,
    );
  });

  test('a backup of another release, or with other rows than it says, fails it', async () => {
    const database = await newDatabase();
    const file = newFile();
    await database.done('rollback', ['--yes']);
    await database.done('backup', [file]);
    await database.done('drop', ['--yes']);
    await assertReported(
      ['--database', file],
      new RegExp(`PostgreSQL: migrations +FAILED[^]*lacks migrations of this release: ${MIGRATIONS.at(-1)}`),
    );
  });

  test('stores that do not fit together fail it, with the items', async () => {
    const { ann, ben } = await newPair(stack);
    const file = newFile();
    await done('ddb/backup', [file]);
    await assertReported(
      ['--conversations', file],
      /The backup of PostgreSQL is the older one, so it lacks people who came in between/,
      /do they fit together +FAILED/,
      new RegExp(`there is no person ${ann.uuid}`),
      new RegExp(`there is no person ${ben.uuid}`),
    );
    const without = resealed({}, (lines) => lines.filter((line) => !line.includes('"pk":{"S":"PAIR#')));
    await assertReported(['--conversations', without], /the pair is missing/);
  });

  test('leftovers of a killed drill are removed after a day; a signal leaves nothing', async () => {
    const old = 'drill_20260101t000000z_77';
    const young = `drill_${new Date().toISOString().replace(/[-:]|\.\d+/g, '').toLowerCase()}_77`;
    for (const name of [old, young, 'drill_mine']) await stack.sql(`create database ${name}`);
    const oldTable = 'cruddur-messages-drill-20260101T000000Z-77';
    await done('ddb/schema-load', [], { settings: { DDB_MESSAGE_TABLE: oldTable } });
    assert.equal((await drill()).code, 0);
    assert.deepEqual(await databases('drill%'), [young, 'drill_mine'].sort());
    assert.deepEqual(await scratchTables(), []);
    for (const name of [young, 'drill_mine']) await stack.sql(`drop database ${name}`);

    const slow = fs.mkdtempSync(path.join(work, 'slow-'));
    const script = `#!/bin/sh\ncase "$*" in *--exit-on-error*) echo $$ >${slow}/pid; exec sleep 60;; esac\n`;
    fs.writeFileSync(`${slow}/pg_restore`, `${script}exec /usr/bin/pg_restore "$@"\n`, { mode: 0o755 });
    const child = startCommand(stack, 'drill', [], {
      settings: { ...settings, PATH: `${slow}:${stack.env.PATH}` },
    });
    child.stdin.end();
    await until('pg_restore runs', () => fs.existsSync(`${slow}/pid`));
    assert.equal((await databases('drill%')).length, 1);
    child.kill('SIGTERM');
    process.kill(Number(fs.readFileSync(`${slow}/pid`, 'utf8')));
    assert.notEqual((await child.done).code, 0);
    await assertClean();
  });

  test('--pitr restores the table in DynamoDB', async () => {
    const port = await freePort();
    const proxy = await startProxy(port, stack.ports.DYNAMODB);
    // The restore of AWS: a copy of the backup's items under the new name.
    const restore = async ({ outgoing }) => {
      const { TargetTableName } = proxy.recorded.at(-1).input;
      await done('ddb/restore', [items], { settings: { DDB_MESSAGE_TABLE: TargetTableName } });
      outgoing.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end('{}');
    };
    proxy.fault = ({ operation }) => {
      if (operation === 'RestoreTableToPointInTime') return restore;
      return operation === 'UpdateContinuousBackups' ? { status: 200, body: {} } : undefined;
    };
    const through = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
    const { code, stdout, stderr } = await drill(['--pitr'], through);
    proxy.close();
    assert.equal(code, 0, `${stdout}${stderr}`);
    assert.match(stdout, /^  DynamoDB +point-in-time recovery of cruddur-messages$/m);
    const { input } = proxy.recorded.find((one) => one.operation === 'RestoreTableToPointInTime');
    assert.equal(input.SourceTableName, 'cruddur-messages');
    assert.match(input.TargetTableName, /^cruddur-messages-drill-\d{8}T\d{6}Z-\d+$/);
    await assertClean();
  });

  test('wrong arguments are refused, and --help explains them', async () => {
    assert.match(await done('drill', ['--help']), /^usage: drill \[prod\]/);
    for (const args of [['one'], ['--max-age', '0'], ['--max-age'], ['--pitr', '--conversations', items]])
      await assertFails(drill(args), /^usage: drill/m, 2);
    await assertFails(drill(['--database', newFile()]), /cannot be read/);
    await assertFails(drill([], { CONNECTION_URL: stack.databaseUrl('none') }), /has no backup of none/);
  });
});
