// live.mjs - streams of GET /api/live, and live_hub by itself, without nginx and workers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { ROOT } from './stack.mjs';
import { until } from './until.mjs';

const VALGRIND = ['--quiet', '--error-exitcode=99', '--leak-check=full', '--errors-for-leak-kinds=definite'];

// The events of a stream of text, one after the other.
export class Events {
  constructor() {
    this.rest = '';
    this.list = []; // { event, data, retry } in the order of their arrival
    this.comments = 0;
    this.ended = false;
  }

  add(text) {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop();
    for (const block of blocks) {
      if (block === ':') this.comments++;
      const fields = Object.fromEntries(
        block
          .split('\n')
          .map((line) => /^(event|data|retry): (.*)$/.exec(line))
          .filter(Boolean)
          .map(([, name, value]) => [name, value]),
      );
      if (fields.event) this.list.push({ ...fields, data: JSON.parse(fields.data) });
    }
  }

  of(name) {
    return this.list.filter(({ event }) => event === name).map(({ data }) => data);
  }

  // Wait until `wanted`, a function without arguments, returns something.
  until(wanted, what) {
    return until(() => `${what}; seen: ${JSON.stringify(this.list)}`, wanted, { everyMs: 5 });
  }

  // Wait for an event `name` for which `wanted` holds, and return its data.
  first(name, wanted = () => true) {
    return this.until(() => this.of(name).find((data) => wanted(data)), `the event ${name}`);
  }

  end() {
    return this.until(() => this.ended, 'the end of the stream');
  }
}

// Open a stream with the token of a person, and wait for its hello.
export async function openStream(stack, { token, headers = {} }) {
  const events = new Events();
  const request = http.request({
    host: '127.0.0.1',
    port: stack.ports.HTTP,
    path: '/api/live',
    headers: { ...headers, Authorization: `Bearer ${token}` },
    agent: new http.Agent(),
  });
  events.close = () => request.destroy();
  request.on('error', () => (events.ended = true));
  request.on('response', (response) => {
    events.response = response;
    response.setEncoding('utf8');
    response.on('data', (text) => events.add(text));
    response.on('error', () => (events.ended = true));
    response.on('close', () => (events.ended = true));
  });
  request.end();
  await events.until(() => events.ended || events.of('hello').length > 0, 'hello');
  assert.equal(events.response?.statusCode, 200);
  return events;
}

// --- live_hub by itself ---------------------------------------------------------------------------
const record = (type, content) => {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
};

const parameter = (name, value) =>
  Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]);

// The FastCGI request of nginx for a stream.
export const streamRequest = (person, expiresS, method = 'GET') =>
  Buffer.concat([
    record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
    record(
      4,
      Buffer.concat([
        parameter('REQUEST_METHOD', method),
        parameter('DOCUMENT_URI', `/-/live/${person}/${expiresS}`),
      ]),
    ),
    record(4, Buffer.alloc(0)),
    record(5, Buffer.alloc(0)),
  ]);

export class Hub {
  static async start() {
    const hub = new Hub();
    hub.home = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-hub-'));
    fs.mkdirSync(path.join(hub.home, 'run'));
    await hub.run();
    return hub;
  }

  async run() {
    const { VARIANT = '' } = process.env;
    const command = [path.join(ROOT, 'build', VARIANT, 'bin/live_hub')];
    if (VARIANT === 'valgrind') command.unshift('valgrind', ...VALGRIND);
    this.errors = '';
    this.process = spawn(command[0], command.slice(1), {
      env: { CRUDDUR_HOME: this.home, CRUDDUR_METRICS_DIR: path.join(this.home, 'metrics') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr.on('data', (text) => (this.errors += text));
    this.exit = new Promise((resolve) =>
      this.process.once('exit', (status, signal) => resolve(signal ?? status)),
    );
    const running = await Promise.race([this.listens(), this.exit]);
    assert.equal(running, true, this.errors);
  }

  // A connection that is accepted; the socket of a killed hub refuses them.
  listens() {
    const isAccepted = () =>
      new Promise((resolve) => {
        const socket = net.connect(path.join(this.home, 'run/hub.sock'));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
      });
    return until(() => `the hub listens: ${this.errors}`, isAccepted, { everyMs: 5 });
  }

  // A stream of `person`, as nginx opens it; raw: bytes instead of the request.
  open(person, { expiresS = Math.floor(Date.now() / 1000) + 600, method, raw } = {}) {
    const events = new Events();
    const socket = net.connect(path.join(this.home, 'run/hub.sock'));
    let bytes = Buffer.alloc(0);
    events.complete = false; // END_REQUEST has come
    events.socket = socket;
    events.close = () => socket.destroy();
    socket.on('error', () => {});
    socket.on('close', () => (events.ended = true));
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part]);
      while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt16BE(4)) {
        const content = bytes.subarray(8, 8 + bytes.readUInt16BE(4));
        if (bytes[1] === 6) events.add(content.toString().replace(/^Status[^]*?\r\n\r\n/, ''));
        if (bytes[1] === 3) events.complete = true;
        bytes = bytes.subarray(8 + content.length);
      }
    });
    socket.write(raw ?? streamRequest(person, expiresS, method));
    return events;
  }

  // The counters of common/run/live_counters.h, by their names.
  counters() {
    const names = [
      ...['streams', 'people', 'starts', 'opened', 'expired', 'replaced', 'closing', 'cut'],
      ...['refused', 'frames', 'deliveries', 'invalid', 'resyncs', 'unpublished', 'dropped'],
    ];
    const file = fs.readFileSync(path.join(this.home, 'metrics/.live'));
    return Object.fromEntries(names.map((name, i) => [name, Number(file.readBigUInt64LE(8 * i))]));
  }

  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    return this.exit;
  }

  async remove() {
    const status = await this.stop();
    fs.rmSync(this.home, { recursive: true, force: true });
    assert.equal(status, 0, this.errors);
    assert.doesNotMatch(this.errors, /Sanitizer|runtime error/);
  }
}
