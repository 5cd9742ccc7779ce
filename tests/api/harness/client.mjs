// client.mjs - asks a stack over HTTP, and holds every answer to what the contract says of all.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

// What holds for every answer below /api: its id, its type, and the form of a problem.
function checkAnswer(method, path, answer) {
  const { status, headers, text } = answer;
  const where = `${method} ${path.slice(0, 120)} → ${status} ${text.slice(0, 300)}`;
  assert.match(headers['x-request-id'] ?? '', /^[0-9a-f]{32}$/, `X-Request-Id of ${where}`);
  if (status === 204) {
    assert.equal(text, '', `a 204 has no body: ${where}`);
    return;
  }
  const type = headers['content-type'] ?? '';
  if (status < 400) {
    assert.match(type, /^application\/json\b/, `Content-Type of ${where}`);
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

function parse(headers, text) {
  if (text === '' || !/\bjson\b/.test(headers['content-type'] ?? '')) return undefined;
  return JSON.parse(text);
}

export class Client {
  constructor(port) {
    this.port = port;
    this.agent = new http.Agent({ keepAlive: true });
  }

  // Ask and read the whole answer. json: a value to send; body: bytes to send as they are.
  // from: the address that asks, of 127.0.0.0/8.
  // Answers below /api are checked; personal ones, asked for with a token, must not be stored.
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
          response.on('data', (part) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              text: Buffer.concat(parts).toString(),
            }),
          );
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

  // Send bytes as they are and read until the other side closes: for what no client would send.
  // half: say that no more will come, as a sender does that was cut off.
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

  // The raw bytes of a request whose answer ends the connection, checked as `ask` checks.
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

// The answer is the problem of this status with exactly these codes, in any order.
export function assertProblem(answer, status, ...codes) {
  const said = `${answer.status} ${answer.text.slice(0, 300)}`;
  assert.equal(answer.status, status, said);
  assert.deepEqual([...answer.body.errors].sort(), codes.sort(), said);
}

export function assertOk(answer, status = 200) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.body;
}

// The path of the next page, or undefined at the end (RFC 8288).
export function nextPage(answer) {
  const link = answer.headers.link;
  if (link === undefined) return undefined;
  const match = /^<([^>]+)>; ?rel="next"$/.exec(link);
  assert.ok(match, `Link: ${link}`);
  assert.ok(match[1].startsWith('/api/'), `the next page is a path of ours: ${match[1]}`);
  return match[1];
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Ask again while all workers are busy.
export async function patiently(request) {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await request();
    if (answer.status !== 503) return answer;
    await sleep(50 + Math.random() * 200);
  }
  return assert.fail('still 503 after 300 tries');
}
