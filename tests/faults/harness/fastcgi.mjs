// fastcgi.mjs - FastCGI 1.0 client for the socket of a worker, for whole requests and raw bytes.
import net from 'node:net';
import { fileURLToPath } from 'node:url';

export const TYPE = {
  BEGIN: 1,
  ABORT: 2,
  END: 3,
  PARAMS: 4,
  STDIN: 5,
  STDOUT: 6,
  STDERR: 7,
  DATA: 8,
  GET_VALUES: 9,
};

const PAGES = fileURLToPath(new URL('../../../frontend', import.meta.url)); // has an index.html
const LIMIT_MS = 20_000; // much longer than any request may take

// One record. The options override the correct values of the header.
export function record(
  type,
  content = Buffer.alloc(0),
  { id = 1, version = 1, length, padding = 0 } = {},
) {
  const body = Buffer.from(content);
  const head = Buffer.alloc(8);
  head.writeUInt8(version, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(id, 2);
  head.writeUInt16BE(length ?? body.length, 4);
  head.writeUInt8(padding, 6);
  return Buffer.concat([head, body, Buffer.alloc(padding)]);
}

export function begin({ role = 1, flags = 0, ...more } = {}) {
  return record(TYPE.BEGIN, [role >> 8, role & 255, flags, 0, 0, 0, 0, 0], more);
}

function lengthOf(text) {
  const bytes = Buffer.byteLength(text);
  if (bytes < 128) return Buffer.from([bytes]);
  const long = Buffer.alloc(4);
  long.writeUInt32BE((bytes | 0x80000000) >>> 0);
  return long;
}

export function pairs(params) {
  const parts = [];
  for (const [name, value] of Object.entries(params))
    parts.push(lengthOf(name), lengthOf(value), Buffer.from(name), Buffer.from(value));
  return Buffer.concat(parts);
}

// The variables that nginx sends, without the arrival time: the clocks of some workers differ.
export function variables(method, target, { token, key, body } = {}) {
  const [path, query = ''] = target.split('?');
  const params = {
    REQUEST_METHOD: method,
    REQUEST_URI: target,
    DOCUMENT_URI: path,
    QUERY_STRING: query,
    CONTENT_TYPE: body === undefined ? '' : 'application/json',
    CONTENT_LENGTH: body === undefined ? '' : String(Buffer.byteLength(body)),
    REMOTE_ADDR: '127.0.0.1',
  };
  if (!path.startsWith('/api/'))
    Object.assign(params, { DOCUMENT_ROOT: PAGES, FRONTEND_ORIGIN: 'https://cruddur.example' });
  if (token !== undefined) params.HTTP_AUTHORIZATION = `Bearer ${token}`;
  if (key !== undefined) params.HTTP_IDEMPOTENCY_KEY = key;
  return params;
}

// The records of a whole request, in order.
export function request(method, target, options = {}) {
  const records = [begin(), record(TYPE.PARAMS, pairs(variables(method, target, options)))];
  records.push(record(TYPE.PARAMS));
  if (options.body !== undefined) records.push(record(TYPE.STDIN, options.body));
  records.push(record(TYPE.STDIN));
  return records;
}

// Send bytes and read until the worker closes the connection. hangUp: shut down the sending side
// after the bytes. midway: called after half of the bytes, which waits for its promise.
export function exchange(socketPath, bytes, { hangUp = false, midway } = {}) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let over = false;
    const socket = net.connect(socketPath, async () => {
      const half = midway ? bytes.length >> 1 : 0;
      socket.write(bytes.subarray(0, half));
      await midway?.();
      socket.write(bytes.subarray(half));
      if (hangUp) socket.end();
    });
    const limit = setTimeout(() => {
      reject(new Error(`no end after ${LIMIT_MS} ms`));
      socket.destroy();
    }, LIMIT_MS);
    const done = () => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      resolve(Buffer.concat(parts));
    };
    socket.on('data', (part) => {
      parts.push(part);
      // After a request libfcgi waits for the client to close; like nginx, close at once.
      if (endsRequest(Buffer.concat(parts))) socket.end();
    });
    socket.on('error', (error) => {
      // A reset is one way to refuse a request.
      if (['ECONNRESET', 'EPIPE'].includes(error.code)) done();
      else reject(error);
    });
    socket.on('close', done);
  });
}

function* records(bytes) {
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    yield { type: bytes[at + 1], content: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length + bytes[at + 6];
  }
}

function endsRequest(bytes) {
  for (const { type } of records(bytes)) if (type === TYPE.END) return true;
  return false;
}

// The answer as { status, headers, text, body, end }: end is the protocol status of the END_REQUEST
// record (0: complete), or undefined without such a record. status is 0 without an answer.
export function answerOf(bytes) {
  let text = '';
  let end;
  for (const { type, content } of records(bytes)) {
    if (type === TYPE.STDOUT) text += content.toString();
    if (type === TYPE.END) end = content[4];
  }
  const [head, ...rest] = text.split('\r\n\r\n');
  const answer = { status: 0, headers: {}, text: rest.join('\r\n\r\n'), end };
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0)
      answer.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  if (answer.headers.status) answer.status = Number(answer.headers.status.slice(0, 3));
  if (/json/.test(answer.headers['content-type'] ?? '')) answer.body = JSON.parse(answer.text);
  return answer;
}
