// messages.mjs - how fast one conversation takes messages: 8 writers, half on each side, each
// sending its next message when the last one was acknowledged. Prints figures, asserts none.
// Run as: node tests/bench/messages.mjs [messages, 800]
import { newHandle, newPair, say } from '../api/harness/people.mjs';
import { Stack } from '../api/harness/stack.mjs';

const WRITERS = 8;
const WARM_UP = 200;
const total = Number(process.argv[2] ?? 800);

const stack = await Stack.start();
try {
  const { ann, ben, group } = await newPair(stack);

  async function send(from, text) {
    const key = newHandle('key');
    let busy = 0;
    for (;;) {
      const answer = await say(stack, from, { message_group_uuid: group }, text, { key });
      if (answer.status === 200) return busy;
      if (answer.status !== 503) throw new Error(answer.text);
      busy++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  // Send `count` messages; latencies from the first try to the acknowledgement.
  async function write(count) {
    const latencies = [];
    let left = count;
    let busy = 0;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, w) => {
        while (left-- > 0) {
          const start = performance.now();
          busy += await send(w % 2 ? ann : ben, `message ${left} of writer ${w}`);
          latencies.push(performance.now() - start);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    latencies.sort((a, b) => a - b);
    return { seconds, busy, at: (part) => latencies[Math.ceil(latencies.length * part) - 1] };
  }

  await write(WARM_UP); // DynamoDB Local is slow until it is warm
  const { seconds, busy, at } = await write(total);
  console.log(`8 writers in one conversation, ${total} messages after ${WARM_UP} to warm up`);
  console.log(`messages/s  ${(total / seconds).toFixed(1)}`);
  console.log(`p50         ${at(0.5).toFixed(0)} ms`);
  console.log(`p99         ${at(0.99).toFixed(0)} ms`);
  console.log(`503s        ${busy}, sent again`);
} finally {
  await stack.down();
}
