// deploys.mjs - a production on one machine, as docs/operations.md tells an operator: bin/deploy local from an
// empty machine on, with docker/compose.prod.yaml, docker/compose.tls.yaml and production.env.example. No
// request is lost when a version replaces another one, the edge too, when a certificate is renewed, and on the
// way back; an image that does not get ready is refused. For containers.test.mjs. Stand-ins are in the places
// of AWS, and pebble in that of Let's Encrypt.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';

import { nextPage, sleep } from '../api/harness/client.mjs';
import { constant } from '../api/harness/local.mjs';
import { ROOT, freePort } from '../api/harness/stack.mjs';

const execute = promisify(execFile);
// A larger run: DEPLOY_RATE=100 DEPLOY_REPLICAS=3 make check-containers
const EVERY_MS = 1000 / Number(process.env.DEPLOY_RATE ?? 50); // requests a second
const REPLICAS = Number(process.env.DEPLOY_REPLICAS ?? 2);
const MIGRATION = `-- migrate:up
alter table users add column deploy_test text;
create index deploy_test on activities (created_at);

-- migrate:down
drop index deploy_test;
alter table users drop column deploy_test;
`;

// A request with a connection of its own. Resolves to { status, headers, body }.
function ask({ port, secure = true, method = 'GET', target, token, json }) {
  const headers = {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(json && { 'Content-Type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      {
        ...{ host: '127.0.0.1', port, method, path: target, headers, agent: false },
        rejectUnauthorized: false,
        timeout: 15_000,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part) => (body += part));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in 15 s')));
    request.on('error', reject);
    request.end(json && JSON.stringify(json));
  });
}

// Send a request each EVERY_MS, whether or not the last ones are answered, while `work` runs; one that is
// late follows at once. Returns { sent, lost, times, stored }: lost, those without a 200, with the reason;
// times, in ms, in order; stored, the texts of messages with a 200.
async function underLoad(port, token, group, work) {
  const lost = [];
  const times = [];
  const pending = new Set();
  const stored = [];
  const targets = ['/api/activities/home', `/api/messages/${group}?limit=5`, '/api/users/me'];
  let sent = 0;

  async function send(number) {
    const message = number % 10 === 0 ? `deploy ${process.pid} ${Date.now()} ${number}` : undefined;
    const target = message ? '/api/messages' : targets[number % 3];
    const json = message && { message, message_group_uuid: group };
    const began = performance.now();
    let problem;
    try {
      const { status } = await ask({ port, token, target, json, method: message ? 'POST' : 'GET' });
      if (status !== 200) problem = `${status}`;
    } catch (error) {
      problem = error.message;
    }
    times.push(performance.now() - began);
    if (problem) lost.push(`${target}: ${problem}`);
    else if (message) stored.push(message);
  }

  const start = performance.now();
  const timer = setInterval(() => {
    while (sent < (performance.now() - start) / EVERY_MS) {
      const one = send(sent++).finally(() => pending.delete(one));
      pending.add(one);
    }
  }, EVERY_MS);
  try {
    await sleep(1000);
    await work();
    await sleep(1000);
  } finally {
    clearInterval(timer);
  }
  await Promise.all(pending);
  return { sent, lost, times: times.sort((a, b) => a - b), stored };
}

// The variables of production.env.example, with values for those that it leaves empty; others replace its own.
function productionEnvironment(values) {
  const left = { ...values };
  const lines = fs
    .readFileSync(path.join(ROOT, 'production.env.example'), 'utf8')
    .replace(/^#?([A-Z0-9_]+)=(.*)$/gm, (line, name) => {
      if (!(name in left)) return line;
      const value = left[name];
      delete left[name];
      return `${name}=${value}`;
    });
  assert.deepEqual(left, {}, 'production.env.example has these variables');
  assert.doesNotMatch(lines, /^[A-Z0-9_]+=$/m);
  return lines;
}

