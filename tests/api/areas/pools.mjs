// pools.mjs - scaling, restarting and killing workers under load loses no request.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, sleep } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newHandle, newPair, say } from '../harness/people.mjs';

// Send requests from several clients while `work` runs. Every answer must be a 200, or a 503 if
// mayBeBusy. Returns the number of answers.
async function underLoad(send, work, { clients = 4, mayBeBusy = false } = {}) {
  let stop = false;
  let answers = 0;
  const loops = Array.from({ length: clients }, async () => {
    while (!stop) {
      const answer = await send();
      answers++;
      if (mayBeBusy && answer.status === 503) await sleep(20);
      else assertOk(answer);
    }
  });
  const load = Promise.all(loops);
  load.catch(() => {}); // it is awaited below
  try {
    await work();
    await sleep(100);
  } finally {
    stop = true;
  }
  await load;
  return answers;
}

describe('pools', () => {
  test('list shows every program with the number of its workers', async () => {
    const list = await stack.pool('list');
    for (const program of stack.programs()) {
      const line = list.split('\n').find((text) => text.split(/\s+/).includes(program));
      assert.ok(line, `${program} in ${list}`);
      assert.ok(line.split(/\s+/).includes(String(stack.workers(program).length)), line);
    }
  });

  test('wrong arguments are refused with a message and an exit status', async () => {
    for (const args of [
      ['scale', 'no_such_route', '2'],
      ['scale', 'messages', 'many'],
      ['scale', 'messages', '0'],
      ['scale', 'messages', '9999'],
      ['restart', 'no_such_route'],
      ['dance'],
      [],
    ])
      await assert.rejects(stack.pool(...args), (error) => error.code > 0 && error.stderr !== '');
  });

  test('scaling up and down loses no request', async () => {
    const { ann, group } = await newPair(stack);
    const before = stack.workers('messages').length;
    const getMessages = () => stack.ask('GET', `/api/messages/${group}`, { token: ann.token });
    await underLoad(getMessages, async () => {
      await stack.pool('scale', 'messages', String(before + 4));
      await stack.workersBecome('messages', before + 4);
      await stack.pool('scale', 'messages', '1');
      await stack.workersBecome('messages', 1);
      await stack.pool('scale', 'messages', String(before));
      await stack.workersBecome('messages', before);
    });
  });

  test('a rolling restart loses no message and replaces all workers', async () => {
    const { ann, group } = await newPair(stack);
    const old = stack.workers('message_create');
    let sent = 0;
    const answers = await underLoad(
      () => say(stack, ann, { message_group_uuid: group }, `message ${sent++}`),
      async () => {
        await stack.pool('restart', 'message_create');
        await stack.workersBecome('message_create', old.length, old);
      },
      { clients: 2 },
    );
    assert.equal((await stack.table.messages(group)).length, answers + 1);
  });

  test('restarting all pools loses no request', async () => {
    const token = await stack.token('andrewbrown');
    const old = stack.workers();
    const paths = ['/api/users/me', '/api/message_groups', '/api/message_groups/@bayko'];
    let turn = 0;
    await underLoad(
      () => stack.ask('GET', paths[turn++ % paths.length], { token }),
      () => stack.pool('restart'),
      { clients: 3 },
    );
    for (const pid of stack.workers()) assert.ok(!old.includes(pid));
    assert.equal(stack.workers().length, old.length);
  });

  test('a killed worker is replaced, and its request can be sent again with its key', async () => {
    const { ann, ben, group } = await newPair(stack);
    const acknowledged = [];
    let sent = 0;
    const victims = new Set();
    await underLoad(
      async () => {
        // The request of a killed worker is answered with a 503. Its key makes it safe to send it
        // again, whether the message was written or not.
        const key = newHandle('key');
        const text = `message ${sent++}`;
        for (let tries = 0; tries < 100; tries++) {
          const answer = await say(stack, ann, { message_group_uuid: group }, text, { key });
          if (answer.status !== 503) {
            acknowledged.push(assertOk(answer).uuid);
            return answer;
          }
          await sleep(100);
        }
        return assert.fail('still 503 after 100 tries');
      },
      async () => {
        for (let i = 0; i < 5; i++) {
          const [pid] = stack.workers('message_create').filter((worker) => !victims.has(worker));
          victims.add(pid);
          process.kill(pid, 'SIGKILL');
          await sleep(500);
        }
        await stack.workersBecome('message_create', 3, [...victims]);
      },
      { clients: 2 },
    );
    const stored = (await stack.table.messages(group)).map(({ message_uuid }) => message_uuid.S);
    assert.deepEqual(stored.slice(1).sort(), acknowledged.sort());
    const [shown] = assertOk(await stack.ask('GET', '/api/message_groups', { token: ben.token }));
    assert.equal(shown.unread_count, stored.length);
  });

  test('killing a worker that reads fails at most its own request', async () => {
    const token = await stack.token('andrewbrown');
    const workers = stack.workers('message_groups');
    let busy = 0;
    await underLoad(
      async () => {
        const answer = await stack.ask('GET', '/api/message_groups', { token });
        if (answer.status === 503) busy++;
        return answer;
      },
      async () => {
        process.kill(workers[0], 'SIGKILL');
        await stack.workersBecome('message_groups', workers.length, [workers[0]]);
      },
      { clients: 2, mayBeBusy: true },
    );
    assert.ok(busy <= 1, `${busy} answers were 503`);
  });
});
