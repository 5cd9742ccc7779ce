// messages.mjs - the throughput of messages in one conversation: 8 writers, half of them for each
// person, which send a message when the last one was acknowledged. Measured with DynamoDB's data on
// disk, as in a local run, and in memory. Prints numbers without assertions.
// Run as: node tests/bench/messages.mjs [messages, 800]
import { sleep } from '../api/harness/client.mjs';
import { newHandle, newPair, say } from '../api/harness/people.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { quantile } from './harness/numbers.mjs';

const WRITERS = 8;
const WARM_UP = 300; // messages until the local DynamoDB is warm
const total = Number(process.argv[2] ?? 800);

// Send one message until it is acknowledged. Returns the number of 503s.
async function send(stack, from, group, text) {
  const key = newHandle('key');
  for (let busy = 0; ; busy++) {
    const answer = await say(stack, from, { message_group_uuid: group }, text, { key });
    if (answer.status === 200) return busy;
    if (answer.status !== 503) throw new Error(answer.text);
    await sleep(50);
  }
}

// Send `count` messages. A latency is the time from the first try to the acknowledgement.
async function write(stack, { ann, ben, group }, count) {
  const latencies = [];
  let left = count;
  let busy = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, w) => {
      while (left-- > 0) {
        const start = performance.now();
        busy += await send(stack, w % 2 ? ann : ben, group, `message ${left} of writer ${w}`);
        latencies.push(performance.now() - start);
      }
    }),
  );
  const at = (part) => quantile(latencies, part).toFixed(0);
  const perSecond = ((1000 * count) / (performance.now() - began)).toFixed(1);
  return `${perSecond} messages/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${busy} times 503`;
}

console.log(
  `${WRITERS} writers in one conversation, ${total} messages after ${WARM_UP} to warm up`,
);
for (const [name, settings] of [
  ['on disk', {}],
  ['in memory', { CRUDDUR_EPHEMERAL: '1' }],
]) {
  const stack = await Stack.start({ settings });
  try {
    const pair = await newPair(stack);
    await write(stack, pair, WARM_UP);
    console.log(`${name.padEnd(10)} ${await write(stack, pair, total)}`);
  } finally {
    await stack.down();
  }
}
