// distant.mjs - reads of a conversation while DynamoDB is far away: how long they take, and how soon
// the pool grows. The pool begins with one worker, as in an installation; requests come at a fixed
// rate, whether or not the last ones were answered. Prints numbers without assertions.
// Run as: node tests/bench/distant.mjs [delay in ms, 200] [requests a second, 30] [seconds, 30]
import { setTimeout as sleep } from 'node:timers/promises';

import { newPair } from '../api/harness/people.mjs';
import { startProxy } from '../api/harness/proxy.mjs';
import { freePort, Stack } from '../api/harness/stack.mjs';
import { quantile } from './harness/numbers.mjs';

const [delay, rate, seconds] = [200, 30, 30].map((usual, i) => Number(process.argv[i + 2] ?? usual));
const PROGRAM = 'messages';

let proxy;
const stack = await Stack.start({
  settings: { CRUDDUR_EPHEMERAL: '1', CRUDDUR_WORKERS: '' },
  async prepare(ports) {
    const port = await freePort();
    proxy = await startProxy(port, ports.DYNAMODB);
    return { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
  },
});

// Look for the processes of the pool until `done`. Returns the times at which it became larger.
async function growth(done) {
  const times = [];
  let most = stack.workers(PROGRAM).length;
  let over = false;
  done.finally(() => {
    over = true;
  });
  while (!over) {
    const now = stack.workers(PROGRAM).length;
    if (now > most) {
      times.push([performance.now(), now]);
      most = now;
    }
    await sleep(20);
  }
  return times;
}

try {
  const { ann, group } = await newPair(stack);
  const ask = () => stack.ask('GET', `/api/messages/${group}`, { token: ann.token });
  await ask();
  await stack.workersBecome(PROGRAM, 1);
  proxy.fault =
    () =>
    async ({ outgoing, forward }) => {
      const [{ status, headers, body }] = await Promise.all([forward(), sleep(delay)]);
      outgoing.writeHead(status, headers).end(body);
    };

  const began = performance.now();
  const answers = [];
  const all = (async () => {
    for (let n = 0; n < rate * seconds; n++) {
      const at = began + (n * 1000) / rate;
      await sleep(Math.max(0, at - performance.now()));
      answers.push(ask().then(({ status }) => ({ status, ms: performance.now() - at })));
    }
    await Promise.all(answers);
  })();
  const grown = await growth(all);
  await all;

  const done = await Promise.all(answers);
  const times = done.map(({ ms }) => ms);
  const at = (part) => quantile(times, part).toFixed(0);
  const refused = done.filter(({ status }) => status !== 200).length;
  console.log(
    `DynamoDB ${delay} ms away, ${rate} requests/s for ${seconds} s: p50 ${at(0.5)} ms, ` +
      `p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms; ${refused} refused`,
  );
  // The second request waits as soon as it has come.
  for (const [time, workers] of grown) {
    const after = time - began - 1000 / rate;
    console.log(`${workers} workers ${after.toFixed(0)} ms after a request waited`);
  }
} finally {
  await stack.down();
  proxy.close();
}
