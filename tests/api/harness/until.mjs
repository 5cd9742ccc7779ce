// until.mjs - waits until something becomes true. It waits long, because a busy machine needs seconds for what
// takes milliseconds on an idle one.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

export const PATIENCE_MS = 60_000;

// Call `probe` again and again until it returns something true, and return that.
// what: what becomes true, as a text or, to show the last state, a function that returns one.
// probe: may be async. An error that it throws ends the wait.
// everyMs: the pause between two calls; patienceMs: for what may take longer.
// Throws an AssertionError with `what` when the patience is over.
export async function until(what, probe, { everyMs = 50, patienceMs = PATIENCE_MS } = {}) {
  for (const end = performance.now() + patienceMs; ; await sleep(everyMs)) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > end)
      assert.fail(`not within ${patienceMs / 1000} s: ${typeof what === 'function' ? what() : what}`);
  }
}

// Call `work` again and again until it no longer throws, and return its result. The AssertionError has the
// message of its last error.
export async function retry(what, work, options) {
  let problem;
  const attempt = async () => {
    try {
      return { result: await work() };
    } catch (error) {
      problem = error.message;
      return undefined;
    }
  };
  return (await until(() => `${what}: ${problem}`, attempt, options)).result;
}
