import { describe, expect, test } from 'vitest';

import { ServerTime } from './server-time';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 22) + ms).toUTCString();
const START = Date.UTC(2026, 10, 22);

describe('the time of the server', () => {
  test('is unknown before the first answer with a readable Date', () => {
    const time = new ServerTime();
    expect(time.at(0)).toBeUndefined();
    time.observe(null, 1);
    time.observe('yesterday', 2);
    expect(time.at(3)).toBeUndefined();
  });

  test('passes with the monotonic clock', () => {
    const time = new ServerTime();
    time.observe(at(5_000), 100);
    expect(time.at(100)).toBe(START + 5_000);
    expect(time.at(3_600_100)).toBe(START + 3_605_000);
  });

  test('comes from the best of several answers and is never early', () => {
    const time = new ServerTime();
    // The real time at 0 is START + 700 ms; the answers took 20 s, 30 ms and 400 ms.
    time.observe(at(0), 20_000);
    time.observe(at(30_000), 29_400);
    time.observe(at(40_000), 40_200);
    const now = time.at(50_000) ?? 0;
    expect(now).toBeLessThanOrEqual(START + 50_700);
    expect(now).toBeGreaterThan(START + 49_700);
  });

  test('follows the last answers after the device was asleep or the server corrected its clock', () => {
    const time = new ServerTime();
    time.observe(at(7_200_000), 0);
    for (let i = 1; i <= 8; i++) time.observe(at(i * 1000), i * 1000);
    expect(time.at(9_000)).toBe(START + 9_000);
    time.observe(at(3_600_000), 10_000);
    expect(time.at(10_000)).toBe(START + 3_600_000);
  });
});
