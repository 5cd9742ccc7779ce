// client.mjs - HTTP client of a stack. It checks the rules that hold for the answers of all routes.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';

import { until } from './until.mjs';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

// Rules for every answer below /api: request id, content type, form of a problem document.
function checkAnswer(method, path, answer) {
  const { status, headers, text } = answer;
  const where = `${method} ${path.slice(0, 120)} → ${status} ${text.slice(0, 300)}`;
  assert.match(headers['x-request-id'] ?? '', /^[0-9a-f]{32}$/, `X-Request-Id of ${where}`);
  if (status === 204) {
    assert.equal(text, '', `a 204 has no body: ${where}`);
    return;
  }
  if (status === 202 && text === '') return;
  const type = headers['content-type'] ?? '';
  if (status < 400) {
    assert.match(type, /^(application\/jsonl?|text\/event-stream)\b/, `Content-Type of ${where}`);
    return;
  }
  assert.match(type, /^application\/problem\+json\b/, `Content-Type of ${where}`);
  if (status === 401) assert.match(headers['www-authenticate'] ?? '', /^Bearer\b/, where);
  if (status === 405) assert.ok(headers.allow, `Allow of ${where}`);
  if (status === 429 || status === 503) assert.match(headers['retry-after'] ?? '', /^\d+$/, where);
  if (method === 'HEAD') return;
  const problem = answer.body;
  assert.ok(problem && typeof problem === 'object', `a problem document: ${where}`);
  for (const member of ['type', 'title', 'detail', 'request_id'])
    assert.equal(typeof problem[member], 'string', `${member} of ${where}`);
  assert.equal(problem.status, status, where);
  assert.equal(problem.request_id, headers['x-request-id'], where);
  assert.ok(Array.isArray(problem.errors) && problem.errors.length > 0, `errors of ${where}`);
  for (const code of problem.errors) assert.match(code, /^[a-z0-9_]+$/, where);
}

// Whether an answer is a stream, which does not end by itself.
const isStream = (headers) => /^text\/event-stream\b/.test(headers['content-type'] ?? '');

function parse(headers, text) {
  if (isStream(headers) || /^application\/jsonl\b/.test(headers['content-type'] ?? '')) return text;
  if (text === '' || !/\bjson\b/.test(headers['content-type'] ?? '')) return undefined;
  return JSON.parse(text);
}

export class Client {
  constructor(port) {
    this.port = port;
    this.agent = new http.Agent({ keepAlive: true });
  }

  // Send a request and read the whole answer, of a stream its first event. json: a value to
  // serialise; body: bytes to send as they are; from: the local address to connect from, in
  // 127.0.0.0/8.
  // Answers below /api are checked; a successful answer to a request with a token must be no-store.
  async ask(method, path, { token, json, body, headers = {}, key, from } = {}) {
    const sent = { ...headers };
    let bytes = body;
    if (json !== undefined) {
      bytes = JSON.stringify(json);
      sent['Content-Type'] ??= 'application/json';
    }
    if (token !== undefined) sent.Authorization = `Bearer ${token}`;
    if (key !== undefined) sent['Idempotency-Key'] = key;
    if (bytes !== undefined && !sent['Transfer-Encoding'])
      sent['Content-Length'] = Buffer.byteLength(bytes);

    const began = performance.now();
    const answer = await new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.port,
          localAddress: from,
          agent: this.agent,
          method,
          path,
          headers: sent,
        },
        (response) => {
          const parts = [];
          const done = () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              text: Buffer.concat(parts).toString(),
            });
          response.on('data', (part) => {
            parts.push(part);
            if (!isStream(response.headers) || !Buffer.concat(parts).includes('\n\n')) return;
            done();
            request.destroy();
          });
          response.on('error', reject);
          response.on('end', done);
        },
      );
      request.setTimeout(30_000, () => request.destroy(new Error(`no answer: ${method} ${path}`)));
      request.on('error', (error) => {
        error.message = `${method} ${path.slice(0, 120)}: ${error.message}`;
        reject(error);
      });
      request.end(bytes);
    });
    answer.ms = performance.now() - began;
    answer.body = parse(answer.headers, answer.text);
    if (path.startsWith('/api/')) checkAnswer(method, path, answer);
    if (token !== undefined && answer.status < 300)
      assert.equal(answer.headers['cache-control'], 'private, no-store', `${method} ${path}`);
    return answer;
  }

  // Send raw bytes that no HTTP client would send, and read until the server closes.
  // half: shut down the sending side after the bytes, like an interrupted upload.
  async raw(bytes, { half = false } = {}) {
    const parts = [];
    await new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1', () => {
        if (half) socket.end(bytes);
        else socket.write(bytes);
      });
      socket.setTimeout(20_000, () => socket.destroy(new Error('no answer to raw bytes')));
      socket.on('data', (part) => parts.push(part));
      socket.on('error', reject);
      socket.on('close', resolve);
    });
    const all = Buffer.concat(parts).toString();
    const match = /^HTTP\/1\.1 (\d{3})[^\r]*\r\n([^]*?)\r\n\r\n([^]*)$/.exec(all);
    if (!match) return { status: 0, headers: {}, text: all };
    const headers = {};
    for (const line of match[2].split('\r\n')) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const answer = { status: Number(match[1]), headers, text: match[3] };
    answer.body = parse(headers, answer.text);
    return answer;
  }

  // Send a request with `Connection: close` as raw bytes. The answer is checked as in `ask`.
  async rawRequest(method, path, lines = [], body = '') {
    const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...lines];
    const bytes = Buffer.concat([
      Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
      Buffer.from(body),
    ]);
    const answer = await this.raw(bytes);
    checkAnswer(method, path, answer);
    return answer;
  }

  close() {
    this.agent.destroy();
  }
}

