// measure.mjs - how the home page and a conversation load on a phone: medians of several visits, with
// Lighthouse's slow connection (1.6 Mbit/s, 150 ms) and with slow 3G (400 kbit/s, 400 ms), both with a
// processor that is 4 times slower, and axe.
// Usage: node tests/browser/measure.mjs [URL of a running stack]
import fs from 'node:fs';
import { createRequire } from 'node:module';

import { SEEDED_GROUP } from '../api/harness/routes.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { eventually, launch, newVisitor, rowsOnDevice, settled, signIn } from './harness/browser.mjs';

const VISITS = 5;
const NETWORKS = {
  'slow 4G': { latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (0.75e6 / 8) * 0.9 },
  'slow 3G': { latency: 400, downloadThroughput: 4e5 / 8, uploadThroughput: 4e5 / 8 },
};
// Path, what is its content, and the name of its copy on the device.
const HOME = ['/', '.crud', 'home'];
const THREAD = [`/messages/${SEEDED_GROUP}`, '.message', `thread/${SEEDED_GROUP}`];
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const [url] = process.argv.slice(2);
const stack = url ? { url } : await Stack.start();
const browser = await launch();
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// Runs in the page before its own scripts.
function watch(ready) {
  const measured = { content: 0, shift: 0, blocked: 0 };
  globalThis.measured = measured;
  const on = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({
      type,
      buffered: true,
    });
  on('layout-shift', (entry) => (measured.shift += entry.hadRecentInput ? 0 : entry.value));
  on('longtask', (entry) => (measured.blocked += Math.max(0, entry.duration - 50)));
  const look = () => {
    if (document.querySelector(ready)) measured.content = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}

async function visit(context, network, [path, ready]) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, ...NETWORKS[network] });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let bytes = 0;
  let requests = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests++;
  });
  await page.addInitScript(watch, ready);
  await page.goto(path);
  await page.locator(ready).first().waitFor();
  await settled(page);
  const figures = await page.evaluate(() => ({
    shell: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    ...globalThis.measured,
  }));
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => (await globalThis.axe.run()).violations.length);
  return { page, figures: { ...figures, bytes, requests, violations } };
}

// The figures of one visit. `again`: of the second one in the same browser.
async function measure(network, target, storageState, again) {
  const options = { viewport: { width: 390, height: 844 }, storageState };
  const context = (await newVisitor(browser, stack, options)).context();
  let { page, figures } = await visit(context, network, target);
  if (again) {
    await eventually('a copy on the device', async () =>
      (await rowsOnDevice(page)).some(([, , name]) => name === target[2]),
    );
    await page.close();
    ({ page, figures } = await visit(context, network, target));
  }
  await context.close();
  return figures;
}

try {
  const first = await newVisitor(browser, stack);
  await signIn(first, 'andrewbrown');
  const signedIn = await first.context().storageState();
  await first.context().close();

  console.log('network  page                            shell   content  blocked  shift  requests   KB  axe');
  for (const network of Object.keys(NETWORKS))
    for (const [name, target, state, again] of [
      ['home, visitor', HOME, undefined, false],
      ['home, signed in', HOME, signedIn, false],
      ['home, signed in, second visit', HOME, signedIn, true],
      ['conversation', THREAD, signedIn, false],
      ['conversation, second visit', THREAD, signedIn, true],
    ]) {
      const visits = [];
      for (let i = 0; i < VISITS; i++) visits.push(await measure(network, target, state, again));
      const of = (figure) => median(visits.map((one) => one[figure]));
      const ms = (figure) => `${of(figure).toFixed(0)} ms`;
      console.log(
        network.padEnd(8),
        name.padEnd(30),
        ms('shell').padStart(8),
        ms('content').padStart(9),
        ms('blocked').padStart(8),
        of('shift').toFixed(3).padStart(6),
        String(of('requests')).padStart(9),
        (of('bytes') / 1024).toFixed(0).padStart(4),
        ` ${of('violations')}`,
      );
    }
} finally {
  await browser.close();
  await stack.down?.();
}
