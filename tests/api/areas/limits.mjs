// limits.mjs - nginx: rate limits, client addresses behind a trusted proxy, the cache of anonymous
// feeds.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { assertOk, assertProblem, sleep, untilStatus } from '../harness/client.mjs';
import { scrape } from '../harness/exposition.mjs';
import { openStream } from '../harness/live.mjs';
import { newHandle, newPerson } from '../harness/people.mjs';
import { stack as unlimited } from '../harness/main.mjs';
import { ROUTES, SEEDED_CRUD } from '../harness/routes.mjs';
import { Stack } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const BURST = 10; // per address
const TOKEN_BURST = 3;
const CONNECTIONS = 100;
const STREAMS = 5;

// 127.0.0.1 is the trusted proxy; every other address of 127.0.0.0/8 is a client.
const stack = await Stack.start({
  settings: {
    CRUDDUR_EPHEMERAL: '1',
    CRUDDUR_RATE_ADDRESS: '1',
    CRUDDUR_RATE_ADDRESS_BURST: String(BURST),
    CRUDDUR_RATE_TOKEN: '1',
    CRUDDUR_RATE_TOKEN_BURST: String(TOKEN_BURST),
    CRUDDUR_RATE_CONNECTIONS: String(CONNECTIONS),
    CRUDDUR_RATE_STREAMS: String(STREAMS),
    CRUDDUR_FEED_CACHE: '1',
    CRUDDUR_TRUSTED_PROXIES: '127.0.0.1/32,fd00:1::/32',
  },
});
after(() => stack.down());

// Unused addresses: of a client that connects directly, and of one behind the proxy.
const newLocal = () => `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
const newRemote = () => `203.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
const forwarded = (address) => ({ 'X-Forwarded-For': address });

// The stack, with a new client address for each request.
const world = Object.create(stack, {
  ask: {
    value: (method, url, options = {}) => stack.ask(method, url, { from: newLocal(), ...options }),
  },
});

const many = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

// How many answers have this status; all others must be 429.
function countGood(answers, status = 200) {
  const refused = answers.filter((answer) => answer.status !== status);
  for (const answer of refused) assertProblem(answer, 429, 'too_many_requests');
  return answers.length - refused.length;
}

