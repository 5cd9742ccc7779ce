// logs.mjs - what the logs contain about a request, and what they must never contain.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { assertOk, untilStatus } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import {
  assertDone,
  assertFails,
  runCommand,
  runOnTerminal,
  startCommand,
} from '../harness/operate.mjs';
import { newHandle, newPair, say } from '../harness/people.mjs';
import { proxies, stack as proxied } from '../harness/proxied.mjs';
import { SEEDED_GROUP } from '../harness/routes.mjs';
import { until } from '../harness/until.mjs';

const isAccess = (line) => 'status' in line && 'request_time' in line;

describe('logs', () => {
  test('the access log has one line per request, with its id and route', async () => {
    const token = await stack.token('andrewbrown');
    for (const [path, route, status] of [
      ['/api/users/me', 'users_me', 200],
      [`/api/messages/${SEEDED_GROUP}?limit=3`, 'messages', 200],
      ['/api/messages/no-uuid', 'messages', 404],
    ]) {
      const { headers } = await stack.ask('GET', path, { token });
      const id = headers['x-request-id'];
      const access = (await stack.logLines(id)).filter(isAccess);
      assert.equal(access.length, 1, path);
      assert.equal(access[0].request_id, id);
      assert.equal(access[0].route, route);
      assert.equal(Number(access[0].status), status);
      assert.equal(access[0].method, 'GET');
    }
  });

  test('every line of the access log is valid UTF-8 without control characters', async () => {
    const file = path.join(stack.home, 'log/access.log');
    const from = fs.statSync(file).size;
    const marks = [];
    for (const [name, logged] of [
      ['\xff', '\ufffd'],
      ['a\xc3(b', 'a\ufffd'],
      ['a\xc0\xafb', 'a\ufffd'],
      ['\xed\xa0\x80', '\ufffd'],
      ['\xf4\x90\x80\x80', '\ufffd'],
      ['a\xc2\x9b31m', 'a\ufffd'], // CSI, a C1 control character
      ['\xe2\x82', '\ufffd'],
      ['?\xff', ''],
      [Buffer.from('é€😀\u00a0').toString('latin1'), 'é€😀\u00a0'],
    ]) {
      const mark = `/${newHandle()}-`;
      const head = `GET ${mark}${name} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
      await stack.client.raw(Buffer.from(head, 'latin1'));
      marks.push([mark, mark + logged]);
    }
    const bytes = await until('all requests are logged', () => {
      const written = fs.readFileSync(file).subarray(from);
      return marks.every(([mark]) => written.includes(mark)) && written;
    });
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    const paths = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).path);
    for (const [mark, logged] of marks)
      assert.deepEqual(
        paths.filter((one) => one.includes(mark)),
        [logged],
      );
  });

  test("a worker's line about a failure has the same id, the status and the code", async () => {
    await stack.local('stop', 'dynamodb');
    let answer;
    try {
      const token = await stack.token('andrewbrown');
      answer = await stack.ask('GET', '/api/message_groups', { token });
    } finally {
      await stack.local('start', 'dynamodb');
    }
    assert.equal(answer.status, 503);
    const id = answer.headers['x-request-id'];
    const lines = await stack.logLines(id, 2);
    assert.equal(lines.filter(isAccess).length, 1);
    const [line, ...more] = lines.filter((each) => !isAccess(each));
    assert.equal(more.length, 0);
    assert.equal(line.request_id, id);
    assert.equal(line.status, 503);
    assert.equal(line.code, answer.body.errors[0]);
    await untilStatus(200, () => stack.ask('GET', '/api/ready'));
  });

  test('the logs contain no token, no Idempotency-Key and no message text', async () => {
    const secret = `canary${newHandle()}`;
    const key = `key${newHandle()}`;
    const { ann, ben, group } = await newPair(stack, `${secret} as a first message`);
    const to = { message_group_uuid: group };
    const sent = assertOk(await say(stack, ann, to, `${secret} again`, { key }));
    await say(stack, ann, to, `${secret} other`, { key });
    await say(stack, ann, to, `${secret}${'x'.repeat(1100)}`);
    await say(stack, ann, { handle: `${secret} nobody` }, secret);
    await stack.ask('POST', '/api/messages', {
      token: ann.token,
      body: `{"message":"${secret}`,
      headers: { 'Content-Type': 'application/json' },
    });
    await stack.ask('GET', `/api/messages/${group}?cursor=${secret}`, { token: ben.token });
    await stack.ask('GET', `/api/users/me?access_token=${secret}`);
    await stack.ask('GET', '/api/users/me', { headers: { Authorization: `Basic ${secret}` } });
    await stack.ask('DELETE', `/api/messages/${group}/${sent.uuid}`, { token: ann.token });
    const last = await stack.ask('GET', '/api/message_groups', { token: ann.token });
    assert.notEqual((await stack.logLines(last.headers['x-request-id'])).length, 0);

    for (const { file, text } of stack.logs()) {
      assert.ok(!text.includes(secret), `no message text in ${file}`);
      assert.ok(!text.includes(key), `no key in ${file}`);
      assert.ok(!text.includes(ann.token.split('.')[2]), `no token in ${file}`);
    }
  });
});

