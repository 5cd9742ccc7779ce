// disorder.mjs - shared by the ledgers: random faults of processes, and requests that are repeated
// until they are answered.
import assert from 'node:assert/strict';

import { sleep } from '../../api/harness/client.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { until } from '../../api/harness/until.mjs';

// Send a signal. Returns false if the process has ended.
export function sendSignal(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

// Suspend a process for a while. It may end between the look at its id and the signal.
export async function pause(pid, ms) {
  if (!sendSignal(pid, 'SIGSTOP')) return;
  await sleep(ms);
  sendSignal(pid, 'SIGCONT');
}

export const endConnections = () =>
  stack.sql(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cruddur'",
  );

// Send a signal to a random worker of these programs.
export const signalWorker = (random, programs, signal) => {
  const pids = programs.flatMap((program) => stack.workers(program));
  // None: the last killed worker is not replaced yet.
  if (pids.length > 0) sendSignal(pids[random(pids.length)], signal);
};

// Run random actions one after another until stop() is called. happened: the number so far.
export function disorder(random, actions) {
  let over = false;
  const state = { happened: 0 };
  const running = (async () => {
    while (!over) {
      await sleep(200 + random(1500));
      if (over) return;
      await actions[random(actions.length)]();
      state.happened++;
    }
  })();
  running.catch(() => {}); // stop() throws it
  state.stop = () => {
    over = true;
    return running;
  };
  return state;
}

// Repeat a request until the answer is not a 503. The request has an Idempotency-Key or is
// idempotent. count.lost: requests without an answer; count.refused: answers with 503.
export function askUntilAnswered(count, method, path, options) {
  const ask = async () => {
    count.requests++;
    try {
      const answer = await stack.ask(method, path, options);
      if (answer.status !== 503) return answer;
      count.refused++;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      count.lost++;
    }
    return undefined;
  };
  return until(`${method} ${path} is answered`, ask, { everyMs: 20 + Math.random() * 200 });
}
