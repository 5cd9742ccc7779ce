// disorder.mjs - what the ledgers have in common: processes that end or stand still by chance, and
// requests that are sent until they are answered.
import assert from 'node:assert/strict';

import { sleep } from '../../api/harness/client.mjs';
import { stack } from '../../api/harness/proxied.mjs';

const TRIES = 400; // before a request is given up, which is a failure of the test

// Let a process stand still for a while.
export async function pause(pid, ms) {
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
}

export const endConnections = () =>
  stack.sql(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cruddur'",
  );

// Send a signal to any worker of these programs.
export const signalWorker = (random, programs, signal) => {
  const pids = programs.flatMap((program) => stack.workers(program));
  if (pids.length === 0) return; // the last one has not been replaced yet
  try {
    process.kill(pids[random(pids.length)], signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

// One of `things` after another happens, until stop() is called. happened: how many have.
export function disorder(random, things) {
  let over = false;
  const state = { happened: 0 };
  const happening = (async () => {
    while (!over) {
      await sleep(200 + random(1500));
      if (over) return;
      await things[random(things.length)]();
      state.happened++;
    }
  })();
  happening.catch(() => {}); // thrown by stop()
  state.stop = () => {
    over = true;
    return happening;
  };
  return state;
}

// Send a request until it is answered by something else than 503. The request has a key, or may be
// repeated as it is. count.lost: how often nobody knew what became of it; count.refused: the 503s.
export async function insist(count, method, path, options) {
  for (let tries = 0; tries < TRIES; tries++) {
    count.requests++;
    try {
      const answer = await stack.ask(method, path, options);
      if (answer.status !== 503) return answer;
      count.refused++;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      count.lost++;
    }
    await sleep(20 + Math.random() * 200);
  }
  return assert.fail(`given up: ${method} ${path}`);
}
