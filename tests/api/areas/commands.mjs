// commands.mjs - the operators' commands in bin/: their effects, refusals, and messages when a
// dependency is down. bin/pool is tested in pools.mjs, ddb/migrate in migration.mjs.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Table, typed } from '../harness/dynamodb.mjs';
import { LOCAL_PASSWORD as PASSWORD, SEEDED } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import {
  assertDone,
  assertFails,
  runCommand,
  runOnTerminal,
  startCommand,
} from '../harness/operate.mjs';
import { newHandle, newUserRows } from '../harness/people.mjs';
import * as previous from '../harness/previous.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { SEEDED_GROUP } from '../harness/routes.mjs';
import { freePort, ROOT, servedDatabase } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const FOLDERS = ['cognito', 'db', 'ddb', 'ddb/patterns', 'generate', 'rds'];
const COMMANDS = FOLDERS.flatMap((folder) =>
  fs
    .readdirSync(path.join(ROOT, 'bin', folder), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`),
);

const urlOf = (database, port) => {
  const url = stack.databaseUrl(database);
  return port ? url.replace(`port=${stack.ports.POSTGRES}`, `port=${port}`) : url;
};

// A database of one test, in the stack's PostgreSQL. It may not exist yet.
class Database {
  constructor() {
    this.name = newHandle('db');
    this.settings = { CONNECTION_URL: urlOf(this.name) };
  }

  run(command, ...args) {
    return runCommand(stack, `db/${command}`, args, { settings: this.settings });
  }

  // Run SQL in it; returns its rows as texts.
  async sql(text) {
    const args = ['-Atc', text];
    return (await assertDone(this.run('connect', ...args))).split('\n').slice(0, -1);
  }

  async exists() {
    const rows = await stack.sql(`select 1 from pg_database where datname = '${this.name}'`);
    return rows.length === 1;
  }
}

describe('commands', () => {
  test('every command prints its usage with --help, from any folder', async () => {
    assert.ok(COMMANDS.length > 20, COMMANDS.join(' '));
    for (const command of COMMANDS) {
      const output = await assertDone(runCommand(stack, command, ['--help']));
      assert.match(output, /^usage: /, command);
      assert.ok(output.includes(path.basename(command)), `${command}: ${output}`);
    }
  });

  test('wrong arguments are refused with the usage', async () => {
    for (const command of COMMANDS) {
      if (command === 'db/connect') continue; // its arguments are those of psql
      await assertFails(runCommand(stack, command, ['--no-such-option']), /usage: /, 2);
    }
    for (const [command, ...args] of [
      ['db/backup', 'one', 'two'],
      ['db/drop', 'one'],
      ['db/restore'],
      ['ddb/backup', 'one', 'two'],
      ['ddb/drop'],
      ['ddb/restore', 'one', 'two', 'three'],
      ['ddb/list-tables', 'one'],
      ['ddb/scan', 'one', 'two'],
      ['ddb/seed', '--json'],
      ['ddb/patterns/get-conversation', '--limit'],
      ['cognito/list-users', '--group', SEEDED_GROUP],
      ['rds/update-sg-rule', 'prod'],
      ['people/show'],
      ['people/suspend', 'one', 'two'],
      ['generate/migration'],
      ['generate/migration', 'one', 'two'],
      ['generate/migration', 'Capital'],
      ['generate/migration', '../elsewhere'],
    ])
      await assertFails(runCommand(stack, command, args), /usage: /, 2);
  });

  test('a command whose dependency is down fails with one line that names the address', async () => {
    const port = String(await freePort());
    const settings = {
      CONNECTION_URL: urlOf('cruddur', port),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://127.0.0.1:${port}`,
    };
    const dump = path.join(stack.home, 'some.dump');
    await assertDone(runCommand(stack, 'db/backup', [dump]));
    const args = {
      'db/restore': [dump, '--yes'],
      'ddb/backup': [path.join(stack.home, 'no-backup')],
      'ddb/drop': ['some-table', '--yes'],
      'ddb/migrate': ['one-table', 'other-table'],
      'ddb/restore': ['/dev/null', '--unsealed'],
      'people/show': ['andrewbrown'],
      'people/suspend': ['andrewbrown'],
      'people/unsuspend': ['andrewbrown'],
    };
    for (const command of ['drop', 'kill-all', 'rollback', 'setup'])
      args[`db/${command}`] = ['--yes'];
    const without = ['generate/icons', 'generate/migration', 'rds/update-sg-rule'];
    for (const command of COMMANDS.filter((name) => !without.includes(name))) {
      const run = runCommand(stack, command, args[command], { settings });
      if (['db/connect', 'db/setup'].includes(command)) {
        // connect prints the message of psql; setup that of its first step, then its own.
        const { code, stderr } = await run;
        assert.notEqual(code, 0, command);
        assert.ok(stderr.split('\n')[0].includes(port), `${command}: ${stderr}`);
      } else {
        await assertFails(run, new RegExp(`\\b${port}\\b`));
      }
    }
  });

  test('CRUDDUR_HOME alone selects the local run', async () => {
    const settings = Object.fromEntries(
      Object.keys(stack.ports).map((name) => [`CRUDDUR_${name}_PORT`, undefined]),
    );
    const output = await assertDone(runCommand(stack, 'db/test', [], { settings }));
    assert.match(output, /^connected to cruddur as cruddur, PostgreSQL 15\./);
    const tables = await assertDone(runCommand(stack, 'ddb/list-tables', [], { settings }));
    assert.ok(tables.split('\n').includes('cruddur-messages'));
    const users = await assertDone(runCommand(stack, 'cognito/list-users', [], { settings }));
    assert.match(users, /^andrewbrown /m);
  });

  test('installed commands work like those of a checkout', async () => {
    const bin = `${stack.home}/app/bin`;
    for (const command of ['db/test', 'cognito/list-users', 'ddb/schema-load'])
      assert.equal(
        await assertDone(runCommand(stack, command, [], { bin })),
        await assertDone(runCommand(stack, command, [])),
        command,
      );
    await assertDone(runCommand(stack, 'ddb/patterns/list-conversations', [], { bin }));
  });

  describe('db', () => {
    test('create, schema-load, seed, rollback, migrate and drop work on one database', async () => {
      const database = new Database();
      const missing = database.run('test');
      await assertFails(missing, new RegExp(`database "${database.name}" does not exist`));
      await assertDone(database.run('create'));
      await assertFails(database.run('create'), /already exists/);

      await assertDone(database.run('schema-load'));
      await assertDone(database.run('seed'));
      const users = 'select handle from users order by 1';
      const people = Object.keys(SEEDED).sort();
      assert.deepEqual(await database.sql(users), people);
      const cruds = 'select count(*) from activities';
      const [count] = await database.sql(cruds);
      await assertDone(database.run('seed'));
      assert.deepEqual(await database.sql(users), people, 'the second time changes nothing');
      assert.deepEqual(await database.sql(cruds), [count]);

      const versions = 'select version from schema_migrations order by 1';
      const all = await database.sql(versions);
      await assertDone(database.run('rollback', '--yes'));
      assert.deepEqual(await database.sql(versions), all.slice(0, -1));
      await assertDone(database.run('migrate'));
      assert.deepEqual(await database.sql(versions), all);

      const output = await assertDone(database.run('test'));
      assert.match(output, new RegExp(`^connected to ${database.name} as cruddur, .*no TLS\n$`));
      assert.ok(await database.exists());
      await assertDone(database.run('drop', '--yes'));
      assert.ok(!(await database.exists()));
      await assertDone(database.run('drop', '--yes'));
    });

    test('create chooses a locale that knows all letters; test and migrate refuse others', async () => {
      const database = new Database();
      await assertDone(database.run('create'));
      assert.deepEqual(
        await database.sql(
          `select pg_encoding_to_char(encoding), datctype
             from pg_database
            where datname = current_database()`,
        ),
        ['UTF8|C.UTF-8'],
      );
      await assertDone(database.run('drop', '--yes'));
      for (const [options, reason] of [
        ["encoding 'UTF8' locale 'C'", /has the locale C, which does not turn all letters/],
        ["encoding 'SQL_ASCII' locale 'C'", /has the encoding SQL_ASCII instead of UTF8/],
        ["encoding 'LATIN1' locale 'C'", /has the encoding LATIN1 instead of UTF8/],
        // Turkish takes I for the capital of a dotless letter, Lithuanian adds dots.
        ["locale_provider icu icu_locale 'tr' locale 'C.UTF-8'", /has the locale tr, which/],
        ["locale_provider icu icu_locale 'lt' locale 'C.UTF-8'", /has the locale lt, which/],
      ]) {
        await stack.sql(`create database ${database.name} template template0 ${options}`);
        await assertFails(database.run('test'), reason);
        await assertFails(database.run('migrate'), reason);
        assert.deepEqual(await database.sql("select to_regclass('schema_migrations')"), ['']);
        await assertDone(database.run('drop', '--yes'));
      }
    });

    test('the root locale of ICU suits, whatever the C library is set to', async () => {
      const database = new Database();
      await stack.sql(
        `create database ${database.name} template template0 encoding 'UTF8'
         locale_provider icu icu_locale 'und' locale 'C'`,
      );
      await assertDone(database.run('test'));
      await assertDone(database.run('migrate'));
      assert.deepEqual(
        await database.sql(
          `select search_words('ΟΔΟΣ Größe İZMİR 今日'),
                  activity_marks('#ΟΔΟΣ #οδος #हिन्दी #İa')`,
        ),
        ['{οδοσ,grosse,izmir,\u0001今日}|{#οδοσ,#हिन्दी,#ia}'],
      );
      await assertDone(database.run('drop', '--yes'));
    });

    test('sessions lists the connections, without secrets, and kill-all ends them', async () => {
      const database = new Database();
      await assertDone(database.run('create'));
      const { settings } = database;
      const sleeper = startCommand(stack, 'db/connect', ['-c', 'select pg_sleep(50)'], {
        settings,
      });
      const listed = await until('the connection is listed', async () => {
        const output = await assertDone(database.run('sessions'));
        return /\bconnect\b.*active/.test(output) && output;
      });
      assert.match(listed, /\bsessions\b/);
      const shown = fs.readFileSync(`/proc/${sleeper.pid}/cmdline`, 'utf8');
      assert.ok(shown.includes('pg_sleep') && !shown.includes(PASSWORD), shown);

      assert.equal(await assertDone(database.run('kill-all', '--yes')), '1 sessions ended\n');
      const { code, stderr } = await sleeper.done;
      assert.notEqual(code, 0);
      assert.match(stderr, /terminating connection/);
      await assertDone(database.run('drop', '--yes'));
    });

    test('a percent-encoded password is decoded, and a wrong one refused', async () => {
      const encoded = [...PASSWORD].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
      const as = (password) => {
        const CONNECTION_URL = servedDatabase(stack.ports.POSTGRES).replace(PASSWORD, password);
        return { settings: { CONNECTION_URL } };
      };
      for (const command of ['db/test', 'db/purge-expired']) {
        await assertDone(runCommand(stack, command, [], as(encoded)));
        await assertFails(runCommand(stack, command, [], as('wrong')), /password authentication/);
      }
      const nonsense = { settings: { CONNECTION_URL: 'cruddur' } };
      await assertFails(runCommand(stack, 'db/test', [], nonsense), /is not like postgresql:/);
    });

    test('a URL may be given as a file', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-secrets-'));
      const file = path.join(folder, 'url');
      fs.writeFileSync(file, `${urlOf('cruddur')}\n`);
      const run = (command, settings, args = []) => runCommand(stack, command, args, { settings });
      try {
        for (const name of ['CONNECTION_URL_FILE', 'OWNER_CONNECTION_URL_FILE'])
          for (const command of ['db/test', 'db/migrate', 'db/purge-expired'])
            await assertDone(run(command, { [name]: file }));
        await assertDone(run('db/update_cognito_user_ids', { CONNECTION_URL_FILE: file }));
        await assertDone(run('db/test', { PROD_CONNECTION_URL_FILE: file }, ['prod']));
        const both = { CONNECTION_URL: urlOf('cruddur'), CONNECTION_URL_FILE: file };
        for (const command of ['db/test', 'db/update_cognito_user_ids']) {
          await assertFails(run(command, both), /CONNECTION_URL and CONNECTION_URL_FILE are both set/);
          const missing = { CONNECTION_URL_FILE: `${file}.none` };
          await assertFails(run(command, missing), /CONNECTION_URL_FILE .*cannot be read/);
        }
        fs.writeFileSync(file, '\n');
        await assertFails(run('db/test', { CONNECTION_URL_FILE: file }), /is empty/);
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });

    test('purge-expired removes expired cruds only', async () => {
      const database = new Database();
      await assertDone(database.run('setup', '--yes'));
      const cruds = 'select message from activities order by 1';
      const kept = await database.sql(cruds);
      await database.sql(`
        insert into activities (user_uuid, message, expires_at, created_at)
        select uuid, 'too late', now() - interval '1 second', now() - interval '1 hour' from users
      `);
      const output = await assertDone(database.run('purge-expired'));
      assert.equal(output, 'purged 4 cruds, 0 idempotency keys\n');
      assert.deepEqual(await database.sql(cruds), kept);
      await assertDone(database.run('drop', '--yes'));
    });

    test('setup runs all steps in order, and can be repeated', async () => {
      const database = new Database();
      for (let times = 0; times < 2; times++) {
        const output = await assertDone(database.run('setup', '--yes'));
        assert.deepEqual(
          output.split('\n').filter((line) => line.startsWith('== ')),
          ['drop', 'create', 'schema-load', 'serving-role', 'seed', 'update_cognito_user_ids'].map(
            (step) => `== ${step}`,
          ),
        );
        assert.deepEqual(await database.sql('select count(*) from users'), ['4']);
        await database.sql("insert into users (handle, display_name) values ('one_more', 'x')");
      }
      await assertDone(database.run('drop', '--yes'));
    });

    test('setup stops at the first step that fails', async () => {
      const database = new Database();
      const AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = `http://127.0.0.1:${await freePort()}`;
      const settings = { ...database.settings, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER };
      const last = await runCommand(stack, 'db/setup', ['--yes'], { settings });
      assert.equal(last.code, 1);
      assert.match(last.stderr, /ListUsers[^\n]*\nsetup: update_cognito_user_ids has failed/);
      const count = 'select count(*) from users';
      assert.deepEqual(await database.sql(count), ['4'], 'the earlier steps have run');
      await assertDone(database.run('drop', '--yes'));

      settings.CONNECTION_URL = urlOf(database.name, await freePort());
      const first = await runCommand(stack, 'db/setup', ['--yes'], { settings });
      assert.equal(first.code, 1);
      assert.match(first.stderr, /setup: drop has failed/);
      assert.ok(!first.stdout.includes('create'), first.stdout);
    });

    test('prod: commands that lose data require --yes or the name of the database', async () => {
      const database = new Database();
      await assertDone(database.run('create'));
      const settings = {
        CONNECTION_URL: urlOf('postgres'),
        PROD_CONNECTION_URL: urlOf(database.name),
      };
      const prod = (command, ...args) =>
        runCommand(stack, `db/${command}`, ['prod', ...args], { settings });
      await assertDone(prod('migrate'));
      for (const command of ['drop', 'setup', 'rollback', 'kill-all'])
        await assertFails(prod(command), /--yes/);
      await database.sql('select 1 from users');

      const drop = (input) => runOnTerminal(stack, input, 'db/drop', ['prod'], { settings });
      for (const typedName of ['', '\n', 'yes\n', `${database.name}x\n`]) {
        const { code, stdout } = await drop(typedName);
        assert.equal(code, 1, stdout);
        assert.ok(await database.exists(), `${typedName} is not its name`);
      }
      const { code, stdout } = await drop(`${database.name}\n`);
      assert.equal(code, 0, stdout);
      assert.ok(!(await database.exists()));

      // With prod the commands use the real AWS: without a region the Cognito step fails.
      const setup = await prod('setup', '--yes');
      assert.equal(setup.code, 1);
      assert.match(setup.stderr, /AWS_REGION is not set[^\n]*\nsetup: update_cognito_user_ids/);
      assert.deepEqual(await database.sql('select count(*) from users'), ['4']);
      await assertDone(prod('drop', '--yes'));
      assert.ok(!(await database.exists()));
      delete settings.PROD_CONNECTION_URL;
      await assertFails(prod('test'), /PROD_CONNECTION_URL is not set/);
      await assertFails(prod('update_cognito_user_ids'), /PROD_CONNECTION_URL is not set/);
    });

    test('a database that is not that of this home requires --yes', async () => {
      const own = stack.databaseUrl();
      const port = stack.ports.POSTGRES;
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-other-'));
      for (const url of [
        'postgresql://cruddur@db.invalid/cruddur',
        'postgresql://cruddur@10.1.2.3:5432/cruddur',
        'postgresql://cruddur@127.0.0.1.db.invalid/cruddur',
        // A tunnel to another machine has such an address, and may have the port of this home.
        `postgresql://cruddur@127.0.0.1:${port}/cruddur`,
        `postgresql://cruddur@localhost:${port}/cruddur`,
        `postgresql://cruddur@[::1]:${port}/cruddur`,
        `postgresql://cruddur@/cruddur?port=${port}`,
        `${own}1`,
        `${own},5432`,
        `${own}&hostaddr=127.0.0.1`,
        own.replace('host=', 'host=db.invalid,'),
        own.replace(/host=[^&]*/, `host=${folder}`),
        stack.databaseUrl('postgres'),
      ])
        for (const command of ['drop', 'kill-all', 'rollback', 'setup'])
          await assertFails(
            runCommand(stack, `db/${command}`, [], { settings: { CONNECTION_URL: url } }),
            /^\w\S* ?this .*; there is no terminal .* --yes/,
          );
      fs.rmdirSync(folder);
      // The ports of the environment are not those of the home.
      const elsewhere = { CRUDDUR_POSTGRES_PORT: String(await freePort()) };
      await assertFails(runCommand(stack, 'db/kill-all', [], { settings: elsewhere }), /--yes/);
    });

    test('the database of this home requires no confirmation, whatever PG… variables say', async () => {
      const other = await freePort();
      const settings = { PGHOSTADDR: '127.0.0.2', PGPORT: String(other), PGSSLMODE: 'require' };
      settings.PGSERVICE = 'none';
      const viaLink = stack.databaseUrl().replace(/host=[^&]*/, `host=${stack.home}/run`);
      for (const CONNECTION_URL of [undefined, stack.databaseUrl(), viaLink])
        assert.match(
          await assertDone(
            runCommand(stack, 'db/kill-all', [], { settings: { ...settings, CONNECTION_URL } }),
          ),
          /^\d+ sessions ended\n$/,
        );
    });
  });

  test('a process that has ended, and left no zombie, does not end the command that asks', () => {
    const script = `set -euo pipefail; . bin/home.sh
      sleep 60 & pid=$!; started_at $pid; kill $pid; wait $pid || true
      while started_at $pid; do sleep 0.1; done; echo ended`;
    const said = execFileSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8' });
    assert.match(said, /^\d+\nended\n$/);
  });

  describe('generate/migration', () => {
    test('creates an empty migration that dbmate accepts', async () => {
      // In a copy of the tree, because the command writes next to itself.
      const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-tree-'));
      const bin = `${root}/bin`;
      fs.mkdirSync(`${root}/sql`);
      fs.mkdirSync(bin);
      for (const name of ['backups.sh', 'constants', 'db', 'generate', 'home.sh', 'operator.sh'])
        fs.cpSync(`${ROOT}/bin/${name}`, `${bin}/${name}`, {
          recursive: true,
          verbatimSymlinks: true,
        });
      fs.cpSync(`${ROOT}/sql/migrations`, `${root}/sql/migrations`, { recursive: true });
      fs.symlinkSync(fs.realpathSync(`${ROOT}/node_modules`), `${root}/node_modules`);
      const database = new Database();
      try {
        const args = ['add_avatars'];
        const file = (
          await assertDone(runCommand(stack, 'generate/migration', args, { bin }))
        ).trim();
        assert.match(file, /\/sql\/migrations\/\d{14}_add_avatars\.sql$/);
        assert.equal(path.dirname(file), `${root}/sql/migrations`);
        await assertDone(database.run('create'));
        const { settings } = database;
        const output = await assertDone(runCommand(stack, 'db/migrate', [], { bin, settings }));
        assert.ok(output.includes(path.basename(file)), output);
        await assertDone(runCommand(stack, 'db/rollback', ['--yes'], { bin, settings }));
        fs.writeFileSync(file, '-- migrate:up\nselect nonsense;\n-- migrate:down\n');
        const broken = await runCommand(stack, 'db/migrate', [], { bin, settings });
        assert.equal(broken.code, 1);
        assert.match(broken.stderr, /^migrate: .*nonsense.*\n$/);
        await assertDone(database.run('drop', '--yes'));
      } finally {
        fs.rmSync(root, { recursive: true });
      }
    });
  });

  describe('rds/update-sg-rule', () => {
    let folder;
    before(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-aws-'));
      // A fake aws command: it records its arguments and fails if it has a message to print.
      const script = [
        '#!/bin/sh',
        `printf '%s\\n' "$@" >"${folder}/arguments"`,
        `cat "${folder}/answer" >&2`,
        `[ ! -s "${folder}/answer" ]`,
      ];
      fs.writeFileSync(`${folder}/aws`, script.join('\n'), { mode: 0o755 });
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    async function update(args, settings = {}, answer = '') {
      fs.rmSync(`${folder}/arguments`, { force: true });
      fs.writeFileSync(`${folder}/answer`, answer);
      const PATH = `${folder}:${stack.env.PATH}`;
      return runCommand(stack, 'rds/update-sg-rule', args, {
        settings: { DB_SG_ID: 'sg-1', DB_SG_RULE_ID: 'sgr-2', PATH, ...settings },
      });
    }
    const argumentsOfAws = () => fs.readFileSync(`${folder}/arguments`, 'utf8').trim().split('\n');

    test('calls the AWS CLI to allow one address', async () => {
      const wanted = (address) => [
        ...['ec2', 'modify-security-group-rules', '--group-id', 'sg-1', '--security-group-rules'],
        'SecurityGroupRuleId=sgr-2,SecurityGroupRule={Description=cruddur,IpProtocol=tcp,' +
          `FromPort=5432,ToPort=5432,CidrIpv4=${address}/32}`,
        ...['--output', 'text'],
      ];
      const GITPOD_IP = '203.0.113.7';
      await assertDone(update(['198.51.100.20']));
      assert.deepEqual(argumentsOfAws(), wanted('198.51.100.20'));
      await assertDone(update([], { GITPOD_IP }));
      assert.deepEqual(argumentsOfAws(), wanted(GITPOD_IP));
      await assertDone(update(['192.0.2.255'], { GITPOD_IP }));
      assert.deepEqual(argumentsOfAws(), wanted('192.0.2.255'));
    });

    test('reports missing and wrong settings, and errors of AWS', async () => {
      for (const name of ['DB_SG_ID', 'DB_SG_RULE_ID'])
        await assertFails(update(['192.0.2.1'], { [name]: undefined }), RegExp(`${name} is not`));
      const none = ['0.0.0.0', '192.0.2', '192.0.2.256', '192.0.2.1/8', 'here', '2001:db8::1'];
      for (const address of none) await assertFails(update([address]), /is not the IPv4 address/);
      assert.ok(!fs.existsSync(`${folder}/arguments`), 'aws was not called');
      const error = 'An error occurred (UnauthorizedOperation)\nmore\n';
      const message = /^update-sg-rule: An error occurred \(UnauthorizedOperation\)$/m;
      await assertFails(update(['192.0.2.1'], {}, error), message);
    });
  });

  describe('ddb', () => {
    test('repeated, schema-load and seed change nothing', async () => {
      const before = await stack.table.messages(SEEDED_GROUP);
      const loaded = await assertDone(runCommand(stack, 'ddb/schema-load'));
      assert.equal(loaded, 'cruddur-messages exists\n');
      const output = await assertDone(runCommand(stack, 'ddb/seed'));
      assert.match(output, /^andrewbrown and bayko: exists$/m);
      assert.deepEqual(await stack.table.messages(SEEDED_GROUP), before);
    });

    test('a table is created, seeded, listed, scanned over all its pages, and dropped', async () => {
      const table = new Table(stack.ports.DYNAMODB, `made-${randomUUID()}`);
      const settings = { DDB_MESSAGE_TABLE: table.name, AWS_REGION: 'eu-west-2' };
      const run = (command, ...args) => runCommand(stack, `ddb/${command}`, args, { settings });
      const listed = async () =>
        (await assertDone(run('list-tables'))).split('\n').includes(table.name);
      assert.equal(await assertDone(run('schema-load')), `${table.name} created\n`);
      assert.ok(await listed());
      await assertDone(run('seed'));
      const filler = 'x'.repeat(300_000); // a page is 1 MB
      for (let i = 0; i < 8; i++)
        await table.put(typed({ pk: `FILLER#${i}`, sk: 'x', n: i, filler }));
      const lines = (await assertDone(run('scan'))).trim().split('\n');
      const items = lines.map((line) => JSON.parse(line));
      const keys = (list) => list.map(({ pk, sk }) => `${pk.S ?? pk} ${sk.S ?? sk}`).sort();
      assert.deepEqual(keys(items), keys(await table.scan()));
      assert.equal(items.find(({ pk }) => pk === 'FILLER#3').n, 3);
      const other = runCommand(stack, 'ddb/scan', [table.name]);
      assert.equal((await assertDone(other)).trim().split('\n').length, lines.length);

      for (const args of [[table.name], [table.name, 'prod']])
        await assertFails(run('drop', ...args), /is not dropped/);
      assert.ok(await listed());
      // The messages table of this home, but at an address that is not in its run.env.
      const far = { ...settings, AWS_ENDPOINT_URL_DYNAMODB: `http://localhost:${await freePort()}` };
      await assertFails(
        runCommand(stack, 'ddb/drop', ['cruddur-messages'], { settings: far }),
        /is not dropped/,
      );
      assert.equal(await assertDone(run('drop', table.name, '--yes')), `${table.name} dropped\n`);
      assert.ok(!(await listed()));
      for (const [command, ...args] of [['drop', table.name, '--yes'], ['scan']])
        await assertFails(run(command, ...args), /ResourceNotFoundException/);
    });
  });

  describe('ddb/check', () => {
    const keyOf = (mine, group) => typed({ pk: `GRP#${mine.uuid}`, sk: `GROUP#${group}` });
    const change = (table, Key, UpdateExpression, values) =>
      table.call('UpdateItem', {
        Key,
        UpdateExpression,
        ExpressionAttributeValues: values && typed(values),
      });

    // Blocks of other areas are in another table.
    before(() => stack.sql('delete from barriers'));

    // A table of its own with the seed data and conversations of ann with everybody else.
    async function newTable(others) {
      const table = new Table(stack.ports.DYNAMODB, `check-${randomUUID()}`);
      const settings = { DDB_MESSAGE_TABLE: table.name };
      const run = (command, ...args) => runCommand(stack, `ddb/${command}`, args, { settings });
      await assertDone(run('schema-load'));
      await assertDone(run('seed'));
      const people = [];
      for (const handle of await newUserRows(stack, 1 + others)) {
        const [[uuid]] = await stack.sql(`select uuid from users where handle = '${handle}'`);
        people.push({ uuid, handle, name: handle });
      }
      const [ann, ...rest] = people;
      const groups = [];
      for (const ben of rest) {
        const messages = previous.messagesOf(ann, ben, ['a1', 'b1', 'a2', 'a3']);
        groups.push(await previous.putConversation(table, ann, ben, { messages, unread: [0, 2] }));
      }
      await assertDone(run('migrate', table.name));
      return { table, run, ann, rest, groups };
    }

    test('a table whose items fit together is all right', async () => {
      const { table, run } = await newTable(1);
      const output = await assertDone(run('check'));
      assert.match(output, new RegExp(`^${table.name}: \\d+ rows, \\d+ pairs, \\d+ items that last\n$`));
    });

    test('it lists items of people who are gone, and whatever does not fit', async () => {
      const { table, run, ann, rest, groups } = await newTable(10);
      const [gone, noRow, noPair, wrong, ahead, other, unseen, early, invented, healthy] = rest;
      const rowOf = (person) => `GRP#${person.uuid} / GROUP#${groups[rest.indexOf(person)]}`;
      const annsRow = (person) => `GRP#${ann.uuid} / GROUP#${groups[rest.indexOf(person)]}`;
      const groupOf = (person) => groups[rest.indexOf(person)];
      const pairOf = (person) => `PAIR#${[ann.uuid, person.uuid].sort().join('#')}`;

      await stack.sql(`delete from users where uuid = '${gone.uuid}'`);
      await table.call('DeleteItem', { Key: keyOf(noRow, groupOf(noRow)) });
      await table.call('DeleteItem', { Key: typed({ pk: pairOf(noPair), sk: 'PAIR' }) });
      await change(table, keyOf(wrong, groupOf(wrong)), 'SET unread_count = :n', { ':n': 3 });
      await change(table, keyOf(ahead, groupOf(ahead)), 'SET last_message_uuid = :uuid', {
        ':uuid': randomUUID(),
      });
      await change(table, keyOf(other, groupOf(other)), 'SET user_uuid = :uuid', {
        ':uuid': healthy.uuid,
      });
      const setSeen = 'SET seen_at = :at, seen_message_uuid = :uuid';
      await change(
        table,
        keyOf(unseen, groupOf(unseen)),
        'REMOVE seen_at, seen_message_uuid',
      );
      const seenEarly = { ':at': '2020-01-01T00:00:00.000000+00:00', ':uuid': randomUUID() };
      await change(table, keyOf(early, groupOf(early)), setSeen, seenEarly);
      const { read_at } = await table.row(ann.uuid, groupOf(invented));
      const seenOther = { ':at': read_at, ':uuid': randomUUID() };
      await change(table, keyOf(invented, groupOf(invented)), setSeen, seenOther);

      const { code, stdout, stderr } = await run('check');
      assert.equal(code, 1, stderr);
      const lines = stdout.trim().split('\n');
      const wanted = [
        `${rowOf(gone)}: there is no person ${gone.uuid}`,
        `${annsRow(gone)}: there is no person ${gone.uuid}`,
        `${pairOf(gone)}: there is no person ${gone.uuid}`,
        `${annsRow(noRow)}: the other member has no row`,
        `${pairOf(noRow)}: there is no row of ${noRow.uuid}`,
        ...[rowOf(noPair), annsRow(noPair)].map(
          (row) => `${row}: the pair is missing or names another conversation`,
        ),
        `${rowOf(wrong)}: the unread count is not the number of unread messages`,
        `${rowOf(ahead)}: the last message is missing`,
        ...[rowOf(ahead), annsRow(ahead)].map(
          (row) => `${row}: the row of the other member has another last message`,
        ),
        `${annsRow(other)}: the row of the other member names somebody else`,
        `${rowOf(other)}: the other member has no row`,
        `${rowOf(other)}: the pair is missing or names another conversation`,
        ...[unseen, early, invented].map(
          (one) =>
            `${rowOf(one)}: seen_at and seen_message_uuid are not the read mark of the other member`,
        ),
      ];
      assert.deepEqual(lines.slice(0, -1).sort(), wanted.sort());
      assert.match(stderr, new RegExp(`: ${wanted.length} problems; see above$`, 'm'));
    });
  });

  describe('ddb/patterns', () => {
    const get = (...args) => runCommand(stack, 'ddb/patterns/get-conversation', args);
    const list = (...args) => runCommand(stack, 'ddb/patterns/list-conversations', args);

    // A conversation with messages [time, text] by one person, written directly into the table.
    async function newConversation(messages) {
      const group = randomUUID();
      const handles = await newUserRows(stack, 2);
      const names = handles.map((handle) => `'${handle}'`).join();
      const rows = await stack.sql(`select handle, uuid from users where handle in (${names})`);
      const uuids = Object.fromEntries(rows);
      const [reader, writer] = handles;
      const sender = {
        user_uuid: uuids[writer],
        user_handle: writer,
        user_display_name: 'somebody',
      };
      for (const [sk, message] of messages)
        await stack.table.put(
          typed({ pk: `MSG#${group}`, sk, message_uuid: randomUUID(), message, ...sender }),
        );
      const [last_message_at, message] = messages.at(-1);
      await stack.table.put(
        typed({
          pk: `GRP#${uuids[reader]}`,
          sk: `GROUP#${group}`,
          message_group_uuid: group,
          last_message_at,
          last_message_uuid: randomUUID(),
          message,
          unread_count: messages.length,
          ...sender,
        }),
      );
      return { group, reader, writer };
    }

    test('get-conversation prints the seeded conversation, the newest message last', async () => {
      const stored = (await stack.table.messages(SEEDED_GROUP)).slice(-3);
      const wanted = stored.map(
        ({ sk, user_handle, message }) =>
          `${sk.S.slice(0, 16).replace('T', ' ')}  ${user_handle.S}\n` +
          `    ${message?.S ?? '(deleted)'}\n`,
      );
      assert.equal(await assertDone(get('--limit', '3')), wanted.join(''));
      assert.equal(await assertDone(get('--limit', '3', '--group', SEEDED_GROUP)), wanted.join(''));
    });

    test('--json prints the answer of DynamoDB with its consumed capacity', async () => {
      const messages = JSON.parse(await assertDone(get('--limit', '3', '--json')));
      assert.deepEqual(
        messages.Items,
        (await stack.table.messages(SEEDED_GROUP)).slice(-3).reverse(),
      );
      assert.ok(messages.ConsumedCapacity.CapacityUnits > 0);
      const args = ['--handle', 'bayko', '--limit', '1', '--json'];
      const groups = JSON.parse(await assertDone(list(...args)));
      assert.equal(groups.Count, 1);
      assert.equal(groups.Items[0].sk.S, `GROUP#${groups.Items[0].message_group_uuid.S}`);
      assert.ok(groups.ConsumedCapacity.CapacityUnits > 0);
    });

    test('--group, --handle and --year select what is shown', async () => {
      const { group, reader, writer } = await newConversation([
        ['2025-12-31T23:59:59.999999+00:00', 'the last of the year'],
        ['2026-01-01T00:00:00.000000+00:00', 'the first of the next'],
      ]);
      const both =
        `2025-12-31 23:59  ${writer}\n    the last of the year\n` +
        `2026-01-01 00:00  ${writer}\n    the first of the next\n`;
      assert.equal(await assertDone(get('--group', group)), both);
      const args = ['--group', group.toUpperCase(), '--handle', reader.toUpperCase()];
      assert.equal(await assertDone(get(...args)), both);
      assert.equal(await assertDone(get('--handle', reader)), both, 'the newest of a person');
      const one = await assertDone(get('--group', group, '--year', '2025'));
      assert.equal(one, both.slice(0, both.indexOf('2026')));
      assert.equal(await assertDone(get('--group', group, '--year', '2024')), '');

      const row = `2026-01-01 00:00  ${writer}  2 unread  ${group}\n    the first of the next\n`;
      assert.equal(await assertDone(list('--handle', reader)), row);
      assert.equal(await assertDone(list('--handle', reader, '--group', group)), row);
      assert.equal(await assertDone(list('--handle', reader, '--year', '2026')), row);
      assert.equal(await assertDone(list('--handle', reader, '--year', '2025')), '');
      assert.match(await assertDone(list()), /^[\d-]+ [\d:]+ {2}bayko /m, 'andrewbrown by default');
    });

    test('control characters in a message do not reach the terminal', async () => {
      const { group } = await newConversation([
        ['2026-01-01T00:00:00.000000+00:00', 'one\n\ttwo \u001b[2J\u0007\u009b1m \u007f🥖\r'],
      ]);
      const output = await assertDone(get('--group', group));
      const text = output.slice(output.indexOf('\n') + 1);
      assert.equal(text, '    one\n    \ttwo ?[2J??1m ?🥖?\n');
    });

    test('unknown people and conversations and invalid options are reported', async () => {
      await assertFails(get('--handle', newHandle('nobody')), /nobody has the handle/);
      await assertFails(list('--handle', 'no such handle'), /nobody has the handle/);
      const foreign = get('--handle', 'londo', '--group', randomUUID());
      await assertFails(foreign, /londo has no such conversation/);
      for (const args of [
        ['--limit', '0'],
        ['--limit', '101'],
        ['--limit', '1x'],
        ['--year', '99'],
        ['--year', '20x6'],
        ['--group', 'x'],
      ]) {
        await assertFails(get(...args), new RegExp(`${args[0]} takes`), 2);
        await assertFails(list(...args), new RegExp(`${args[0]} takes`), 2);
      }
      await assertFails(list('--year', '2030', '--group', SEEDED_GROUP), /--year and --group exclude/, 2);
    });
  });

  // The local Cognito neither pages nor verifies signatures; the proxy does both here.
  describe('a user pool with several pages of accounts', () => {
    const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    let cognito;
    let settings;
    before(async () => {
      const port = await freePort();
      cognito = await startProxy(port, stack.ports.COGNITO);
      settings = {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://127.0.0.1:${port}`,
        AWS_COGNITO_USER_POOL_ID: 'eu-west-2_pool',
        AWS_REGION: 'eu-west-2',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: SECRET,
        AWS_SESSION_TOKEN: 'a session/token+=',
      };
    });
    after(() => cognito.close());

    const account = (handle, sub = randomUUID(), UserStatus = 'CONFIRMED') => ({
      Username: sub,
      UserStatus,
      Attributes: [
        { Name: 'sub', Value: sub },
        ...(handle ? [{ Name: 'preferred_username', Value: handle }] : []),
      ],
    });

    // Signature Version 4, as the service would compute it from what it received.
    function signatureOf({ headers, text }) {
      const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization)[1];
      const hash = (data) => createHash('sha256').update(data).digest('hex');
      const sign = (key, data) => createHmac('sha256', key).update(data).digest();
      const lines = signed.split(';').map((name) => `${name}:${headers[name]}\n`);
      const canonical = `POST\n/\n\n${lines.join('')}\n${signed}\n${hash(text)}`;
      const time = headers['x-amz-date'];
      const scope = [time.slice(0, 8), 'eu-west-2', 'cognito-idp', 'aws4_request'];
      const key = scope.reduce(sign, `AWS4${SECRET}`);
      const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n${hash(canonical)}`;
      return { scope: scope.join('/'), signed, hex: sign(key, toSign).toString('hex') };
    }

    // Answer with these pages in turn. fault(request, count) is called first and may return another
    // answer.
    function serve(pages, fault = () => undefined) {
      cognito.recorded.length = 0;
      cognito.fault = (request) => {
        const other = fault(request, cognito.recorded.length);
        if (other) return other;
        const page = Number(/^page "(\d+)"$/.exec(request.input.PaginationToken ?? 'page "0"')[1]);
        const more = page + 1 < pages.length;
        const PaginationToken = more ? `page "${page + 1}"` : undefined;
        return { status: 200, body: { Users: pages[page], PaginationToken } };
      };
    }

    const refusal = (status, __type, message) => ({ status, body: { __type, message } });

    test('list-users fetches every page with signed requests and prints every account', async () => {
      const pages = [
        [account('ann'), account(undefined)],
        [],
        [account('ben', undefined, 'UNCONFIRMED'), account('cleo')],
      ];
      serve(pages);
      const output = await assertDone(runCommand(stack, 'cognito/list-users', [], { settings }));
      const wanted = pages
        .flat()
        .map(
          ({ Username, UserStatus, Attributes }) =>
            `${(Attributes[1]?.Value ?? '').padEnd(30)}  ${Username}  ${UserStatus}\n`,
        );
      assert.equal(output, wanted.join(''));
      assert.equal(cognito.recorded.length, 3);
      for (const request of cognito.recorded) {
        assert.equal(request.input.UserPoolId, 'eu-west-2_pool');
        assert.equal(request.input.Limit, 60);
        const { scope, signed, hex } = signatureOf(request);
        const credential = `Credential=AKIDEXAMPLE/${scope}`;
        assert.ok(request.headers.authorization.startsWith(`AWS4-HMAC-SHA256 ${credential}, `));
        assert.ok(request.headers.authorization.endsWith(`Signature=${hex}`));
        for (const name of ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'])
          assert.ok(signed.split(';').includes(name), `${name} is signed`);
      }
      const json = await assertDone(
        runCommand(stack, 'cognito/list-users', ['--json'], { settings }),
      );
      const lines = json.trim().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        pages.flat(),
      );
    });

    test('throttled and failed requests are repeated', async () => {
      const pages = [[account('ann')], [account('ben')]];
      serve(
        pages,
        (_, count) =>
          [
            undefined,
            refusal(400, 'TooManyRequestsException', 'slow down'),
            refusal(500, 'InternalErrorException', 'oh'),
            undefined,
            refusal(429, 'com.amazonaws#Whatever', 'x'),
            'lose',
          ].at(count) ?? undefined,
      );
      const output = await assertDone(runCommand(stack, 'cognito/list-users', [], { settings }));
      assert.equal(output.trim().split('\n').length, 2);
    });

    test('refused requests and invalid answers are reported, and an endless list is detected', async () => {
      const failing = (pattern) =>
        assertFails(runCommand(stack, 'cognito/list-users', [], { settings }), pattern);
      serve([], () => refusal(400, 'ResourceNotFoundException', 'User pool does not exist.'));
      await failing(/ResourceNotFoundException User pool does not exist\./);
      assert.equal(cognito.recorded.length, 1);
      cognito.fault = () => ({ status: 200, body: { Users: [], PaginationToken: 'again' } });
      await failing(/leads to itself/);
      cognito.fault = () => ({ status: 200, body: { Pages: [] } });
      await failing(/no Users/);
      cognito.fault = () => ({ status: 200, body: 'no object' });
      await failing(/not JSON/);
    });

    test('update_cognito_user_ids fills empty columns and refuses ambiguous accounts', async () => {
      const database = new Database();
      await assertDone(database.run('create'));
      await assertDone(database.run('schema-load'));
      const taken = randomUUID();
      await database.sql(`
        insert into users (handle, display_name, cognito_user_id) values
          ('Empty', 'x', null), ('known', 'x', '${taken}'), ('doubled', 'x', null),
          ('waiting', 'x', null), ('stranger', 'x', null), ('without', 'x', null),
          ('settled', 'x', 'settled-sub')`);
      const subjects = 'select handle, cognito_user_id from users order by handle collate "C"';
      const sub = randomUUID();
      const run = () =>
        runCommand(stack, 'db/update_cognito_user_ids', [], {
          settings: { ...settings, ...database.settings },
        });
      serve([
        [account('eMPTY', sub), account('doubled'), account('known'), account('settled')],
        [account('DOUBLED'), account('waiting', undefined, 'UNCONFIRMED'), account('settled')],
        [account('stranger', taken), account(undefined), account('not in our table'), account('x')],
      ]);
      const first = await run();
      assert.equal(first.code, 1);
      const refused = first.stderr.trim().split('\n');
      assert.equal(refused.length, 2, first.stderr);
      assert.match(first.stderr, /doubled: several accounts have this handle/i);
      assert.match(first.stderr, /stranger: another user has the subject/);
      assert.match(first.stdout, new RegExp(`^eMPTY: ${sub}\n1 of `));
      const wanted = [
        `Empty|${sub}`,
        'doubled|',
        `known|${taken}`,
        'settled|settled-sub',
        'stranger|',
        'waiting|',
        'without|',
      ];
      assert.deepEqual(await database.sql(subjects), wanted);

      serve([[account('eMPTY')], [account('without', 'sub of without')]]);
      assert.match(await assertDone(run()), /^without: sub of without\n1 of 2 /);
      assert.deepEqual(await database.sql(subjects), [
        ...wanted.slice(0, -1),
        'without|sub of without',
      ]);

      serve([[account('waiting')]]);
      await assertDone(database.run('drop', '--yes'));
      await assertFails(run(), /does not exist/);
    });
  });
});
