// database.mjs - PostgreSQL fails: workers repeat what is safe to repeat and otherwise answer 503
// quickly; every write is stored once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { assertOk, assertProblem } from '../../api/harness/client.mjs';
import { newHandle, newPerson } from '../../api/harness/people.mjs';
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { Worker } from '../harness/worker.mjs';

const ANSWER_MS_MAX = 5000; // the time budget and a second

let ann;
let reader;
let writer;

const creating = (message, key) => [
  'POST',
  '/api/activities',
  { token: ann.token, key, body: JSON.stringify({ message, ttl: '1-hour' }) },
];
const create = (...args) => writer.ask(...creating(...args));
const reading = () => ['GET', '/api/users/me', { token: ann.token }];
const read = () => reader.ask(...reading());

async function countOf(message) {
  const [[count]] = await stack.sql(`select count(*) from activities where message = '${message}'`);
  return Number(count);
}

// The request is refused now; after `mend` the same request succeeds, and the crud is stored once.
async function assertRefusedThenOnce(message, mend) {
  const key = newHandle('key');
  const refused = await create(message, key);
  assertProblem(refused, 503, 'unavailable');
  assert.ok(refused.ms < ANSWER_MS_MAX, `${refused.ms} ms`);
  await mend();
  const answer = assertOk(await writer.askUntilServed(...creating(message, key)));
  assert.deepEqual(assertOk(await create(message, key)), answer);
  assert.equal(await countOf(message), 1);
}

// Run PL/pgSQL before each insert of a crud.
async function onInsert(body) {
  await stack.sql(`create or replace function fault() returns trigger language plpgsql as
    $$ begin ${body} return new; end $$`);
  await stack.sql(`create or replace trigger fault before insert on activities
    for each row execute function fault()`);
}
const nothingOnInsert = () => stack.sql('drop trigger if exists fault on activities');

const backends = async () =>
  (
    await stack.sql(
      "select pid from pg_stat_activity where application_name = 'cruddur' order by pid",
    )
  ).map(([pid]) => Number(pid));

const terminate = () =>
  stack.sql(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cruddur'",
  );

// Do `act`, and all of it again if PostgreSQL did not answer a worker in time: on a busy machine it
// does so without a fault, and then a refusal is right.
async function onTime(act) {
  const logs = () => reader.log + writer.log;
  const late = () => logs().split('PostgreSQL: no answer in time').length;
  for (let tries = 1; ; tries++) {
    const lateBefore = late();
    try {
      return await act();
    } catch (err) {
      if (tries === 5 || late() === lateBefore) throw err;
    }
    await assertServed();
  }
}

async function assertServed() {
  assertOk(await reader.askUntilServed(...reading()));
  assertOk(await writer.askUntilServed(...creating('between two tests')));
}

describe('PostgreSQL', () => {
  before(async () => {
    ann = await newPerson(stack);
    reader = await Worker.start(stack, 'users_me');
    writer = await Worker.start(stack, 'activity_create');
    await stack.sql('create sequence fault_count');
  });

  after(async () => {
    for (const worker of [reader, writer])
      assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
  });

  afterEach(async () => {
    await nothingOnInsert();
    await assertServed();
  });

  test('connections that ended between requests are replaced without an error', async () => {
    for (let i = 0; i < 3; i++)
      await onTime(async () => {
        await terminate();
        assertOk(await read());
        const message = newHandle('idle');
        assertOk(await create(message, newHandle('key')));
        assert.equal(await countOf(message), 1);
      });
  });

  test('a connection that ends during a write is a 503, and nothing is written', async () => {
    // The backend ends itself, so that it cannot end too early or too late.
    await onInsert('perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);');
    await assertRefusedThenOnce(newHandle('ended'), nothingOnInsert);
  });

  test('a write whose answer is lost is a 503; repeated with its key it is stored once', async () => {
    const message = newHandle('lost');
    // The answer contains the row that was written.
    proxies.postgres.loses = (part) => part.includes(message);
    await assertRefusedThenOnce(message, () => {
      proxies.postgres.loses = () => false;
    });
  });

  test('a statement that takes too long is a quick 503, and nothing is written', async () => {
    await onInsert('perform pg_sleep(30);');
    await assertRefusedThenOnce(newHandle('slow'), nothingOnInsert);
  });

  // A sequence counts the tries, because it is not rolled back.
  for (const [what, code] of [
    ['a serialization failure', '40001'],
    ['a deadlock', '40P01'],
  ]) {
    test(`after ${what} the write is repeated and succeeds`, async () => {
      await onInsert(`if nextval('fault_count') = 1 then
        raise exception using errcode = '${code}'; end if;`);
      await onTime(async () => {
        await stack.sql('alter sequence fault_count restart');
        const message = newHandle('once');
        assertOk(await create(message, newHandle('key')));
        assert.equal(await countOf(message), 1);
      });
    });

    test(`repeated ${what.replace(/^a /, '')} is a quick 503`, async () => {
      await onInsert(`raise exception using errcode = '${code}';`);
      await assertRefusedThenOnce(newHandle('always'), nothingOnInsert);
    });
  }

  for (const [what, code] of [
    ['a full disk of the server', '53100'],
    ['a server without memory', '53200'],
    ['a shutdown by an administrator', '57P01'],
  ])
    test(`${what} is a quick 503`, async () => {
      await onInsert(`raise exception using errcode = '${code}';`);
      await assertRefusedThenOnce(newHandle('never'), nothingOnInsert);
    });

  test('too many connections are a quick 503 until one is free', async () => {
    await stack.sql("create role narrow login password 'narrow' connection limit 0");
    await stack.sql(
      'grant select, insert, update, delete on all tables in schema public to narrow',
    );
    const worker = await Worker.start(stack, 'users_me', {
      env: {
        CONNECTION_URL: `postgresql://narrow:narrow@127.0.0.1:${stack.ports.POSTGRES}/cruddur`,
      },
    });
    const refused = await worker.ask(...reading());
    assertProblem(refused, 503, 'unavailable');
    assert.match(worker.log, /too many connections/);
    await stack.sql('alter role narrow connection limit -1');
    assertOk(await worker.askUntilServed(...reading()));
    await worker.stop();
    await stack.sql('drop owned by narrow; drop role narrow');
  });

  test('while all processes of PostgreSQL are suspended, answers are quick 503s', async () => {
    assertOk(await read());
    const file = path.join(stack.home, 'data/postgres/postmaster.pid');
    const pids = [Number(fs.readFileSync(file, 'utf8').split('\n')[0]), ...(await backends())];
    const message = newHandle('stopped');
    const key = newHandle('key');
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      for (let i = 0; i < 4; i++)
        for (const answer of [await read(), await create(message, key)]) {
          assertProblem(answer, 503, 'unavailable');
          assert.ok(answer.ms < ANSWER_MS_MAX, `${answer.ms} ms`);
        }
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    assertOk(await reader.askUntilServed(...reading()));
    assertOk(await writer.askUntilServed(...creating(message, key)));
    assert.equal(await countOf(message), 1);
  });
});
