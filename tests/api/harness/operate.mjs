// operate.mjs - runs the operators' commands as a person does: from a folder elsewhere, and with
// nobody at the keyboard unless the test types.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

import { ROOT } from './stack.mjs';

const TIMEOUT_MS = 60_000;

// Start bin/<command>. Returns the child, whose `done` becomes { code, stdout, stderr }.
// settings: variables that win over those of the stack; an undefined one is taken away.
export function start(stack, command, args = [], { settings = {}, bin = `${ROOT}/bin` } = {}) {
  return startProgram(path.join(bin, command), args, { ...stack.env, ...settings });
}

function startProgram(file, args, env) {
  const child = spawn(file, args, {
    cwd: os.tmpdir(),
    // A finding of the sanitizers must not look like a failure that was expected.
    env: { ...env, ASAN_OPTIONS: 'exitcode=99', UBSAN_OPTIONS: 'exitcode=99' },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const parts = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (part) => parts[name].push(part));
  child.stdin.on('error', () => {}); // it may end before it reads all
  child.done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal,
        stdout: Buffer.concat(parts.stdout).toString(),
        stderr: Buffer.concat(parts.stderr).toString(),
      }),
    );
  });
  return child;
}

// Run bin/<command> to its end.
export async function operate(stack, command, args, options) {
  const child = start(stack, command, args, options);
  child.stdin.end();
  return child.done;
}

// Run it on a terminal at which `typed` is typed. What the terminal shows is in stdout.
export async function operateAt(stack, typed, command, args, { settings = {} } = {}) {
  const line = [path.join(ROOT, 'bin', command), ...args].join(' ');
  const env = { ...stack.env, ...settings };
  const child = startProgram('script', ['-qec', line, '/dev/null'], env);
  child.stdin.end(typed);
  return child.done;
}

export async function assertDone(promise) {
  const result = await promise;
  assert.equal(result.code, 0, `${result.stdout}${result.stderr}`);
  assert.equal(result.stderr, '');
  return result.stdout;
}

// It fails with this status and one line that says so; what else it printed is returned.
export async function assertFails(promise, pattern, code = 1) {
  const result = await promise;
  const said = `${result.code} ${result.stdout}${result.stderr}`;
  assert.equal(result.code, code, said);
  assert.match(result.stderr, pattern, said);
  if (code === 1) assert.match(result.stderr, /^[^\n]+\n$/, said);
  return result.stdout;
}
