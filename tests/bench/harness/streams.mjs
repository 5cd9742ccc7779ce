// streams.mjs - thousands of browsers that read GET /api/live, in one process: raw sockets, because an
// HTTP client for each would cost more than what is measured.
import { once } from 'node:events';
import net from 'node:net';

import { sleep } from '../../api/harness/client.mjs';

const OPENING = 100; // streams that are opened at the same time
// As in frontend/src/live/connection.ts.
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;
const LASTED_MS = 10_000;

// The request of a browser, as fetch() sends it.
const request = (token, port) =>
  [
    'GET /api/live HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: keep-alive',
    'sec-ch-ua-platform: "Windows"',
    `Authorization: Bearer ${token}`,
    'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Accept: text/event-stream',
    'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
    'sec-ch-ua-mobile: ?0',
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Dest: empty',
    `Referer: http://127.0.0.1:${port}/messages/conversation`,
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-CA,en;q=0.9',
    '\r\n',
  ].join('\r\n');

// Wait until `done`, at most `limitMs`.
export async function until(done, what, limitMs = 120_000) {
  for (const end = performance.now() + limitMs; !done(); await sleep(20))
    if (performance.now() > end) throw new Error(`after ${limitMs / 1000} s: ${what}`);
}

// A browser that has one stream after another until it is closed.
class Browser {
  constructor(crowd, person) {
    this.crowd = crowd;
    this.person = person;
    this.failures = 0;
    this.open = false;
    this.connect();
  }

  connect() {
    const { port } = this.crowd;
    let rest = '';
    let head;
    this.byeMs = undefined;
    this.began = performance.now();
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const { socket } = this;
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(request(this.person.token, port)));
    socket.on('data', (text) => {
      rest += text;
      if (head === undefined) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        head = rest.slice(0, end);
        rest = rest.slice(end + 4);
      }
      if (!head.startsWith('HTTP/1.1 200 ')) {
        socket.destroy();
        return;
      }
      const blocks = rest.split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) this.take(block);
      if (/(^|\r\n)0\r\n\r\n$/.test(rest)) socket.destroy(); // the last chunk
    });
    socket.on('error', () => {});
    socket.on('close', () => this.ended(Number(/^Retry-After: (\d+)/im.exec(head)?.[1] ?? 0)));
  }

  // One event, with what divides the chunks of HTTP; its JSON has no CR.
  take(block) {
    const at = block.indexOf('event: ');
    if (at < 0) return;
    const text = block.slice(at + 7).replace(/\r\n[0-9a-f]+\r\n/g, '');
    const end = text.indexOf('\n');
    const name = text.slice(0, end);
    if (name === 'hello') this.setOpen(true);
    else if (name === 'bye') this.byeMs = Number(/retry: (\d+)/.exec(block)?.[1] ?? 0);
    else this.crowd.onEvent(this.person, name, text.slice(end + 7));
  }

  setOpen(open) {
    if (open === this.open) return;
    this.open = open;
    this.crowd.open += open ? 1 : -1;
  }

  ended(retryAfterS) {
    this.setOpen(false);
    if (this.closed) return;
    let waitMs = this.byeMs ?? 1000 * retryAfterS;
    if (this.byeMs !== undefined) this.failures = 0;
    else {
      this.failures = performance.now() - this.began > LASTED_MS ? 1 : this.failures + 1;
      const most = Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MAX_MS);
      waitMs += most * (0.5 + Math.random() / 2);
    }
    this.timer = setTimeout(() => this.connect(), waitMs);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.destroy();
  }
}

// The browsers of many people. open: the number of streams that have said hello.
export class Crowd {
  // onEvent(person, name, data): an event, with its data as text.
  constructor(port, onEvent) {
    Object.assign(this, { port, onEvent, open: 0, browsers: [] });
  }

  // Open a stream for each of these people.
  async join(people) {
    for (let from = 0; from < people.length; from += OPENING) {
      for (const person of people.slice(from, from + OPENING))
        this.browsers.push(new Browser(this, person));
      await this.isComplete();
    }
  }

  // Wait until every browser has its stream.
  isComplete() {
    return until(() => this.open === this.browsers.length, 'not all streams are open');
  }

  async leave() {
    for (const browser of this.browsers) browser.close();
    this.browsers = [];
    await until(() => this.open === 0, 'not all streams are closed');
  }
}

// Pairs of connected sockets in this process, as { close }: what the kernel needs for them is twice what
// it needs for the client's end of a stream.
export async function connectPairs(count) {
  const ends = [];
  const server = net.createServer((socket) => ends.push(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  for (let made = 0; made < count; made++) {
    const accepted = once(server, 'connection');
    const socket = net.connect(server.address().port, '127.0.0.1');
    ends.push(socket);
    await Promise.all([accepted, once(socket, 'connect')]);
  }
  return {
    close() {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}