describe('traces', () => {
  const PARENT = 'b7ad6b7169203331';
  const newTrace = () => randomBytes(16).toString('hex');

  // Then every request has a line of its worker.
  before(() => stack.pool('set', 'slow-ms', '0'));
  after(() => stack.pool('set', 'slow-ms', 'default'));

  // Send a request with this header. Returns the trace id that nginx and the worker have logged.
  async function logged(traceparent) {
    const { headers } = await stack.ask('GET', '/api/users/me', { headers: { traceparent } });
    const lines = await stack.logLines(headers['x-request-id'], 2);
    assert.equal(lines.length, 2, traceparent);
    const access = lines.find(isAccess);
    const worker = lines.find((line) => !isAccess(line));
    assert.equal(worker.trace_id ?? '', access.trace_id, traceparent);
    return access.trace_id;
  }

  test('the id of a valid traceparent is in the lines of nginx and of the worker', async () => {
    for (const header of [
      (id) => `00-${id}-${PARENT}-01`,
      (id) => `00-${id}-${PARENT}-00`,
      (id) => `01-${id}-0000000000000001-ff`,
      (id) => `cc-${id}-${PARENT}-01`,
      (id) => `cc-${id}-${PARENT}-01-what-later-versions-add`,
    ]) {
      const id = newTrace();
      assert.equal(await logged(header(id)), id);
    }
  });

  test('an invalid traceparent is ignored', async () => {
    for (const header of [
      (id) => `ff-${id}-${PARENT}-01`,
      (id) => `00-${id}-${PARENT}-01-more`,
      (id) => `00-${id}-${PARENT}-01-`,
      (id) => `00-${id}-${PARENT}-01.`,
      (id) => `cc-${id}-${PARENT}-01.more`,
      (id) => `00-A${id.slice(1)}-${PARENT}-01`,
      (id) => `00-${id}-${PARENT.toUpperCase()}-01`,
      (id) => `00-${id}-${'0'.repeat(16)}-01`,
      (id) => `00-${id}-${PARENT}-1`,
      (id) => `00-${id}-${PARENT}`,
      (id) => `0-${id}-${PARENT}-01`,
      (id) => `00-${id.slice(1)}-${PARENT}-01`,
      (id) => `00_${id}-${PARENT}-01`,
      (id) => id,
      () => `00-${'0'.repeat(32)}-${PARENT}-01`,
      () => '',
      () => '"',
    ])
      assert.equal(await logged(header(newTrace())), '');
  });

  test('bin/logs finds all requests of a trace', async () => {
    const id = newTrace();
    assert.equal(await logged(`00-${id}-${PARENT}-01`), id);
    assert.equal(await logged(`00-${id}-${PARENT}-01`), id);
    const output = await assertDone(runCommand(stack, 'logs', [id]));
    assert.equal(output.match(/ access +GET \/api\/users\/me /g).length, 2);
    assert.equal(output.match(/ users_me +GET \/api\/users\/me /g).length, 2);
  });
});

