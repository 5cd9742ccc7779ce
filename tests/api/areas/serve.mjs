// serve.mjs - bin/serve runs the installed product in the foreground, as containers do. It uses the
// dependencies of the shared stack.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';

import { againAfterReset, assertOk, assertProblem } from '../harness/client.mjs';
import { scrape } from '../harness/exposition.mjs';
import { LOCAL_PASSWORD } from '../harness/local.mjs';
import { stack } from '../harness/main.mjs';
import { runCommand, startCommand } from '../harness/operate.mjs';
import { Serving } from '../harness/serving.mjs';
import { freePort, ROOT, servedDatabase } from '../harness/stack.mjs';
import { TABLE } from '../harness/table.mjs';
import { retry, until } from '../harness/until.mjs';

const bin = path.join(stack.home, 'app/bin');
const variant = process.env.VARIANT ?? '';

const SECURITY_HEADERS = [
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
  'content-security-policy',
];

// A Prometheus that scrapes one product every second.
class Prometheus {
  static async start(serving) {
    const prometheus = new Prometheus();
    const folder = fs.mkdtempSync(path.join(serving.home, 'prometheus-'));
    const port = await freePort();
    fs.writeFileSync(
      `${folder}/prometheus.yaml`,
      `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [${ROOT}/docs/metrics/alerts.yaml]
scrape_configs:
  - job_name: cruddur
    static_configs: [{targets: ["${new URL(serving.url).host}"]}]
`,
    );
    prometheus.child = spawn(
      'prometheus',
      [
        `--config.file=${folder}/prometheus.yaml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore', cwd: folder },
    );
    prometheus.ended = new Promise((resolve) => prometheus.child.on('exit', resolve));
    prometheus.url = `http://127.0.0.1:${port}/api/v1/query`;
    return prometheus;
  }

  // The values of an expression now; none while Prometheus starts.
  async values(query) {
    try {
      const answer = await fetch(this.url, { method: 'POST', body: new URLSearchParams({ query }) });
      const { data } = await answer.json();
      return data.result.map(({ value }) => Number(value[1]));
    } catch {
      return [];
    }
  }

  async stop() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

// In front of the stack, as it is in front of several replicas (docker/compose.yaml).
describe('the edge', () => {
  let edge;

  before(async () => {
    edge = await Serving.start({
      CRUDDUR_EDGE: `127.0.0.1:${stack.ports.HTTP}`,
      ready: async ({ client }) => assertOk(await client.ask('GET', '/api/health-check')),
    });
  });
  after(async () => assert.equal(await edge.stop(), 0));

  test('passes on requests for pages and the API unchanged', async () => {
    const path = '/api/messages/..%2Fx%00//@?limit=1';
    for (const client of [edge.client, stack.client])
      assert.equal((await client.ask('GET', path)).status, 400);
    assertOk(await edge.client.ask('GET', '/api/activities/home?limit=1'));
    const { headers } = await edge.client.ask('GET', '/');
    assert.match(headers['content-security-policy'], /default-src/);
    assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/);
    // A header that the edge added to those of the app would be there twice.
    for (const name of SECURITY_HEADERS.filter((one) => one !== 'content-security-policy'))
      assert.equal(headers[name], (await stack.ask('GET', '/')).headers[name], name);
  });

  test('passes the trace of a request on, and logs its id as the replica does', async () => {
    const id = randomBytes(16).toString('hex');
    const { headers } = await edge.client.ask('GET', '/api/activities/home?limit=1', {
      headers: { traceparent: `00-${id}-b7ad6b7169203331-01` },
    });
    const [line] = await stack.logLines(id);
    assert.deepEqual([line.trace_id, line.route], [id, 'activities_home']);
    const log = path.join(edge.home, 'log/access.log');
    const own = await until('the edge logs it', () =>
      fs.readFileSync(log, 'utf8').split('\n').find((one) => one.includes(id)),
    );
    const { trace_id, request_id, route } = JSON.parse(own);
    assert.deepEqual([trace_id, request_id, route], [id, headers['x-request-id'], 'edge']);
  });

  test('has metrics of its own, for its own names', async () => {
    const seen = await scrape(edge.client);
    for (const status of ['429', '499', '503'])
      assert.equal(
        seen.samples('cruddur_nginx_refused_total', { route: 'edge', status }).length,
        1,
        status,
      );
    assert.ok(seen.sum('cruddur_nginx_connections', { state: 'active' }) >= 1);
    assert.equal(seen.sum('cruddur_workers_running'), 1);
    for (const url of ['/metrics', '/api/ready']) {
      const answer = await edge.client.ask('GET', url, { headers: { Host: 'evil.example' } });
      assertProblem(answer, 421, 'misdirected_request');
    }
  });

  test('asks another replica when one is gone or says 503, and keeps connections to them', async () => {
    const asked = [];
    const busy = http.createServer((request, response) => {
      if (request.url === '/-/replica') return response.writeHead(204).end();
      asked.push(request.method);
      return response.writeHead(503, { 'Content-Length': '0' }).end();
    });
    await new Promise((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const gone = await freePort();
    const three = [gone, busy.address().port, stack.ports.HTTP].map((port) => `127.0.0.1:${port}`);
    const many = await Serving.start({
      CRUDDUR_EDGE: three.join(),
      ready: async ({ client }) => assertOk(await client.ask('GET', '/api/health-check')),
    });
    const used = () => fs.readFileSync(path.join(many.home, 'run/replicas.conf'), 'utf8');
    await until(() => `one is not used: ${used()}`, () => !used().includes(`:${gone} `));
    // A change of the replicas reloads nginx.
    const healthy = () => many.client.ask('GET', '/api/health-check');
    for (let i = 0; i < 20; i++) assertOk(await againAfterReset(healthy));
    assert.ok(asked.length >= 5, `${asked.length} of 20 were asked first`);
    // The answers of these replicas are not those of the API, which the client would check.
    const ask = async (method, url, body) => {
      const response = await fetch(`${many.url}${url}`, { method, body });
      return { status: response.status, text: await response.text() };
    };
    const before = asked.filter((method) => method === 'POST').length;
    let refused = 0;
    for (let i = 0; i < 20; i++) {
      const { status } = await ask('POST', '/api/activities', '{}');
      assert.ok([401, 503].includes(status), `${status}`);
      if (status === 503) refused++;
    }
    assert.equal(asked.filter((method) => method === 'POST').length - before, refused);
    assert.ok(refused > 0 && refused < 20, `${refused}`);
    // A replica that comes back is used again.
    const sockets = [];
    const back = http.createServer((request, response) => {
      if (request.url !== '/-/replica') sockets.push(request.socket);
      response.end('back');
    });
    await new Promise((resolve) => back.listen(gone, '127.0.0.1', resolve));
    const check = () => againAfterReset(() => ask('GET', '/api/health-check'));
    await until(() => `it is used again: ${used()}`, async () => (await check()).text === 'back');
    for (let i = 0; i < 60; i++) await check();
    assert.ok(new Set(sockets).size < sockets.length / 2, `${sockets.length} connections`);
    assert.equal(await many.stop(), 0);
    for (const server of [busy, back]) {
      server.closeAllConnections();
      server.close();
    }
  });

  test('answers with a problem document when no replica is available', async () => {
    const alone = await Serving.start({
      CRUDDUR_EDGE: '127.0.0.1:1',
      ready: async ({ client }) => client.ask('GET', '/'),
    });
    const refused = async () =>
      (await scrape(alone.client)).sum('cruddur_nginx_refused_total', {
        route: 'edge',
        status: '503',
      });
    const before = await refused();
    const answer = await alone.client.ask('GET', '/api/activities/home');
    assert.equal((await refused()) - before, 1);
    assert.deepEqual([answer.status, answer.body.errors], [503, ['unavailable']]);
    // The headers of its own errors are those of the app.
    const app = await stack.ask('GET', '/api/nothing');
    for (const [path, headers] of [
      ['/api/nothing', answer.headers],
      ['/', (await alone.client.ask('GET', '/')).headers],
    ]) {
      const expected = path === '/' ? (await stack.ask('GET', '/')).headers : app.headers;
      for (const name of SECURITY_HEADERS) {
        assert.ok(headers[name], name);
        // The origins that the pages may connect to are those of the environment.
        const without = (text) => text.replace(/connect-src [^;]*/, '');
        assert.equal(without(headers[name]), without(expected[name]), `${name} of ${path}`);
      }
    }
    assert.equal(await alone.stop(), 0);
  });
});

describe('bin/serve', () => {
  let serving;

  before(async () => {
    serving = await Serving.start();
  });
  after(() => serving.stop());

  // While Prometheus scrapes it, as a product that nobody uses yet, but whose readiness is checked.
  test('every panel of the dashboard has data on a fresh product', async () => {
    const prometheus = await Prometheus.start(serving);
    try {
      const dashboard = JSON.parse(
        fs.readFileSync(path.join(ROOT, 'docs/metrics/dashboard.json'), 'utf8'),
      );
      const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({ title, expr })),
      );
      assert.ok(targets.length > 20);
      for (const { title, expr } of targets) {
        const query = expr
          .replaceAll('$job', 'cruddur')
          .replace(/\$(instance|route)/g, '.*')
          .replaceAll('$__rate_interval', '1m');
        const hasData = async () => {
          assertOk(await serving.client.ask('GET', '/api/ready'));
          return (await prometheus.values(query)).some(Number.isFinite);
        };
        await until(`${title}: ${query}`, hasData, { everyMs: 200, patienceMs: 180_000 });
      }
    } finally {
      await prometheus.stop();
    }
  });

  test('every group of the objectives has its requests, and no alert of them fires', async () => {
    const prometheus = await Prometheus.start(serving);
    try {
      // Five groups with requests and errors; four of them have times.
      const values = await until('14 values', async () => {
        const found = await prometheus.values('{__name__=~"cruddur:group_(requests|errors|slow):rate6h"}');
        return found.length >= 14 && found;
      });
      assert.equal(values.length, 14);
      assert.ok(values.every(Number.isFinite), `${values}`);
      assert.deepEqual(await prometheus.values('ALERTS{alertname=~"Cruddur(Errors|Latency).*"}'), []);
    } finally {
      await prometheus.stop();
    }
  });

  test('logs a request to standard output as one line of JSON', async () => {
    let text = '';
    serving.child.stdout.on('data', (part) => (text += part));
    const { headers } = await serving.client.ask('GET', '/api/activities/home');
    const line = await until(`${headers['x-request-id']} is logged`, () =>
      text.split('\n').find((one) => one.includes(headers['x-request-id'])),
    );
    assert.equal(JSON.parse(line).route, 'activities_home');
    for (const one of text.trimEnd().split('\n')) JSON.parse(one);
  });

  test('keeps serving when nobody reads its standard output', async () => {
    serving.child.stdout.removeAllListeners('data');
    serving.child.stdout.pause();
    // Several times the size of a pipe and of our buffer, at more than 250 bytes per line.
    for (let sent = 0; sent < 2000; sent++)
      assertOk(await serving.client.ask('GET', '/api/health-check'));
  });

  test('on SIGTERM answers the running request, exits with 0 and leaves no processes', async () => {
    // The session that holds the lock also detects that the request waits for it. Statements time
    // out after 1.5 s, which a second psql may need to connect on a busy machine.
    const lock = startCommand(stack, 'db/connect');
    const prints = (word) =>
      new Promise((resolve) => {
        let text = '';
        lock.stdout.on('data', (part) => (text += part).includes(word) && resolve());
      });
    const locked = prints('LOCK TABLE');
    lock.stdin.write('begin; lock table activities in access exclusive mode;\n');
    await locked;
    const waits = prints('DO');
    lock.stdin.write(`do $$ begin
        for tries in 1..1000 loop
          exit when exists (select 1 from pg_locks where not granted);
          perform pg_sleep(0.01);
        end loop;
      end $$;\n`);
    const answer = serving.client.ask('GET', '/api/activities/home');
    answer.catch(() => {});
    await waits;
    const end = serving.stop();
    lock.stdin.end('commit;\n');
    assertOk(await answer);
    assert.equal(await end, 0);
    assert.deepEqual(serving.left(), []);
    assert.equal((await lock.done).code, 0);
  });

  test('reports an invalid setting and exits with 1', async () => {
    const child = spawn(path.join(bin, 'serve'), [], {
      env: { ...serving.env, CRUDDUR_WORKERS: 'many' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (part) => (output += part));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 1, output);
    assert.match(output, /the workers of \w+ must be a number from 1 to 32, not many/);
  });
});

// Requests during a start; signals during a start; processes of an earlier one.
describe('a start', () => {
  test('under load answers no request with 503', async () => {
    const serving = await Serving.spawn({
      CRUDDUR_LOG: 'files',
      CRUDDUR_WORKERS: '1',
      CRUDDUR_CONNECTIONS: '', // as many as these workers need
    });
    const statuses = new Set();
    // Each connection is new: until nginx listens, it is refused.
    const headers = { Connection: 'close' };
    const ask = async () => {
      for (let served = 0; served < 20; served++) {
        const request = () => serving.client.ask('GET', '/api/activities/home', { headers });
        statuses.add((await retry('an answer', request, { everyMs: 10 })).status);
      }
    };
    await Promise.all([ask(), ask(), ask(), ask()]);
    assert.deepEqual([...statuses], [200]);
    assert.equal(await serving.stop(), 0);
  });

  // In the order in which they appear.
  for (const file of ['log', 'etc/pools', 'etc/config.json', 'run/started/supervisord'])
    test(`that is stopped when ${file} appears exits with 0 and leaves no processes`, async () => {
      const serving = await Serving.spawn({ CRUDDUR_LOG: 'files' });
      await serving.until(file);
      assert.equal(await serving.stop(), 0);
      assert.deepEqual(serving.left(), []);
    });

  test('ends what outlived a killed supervisord, and no other process', async () => {
    const serving = await Serving.start({ CRUDDUR_LOG: 'files' });
    const [nginx, supervisord] = [serving.pid('nginx'), serving.pid('supervisord')];
    serving.child.kill('SIGKILL');
    process.kill(supervisord, 'SIGKILL');
    assert.equal(await serving.ended, 'SIGKILL');
    const outlived = serving.left();
    assert.ok(outlived.includes(String(nginx)), outlived.join(' '));
    // After a loss of power the number in an old file may be that of any process.
    fs.writeFileSync(
      path.join(serving.home, 'run/started/other'),
      fs
        .readFileSync(path.join(serving.home, 'run/started/nginx'), 'utf8')
        .replace(/^\d+/, String(process.pid)),
    );
    fs.writeFileSync(path.join(serving.home, 'run/nginx.pid'), `${process.pid}\n`);
    fs.rmSync(path.join(serving.home, 'run/started/supervisord'));
    serving.run();
    await serving.until('run/started/supervisord');
    for (const pid of outlived) assert.ok(!serving.left().includes(pid), pid);
    const { status, stderr } = spawnSync(path.join(bin, 'serve'), [], {
      env: serving.env,
      encoding: 'utf8',
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /^serve: \S+ is served already, by supervisord/);
    // bin/serve itself ends what supervisord leaves.
    await serving.until('run/started/nginx');
    process.kill(serving.pid('supervisord'), 'SIGKILL');
    assert.notEqual(await serving.ended, 0);
    assert.deepEqual(serving.left(), []);
    serving.client.close();
  });
});

describe('secrets', () => {
  const needs = new Map(TABLE.map((entry) => [entry.program, entry.needs.split(',')]));
  const secrets = {
    CONNECTION_URL: servedDatabase(stack.ports.POSTGRES),
    PGPASSWORD: 'secret-of-db',
    AWS_ACCESS_KEY_ID: 'secretOfDynamodb',
    AWS_SECRET_ACCESS_KEY: 'secret-of-dynamodb',
    AWS_SESSION_TOKEN: 'secret-of-dynamodb',
  };
  const others = {
    OWNER_CONNECTION_URL: 'secret-of-operators',
    OWNER_PGPASSWORD: 'secret-of-operators',
    PROD_CONNECTION_URL: 'secret-of-operators',
    PROD_OWNER_CONNECTION_URL_FILE: '/secret-of-operators',
  };

  test('each program gets those of its needs; nginx and the others get none', async () => {
    const serving = await Serving.start({ ...secrets, ...others });
    const programs = new Set();
    for (const { name, environment } of serving.processes()) {
      if (!needs.has(name) && name !== 'rotate-logs') continue;
      programs.add(name);
      const has = (text) => environment.includes(text);
      const of = needs.get(name) ?? [];
      assert.equal(has('CONNECTION_URL='), of.includes('db'), name);
      assert.equal(has('secret-of-db'), of.includes('db'), name);
      assert.equal(has('AWS_ACCESS_KEY_ID='), of.includes('dynamodb'), name);
      assert.equal(has('secret-of-dynamodb'), of.includes('dynamodb'), name);
      assert.ok(!has('secret-of-operators'), name);
    }
    for (const program of needs.keys()) assert.ok(programs.has(program), program);
    for (const program of ['health_check', 'rotate-logs']) assert.ok(programs.has(program), program);
    // nginx overwrites its environment with its title.
    const services = fs.readFileSync(path.join(serving.home, 'etc/serving.ini'), 'utf8');
    for (const name of Object.keys({ ...secrets, ...others }))
      assert.match(services, new RegExp(`^command=/usr/bin/env .*-u ${name} .*/nginx `, 'm'));
    assert.equal(await serving.stop(), 0);
  });

  test('given as files they are in no environment, and the product serves', async () => {
    const folder = path.join(stack.home, 'secrets');
    fs.mkdirSync(folder);
    const files = {};
    const apart = {
      ...secrets,
      CONNECTION_URL: secrets.CONNECTION_URL.replace(`:${LOCAL_PASSWORD}@`, '@'),
      PGPASSWORD: LOCAL_PASSWORD,
    };
    for (const [name, value] of Object.entries(apart)) {
      const file = path.join(folder, name);
      fs.writeFileSync(file, `${value}\n`);
      files[name] = undefined;
      files[`${name}_FILE`] = file;
    }
    const serving = await Serving.start(files);
    const found = serving.processes();
    assert.ok(found.length > needs.size);
    for (const { name, environment } of found) {
      assert.ok(!environment.includes(LOCAL_PASSWORD), name);
      assert.ok(!/secret-?of/i.test(environment), name);
    }
    assert.equal(await serving.stop(), 0);
  });
});

describe('TLS', () => {
  const folder = path.join(stack.home, 'tls');
  let serving;
  let plainPort;

  // Connect with TLS as a browser does; the certificate is verified.
  const connect = (options = {}, { url } = serving) =>
    new Promise((resolve, reject) => {
      const socket = tls.connect(
        {
          port: new URL(url).port,
          host: '127.0.0.1',
          ca: fs.readFileSync(path.join(folder, 'certificate.pem')),
          ALPNProtocols: ['http/1.1'],
          ...options,
        },
        () => resolve(socket),
      );
      socket.on('error', reject);
    });

  async function get(file, { url } = serving) {
    const socket = await connect({}, { url });
    socket.write(`GET ${file} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += part;
    return text;
  }

  before(async () => {
    fs.mkdirSync(folder);
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'],
        ...['-keyout', `${folder}/key.pem`, '-out', `${folder}/certificate.pem`],
      ],
      { stdio: 'ignore' },
    );
    fs.chmodSync(`${folder}/key.pem`, 0o644); // root starts nginx as another user
    plainPort = await freePort();
    serving = await Serving.start({
      CRUDDUR_LOG: 'files',
      CRUDDUR_TLS_CERTIFICATE: `${folder}/certificate.pem`,
      CRUDDUR_TLS_KEY: `${folder}/key.pem`,
      CRUDDUR_HTTP_REDIRECT_PORT: String(plainPort),
      CRUDDUR_RATE_TLS: '1',
      CRUDDUR_RATE_TLS_BURST: '5',
      CRUDDUR_TRUSTED_PROXIES: '127.0.0.4/32,fd00::/8',
      FRONTEND_URL: 'https://cruddur.example',
      BACKEND_URL: 'https://cruddur.example',
      ready: async (one) => assert.match(await get('/api/ready', one), /^HTTP\/1\.1 200/),
    });
  });
  after(() => serving.stop());

  test('pages and API are served with HSTS for a year', async () => {
    for (const file of ['/api/health-check', '/', '/api/nothing'])
      assert.match(await get(file), /\r\nStrict-Transport-Security: max-age=31536000\r\n/);
    assert.match(await get('/api/health-check'), /^HTTP\/1\.1 200 /);
  });

  test('HTTP/2 is offered, and versions before TLS 1.2 are refused', async () => {
    const socket = await connect({ ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(socket.alpnProtocol, 'h2');
    socket.destroy();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await assert.rejects(connect(old), /protocol version|alert/i);
  });

  test('only the groups X25519, P-256 and P-384 are accepted, in both versions', async () => {
    const agreed = async (ecdhCurve, version) => {
      const socket = await connect({ ecdhCurve, minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      const { name } = socket.getEphemeralKeyInfo();
      socket.destroy();
      return name;
    };
    for (const group of ['X25519', 'prime256v1', 'secp384r1'])
      assert.equal(await agreed(group, 'TLSv1.3'), group);
    // In TLS 1.2 the list also names the curve of the certificate.
    assert.equal(await agreed('prime256v1:X25519', 'TLSv1.2'), 'X25519');
    for (const group of ['X448', 'secp521r1'])
      assert.equal(await agreed(`${group}:prime256v1`, 'TLSv1.2'), 'prime256v1');
    for (const ecdhCurve of ['X448', 'secp521r1', 'ffdhe2048', 'ffdhe8192'])
      await assert.rejects(connect({ ecdhCurve, minVersion: 'TLSv1.3' }), /alert/, ecdhCurve);
  });

  // In a network namespace of its own, where these rules of nftables concern nobody else.
  test('the kernel drops new connections of an address above the limit, but not others', () => {
    const { port } = new URL(serving.url);
    const program = `
      const net = require('node:net');
      const { execFileSync } = require('node:child_process');
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const connect = (localAddress) =>
        new Promise((resolve) => {
          net.connect({ host: '127.0.0.1', port: ${port}, localAddress }, resolve).on('error', () => {});
        });
      const dropped = () =>
        Number(/counter packets (\\d+)/.exec(execFileSync('nft', ['list', 'ruleset']))[1]);
      net.createServer().listen(${port}, async () => {
        for (let i = 0; i < 200; i++) connect('127.0.0.2');
        while (dropped() === 0) await sleep(50);
        await connect('127.0.0.3');
        for (let i = 0; i < 50; i++) await connect('127.0.0.4'); // a trusted proxy
        console.log('connected');
        process.exit();
      });`;
    const script = 'ip link set lo up && nft -f "$1" && exec "$2" -e "$3"';
    const apart = process.getuid() === 0 ? '-n' : '-rn';
    const rules = path.join(serving.home, 'etc/connections.nft');
    const output = execFileSync(
      'unshare',
      [apart, 'sh', '-c', script, 'sh', rules, process.execPath, program],
      { encoding: 'utf8', timeout: 120_000 },
    );
    assert.equal(output, 'connected\n');
  });

  test('plain HTTP is redirected to FRONTEND_URL', async () => {
    const answer = await fetch(`http://127.0.0.1:${plainPort}/@bayko?a=b`, { redirect: 'manual' });
    assert.equal(answer.status, 301);
    assert.equal(answer.headers.get('location'), 'https://cruddur.example/@bayko?a=b');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('strict-transport-security'), null);
  });
});

describe('make install', () => {
  const folder = path.join(stack.home, 'destination');
  const app = path.join(folder, 'opt/cruddur');
  let files;

  before(() => {
    const args = ['install', `DESTDIR=${folder}`, 'PREFIX=/opt/cruddur', `VARIANT=${variant}`];
    execFileSync('make', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    files = fs
      .readdirSync(app, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name));
  });

  test('installs every program and command below PREFIX, and nothing elsewhere', () => {
    assert.deepEqual(fs.readdirSync(folder), ['opt']);
    const names = files.map((file) => path.relative(app, file));
    for (const program of stack.programs()) assert.ok(names.includes(`fcgi/${program}`), program);
    for (const command of [
      'serve',
      'render',
      'pool',
      'slot',
      'rotate-logs',
      'db/migrate',
      'dbmate',
    ])
      assert.ok(names.includes(`bin/${command}`), command);
    assert.ok(names.includes('www/index.html') && names.includes('cruddur.env.example'));
  });

  test('contains no reference to the checkout or to DESTDIR', () => {
    for (const file of files) {
      const target = path.relative(app, fs.realpathSync(file));
      assert.ok(!target.startsWith('..'), `${file} leads to ${target}`);
      const text = fs.readFileSync(file);
      // The debug information of programs may name sources.
      if (text.includes(0)) continue;
      for (const root of [ROOT, folder]) assert.ok(!text.includes(root), `${file}: ${root}`);
    }
  });

  test('contains everything that its commands need', async () => {
    const migrated = await runCommand(stack, 'db/migrate', [], { bin: path.join(app, 'bin') });
    assert.equal(migrated.stdout, 'cruddur is up to date\n', migrated.stderr);
  });
});

// bin/render alone, with the variables of the examples.
describe('the configuration of a replica', () => {
  const least = new Map(
    TABLE.filter(({ needs }) => /^db/.test(needs)).map(({ program, workers }) => [
      program,
      Number(workers.split('-')[0]),
    ]),
  );

  // { code, stderr, connections }
  function render(variables) {
    const home = fs.mkdtempSync(path.join(stack.home, 'render-'));
    fs.mkdirSync(path.join(home, 'run'));
    const { status, stderr } = spawnSync(path.join(bin, 'render'), [home], {
      env: { PATH: process.env.PATH, ...variables },
      encoding: 'utf8',
    });
    const file = path.join(home, 'etc/pools.env');
    const connections =
      fs.existsSync(file) && /^CRUDDUR_CONNECTIONS=(\d+)$/m.exec(fs.readFileSync(file, 'utf8'))[1];
    return { status, stderr, connections: Number(connections) };
  }

  // Variables of an example; those that it leaves empty get a value.
  const example = (file) =>
    Object.fromEntries(
      [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(
        ([, name, value]) => [
          name,
          value || (/_URL$/.test(name) ? 'https://cruddur.example' : /CONTACT$/.test(name) ? '' : 'value'),
        ],
      ),
    );

  for (const file of ['.env.example', 'production.env.example'])
    test(`with the values of ${file} has 40 connections, which suffice`, () => {
      const { status, stderr, connections } = render(example(file));
      assert.equal(status, 0, stderr);
      assert.equal(connections, 40);
      assert.ok([...least.values()].reduce((a, b) => a + b) < 40);
    });

  test('has more connections where the smallest sizes need them', () => {
    const { status, stderr, connections } = render({ ...example('.env.example'), CRUDDUR_WORKERS: '2' });
    assert.equal(status, 0, stderr);
    assert.equal(connections, 2 * least.size + 8);
  });

  test('with fewer connections than those need is refused, with the way out', () => {
    const { status, stderr } = render({
      ...example('.env.example'),
      ...{ CRUDDUR_WORKERS: '1', CRUDDUR_CONNECTIONS: String(least.size) },
    });
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `render: CRUDDUR_CONNECTIONS is ${least.size}, but the smallest sizes of the pools need ${least.size} ` +
        `connections, and a restart one more; set it to ${least.size + 1} or more, or leave it empty, or ` +
        'choose smaller sizes, such as CRUDDUR_WORKERS=0-4\n',
    );
  });
});
