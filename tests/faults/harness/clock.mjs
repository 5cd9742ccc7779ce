// clock.mjs - sets the time of day of a worker (shifted_clock.c).
import fs from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../api/harness/stack.mjs';

const LIBRARY = path.join(ROOT, 'build/faults/shifted_clock.so');

let files = 0;

export class Clock {
  constructor(stack, seconds = 0) {
    this.path = path.join(stack.home, `clock-${files++}`);
    fs.writeFileSync(this.path, Buffer.alloc(8));
    this.shift(seconds);
  }

  // Shift the clock by this many seconds from the real time.
  shift(seconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    const fd = fs.openSync(this.path, 'r+');
    fs.writeSync(fd, bytes, 0, 8, 0);
    fs.closeSync(fd);
  }

  // Environment variables for the worker.
  get env() {
    return { LD_PRELOAD: LIBRARY, SHIFTED_CLOCK: this.path };
  }
}
