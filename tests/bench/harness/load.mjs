// load.mjs - repeats a request with wrk (load.lua).
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../load.lua', import.meta.url));
const run = promisify(execFile);

// The text of an HTTP request. headers: additional headers, or replacements of the default ones.
export function wire(method, target, headers = {}, body = undefined) {
  const all = { Host: '127.0.0.1', ...headers };
  if (body !== undefined) {
    all['Content-Type'] ??= 'application/json';
    all['Content-Length'] ??= Buffer.byteLength(body);
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

// Send `request`, in which load.lua fills the placeholders, to 127.0.0.1:port for some seconds.
// folder: for temporary files; values: pairs of texts for {1} and {2}.
// Returns { seconds, answered, sent, p50, p99 } (latencies in microseconds); throws if any request
// failed.
export async function load({ folder, port, request, values }, connections, seconds) {
  const id = randomBytes(4).toString('hex');
  const files = [path.join(folder, `request-${id}`)];
  fs.writeFileSync(files[0], request, { mode: 0o600 });
  if (values) {
    files.push(path.join(folder, `values-${id}`));
    fs.writeFileSync(files[1], values.map((pair) => `${pair.join(' ')}\n`).join(''));
  }
  const [requestFile, ...valuesFile] = files;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', SCRIPT];
  const { stdout } = await run('wrk', [
    ...options,
    `http://127.0.0.1:${port}/`,
    '--',
    requestFile,
    id,
    ...valuesFile,
  ]).finally(() => files.forEach((file) => fs.rmSync(file)));
  const result = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')));
  if (result.refused || result.broken || !result.answered)
    throw new Error(`${request.split('\r\n')[0]}: ${JSON.stringify(result)}`);
  return result;
}
