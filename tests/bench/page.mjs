// page.mjs - what the page costs while it is used: a conversation of 2,000 messages and a home of 175
// cruds, with a processor as it is and one that is four times slower; how soon somebody sees what another
// person did; what moves when the account comes late. Prints a table without assertions.
// Run as: node tests/bench/page.mjs
import { assertOk } from '../api/harness/client.mjs';
import { newPerson, say } from '../api/harness/people.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { eventually, launch, newVisitor, sessionOf, settled } from '../browser/harness/browser.mjs';
import { makeConversations } from './harness/data.mjs';
import { median, quantile } from './harness/numbers.mjs';

const MESSAGES = 2000;
const CRUDS = 175;
const KEYS = 40;
const IDLE_MS = 20_000;
const TIMES = 10;

const ms = (value) => `${value.toFixed(0)} ms`;
const line = (what, value) => console.log(`| ${what} | ${value} |`);
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

const stack = await Stack.start();
const browser = await launch();

// In the page: long tasks, shifts of the layout, and the times of frames while `frames` is a list.
function watch() {
  const watched = { tasks: [], shift: 0, frames: undefined };
  globalThis.watched = watched;
  const on = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  on('longtask', ({ duration }) => watched.tasks.push(duration));
  on('layout-shift', ({ hadRecentInput, value }) => (watched.shift += hadRecentInput ? 0 : value));
  const frame = (time) => {
    watched.frames?.push(time);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

async function pageOf(person, slower = 1) {
  const page = await newVisitor(browser, stack, { storageState: sessionOf(stack, person) });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await page.addInitScript(watch);
  page.metrics = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  return page;
}

const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);
const heap = async (page) => `${((await page.metrics()).JSHeapUsedSize / 1e6).toFixed(1)} MB`;

// The longest task in IDLE_MS in which nobody does anything.
async function idle(page) {
  await settled(page);
  await page.evaluate(() => (globalThis.watched.tasks = []));
  await pause(IDLE_MS);
  return page.evaluate(() => Math.max(0, ...globalThis.watched.tasks));
}

// Scroll as a wheel does, a step in each frame, until `isThere` or `most` steps. Returns the frames in ms.
async function scroll(page, selector, by, isThere) {
  await page.evaluate(() => (globalThis.watched.frames = []));
  for (let steps = 0; steps < 5000 && !(await isThere()); steps += 20)
    await page.evaluate(
      ([name, distance]) =>
        new Promise((resolve) => {
          const element = name ? document.querySelector(name) : document.scrollingElement;
          let left = 20;
          const step = () => {
            element.scrollTop += distance;
            if (--left > 0) requestAnimationFrame(step);
            else resolve();
          };
          requestAnimationFrame(step);
        }),
      [selector, by],
    );
  const times = await page.evaluate(() => {
    const { frames } = globalThis.watched;
    globalThis.watched.frames = undefined;
    return frames;
  });
  return times.slice(1).map((time, i) => time - times[i]);
}

const framesOf = (frames) =>
  `${quantile(frames, 0.5).toFixed(1)} / ${quantile(frames, 0.95).toFixed(0)} / ${ms(Math.max(...frames))}`;

// Write KEYS letters. Returns how long each kept the page's thread busy, on average.
async function keys(page) {
  await page.getByPlaceholder('Write a message').focus();
  const before = await page.metrics();
  for (let i = 0; i < KEYS; i++) {
    await page.keyboard.press('a');
    await pause(50);
  }
  const after = await page.metrics();
  return ((after.ScriptDuration + after.LayoutDuration + after.RecalcStyleDuration) -
    (before.ScriptDuration + before.LayoutDuration + before.RecalcStyleDuration)) * 1000 / KEYS;
}

async function longConversation(slower) {
  const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
  const [{ group }] = await makeConversations(stack, ann, [ben], MESSAGES);
  const page = await pageOf(ann, slower);
  const of = `${MESSAGES} messages${slower > 1 ? `, processor ${slower} times slower` : ''}`;
  await page.goto(`/messages/${group}`);
  await page.locator('.bubble').first().waitFor();
  await settled(page);
  const small = await heap(page);
  line(`${of}: a key in the composer, busy`, `${(await keys(page)).toFixed(1)} ms`);
  const began = performance.now();
  const begin = page.getByText('This is the start of your conversation.');
  const frames = await scroll(page, '.scroller', -600, async () => (await begin.count()) === 1);
  line(`${of}: scroll to the beginning`, `${((performance.now() - began) / 1000).toFixed(1)} s`);
  line(`${of}: frames, p50 / p95 / longest`, framesOf(frames));
  line(
    `${of}: there, messages and elements in the page; heap`,
    `${await page.locator('.message').count()}, ${await elements(page)}; ${small} → ${await heap(page)}`,
  );
  line(`${of}: there, a key in the composer, busy`, `${(await keys(page)).toFixed(1)} ms`);
  line(`${of}: there, longest task in ${IDLE_MS / 1000} idle seconds`, ms(await idle(page)));
  await page.context().close();
}

async function longHome() {
  const ann = await newPerson(stack);
  await stack.sql(`insert into activities (user_uuid, message, expires_at, created_at)
    select '${ann.uuid}', 'crud ' || i, now() + interval '1 day', now() - i * interval '1 second'
      from generate_series(1, ${CRUDS}) as i`);
  for (const slower of [1, 4]) {
    const page = await pageOf(ann, slower);
    const of = `a home of ${CRUDS} cruds${slower > 1 ? `, processor ${slower} times slower` : ''}`;
    await page.goto('/');
    await page.locator('.crud').first().waitFor();
    await settled(page);
    const last = page.getByText(`crud ${CRUDS}`, { exact: true });
    const frames = await scroll(page, undefined, 400, async () => (await last.count()) === 1);
    line(`${of}: frames, p50 / p95 / longest`, framesOf(frames));
    line(`${of}: elements; heap`, `${await elements(page)}; ${await heap(page)}`);
    line(`${of}: longest task in ${IDLE_MS / 1000} idle seconds`, ms(await idle(page)));
    await page.context().close();
  }
}

// The median time from the end of a request until `isShown` holds in the page.
async function delay(act, isShown) {
  const delays = [];
  for (let i = 0; i < TIMES; i++) {
    const shown = isShown(i);
    await act(i);
    const began = performance.now();
    await shown;
    delays.push(performance.now() - began);
  }
  return `${ms(median(delays))}, longest ${ms(Math.max(...delays))}`;
}

async function others() {
  const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
  const first = assertOk(await say(stack, ann, { handle: ben.handle }, 'Shall we begin?'));
  const to = { message_group_uuid: first.message_group_uuid };
  const home = await pageOf(ben);
  await home.goto('/');
  await home.locator('.nav-item').first().waitFor();
  await settled(home);
  const counted = (page, count) =>
    page.waitForFunction((n) => document.title.startsWith(`(${n})`), count, { polling: 'raf' });
  line(
    'answered → the number of unread messages in the title, elsewhere in the app',
    await delay(
      async () => assertOk(await say(stack, ann, to, 'hello')),
      (i) => counted(home, i + 2),
    ),
  );
  await home.context().close();

  const page = await pageOf(ben);
  await page.goto(`/messages/${to.message_group_uuid}`);
  await page.locator('.bubble').first().waitFor();
  await settled(page);
  const sent = [];
  for (let i = 0; i < TIMES; i++) sent.push(assertOk(await say(stack, ann, to, `soon gone ${i}.`)));
  await page.getByText(`soon gone ${TIMES - 1}.`).first().waitFor();
  line(
    'answered → a deletion is on the other screen',
    await delay(
      (i) =>
        stack.ask('DELETE', `/api/messages/${to.message_group_uuid}/${sent[i].uuid}`, {
          token: ann.token,
        }),
      (i) => page.locator('.bubble').filter({ hasText: `soon gone ${i}.` }).waitFor({ state: 'detached' }),
    ),
  );
  await settled(page);
  let requests = 0;
  page.on('request', () => requests++);
  await pause(60_000);
  line('requests of an idle open conversation in a minute', requests);
  await page.context().close();

  const open = await pageOf(ben);
  await open.goto('/');
  await open.locator('.crud').first().waitFor();
  await settled(open);
  const began = performance.now();
  assertOk(await stack.ask('POST', '/api/activities', { token: ann.token, json: { message: 'new', ttl: '1-day' } }));
  await open.getByRole('button', { name: /new crud/ }).waitFor();
  line('a new crud is announced on an open home', ms(performance.now() - began));
  await open.context().close();
}

async function layout() {
  const ann = await newPerson(stack);
  const page = await pageOf(ann);
  await page.route('**/api/users/me', async (route) => {
    await pause(3000);
    await route.continue();
  });
  await page.goto('/');
  await page.locator('.crud').first().waitFor();
  await pause(4000);
  line('layout shift when the account comes 3 s late', (await page.evaluate(() => globalThis.watched.shift)).toFixed(3));
  const place = () => page.evaluate(() => document.scrollingElement.scrollTop);
  await page.evaluate(() => (document.scrollingElement.scrollTop = 1400));
  await eventually('the place', async () => (await place()) === 1400);
  await page.locator('.nav-item').nth(1).click();
  await page.waitForURL('**/search*');
  await page.goBack();
  await page.locator('.crud').first().waitFor();
  await pause(1000);
  const back = await place();
  await page.reload();
  await page.locator('.crud').first().waitFor();
  await pause(4000);
  line('place 1400, after back; after a reload', `${back}; ${await place()}`);
  await page.context().close();
}

console.log('| what | figure |\n|---|---|');
try {
  for (const slower of [1, 4]) await longConversation(slower);
  await longHome();
  await others();
  await layout();
} finally {
  await browser.close();
  await stack.down();
}
