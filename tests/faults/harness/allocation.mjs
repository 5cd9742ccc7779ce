// allocation.mjs - a worker whose n-th allocation fails (failing_allocation.c).
import fs from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../api/harness/stack.mjs';
import { Worker } from './worker.mjs';

const LIBRARY = path.join(ROOT, 'build/faults/failing_allocation.so');
const FIELDS = { fail_at: 0, and_more: 8, count: 16, failed: 24 };

let files = 0;

export class FailingAllocation {
  constructor(stack) {
    this.path = path.join(stack.home, `allocation-${files++}`);
    fs.writeFileSync(this.path, Buffer.alloc(32));
    this.fd = fs.openSync(this.path, 'r+');
  }

  // Environment variables for the worker.
  get env() {
    return { LD_PRELOAD: LIBRARY, FAILING_ALLOCATION: this.path };
  }

  start(stack, program, options = {}) {
    return Worker.start(stack, program, { ...options, env: { ...options.env, ...this.env } });
  }

  // Make the n-th allocation from now on fail; andMore: and all later ones.
  arm(n, andMore) {
    this.disarm();
    this.#write('and_more', andMore ? 1 : 0);
    this.#write('count', 0);
    this.#write('failed', 0);
    this.#write('fail_at', n);
  }

  disarm() {
    this.#write('fail_at', 0);
  }

  get failed() {
    return this.#read('failed');
  }

  close() {
    fs.closeSync(this.fd);
  }

  #write(field, value) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    fs.writeSync(this.fd, bytes, 0, 8, FIELDS[field]);
  }

  #read(field) {
    const bytes = Buffer.alloc(8);
    fs.readSync(this.fd, bytes, 0, 8, FIELDS[field]);
    return Number(bytes.readBigInt64LE());
  }
}