describe('bin/logs with a request id', () => {
  test('shows the lines of nginx, the worker and PostgreSQL', async () => {
    // The lock is held until its backend is ended.
    const locked = assert.rejects(
      stack.sql('begin; lock table users in access exclusive mode; select pg_sleep(600)'),
    );
    const lock =
      "from pg_locks where relation = 'users'::regclass and granted " +
      "and mode = 'AccessExclusiveLock'";
    await until('the table is locked', async () => (await stack.sql(`select pid ${lock}`)).length > 0);
    const answer = await stack.ask('GET', `/api/users/@${newHandle()}/short`);
    await stack.sql(`select pg_terminate_backend(pid) ${lock}`);
    await locked;
    assert.equal(answer.status, 503);
    const id = answer.headers['x-request-id'];
    const worker = (await stack.logLines(id, 2)).find((line) => !isAccess(line));
    assert.match(worker.postgresql.id, /^\d+$/);
    const other = await stack.ask('GET', '/api/users/me');
    // PostgreSQL logs the cancelled statement a little later.
    const output = await until('PostgreSQL logs it', async () => {
      const lines = await assertDone(runCommand(stack, 'logs', [id]));
      return lines.includes('canceling') && lines;
    });
    assert.match(output, /access +GET \/api\/users\/@\w+\/short \(users_short\) 503/);
    assert.match(output, /warn +users_short +GET \/api\/users\/@\{handle\}\/short 503 [\d.]+ms/);
    assert.match(output, new RegExp(`postgresql 1× [\\d.]+ms \\[${worker.postgresql.id}\\]`));
    assert.match(output, /^postgres: .*canceling statement due to statement timeout$/m);
    assert.ok(!output.includes(other.headers['x-request-id']));

    const made = await stack.local('logs', id);
    assert.equal(made, output);
  });

  test("shows DynamoDB's request id in the worker's line about a failure", async () => {
    const { ann, group } = await newPair(proxied);
    const refusal = JSON.stringify({ __type: 'com.amazonaws#AccessDeniedException' });
    proxies.dynamodb.fault =
      () =>
      async ({ outgoing }) =>
        outgoing.writeHead(400, { 'x-amzn-RequestId': 'QV1EXAMPLE42' }).end(refusal);
    let answer;
    try {
      answer = await proxied.ask('GET', `/api/messages/${group}`, { token: ann.token });
    } finally {
      proxies.dynamodb.fault = () => undefined;
    }
    assert.equal(answer.status, 503);
    const lines = await proxied.logLines(answer.headers['x-request-id'], 2);
    const worker = lines.find((line) => !isAccess(line));
    assert.equal(worker.dynamodb.id, 'QV1EXAMPLE42');
    const id = answer.headers['x-request-id'];
    const output = await assertDone(runCommand(proxied, 'logs', [id]));
    assert.match(output, /dynamodb 1× .*\[QV1EXAMPLE42\]/);
  });

  test('reports an unknown id, and prints its usage for wrong arguments', async () => {
    await assertFails(
      runCommand(stack, 'logs', ['0123456789abcdef']),
      /no line of request 0123456789abcdef/,
    );
    for (const args of [['--lines'], ['--dance'], ['a', 'b'], ['--lines', 'many']])
      await assertFails(runCommand(stack, 'logs', args), /^usage: logs/m, 2);
    assert.match(await assertDone(runCommand(stack, 'logs', ['--help'])), /usage: logs/);
  });
});