// product: { folder, env, base, podman, podmanOptions, token, group }, of containers.test.mjs.
export function testDeploys(product) {
  const { folder, podman } = product;
  const file = (name) => path.join(folder, name);
  const compose = ['compose.prod.yaml', 'compose.tls.yaml'].map((name) =>
    path.join(ROOT, 'docker', name),
  );
  compose.push(path.join(ROOT, 'tests/containers/stand-ins.yaml'));
  let project;
  let env;
  let ports;
  let pebble;
  let first; // the tag of the first version

  const containers = async (service) =>
    (
      await podman(
        ...['ps', '-q', '--filter', `label=com.docker.compose.project=${project}`],
        ...['--filter', `label=com.docker.compose.service=${service}`],
      )
    )
      .split('\n')
      .filter(Boolean);
  // podman calls an image of this machine localhost/NAME.
  const imagesOf = async (service) =>
    Promise.all(
      (await containers(service)).map(async (id) =>
        (await podman('inspect', '-f', '{{.Config.Image}}', id)).replace('localhost/', ''),
      ),
    );
  const inService = async (service, ...command) =>
    podman('exec', (await containers(service))[0], ...command);

  const run = (command, args, timeout = 1_200_000) =>
    execute(command, args, { env, timeout, maxBuffer: 64 << 20, killSignal: 'SIGKILL' });
  const composed = (...args) =>
    run('docker-compose', [
      ...['--env-file', file('production.env')],
      ...compose.flatMap((name) => ['-f', name]),
      ...args,
    ]);
  const deploy = (...args) =>
    run(path.join(ROOT, 'bin/deploy'), [
      ...['local', '--env', file('production.env')],
      ...compose.flatMap((name) => ['--file', name]),
      ...args,
    ]);

  // A command docker, which is podman here. Images are built as containers.test.mjs builds the others.
  function makeCommand() {
    fs.mkdirSync(file('commands'), { recursive: true });
    fs.writeFileSync(
      file('commands/docker'),
      `#!/bin/bash
case $1 in
compose) shift && exec docker-compose "$@" ;;
build) shift && set -- build -q --pull=never --network=host --layers --build-arg DEBIAN=${product.base} "$@" ;;
esac
exec podman ${product.podmanOptions.join(' ')} "$@"
`,
      { mode: 0o755 },
    );
  }

  // An image made of another one and a few lines.
  async function derive(name, tag, lines) {
    const context = file(`image-${name}-${tag}`);
    fs.rmSync(context, { recursive: true, force: true });
    fs.mkdirSync(context);
    fs.writeFileSync(`${context}/20991231000000_deploy_test.sql`, MIGRATION);
    fs.writeFileSync(`${context}/Dockerfile`, `FROM cruddur-${name}:${first}\n${lines}\n`);
    await podman('build', '-q', '--pull=never', '-t', `cruddur-${name}:${tag}`, context);
  }

  // pebble asks the name localhost, which is this machine, for the proofs. The containers reach it by the
  // name that podman gives this machine.
  async function startPebble() {
    const directory = await freePort();
    fs.mkdirSync(file('pebble'), { recursive: true });
    const names = 'subjectAltName=DNS:localhost,DNS:host.containers.internal';
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', '/CN=pebble', '-addext', names, '-days', '2'],
        ...['-keyout', file('pebble/pebble.key'), '-out', file('pebble/pebble.pem')],
      ],
      { stdio: 'ignore' },
    );
    fs.writeFileSync(
      file('pebble/pebble.json'),
      JSON.stringify({
        pebble: {
          listenAddress: `0.0.0.0:${directory}`,
          managementListenAddress: `127.0.0.1:${await freePort()}`,
          certificate: file('pebble/pebble.pem'),
          privateKey: file('pebble/pebble.key'),
          httpPort: ports.redirect,
          tlsPort: 1,
        },
      }),
    );
    pebble = spawn('pebble', ['-config', file('pebble/pebble.json')], {
      env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
      stdio: 'ignore',
    });
    return `https://host.containers.internal:${directory}/dir`;
  }

  const shown = () =>
    new Promise((resolve, reject) => {
      const socket = tls.connect(
        { host: '127.0.0.1', port: ports.https, servername: 'localhost', rejectUnauthorized: false },
        () => {
          const { fingerprint256, issuer } = socket.getPeerCertificate();
          socket.destroy();
          resolve({ fingerprint256, issuer: issuer.CN });
        },
      );
      socket.on('error', reject);
    });

  async function until(what, holds) {
    for (let tries = 0; !(await holds().catch(() => false)); tries++) {
      assert.ok(tries < 600, what);
      await sleep(200);
    }
  }

  async function allMessages(token) {
    const texts = [];
    let target = `/api/messages/${product.group}?limit=100`;
    while (target) {
      const { status, headers, body } = await ask({ port: ports.https, target, token });
      assert.equal(status, 200, body);
      texts.push(...JSON.parse(body).map(({ message }) => message));
      target = nextPage({ headers });
    }
    return texts;
  }

  async function withoutLoss(t, what, work) {
    const token = await product.token('andrewbrown', ports.cognito);
    const began = Date.now();
    let took;
    const { sent, lost, times, stored } = await underLoad(
      ports.https,
      token,
      product.group,
      async () => {
        await work();
        took = (Date.now() - began) / 1000 - 1;
      },
    );
    const at = (share) => Math.round(times[Math.floor(times.length * share)]);
    t.diagnostic(
      `${what}: ${Math.round(took)} s, ${sent} requests, ${1000 / EVERY_MS} a second, ${lost.length} lost, ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${Math.round(times.at(-1))} ms`,
    );
    assert.deepEqual(lost, []);
    const texts = (await allMessages(token)).filter((text) => stored.includes(text));
    assert.deepEqual(texts.sort(), stored.sort());
  }

  function cleanUp() {
    pebble?.kill('SIGKILL');
    pebble = undefined;
  }

  describe('a production on one machine', () => {
    before(async () => {
      ports = {
        https: await freePort(),
        redirect: await freePort(),
        cognito: await freePort(),
      };
      project = `${product.env.COMPOSE_PROJECT_NAME}prod`;
      makeCommand();
      process.once('exit', cleanUp);
      const database = (role) => `postgresql://${role}:Cruddur-2026@postgres:5432/cruddur?sslmode=disable`;
      fs.writeFileSync(
        file('production.env'),
        productionEnvironment({
          CONNECTION_URL: database('cruddur_app'),
          OWNER_CONNECTION_URL: database('cruddur'),
          AWS_REGION: constant('local_region'),
          DDB_MESSAGE_TABLE: constant('local_messages_table'),
          AWS_COGNITO_USER_POOL_ID: constant('local_user_pool'),
          AWS_COGNITO_USER_POOL_CLIENT_ID: constant('local_client'),
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          FRONTEND_URL: `https://localhost:${ports.https}`,
          BACKEND_URL: `https://localhost:${ports.https}`,
          CRUDDUR_SECURITY_CONTACT: 'mailto:security@cruddur.example',
          CRUDDUR_ACME_DOMAINS: 'localhost',
          CRUDDUR_ACME_EMAIL: 'operations@cruddur.example',
          CRUDDUR_ACME_URL: await startPebble(),
          CRUDDUR_HTTP_PORT: ports.https,
          CRUDDUR_HTTP_REDIRECT_PORT: ports.redirect,
          // All requests of the tests come from one address and one person.
          ...Object.fromEntries(
            ['ADDRESS', 'TOKEN', 'CONNECTIONS', 'STREAMS', 'PERSON'].map((name) => [
              `CRUDDUR_RATE_${name}`,
              0,
            ]),
          ),
        }),
      );
      env = {
        ...product.env,
        PATH: `${file('commands')}:${product.env.PATH}`,
        COMPOSE_PROJECT_NAME: project,
        CRUDDUR_COGNITO_PORT: String(ports.cognito),
        PEBBLE: file('pebble'),
      };
      // The shell of an operator has none of these.
      for (const name of ['CRUDDUR_HTTP_PORT', 'CRUDDUR_WORKERS', 'CRUDDUR_CONNECTIONS']) delete env[name];
      await composed('up', '-d', 'postgres', 'dynamodb');
    });
    after(async () => {
      await composed('down', '-v', '-t', '5', '--remove-orphans');
      cleanUp();
    });

    test('the first command of an operator builds the images', async (t) => {
      const began = Date.now();
      // DynamoDB Local is slow at first.
      let answer;
      for (let tries = 0; !answer; tries++)
        answer = await deploy('run', 'ddb/schema-load').catch((error) => {
          assert.ok(tries < 10, error.stderr);
        });
      assert.match(answer.stdout, /cruddur-messages/);
      t.diagnostic(`images and table: ${Math.round((Date.now() - began) / 1000)} s`);
      const images = await podman('images', '--format', '{{.Repository}}:{{.Tag}}');
      [, first] = /\/cruddur-app:(\S+)$/m.exec(images);
      await product.built(first);
      await composed('up', '-d', 'cognito');
    });

    test('the first deploy creates the database, its roles and what serves', async (t) => {
      const began = Date.now();
      const { stdout } = await deploy('--replicas', String(REPLICAS), '--image', `cruddur-app:${first}`);
      t.diagnostic(`first deploy: ${Math.round((Date.now() - began) / 1000)} s`);
      assert.match(stdout, new RegExp(`^cruddur-app:${first} serves$`, 'm'));
      assert.deepEqual(await imagesOf('app'), Array(REPLICAS).fill(`cruddur-app:${first}`));
      await deploy('run', 'db/seed');
      await deploy('run', 'ddb/seed');
      const token = await product.token('andrewbrown', ports.cognito);
      const { status, body } = await ask({
        ...{ port: ports.https, target: '/api/message_groups', token },
      });
      assert.equal(status, 200, body);
      assert.match(body, /bayko/);
      const plain = await ask({ port: ports.redirect, secure: false, target: '/messages' });
      assert.deepEqual(
        [plain.status, plain.headers.location],
        [301, `https://localhost:${ports.https}/messages`],
      );
    });

    test('the certificate comes from the authority', async () => {
      await until('there is no certificate', async () => /Pebble/.test((await shown()).issuer));
    });

    test('a version with a migration replaces another one, the edge too, without losing a request', async (t) => {
      await derive('app', 'v2', 'LABEL deploy=v2');
      await derive('tools', 'v2', 'COPY *.sql /opt/cruddur/sql/migrations/');
      const [old] = await containers('edge');
      await withoutLoss(t, 'deploy', () => deploy('--image', 'cruddur-app:v2', '--edge'));
      assert.deepEqual(await imagesOf('app'), Array(REPLICAS).fill('cruddur-app:v2'));
      assert.deepEqual(await imagesOf('edge'), ['cruddur-app:v2']);
      assert.notEqual((await containers('edge'))[0], old);
      assert.deepEqual(await imagesOf('door'), [`cruddur-app:${first}`]);
      assert.deepEqual(await imagesOf('certificates'), ['cruddur-tools:v2']);
      const query = "select count(*) from information_schema.columns where column_name = 'deploy_test'";
      assert.equal(
        await inService('postgres', 'psql', '-U', 'cruddur', '-Atc', query, 'cruddur'),
        '1',
      );
    });

    test('an image that does not get ready is refused, and everything serves on', async () => {
      await derive('app', 'bad', 'CMD ["sleep", "1000"]');
      await podman('tag', 'cruddur-tools:v2', 'cruddur-tools:bad');
      const before = [...(await containers('app')), ...(await containers('edge'))];
      await assert.rejects(deploy('--image', 'cruddur-app:bad', '--wait', '5'), ({ stderr }) =>
        /a replica of \S+-app:bad is not ready after 5 s and was removed; the replicas of \S+-app:v2 serve on/.test(
          stderr,
        ),
      );
      assert.deepEqual(
        [...(await containers('app')), ...(await containers('edge'))].sort(),
        before.sort(),
      );
      assert.equal((await ask({ port: ports.https, target: '/api/activities/home' })).status, 200);
    });

    test('a renewed certificate is read without losing a request', async (t) => {
      const { fingerprint256: before } = await shown();
      // As if it had expired.
      await inService('certificates', 'rm', '-r', '/etc/cruddur/tls/acme/certs');
      await withoutLoss(t, 'renewal', async () => {
        await inService('certificates', 'certificates');
        await until(
          'the edge does not read the certificate',
          async () => (await shown()).fingerprint256 !== before,
        );
      });
    });

    test('the way back loses no request either', async (t) => {
      await withoutLoss(t, 'back', () => deploy('--back'));
      assert.deepEqual(await imagesOf('app'), Array(REPLICAS).fill(`cruddur-app:${first}`));
      assert.deepEqual(await imagesOf('edge'), ['cruddur-app:v2']);
    });

    test('an edge whose door was opened again starts again', async () => {
      const [door] = await containers('door');
      const [edge] = await containers('edge');
      const started = () => podman('inspect', '-f', '{{.State.StartedAt}}', edge);
      const before = await started();
      await podman('restart', '-t', '5', door);
      await until('the edge does not start again', async () => (await started()) !== before);
      await until(
        'nothing serves',
        async () => (await ask({ port: ports.https, target: '/api/activities/home' })).status === 200,
      );
    });

    test('everything exits with 0 when it is stopped', async () => {
      const ids = await Promise.all(['door', 'edge', 'app', 'certificates'].map(containers));
      await composed('stop');
      for (const id of ids.flat())
        assert.equal(await podman('inspect', '-f', '{{.State.ExitCode}}', id), '0', id);
    });

    test('without a name for a certificate, no file of TLS is used', async () => {
      const example = fs.readFileSync(path.join(ROOT, 'production.env.example'), 'utf8');
      fs.writeFileSync(file('plain.env'), example.replace(/^([A-Z_]+)=$/gm, '$1=value'));
      const { stdout } = await execute(
        'docker-compose',
        ['--env-file', file('plain.env'), '-f', compose[0], 'config'],
        { env: { PATH: env.PATH, HOME: env.HOME } },
      );
      assert.doesNotMatch(stdout, /acme|certificates:/i);
      assert.match(stdout, /published: "?443"?\n +target: 8080\n/);
    });

    test('wrong arguments are refused', async () => {
      for (const [args, pattern] of [
        [['--image', 'cruddur-app'], /--image must be like/],
        [['--back', '--image', 'cruddur-app:v1'], /exclude each other/],
        [['--back', 'run', 'db/test'], /exclude each other/],
        [['--replicas', '0'], /--replicas must be/],
        [['--fast'], /unknown argument --fast/],
        [['run'], /run needs a command/],
        [['--env', '/nowhere'], /there is no \/nowhere/],
      ])
        await assert.rejects(deploy(...args), ({ stderr }) => pattern.test(stderr), `${args}`);
    });
  });
}
