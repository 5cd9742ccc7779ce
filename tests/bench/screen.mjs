// screen.mjs - how long after Enter a message is on the other person's screen: two pages of Chromium, one
// conversation, both people write in turn. Prints numbers without assertions.
// Run as: node tests/bench/screen.mjs [messages, 60]
import { newPair } from '../api/harness/people.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { launch, newVisitor, sessionOf, settled } from '../browser/harness/browser.mjs';
import { median, quantile } from './harness/numbers.mjs';

const MESSAGES = Number(process.argv[2] ?? 60);
const TARGET_MS = 60;

// In the page: the time of each Enter, and that of the frame in which each text appeared.
const watch = () => {
  const now = () => performance.timeOrigin + performance.now();
  window.entered = [];
  window.appeared = {};
  document.addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Enter') window.entered.push(now());
    },
    true,
  );
  new MutationObserver((changes) => {
    const texts = changes
      .flatMap(({ addedNodes }) => [...addedNodes])
      .flatMap((node) => [...(node.querySelectorAll?.('.message-text') ?? [])])
      .map(({ textContent }) => textContent);
    if (texts.length > 0)
      requestAnimationFrame(() => {
        for (const text of texts) window.appeared[text] ??= now();
      });
  }).observe(document, { subtree: true, childList: true });
};

const stack = await Stack.start();
const browser = await launch();
try {
  const { ann, ben, group } = await newPair(stack);
  const pages = [];
  for (const person of [ann, ben]) {
    const page = await newVisitor(browser, stack, { storageState: sessionOf(stack, person) });
    await page.addInitScript(watch);
    await page.goto(`/messages/${group}`);
    await page.locator('.bubble').first().waitFor();
    await settled(page);
    pages.push(page);
  }
  const delays = [];
  for (let i = 0; i < MESSAGES; i++) {
    const [from, to] = i % 2 ? pages : [...pages].reverse();
    const text = `message number ${i}`;
    await from.getByPlaceholder('Write a message').fill(text);
    await from.getByPlaceholder('Write a message').press('Enter');
    await to.locator('.bubble').filter({ hasText: text }).waitFor();
    const entered = await from.evaluate(() => window.entered.at(-1));
    const appeared = await to.evaluate(
      (shown) =>
        new Promise((resolve) => {
          const look = () =>
            window.appeared[shown] ? resolve(window.appeared[shown]) : requestAnimationFrame(look);
          look();
        }),
      text,
    );
    delays.push(appeared - entered);
  }
  const ms = (value) => `${value.toFixed(0)} ms`;
  console.log(
    `Enter → the other screen, ${MESSAGES} messages: median ${ms(median(delays))} ` +
      `(target ${TARGET_MS} ms), p90 ${ms(quantile(delays, 0.9))}, ` +
      `largest ${ms(Math.max(...delays))}`,
  );
} finally {
  await browser.close();
  await stack.down();
}
