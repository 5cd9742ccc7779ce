// surface.mjs - the attack surface: hardened programs, workers without privileges.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

import { stack } from '../../api/harness/proxied.mjs';
import { BIN } from '../harness/worker.mjs';

const readelf = (...args) => execFileSync('readelf', args, { encoding: 'utf8' });
const statusOf = (pid) =>
  Object.fromEntries(
    fs
      .readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line) => line.split(':\t')),
  );

describe('programs', () => {
  for (const program of stack.programs())
    test(`${program} is position independent, with read-only relocations and stack protection`, () => {
      const file = path.join(BIN, program);
      assert.match(readelf('-hW', file), /Type:\s+DYN/);
      const segments = readelf('-lW', file);
      assert.match(segments, /GNU_RELRO/);
      assert.match(segments, /GNU_STACK.* RW +0x/);
      assert.match(readelf('-dW', file), /FLAGS.*(BIND_NOW|NOW)/);
      const symbols = readelf('--dyn-syms', '-W', file);
      assert.match(symbols, /__stack_chk_fail/);
      assert.match(symbols, /__[a-z]+_chk\b(?!_fail)/); // FORTIFY_SOURCE
    });
});

describe('workers', () => {
  test('are unprivileged and do not own their programs', () => {
    const pids = stack.workers();
    assert.ok(pids.length > 0);
    for (const pid of pids) {
      const status = statusOf(pid);
      const uids = status.Uid.split('\t').map(Number);
      assert.ok(uids.every((uid) => uid === uids[0]));
      if (os.userInfo().uid !== 0) continue;
      assert.notEqual(uids[0], 0, 'no worker is root');
      assert.equal(parseInt(status.CapEff, 16), 0, 'no worker has capabilities');
      const owner = fs.statSync(path.join(stack.home, 'app/fcgi')).uid;
      assert.notEqual(owner, uids[0], 'no worker owns its program');
    }
  });

  test('have sockets that no other user can open', () => {
    const run = path.join(stack.home, 'run');
    for (const name of fs.readdirSync(run).filter((file) => file.endsWith('.sock'))) {
      const { mode } = fs.statSync(path.join(run, name));
      assert.equal(mode & 0o077, 0, `${name} has mode ${mode.toString(8)}`);
    }
    assert.equal(fs.statSync(fs.realpathSync(run)).mode & 0o077, 0);
  });
});
