// operate.mjs - runs the operators' commands of bin/ from another working directory, with an empty
// standard input unless the test provides input.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

import { ROOT } from './stack.mjs';

const TIMEOUT_MS = 60_000;

// Start bin/<command>. Returns the child; its promise `done` yields { code, stdout, stderr }.
// settings: variables that override those of the stack; an undefined value removes a variable.
export function startCommand(
  stack,
  command,
  args = [],
  { settings = {}, bin = `${ROOT}/bin` } = {},
) {
  return startProgram(path.join(bin, command), args, { ...stack.env, ...settings });
}

function startProgram(file, args, env) {
  const child = spawn(file, args, {
    cwd: os.tmpdir(),
    // A sanitizer finding must not pass for an expected failure (exit status 1 or 2).
    env: { ...env, ASAN_OPTIONS: 'exitcode=99', UBSAN_OPTIONS: 'exitcode=99' },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const parts = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (part) => parts[name].push(part));
  child.stdin.on('error', () => {}); // EPIPE: the child may exit before it has read everything
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

// Run bin/<command> until it exits.
export async function runCommand(stack, command, args, options) {
  const child = startCommand(stack, command, args, options);
  child.stdin.end();
  return child.done;
}

// Run it on a pseudo-terminal with `typed` as its input. `stdout` is what the terminal shows.
export async function runOnTerminal(stack, typed, command, args, { settings = {} } = {}) {
  const line = [path.join(ROOT, 'bin', command), ...args].join(' ');
  const env = { ...stack.env, ...settings };
  const child = startProgram('script', ['-qec', line, '/dev/null'], env);
  child.stdin.end(typed);
  return child.done;
}

// Run bin/jobs once. Returns what it has logged.
export async function runJobs(stack, options) {
  const { code, stderr } = await runCommand(stack, 'jobs', [], options);
  assert.equal(code, 0, stderr);
  return stderr.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

export async function assertDone(promise) {
  const result = await promise;
  assert.equal(result.code, 0, `${result.stdout}${result.stderr}`);
  assert.equal(result.stderr, '');
  return result.stdout;
}

// It must fail with this status and message; with status 1 the message is one line. Returns stdout.
export async function assertFails(promise, pattern, code = 1) {
  const result = await promise;
  const output = `${result.code} ${result.stdout}${result.stderr}`;
  assert.equal(result.code, code, output);
  assert.match(result.stderr, pattern, output);
  if (code === 1) assert.match(result.stderr, /^[^\n]+\n$/, output);
  return result.stdout;
}