describe('bin/logs', () => {
  const home = path.join(os.tmpdir(), newHandle('cr_logs_'));
  const file = (name) => path.join(home, 'log', name);
  const run = { env: { PATH: process.env.PATH, CRUDDUR_HOME: home } };
  const line = (second, more) =>
    `${JSON.stringify({ time: `2026-11-22T12:00:0${second}.000001+00:00`, ...more })}\n`;

  const get = { method: 'GET', request_time: 0.012 };

  before(() => {
    fs.mkdirSync(path.join(home, 'log'), { recursive: true });
    fs.writeFileSync(
      file('access.log'),
      line(1, { ...get, request_id: 'id1', path: '/a\u001b[31m', status: 200 }) +
        line(4, { ...get, request_id: 'id4', path: '/d', status: 503, request_time: 1 }),
    );
    fs.writeFileSync(
      file('messages.log'),
      line(3, { level: 'warn', event: 'start', detail: 'a detail', dropped: 7 }) +
        'AddressSanitizer: \u001b]0;title\u0007 it crashed\n{"half":\n',
    );
    fs.writeFileSync(file('postgres.log'), '2026-11-22 12:00:02.500 UTC [7] LOG:  ready\n');
  });

  after(() => fs.rmSync(home, { recursive: true }));

  test('prints lines in the order of time, and lines that are not JSON unchanged', async () => {
    const shown = await assertDone(runCommand(run, 'logs', []));
    assert.equal(
      shown,
      [
        '12:00:01.000 info  access       GET /a\\x1b[31m 200 12ms id1',
        'postgres: 2026-11-22 12:00:02.500 UTC [7] LOG:  ready',
        '12:00:03.000 warn  messages     start a detail (7 lines were lost before this one)',
        'messages: AddressSanitizer: \\x1b]0;title\\x07 it crashed',
        'messages: {"half":',
        '12:00:04.000 error access       GET /d 503 1000ms id4',
        '',
      ].join('\n'),
    );
    assert.equal(
      await assertDone(runCommand(run, 'logs', ['--lines', '1'])),
      [
        'postgres: 2026-11-22 12:00:02.500 UTC [7] LOG:  ready',
        'messages: {"half":',
        '12:00:04.000 error access       GET /d 503 1000ms id4',
        '',
      ].join('\n'),
    );
  });

  test('uses colours on a terminal, unless NO_COLOR is set', async () => {
    const env = { ...run.env, TERM: 'xterm', SHELL: '/bin/sh' };
    assert.match(
      await assertDone(runOnTerminal({ env }, '', 'logs', [])),
      /\u001b\[31m503\u001b\[0m/,
    );
    const plain = await assertDone(
      runOnTerminal({ env: { ...env, NO_COLOR: '1' } }, '', 'logs', []),
    );
    assert.ok(!plain.includes('\u001b['));
  });

  test('follows files that grow, appear, and are rotated by copy or by rename', async () => {
    const child = startCommand(run, 'logs', ['--lines', '0', '--follow', String(process.pid)]);
    let shown = '';
    child.stdout.on('data', (part) => {
      shown += part;
    });
    const appears = (text) => until(() => `${text} in ${shown}`, () => shown.includes(text));
    const append = (name, text) => fs.appendFileSync(file(name), text);

    // The command does not announce that it has started to follow; earlier lines are not shown.
    const begun = line(5, { path: '/begun', status: 200 });
    await until('it follows', () => shown.includes('begun') || append('access.log', begun));
    append('messages.log', '{"time":"2026-11-22T12:00:06+00:00","event":"ha');
    append('new.log', line(6, { event: 'a new file' }));
    await appears('a new file');
    assert.ok(!shown.includes('12:00:06.000 info  messages'));
    append('messages.log', 'lf"}\n');
    await appears('half');

    // Copied and truncated, with a last line that was not read yet.
    fs.copyFileSync(file('messages.log'), file('messages.log.1'));
    fs.appendFileSync(file('messages.log.1'), 'the last line before\n');
    fs.writeFileSync(file('messages.log'), 'the first line after\n');
    await appears('the last line before');
    await appears('the first line after');

    // Renamed, and created again.
    append('access.log', line(7, { path: '/before', status: 200 }));
    fs.renameSync(file('access.log'), file('access.log.1'));
    append('access.log', line(8, { path: '/after', status: 200 }));
    await appears('/before');
    await appears('/after');
    child.kill();
    await child.done;
    for (const text of ['/before', '/after', 'the last line', 'the first line', 'a new file'])
      assert.equal(shown.split(text).length, 2, `${text} appears once in ${shown}`);
  });
});
