// jobs.mjs - bin/jobs: one run at a time over all machines, each job by itself, and again and again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';

import { assertOk } from '../harness/client.mjs';
import { ask, expireIn, post, show } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { runCommand, runJobs, startCommand } from '../harness/operate.mjs';
import { newPair, newPerson } from '../harness/people.mjs';
import { until } from '../harness/until.mjs';

const isThere = async ({ uuid }) =>
  (await stack.sql(`select 1 from activities where uuid = '${uuid}'`)).length === 1;
const isReady = async ({ uuid }) =>
  (await stack.sql(`select 1 from exports where user_uuid = '${uuid}' and ready_at is not null`)).length === 1;

async function expired() {
  const crud = await post(await newPerson(stack), 'soon gone');
  await expireIn(crud.uuid, 0);
  return crud;
}

describe('bin/jobs', () => {
  test('purges what has expired, and tells it in a line', async () => {
    const crud = await expired();
    const lines = await runJobs(stack);
    assert.equal(await isThere(crud), false);
    const line = lines.find(({ detail }) => detail.startsWith('purges: '));
    assert.deepEqual([line.program, line.event, line.level], ['jobs', 'job', 'info']);
    assert.match(line.detail, /^purges: [1-9]\d* in \d+ ms$/);
    assert.equal((await show(undefined, crud.uuid)).status, 404);
  });

  test('notes who has written until ten seconds ago, for feeds', async () => {
    const noted = async () =>
      (await stack.sql(`select extract(epoch from now() - max(until_at)) from feed_spans`))[0][0];
    await runJobs(stack);
    assert.ok(Number(await noted()) < 60);
    const number = `(select feed_number from users where handle = 'andrewbrown')`;
    const [[sizes]] = await stack.sql(
      `select string_agg(distinct size::text, ' ' order by size::text)
         from feed_span_sets
        where people_group = feed_group(${number}) and get_bit(people, feed_place(${number})) = 1`,
    );
    assert.equal(sizes, '1 128 16', 'somebody of the seed data');
  });

  test('leaves the jobs to a process that has them, wherever it runs', async () => {
    const crud = await expired();
    const holder = spawn('psql', ['-XqAt', '-d', stack.databaseUrl()], { env: stack.env });
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    try {
      holder.stdin.write("begin; select pg_advisory_xact_lock(hashtext('cruddur jobs')), 'held';\n");
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const lines = await runJobs(stack);
      assert.deepEqual(lines.map(({ detail }) => detail), ['another process runs the jobs']);
      assert.equal(await isThere(crud), true);
    } finally {
      holder.kill();
      await ended;
    }
    // PostgreSQL notices the end of the holder a moment later.
    await until('the crud is purged', async () => {
      await runJobs(stack);
      return !(await isThere(crud));
    });
  });

  test('one that fails does not stop the others, and the status says so', async () => {
    const [crud, { ann }] = [await expired(), await newPair(stack)];
    const ben = await newPerson(stack);
    assertOk(await ask(ben, 'GET', '/api/users/me/export'), 202);
    assertOk(await ask(ann, 'DELETE', '/api/users/me'), 202);
    await stack.sql(
      `update erasures set begun_at = begun_at - interval '1 minute' where user_uuid = '${ann.uuid}'`,
    );
    // Nothing listens there.
    const settings = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:9' };
    const { code, stderr } = await runCommand(stack, 'jobs', [], { settings });
    assert.equal(code, 1);
    assert.match(stderr, /AdminDeleteUser at http:\/\/127\.0\.0\.1:9: /);
    assert.match(stderr, /"level":"error".*"detail":"erasures: \d+ in \d+ ms, then it failed"/);
    assert.deepEqual([await isThere(crud), await isReady(ben)], [false, true]);
    const step = async () =>
      (await stack.sql(`select step from erasures where user_uuid = '${ann.uuid}'`))[0][0];
    assert.equal(await step(), 'account');
    await runJobs(stack);
    assert.equal(await step(), 'done');
  });

  test('without PostgreSQL it fails with the reason', async () => {
    const settings = { CONNECTION_URL: 'postgresql://nobody@127.0.0.1:9/none', CRUDDUR_POSTGRES_PORT: '9' };
    const { code, stderr } = await runCommand(stack, 'jobs', [], {
      settings: { ...settings, AWS_REGION: 'ca-central-1', AWS_COGNITO_USER_POOL_ID: 'x_y', AWS_COGNITO_USER_POOL_CLIENT_ID: 'x' },
    });
    assert.equal(code, 1);
    assert.match(stderr, /PostgreSQL: .*refused/);
  });

  test('--every runs them again and again until it is ended', async () => {
    const child = startCommand(stack, 'jobs', ['--every', '1']);
    child.stdin.end();
    try {
      for (let i = 0; i < 2; i++) {
        const crud = await expired();
        await until('the crud is purged', async () => !(await isThere(crud)));
      }
    } finally {
      child.kill('SIGTERM');
    }
    const { code } = await child.done;
    assert.equal(code, 0);
  });

  test('wrong arguments are refused', async () => {
    for (const args of [['--every', '0'], ['--every'], ['everything'], ['--often']]) {
      const { code, stderr } = await runCommand(stack, 'jobs', args);
      assert.equal(code, 2, `${args}: ${stderr}`);
    }
  });
});
