// measure.mjs - how the home page and a conversation load on a phone: medians of several visits
// with Lighthouse's slow connection and processor (1.6 Mbit/s, 150 ms, 4x slowdown) and axe.
// Usage: node tests/browser/measure.mjs [URL of a running stack]
import fs from 'node:fs';
import { createRequire } from 'node:module';

import { SEEDED_GROUP } from '../api/harness/routes.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { launch, newVisitor, signIn } from './harness/browser.mjs';

const VISITS = 5;
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const [url] = process.argv.slice(2);
const stack = url ? { url } : await Stack.start();
const browser = await launch();
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// Runs in the page before its own scripts.
function watch() {
  const measured = { paint: 0, shift: 0, blocked: 0 };
  globalThis.measured = measured;
  const on = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({
      type,
      buffered: true,
    });
  on('largest-contentful-paint', (entry) => (measured.paint = entry.startTime));
  on('layout-shift', (entry) => (measured.shift += entry.hadRecentInput ? 0 : entry.value));
  on('longtask', (entry) => (measured.blocked += Math.max(0, entry.duration - 50)));
}

async function visit(path, ready, storageState) {
  const options = { viewport: { width: 390, height: 844 }, storageState };
  const page = await newVisitor(browser, stack, options);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6e6 / 8) * 0.9,
    uploadThroughput: (0.75e6 / 8) * 0.9,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let bytes = 0;
  let requests = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests++;
  });
  await page.addInitScript(watch);
  await page.goto(path);
  await page.locator(ready).first().waitFor();
  await page.waitForLoadState('networkidle');
  const figures = await page.evaluate(() => ({
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    largest: globalThis.measured.paint,
    blocked: globalThis.measured.blocked,
    shift: globalThis.measured.shift,
  }));
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await page.evaluate(AXE);
  const axe = await page.evaluate(async () => {
    const { violations, passes } = await globalThis.axe.run();
    return [violations.length, passes.length];
  });
  await page.context().close();
  return { ...figures, bytes, requests, violations: axe[0], passes: axe[1] };
}

try {
  const first = await newVisitor(browser, stack);
  await signIn(first, 'andrewbrown');
  const signedIn = await first.context().storageState();
  await first.context().close();

  console.log('page     first paint  largest paint  blocked  shift  requests   KB  axe');
  for (const [name, path, ready, state] of [
    ['home', '/', '.crud', undefined],
    ['thread', `/messages/${SEEDED_GROUP}`, '.message', signedIn],
  ]) {
    const visits = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visit(path, ready, state));
    const of = (figure) => median(visits.map((one) => one[figure]));
    console.log(
      name.padEnd(8),
      `${of('first').toFixed(0)} ms`.padStart(11),
      `${of('largest').toFixed(0)} ms`.padStart(14),
      `${of('blocked').toFixed(0)} ms`.padStart(8),
      of('shift').toFixed(3).padStart(6),
      String(of('requests')).padStart(9),
      (of('bytes') / 1024).toFixed(0).padStart(4),
      ` ${of('violations')} of ${of('violations') + of('passes')} rules violated`,
    );
  }
} finally {
  await browser.close();
  await stack.down?.();
}
