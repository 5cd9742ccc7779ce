// slow.mjs - many clients that send or read very slowly (slowhttptest): other clients are served,
// no worker waits for them, and nginx closes their connections.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { sleep } from '../../api/harness/client.mjs';
import { newPair, say } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { until } from '../../api/harness/until.mjs';

const CONNECTIONS = 100; // of each kind
const SECONDS = 14; // longer than any timeout of nginx
const LARGE = '/api/docs/swagger-ui-bundle.js'; // larger than the socket buffers

const ATTACKS = {
  'headers, one line every 3 s': ['-H', '-i', '3', '-u', `${stack.url}/api/activities/home`],
  'a body, one part every 12 s': [
    ...['-B', '-i', '12', '-s', '8192', '-t', 'POST', '-f', 'application/json'],
    ...['-u', `${stack.url}/api/messages`],
  ],
  'reading 5 bytes every 5 s': [
    ...['-X', '-w', '1', '-y', '64', '-n', '5', '-z', '5'],
    ...['-u', `${stack.url}${LARGE}`],
  ],
  'ranges, a thousand of them': ['-R', '-u', `${stack.url}${LARGE}`],
};

const attackers = [];

function attack(args) {
  const bounds = ['-c', String(CONNECTIONS), '-r', String(CONNECTIONS), '-l', String(SECONDS)];
  const child = spawn('slowhttptest', [...args, ...bounds], { stdio: 'ignore' });
  attackers.push(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

// The number of nginx's open client connections.
function connections() {
  const port = stack.ports.HTTP.toString(16).toUpperCase().padStart(4, '0');
  return fs
    .readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => new RegExp(`^ *\\d+: [0-9A-F]{8}:${port} [0-9A-F:]+ 01 `).test(line)).length;
}

const accessLog = () =>
  fs
    .readFileSync(path.join(stack.home, 'log/access.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('slow clients', () => {
  let ann;
  let group;

  before(async () => {
    ({ ann, group } = await newPair(stack));
  });

  after(() => {
    for (const child of attackers) child.kill('SIGKILL');
  });

  test(`${4 * CONNECTIONS} of them at once do not affect others and are disconnected`, async (t) => {
    const earlier = connections();
    const earlierLines = accessLog().length;
    const over = Promise.all(Object.values(ATTACKS).map(attack));
    let running = true;
    over.finally(() => {
      running = false;
    });

    const options = { token: ann.token, headers: { Connection: 'close' } };
    const requests = [
      () => stack.ask('GET', '/api/activities/home', options),
      () => stack.ask('GET', `/api/messages/${group}`, options),
      () => say(stack, ann, { message_group_uuid: group }, 'as ever', options),
      () => stack.ask('GET', '/', { headers: options.headers }),
    ];
    let most = 0;
    let sent = 0;
    while (running) {
      const answer = await requests[sent++ % requests.length]();
      assert.equal(answer.status, 200, answer.text);
      most = Math.max(most, connections() - earlier);
      await sleep(50);
    }
    await over;
    t.diagnostic(`at most ${most} slow connections, during ${sent} successful requests`);
    assert.ok(most >= 2 * CONNECTIONS, `${most} connections`);

    await until(() => `${earlier} connections, not ${connections()}`, () => connections() <= earlier);
    // nginx answered slow senders itself, without passing their requests to a worker.
    const cut = accessLog()
      .slice(earlierLines)
      .filter(({ status }) => status === 408);
    assert.equal(cut.length, 2 * CONNECTIONS);
    for (const line of cut) assert.equal(line.upstream_status, '', JSON.stringify(line));
    for (const send of requests) assert.equal((await send()).status, 200);
  });
});