// The answer must be a problem document with this status and exactly these codes, in any order.
export function assertProblem(answer, status, ...codes) {
  const summary = `${answer.status} ${answer.text.slice(0, 300)}`;
  assert.equal(answer.status, status, summary);
  assert.deepEqual([...answer.body.errors].sort(), codes.sort(), summary);
}

export function assertOk(answer, status = 200) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.body;
}

// The paths of the pages beside an answer by relation, next and prev (RFC 8288).
export function linksOf(answer) {
  const link = answer.headers.link;
  if (link === undefined) return {};
  const links = link.split(', ').map((one) => {
    const match = /^<(\/api\/[^>]+)>; ?rel="(next|prev)"$/.exec(one);
    assert.ok(match, `Link: ${link}`);
    return [match[2], match[1]];
  });
  assert.equal(new Map(links).size, links.length, `Link: ${link}`);
  return Object.fromEntries(links);
}

// The path of the next page, or undefined at the end.
export const nextPage = (answer) => linksOf(answer).next;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A reload of nginx closes idle connections: a client that uses one at this moment sends its request
// again, as browsers do (RFC 9112 9.3.1).
export const againAfterReset = (request) =>
  request().catch((error) => {
    const code = error.code ?? error.cause?.code; // fetch wraps it
    if (['ECONNRESET', 'UND_ERR_SOCKET'].includes(code)) return againAfterReset(request);
    throw error;
  });

// Repeat a request until `isWanted` holds for its answer, and return that answer.
function untilAnswer(what, request, isWanted, options) {
  let answer;
  return until(
    () => `${what}, not ${answer.status} ${answer.text}`,
    async () => {
      answer = await request();
      return isWanted(answer) && answer;
    },
    options,
  );
}

// Repeat a request until the answer has this status.
export const untilStatus = (wanted, request) =>
  untilAnswer(`status ${wanted}`, request, ({ status }) => status === wanted);

// Repeat a request while the answer is 503, as it is when all workers are busy. Clients that do so at the same
// time pause for different times.
export const retryWhileBusy = (request) =>
  untilAnswer('another status', request, ({ status }) => status !== 503, {
    everyMs: 50 + Math.random() * 200,
  });

// Three clients ask while `work` runs, and each answer must be a 200. ask(): returns a status.
export async function whileAsked(ask, work) {
  let stop = false;
  let answers = 0;
  const load = Promise.all(
    Array.from({ length: 3 }, async () => {
      for (; !stop; answers++) assert.equal(await ask(), 200);
    }),
  );
  load.catch(() => {}); // it is awaited below
  try {
    await work();
  } finally {
    stop = true;
  }
  await load;
  assert.ok(answers > 10, `${answers}`);
}
