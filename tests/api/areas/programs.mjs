// programs.mjs - the programs as plain CGI, without nginx, and the queries on the real schema.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { stack } from '../harness/main.mjs';
import { ROOT } from '../harness/stack.mjs';

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
