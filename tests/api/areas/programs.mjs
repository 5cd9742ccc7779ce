// programs.mjs - the programs as plain CGI, without nginx, and the queries on the real schema.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { LOCAL_PASSWORD } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { ROOT, servedDatabase } from '../harness/stack.mjs';

const execute = promisify(execFile);
const BIN = path.join(ROOT, 'build', process.env.VARIANT ?? '', 'bin');

// Run a program as plain CGI (RFC 3875). Returns { status, headers, body }.
async function cgi(program, env) {
  const child = execute(path.join(BIN, program), [], { env: { PATH: process.env.PATH, ...env } });
  child.child.stdin.end();
  const { stdout } = await child;
  const [head, body] = stdout.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .split('\r\n')
      .map((line) => line.split(': '))
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { status: headers.status?.slice(0, 3) ?? '200', headers, body };
}

describe('programs', () => {
  test('health_check answers without any configuration', async () => {
    const answer = await cgi('health_check', {
      REQUEST_METHOD: 'GET',
      DOCUMENT_URI: '/api/health-check',
    });
    assert.equal(answer.status, '200');
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.equal(JSON.parse(answer.body).success, true);
  });

  test('a wrong path and a wrong method are problem documents', async () => {
    const wrong = await cgi('health_check', { REQUEST_METHOD: 'GET', DOCUMENT_URI: '/api/other' });
    assert.equal(wrong.status, '404');
    const post = await cgi('health_check', {
      REQUEST_METHOD: 'POST',
      DOCUMENT_URI: '/api/health-check',
    });
    assert.equal(post.status, '405');
    assert.deepEqual(JSON.parse(post.body).errors, ['method_not_allowed']);
  });

  test('a program without its configuration names the missing variable and exits', async () => {
    for (const [env, name] of [
      [{}, 'AWS_REGION'],
      [{ AWS_REGION: 'local', AWS_COGNITO_USER_POOL_ID: 'x' }, 'CONNECTION_URL'],
    ]) {
      const run = cgi('users_me', { REQUEST_METHOD: 'GET', DOCUMENT_URI: '/api/users/me', ...env });
      await assert.rejects(run, ({ code, stderr, stdout }) => {
        assert.equal(code, 1);
        assert.ok(stderr.includes(name), stderr);
        assert.equal(stdout, '');
        return true;
      });
    }
  });

  test('a secret that cannot be read, and half a pair of keys, stop the program by name', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-secrets-'));
    const write = (name, text) => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, text);
      return file;
    };
    const configured = {
      AWS_REGION: 'local',
      AWS_COGNITO_USER_POOL_ID: 'x',
      AWS_COGNITO_USER_POOL_CLIENT_ID: 'x',
    };
    const url = 'postgresql://127.0.0.1/secret';
    try {
      for (const [env, problem] of [
        [{ CONNECTION_URL_FILE: path.join(folder, 'none') }, /CONNECTION_URL_FILE .*cannot be read/],
        [{ CONNECTION_URL_FILE: folder }, /CONNECTION_URL_FILE .*cannot be read/],
        [{ CONNECTION_URL_FILE: write('empty', '\n') }, /CONNECTION_URL_FILE .*is empty/],
        [{ CONNECTION_URL_FILE: write('two', `${url}\n${url}\n`) }, /CONNECTION_URL_FILE .*one line/],
        [{ CONNECTION_URL_FILE: write('long', 'x'.repeat(20_000)) }, /CONNECTION_URL_FILE .*too long/],
        [
          { CONNECTION_URL: url, CONNECTION_URL_FILE: write('url', url) },
          /CONNECTION_URL and CONNECTION_URL_FILE are both set/,
        ],
        [
          { CONNECTION_URL: url, PGPASSWORD_FILE: path.join(folder, 'none') },
          /PGPASSWORD_FILE .*cannot be read/,
        ],
        [
          { CONNECTION_URL: url, AWS_ACCESS_KEY_ID: 'secret' },
          /AWS_SECRET_ACCESS_KEY is not set, but AWS_ACCESS_KEY_ID is/,
        ],
        [
          { CONNECTION_URL: url, AWS_SECRET_ACCESS_KEY_FILE: write('key', 'secret') },
          /AWS_ACCESS_KEY_ID is not set, but AWS_SECRET_ACCESS_KEY is/,
        ],
      ])
        await assert.rejects(
          cgi('users_me', { REQUEST_METHOD: 'GET', ...configured, ...env }),
          ({ code, stderr, stdout }) => {
            assert.equal(code, 1);
            assert.match(stderr, problem);
            assert.ok(!stderr.includes('secret'), stderr);
            assert.equal(stdout, '');
            return true;
          },
        );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('the password may be apart from the URL, as in the secrets that RDS makes', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-secrets-'));
    const file = path.join(folder, 'password');
    fs.writeFileSync(file, `${LOCAL_PASSWORD}\n`);
    const url = servedDatabase(stack.ports.POSTGRES).replace(`:${LOCAL_PASSWORD}@`, '@');
    const ask = (settings) =>
      cgi('users_short', {
        REQUEST_METHOD: 'GET',
        DOCUMENT_URI: '/api/users/@bayko/short',
        CONNECTION_URL: url,
        ...settings,
      });
    try {
      for (const settings of [{ PGPASSWORD: LOCAL_PASSWORD }, { PGPASSWORD_FILE: file }]) {
        const { status, body } = await ask(settings);
        assert.equal(status, '200');
        assert.equal(JSON.parse(body).handle, 'bayko');
      }
      for (const settings of [{}, { PGPASSWORD: 'wrong' }])
        assert.equal((await ask(settings)).status, '503');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('every query can be prepared on the migrated schema', async () => {
    const folder = path.join(ROOT, 'sql/queries');
    const files = fs
      .readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.sql'));
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = fs.readFileSync(path.join(folder, file), 'utf8').replace(/;\s*$/, '');
      await assert.doesNotReject(stack.sql(`prepare tried as ${text}`), file);
    }
  });
});