// The lines of the access log with this path; waits until there are `count`.
async function accessLines(url, count) {
  const file = path.join(stack.home, 'log/access.log');
  const lines = await until(`${count} lines of ${url}`, () => {
    const found = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"path":"${url}"`))
      .map((line) => JSON.parse(line));
    return found.length >= count && found;
  });
  assert.equal(lines.length, count);
  return lines;
}

// A path that no other test requests.
const newPath = () => `/api/users/@u${randomUUID().slice(0, 8)}/short`;

// Send a request from the address of the trusted proxy, with additional header lines.
const viaProxy = (url, ...lines) =>
  stack.client.raw(
    Buffer.from(
      [`GET ${url} HTTP/1.1`, 'Host: cruddur', 'Connection: close', ...lines, '', ''].join('\r\n'),
      'latin1',
    ),
  );

describe('requests of one address', () => {
  test('above the limit are refused without reaching a worker', async () => {
    const from = newLocal();
    const url = newPath();
    const answers = await many(60, () => stack.ask('GET', url, { from }));
    const served = countGood(answers, 404);
    assert.ok(served > BURST && served < 60, `${served} of 60`);
    const lines = await accessLines(url, 60);
    for (const line of lines)
      assert.equal(line.upstream_status, line.status === 429 ? '' : '404', JSON.stringify(line));
    assert.equal(lines.filter(({ status }) => status === 404).length, served);

    // They are in the metrics, which also count the 429 of other tests.
    const counted = (await scrape(world)).sum('cruddur_nginx_refused_total', {
      route: 'users_short',
      status: '429',
    });
    assert.ok(counted >= 60 - served, String(counted));

    // Other clients are unaffected, and the limit recovers.
    assert.equal((await stack.ask('GET', url, { from: newLocal() })).status, 404);
    const { status } = await until('the limit recovers', async () => {
      const answer = await stack.ask('GET', url, { from });
      return answer.status !== 429 && answer;
    });
    assert.equal(status, 404);
  });

  test('are counted over all API routes together, but not for pages', async () => {
    const from = newLocal();
    const answers = await many(5 * ROUTES.length, (i) =>
      stack.ask('GET', `${ROUTES[i % ROUTES.length].path}`, { from }),
    );
    const refused = answers.filter(({ status }) => status === 429);
    // The health checks have no limit.
    assert.ok(refused.length >= 5 * (ROUTES.length - 2) - 2 * BURST, String(refused.length));
    for (const { status } of await many(30, () => stack.ask('GET', '/', { from })))
      assert.equal(status, 200);
  });

  test('are counted per /64 network in IPv6', async () => {
    const prefix = `2001:db8:${randomInt(65536).toString(16)}`;
    const askFrom = (address) => stack.ask('GET', newPath(), { headers: forwarded(address) });
    const answers = await many(40, (i) =>
      askFrom(`${prefix}:1:${i}::${i}`.replace(/::/, `:${i}:1:`)),
    );
    assert.ok(countGood(answers, 404) < 40);
    assert.equal((await askFrom(`${prefix}:2::1`)).status, 404);
  });

  test('are counted together for IPv4 and IPv4-mapped IPv6 addresses', async () => {
    const address = newRemote();
    const askFrom = (text) => stack.ask('GET', newPath(), { headers: forwarded(text) });
    const answers = await many(40, (i) => askFrom(i % 2 ? address : `::ffff:${address}`));
    const good = countGood(answers, 404);
    assert.ok(good > BURST && good < 2 * BURST, String(good));
    assert.equal((await askFrom(`::ffff:${newRemote()}`)).status, 404);
  });

  test('are unlimited for health checks from local networks, but limited from elsewhere', async () => {
    const from = newLocal();
    for (const url of ['/api/health-check', '/api/ready']) {
      for (const answer of await many(40, () => stack.ask('GET', url, { from }))) assertOk(answer);
    }
    const headers = forwarded(newRemote());
    const answers = await many(40, () => stack.ask('GET', '/api/health-check', { headers }));
    assert.ok(countGood(answers) < 40);
  });

  test('are limited in the number that run at once', async () => {
    const from = newLocal();
    const start = `POST /api/messages HTTP/1.1\r\nHost: cruddur\r\nContent-Length: 100\r\n\r\n{`;
    const sockets = await many(
      CONNECTIONS,
      () =>
        new Promise((resolve, reject) => {
          const to = { port: stack.ports.HTTP, host: '127.0.0.1', localAddress: from };
          const socket = net.connect(to, () => socket.write(start, () => resolve(socket)));
          socket.on('error', reject);
        }),
    );
    try {
      const answer = await untilStatus(429, () => stack.ask('GET', newPath(), { from }));
      assertProblem(answer, 429, 'too_many_requests');
      assert.equal((await stack.ask('GET', newPath(), { from: newLocal() })).status, 404);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

describe('streams of one address', () => {
  test('are limited, and end nobody else’s', async () => {
    const [from, other] = [newRemote(), newRemote()];
    const { token } = await newPerson(world);
    const open = (address) => openStream(stack, { token, headers: forwarded(address) });
    const streams = [];
    try {
      for (let i = 0; i < STREAMS; i++) streams.push(await open(from));
      const refused = await stack.ask('GET', '/api/live', { token, headers: forwarded(from) });
      assertProblem(refused, 429, 'too_many_requests');
      streams.push(await open(other));
      assert.ok(streams.every(({ ended }) => !ended));
    } finally {
      for (const stream of streams) stream.close();
    }
  });
});

describe('writes with one token', () => {
  let ann;
  let ben;
  const post = (person, message) =>
    world.ask('POST', '/api/activities', { token: person.token, json: { message, ttl: '1-hour' } });

  before(async () => {
    [ann, ben] = [await newPerson(world), await newPerson(world)];
  });

  test('are limited over all addresses, and refused requests write nothing', async () => {
    const answers = await many(30, (i) => post(ann, `crud ${i}`));
    const good = countGood(answers);
    assert.ok(good > TOKEN_BURST && good < 30, String(good));
    const [[stored]] = await stack.sql(
      `select count(*) from activities a join users u on u.uuid = a.user_uuid
        where u.handle = '${ann.handle}'`,
    );
    assert.equal(Number(stored), good);
    assertOk(await post(ben, 'somebody else'));
  });

  test('do not include reads', async () => {
    for (const answer of await many(30, () =>
      world.ask('GET', '/api/users/me', { token: ben.token }),
    ))
      assertOk(answer);
  });

  test('include checks of handles, which are limited by address, without a token', async () => {
    const from = newLocal();
    const answers = await many(30, () =>
      stack.ask('GET', `/api/handles/${newHandle()}`, { from, token: randomUUID() }),
    );
    const good = countGood(answers);
    assert.ok(good > TOKEN_BURST && good < BURST, String(good));
    assertOk(await world.ask('GET', `/api/handles/${newHandle()}`));
  });

  test('include PUT and DELETE, in any spelling of the Authorization header', async () => {
    const like = `/api/activities/${SEEDED_CRUD}/like`;
    const schemes = ['Bearer ', 'bearer ', 'BEARER  ', 'Bearer    '];
    for (const method of ['PUT', 'DELETE']) {
      const cat = await newPerson(world);
      const answers = await many(30, (i) =>
        world.ask(method, like, {
          headers: { Authorization: `${schemes[i % schemes.length]}${cat.token}` },
        }),
      );
      const good = countGood(answers);
      assert.ok(good > TOKEN_BURST && good < 30, `${method}: ${good}`);
    }
  });

  test('include invalid tokens of any length, which are told apart by their last 64 characters', async () => {
    const text = (length) => randomBytes(length).toString('hex').slice(0, length);
    const put = (token) =>
      world.ask('PUT', `/api/activities/${SEEDED_CRUD}/like`, {
        headers: { Authorization: `Bearer ${token}` },
      });
    for (const [length, before] of [
      [64, () => text(1000)],
      [64, () => `${text(20)} ${text(1)}`],
      [64, () => ''],
      [63, () => ''],
      [63, () => `${text(20)} `],
      [10, () => `${text(200)} `],
    ]) {
      const end = text(length);
      const good = countGood(await many(30, () => put(before() + end)), 401);
      assert.ok(good > TOKEN_BURST && good < 30, `${length}: ${good}`);
    }
    const others = await many(30, () => put(text(1000)));
    assert.equal(countGood(others, 401), 30);
  });
});

describe('behind a proxy', () => {
  test('the client address is the last untrusted one in X-Forwarded-For', async () => {
    for (const [header, expected] of [
      ['203.0.113.9', '203.0.113.9'],
      ['127.0.0.1, 203.0.113.9', '203.0.113.9'],
      ['198.51.100.1, 203.0.113.9, 127.0.0.1, fd00:1::5', '203.0.113.9'],
      ['nonsense, 203.0.113.9', '203.0.113.9'],
    ]) {
      const url = newPath();
      const { headers } = await stack.ask('GET', url, { headers: forwarded(header) });
      const [line] = await stack.logLines(headers['x-request-id']);
      assert.equal(line.remote_addr, expected, header);
    }
  });

  test("a client's own X-Forwarded-For changes nothing", async () => {
    const from = newLocal();
    const url = newPath();
    const answers = await many(40, () =>
      stack.ask('GET', url, { from, headers: forwarded(newRemote()) }),
    );
    assert.ok(countGood(answers, 404) < 40);
    for (const line of await accessLines(url, 40)) assert.equal(line.remote_addr, from);
  });

  test('routes for local networks stay closed to remote clients', async () => {
    const ask = (options) => stack.ask('GET', '/api/ready', options);
    assertOk(await ask({}));
    assertOk(await ask({ from: newLocal() }));
    assertOk(await ask({ headers: forwarded('10.1.2.3') }));
    for (const header of [
      '203.0.113.9',
      '127.0.0.1, 203.0.113.9',
      '2001:db8::1',
      '10.0.0.1, 192.0.2.1',
    ])
      assertProblem(await ask({ headers: forwarded(header) }), 403, 'forbidden');
    // Forwarded by a local proxy that is not trusted: the client may be anywhere.
    for (const header of ['203.0.113.9', '127.0.0.1'])
      assertProblem(
        await unlimited.ask('GET', '/api/ready', { headers: forwarded(header) }),
        403,
        'forbidden',
      );
  });

  test('a request keeps the id of a trusted proxy', async () => {
    for (const id of ['a', 'Root-1-5e1b4151-0000', 'z'.repeat(64), '-']) {
      const answer = await viaProxy('/api/users/@/short', `X-Request-Id: ${id}`);
      assert.equal(answer.headers['x-request-id'], id);
      assert.equal(answer.body.request_id, id, 'in the answer of the worker');
      const [line] = await stack.logLines(`"${id}"`);
      assert.equal(line.request_id, id);
    }
    const refused = await viaProxy('/api/nothing', 'X-Request-Id: edge-7');
    assert.equal(refused.body.request_id, 'edge-7', 'in an answer of nginx');
  });

  test('a malformed request id, or one from a client, is replaced', async () => {
    const own = /^[0-9a-f]{32}$/;
    for (const id of ['', 'z'.repeat(65), 'a b', 'a"b', 'a_b', 'ä', '../x', '1\t2', '$id']) {
      const answer = await viaProxy(newPath(), `X-Request-Id: ${id}`);
      assert.match(answer.headers['x-request-id'], own, id);
    }
    const headers = { 'X-Request-Id': 'deadbeef' };
    const answer = await stack.ask('GET', newPath(), { from: newLocal(), headers });
    assert.notEqual(answer.headers['x-request-id'], 'deadbeef');
  });
});

describe('feeds', () => {
  let ann;
  const askAnonymously = (method, url, headers = {}) => world.ask(method, url, { headers });
  const askSignedIn = (url) => world.ask('GET', url, { token: ann.token });
  // Wait for the start of a second, so that the following requests fall into it.
  const newSecond = () => sleep(1010 - (Date.now() % 1000));

  before(async () => {
    ann = await newPerson(world);
    // Directly in the database, because writes are limited here.
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at)
       select uuid, 'the crud of ' || handle, now() + interval '1 hour' from users
        where handle = '${ann.handle}'`,
    );
    assertOk(await world.ask('PUT', `/api/activities/${SEEDED_CRUD}/like`, { token: ann.token }));
  });

  test('are computed once for concurrent requests, which all get the same answer', async () => {
    const url = `/api/activities/@${ann.handle}`;
    // After 50 ms (as two clocks measure them) a request gives up waiting for the cache and reaches the
    // pool itself; on a busy machine all may do so.
    const SHARED_S = 0.045;
    for (let round = 1, shared = false; !shared; round++) {
      assert.ok(round <= 20, 'all requests reached the pool');
      const began = Math.floor(Date.now() / 1000);
      const answers = (await many(15, () => many(8, () => askAnonymously('GET', url)))).flat();
      const seconds = Math.floor(Date.now() / 1000) - began + 1;
      for (const answer of answers) assert.equal(assertOk(answer).activities.length, 1);
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.equal(new Set(answers.map(({ headers }) => headers['x-request-id'])).size, 120);
      const lines = (await accessLines(url, 120 * round)).slice(-120);
      const passedOn = lines.filter((line) => line.upstream_status !== '');
      const atOnce = passedOn.filter((line) => line.request_time < SHARED_S);
      assert.ok(atOnce.length <= seconds, `${atOnce.length} in ${seconds} s`);
      shared = passedOn.length < 120;
    }
  });

  test('show a new crud in every request that starts a second later', async () => {
    const url = `/api/activities/@${ann.handle}`;
    const message = `news ${randomUUID()}`;
    const seen = [];
    let over = false;
    await newSecond();
    const polling = (async () => {
      while (!over) {
        const began = performance.now();
        const { activities } = assertOk(await askAnonymously('GET', url));
        seen.push({ began, news: activities[0].message === message });
        await sleep(10);
      }
    })();
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at)
       select uuid, '${message}', now() + interval '1 hour' from users
        where handle = '${ann.handle}'`,
    );
    const written = performance.now();
    await sleep(2000);
    over = true;
    await polling;
    const later = seen.filter(({ began }) => began > written + 1000);
    assert.ok(later.length > 0);
    assert.deepEqual(
      later.filter(({ news }) => !news),
      [],
    );
  });

  test('are never shared between signed-in and anonymous requests', async () => {
    let limit = 100; // a new limit is a new URL, which is not in the cache yet
    for (const url of [
      '/api/activities/home?',
      '/api/activities/@andrewbrown?',
      '/api/activities/search?term=hello&',
      `/api/activities/${SEEDED_CRUD}?`,
      `/api/activities/@andrewbrown/status/${SEEDED_CRUD}?`,
    ]) {
      for (const personalFirst of [true, false]) {
        const target = `${url}limit=${limit--}`;
        for (let i = 0; i < 6; i++) {
          const personal = personalFirst === (i % 2 === 0);
          const answer = await (personal ? askSignedIn(target) : askAnonymously('GET', target));
          const where = `request ${i} of ${target}`;
          assertOk(answer);
          assert.equal(answer.text.includes('"liked":true'), personal, where);
          assert.equal(answer.text.includes('"liked"'), personal, where);
          assert.equal(answer.headers['cache-control'], 'private, no-store', where);
        }
      }
    }
  });

  test('refuse an invalid token even when the anonymous answer is cached', async () => {
    const url = '/api/activities/home';
    for (const value of ['Bearer x.y.z', 'Bearer', 'Basic YTpi', '0', ',', `Token ${ann.token}`]) {
      assertOk(await askAnonymously('GET', url));
      const answer = await askAnonymously('GET', url, { Authorization: value });
      assert.ok([400, 401].includes(answer.status), `${value}: ${answer.status}`);
    }
    // An empty header counts as no token, whether the answer is cached or not.
    await newSecond();
    for (let i = 0; i < 2; i++) {
      const answer = await viaProxy(url, 'Authorization: ', `X-Forwarded-For: ${newRemote()}`);
      assert.equal(answer.status, 200);
    }
  });

  test('cache only successes, separately for each query', async () => {
    for (const [url, code] of [
      ['/api/activities/home?limit=0', 'limit_invalid'],
      ['/api/activities/home?cursor=x', 'cursor_invalid'],
    ]) {
      const ids = new Set();
      for (let i = 0; i < 4; i++) {
        const answer = await askAnonymously('GET', url);
        assertProblem(answer, 400, code);
        ids.add(answer.body.request_id);
      }
      assert.equal(ids.size, 4);
    }
    await newSecond();
    for (const limit of [1, 2, 3, 2, 1]) {
      const answer = await askAnonymously('GET', `/api/activities/home?limit=${limit}`);
      assert.equal(assertOk(answer).length, limit);
      assert.match(answer.headers.link, new RegExp(`limit=${limit}`));
    }
    assertProblem(await askAnonymously('POST', '/api/activities/home'), 405, 'method_not_allowed');
  });

  test('are cached without CORS headers and serve both HEAD and GET', async () => {
    const ours = stack.url;
    await newSecond();
    const [head, get, again] = [
      await askAnonymously('HEAD', '/api/activities/home'),
      await askAnonymously('GET', '/api/activities/home', { Origin: ours }),
      await askAnonymously('HEAD', '/api/activities/home', { Origin: 'https://evil.example' }),
    ];
    assert.ok(assertOk(get).length > 0);
    for (const answer of [head, again]) {
      assert.equal(answer.status, 200);
      assert.equal(answer.text, '');
      assert.equal(answer.headers['content-length'], get.headers['content-length']);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
    assert.equal(get.headers['access-control-allow-origin'], ours);
    const other = await askAnonymously('GET', '/api/activities/home');
    assert.equal(other.headers['access-control-allow-origin'], undefined);
    for (const answer of [head, get, again, other]) {
      assert.match(answer.headers.vary, /\bOrigin\b/);
      assert.equal(answer.headers['x-accel-expires'], undefined);
    }
  });

  test('every kind of answer has the security headers', async () => {
    const from = newLocal();
    await newSecond();
    await many(30, () => stack.ask('GET', newPath(), { from }));
    for (const [status, answer] of [
      [200, await askAnonymously('GET', '/api/activities/home')],
      [200, await askAnonymously('GET', '/api/activities/home')],
      [401, await askAnonymously('GET', '/api/users/me')],
      [403, await stack.ask('GET', '/api/ready', { headers: forwarded('203.0.113.9') })],
      [404, await askAnonymously('GET', '/api/nothing')],
      [429, await stack.ask('GET', newPath(), { from })],
      [431, await viaProxy('/api/users/me', `X-Long: ${'x'.repeat(9000)}`)],
      [400, await viaProxy('/api/%', `X-Forwarded-For: ${newRemote()}`)],
    ]) {
      assert.equal(answer.status, status, answer.text);
      const { headers } = answer;
      assert.equal(headers['x-content-type-options'], 'nosniff', `status ${status}`);
      assert.equal(headers['x-frame-options'], 'DENY', `status ${status}`);
      assert.match(
        headers['content-security-policy'],
        /frame-ancestors 'none'/,
        `status ${status}`,
      );
      assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/, `status ${status}`);
      assert.equal(headers.server, 'nginx', `status ${status}`);
      if (status === 429) assert.match(headers['retry-after'], /^[1-9]\d*$/);
    }
  });
});

describe('settings', () => {
  const render = (settings) =>
    promisify(execFile)(path.join(stack.home, 'app/bin/render'), [stack.home], {
      env: { ...stack.env, ...settings },
    });

  for (const [name, value] of [
    ['CRUDDUR_RATE_ADDRESS', 'many'],
    ['CRUDDUR_RATE_ADDRESS_BURST', '-1'],
    ['CRUDDUR_RATE_TOKEN', '5r/s'],
    ['CRUDDUR_RATE_TOKEN_BURST', '1.5'],
    ['CRUDDUR_RATE_CONNECTIONS', '70000'],
    ['CRUDDUR_FEED_CACHE', '2'],
    ['CRUDDUR_SERVICE_WORKER', 'off'],
    ['CRUDDUR_TRUSTED_PROXIES', 'edge.example'],
    ['CRUDDUR_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['CRUDDUR_TRUSTED_PROXIES', '10.0.0.0/8;}'],
    ['CRUDDUR_TRUSTED_PROXIES', '*'],
  ])
    test(`${name}=${value} is refused with a message that names the variable`, async () => {
      const settings = {
        AWS_REGION: 'ca-central-1',
        AWS_COGNITO_USER_POOL_ID: 'p',
        AWS_COGNITO_USER_POOL_CLIENT_ID: 'c',
        FRONTEND_URL: stack.url,
        BACKEND_URL: stack.url,
      };
      await assert.rejects(render({ ...settings, [name]: value }), ({ code, stderr }) => {
        assert.equal(code, 1);
        assert.ok(stderr.includes(name), stderr);
        assert.match(stderr, /^[^\n]+\n$/);
        return true;
      });
    });

  const cognito = (region, suffix) => `https://cognito-idp.${region}.${suffix}`;
  for (const [region, endpoint, address, standIn] of [
    ['ca-central-1', '', cognito('ca-central-1', 'amazonaws.com'), false],
    ['us-gov-west-1', '', cognito('us-gov-west-1', 'amazonaws.com'), false],
    ['cn-north-1', '', cognito('cn-north-1', 'amazonaws.com.cn'), false],
    ['us-iso-east-1', '', cognito('us-iso-east-1', 'c2s.ic.gov'), false],
    ['us-isob-east-1', '', cognito('us-isob-east-1', 'sc2s.sgov.gov'), false],
    ['eu-isoe-west-1', '', cognito('eu-isoe-west-1', 'cloud.adc-e.uk'), false],
    ['us-isof-south-1', '', cognito('us-isof-south-1', 'csp.hci.ic.gov'), false],
    ['eusc-de-east-1', '', cognito('eusc-de-east-1', 'amazonaws.eu'), false],
    ['cn-north-1', `${cognito('cn-north-1', 'amazonaws.com.cn')}/`, undefined, false],
    ['ca-central-1', 'http://127.0.0.1:9229', undefined, true],
  ])
    test(`pages find Cognito of ${region} at ${endpoint || address}`, async () => {
      const home = fs.mkdtempSync(path.join(stack.home, 'tmp/render-'));
      fs.mkdirSync(path.join(home, 'run'));
      await promisify(execFile)(path.join(stack.home, 'app/bin/render'), [home], {
        env: {
          ...stack.env,
          AWS_REGION: region,
          AWS_COGNITO_USER_POOL_ID: 'p',
          AWS_COGNITO_USER_POOL_CLIENT_ID: 'c',
          AWS_ENDPOINT_URL: '',
          AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
          FRONTEND_URL: stack.url,
          BACKEND_URL: stack.url,
        },
      });
      const read = (name) => fs.readFileSync(path.join(home, 'etc', name), 'utf8');
      const config = JSON.parse(read('config.json'));
      assert.equal(config.cognitoEndpoint, address ?? endpoint);
      assert.equal(config.cognitoStandIn, standIn);
      const origin = new URL(config.cognitoEndpoint).origin;
      assert.ok(read('policy.conf').includes(` ${origin}`), `connect-src with ${origin}`);
      fs.rmSync(home, { recursive: true });
    });
});
