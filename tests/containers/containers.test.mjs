// containers.test.mjs - runs a production on one machine (deploys.mjs), then docker/compose.yaml, with podman
// and docker-compose, with private storage, sockets, networks and ports. Run as root: make check-containers.
// The official images that compose.yaml names are replaced by local images with the same names (see
// stand-ins.Dockerfile). STORAGE=/some/folder keeps the images there for the next run.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Client, assertOk, nextPage, retryWhileBusy, sleep } from '../api/harness/client.mjs';
import { constant, LOCAL_PASSWORD } from '../api/harness/local.mjs';
import { ROOT, freePort } from '../api/harness/stack.mjs';
import { assertBill } from './bill.mjs';
import { testDeploys } from './deploys.mjs';

const COMPOSE = path.join(ROOT, 'docker/compose.yaml');
const GROUP = '5ae290ed-55d1-47a0-bc6d-fe2bc2700399'; // of andrewbrown and bayko (seed data)
const STAND_INS = 'tests/containers/stand-ins.Dockerfile';
const BASE = 'docker.io/library/debian:bookworm-slim';

const folder = process.env.STORAGE ?? fs.mkdtempSync(path.join(os.tmpdir(), 'cr-box-'));
const podmanOptions = ['--root', `${folder}/storage`, '--runroot', `${folder}/runroot`];
const project = `crbox${randomBytes(3).toString('hex')}`;
const env = { ...process.env };
let service;
let client;
let health = true;
let version = 'none'; // of the images of docker/Dockerfile

const execute = promisify(execFile);
async function run(file, args, timeout = 1_200_000) {
  const options = { cwd: ROOT, env, timeout, killSignal: 'SIGKILL', maxBuffer: 256 << 20 };
  const { stdout } = await execute(file, args, options);
  return stdout.trim();
}
const podman = (...args) => run('podman', [...podmanOptions, ...args]);
const compose = (...args) => run('docker-compose', ['-f', COMPOSE, ...args], 300_000);

// Settings for a machine without systemd, and networks separate from those of other podmans.
function configure(ports) {
  fs.writeFileSync(
    `${folder}/containers.conf`,
    `[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${folder}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
`,
  );
  Object.assign(env, {
    CONTAINERS_CONF: `${folder}/containers.conf`,
    BUILDAH_FORMAT: 'docker',
    DOCKER_HOST: `unix://${folder}/podman.sock`,
    COMPOSE_PROJECT_NAME: project,
    CRUDDUR_HTTP_PORT: String(ports.http),
    CRUDDUR_COGNITO_PORT: String(ports.cognito),
    CRUDDUR_WORKERS: '1',
    CRUDDUR_CONNECTIONS: '90',
  });
}

const build = (file, target, name) =>
  podman(
    ...['build', '-q', '--pull=never', '--network=host', '--layers'],
    ...['--build-arg', `DEBIAN=${BASE}`, '--build-arg', `VERSION=${version}`],
    ...['-f', file, '--target', target, '-t', name, '.'],
  );

// Those of the stand-ins of AWS. bin/deploy local builds app and tools.
async function buildStandIns() {
  const images = await podman('images', '--format', '{{.Repository}}:{{.Tag}}');
  if (!images.split('\n').includes(BASE)) {
    await run('tests/containers/base', [`${folder}/base.tar`]);
    const certificates = 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt';
    await podman('import', '-q', '-c', certificates, `${folder}/base.tar`, BASE);
    fs.rmSync(`${folder}/base.tar`);
  }
  // Local images have other digests than the official ones that the compose file pins.
  const official = fs.readFileSync(COMPOSE, 'utf8').matchAll(/\{(CRUDDUR_\w+_IMAGE):-([^@}]+)@/g);
  for (const [, variable, name] of official) {
    env[variable] = name;
    await build(STAND_INS, /postgres/.test(name) ? 'postgres' : 'dynamodb', name);
  }
}

// Runs the health checks, which systemd or Docker's engine do elsewhere.
async function watchHealth() {
  while (health) {
    const ids = await podman('ps', '-q').catch(() => '');
    for (const id of ids.split('\n').filter(Boolean))
      await podman('healthcheck', 'run', id).catch(() => {});
    await sleep(500);
  }
}

const containers = async (name) =>
  (await podman('ps', '-q', '--filter', `label=com.docker.compose.service=${name}`))
    .split('\n')
    .filter(Boolean);

const scale = (count) =>
  compose('up', '-d', '--no-build', '--no-recreate', '--scale', `app=${count}`);

async function token(person, port = env.CRUDDUR_COGNITO_PORT) {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      ClientId: constant('local_client'),
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: person, PASSWORD: LOCAL_PASSWORD },
    }),
  });
  const answer = await response.json();
  return answer.AuthenticationResult.AccessToken;
}

// The lines of a container's standard output.
async function lines(id) {
  const { stdout } = await execute('podman', [...podmanOptions, 'logs', id], {
    env,
    maxBuffer: 256 << 20,
  });
  return stdout.split('\n').filter(Boolean);
}

// Wait for the edge, which starts last, and until the services behind it answer in time: on a busy disk
// their first connections take seconds.
async function waitUntilReady() {
  for (let tries = 0; tries < 240; tries++) {
    const answer = await client.ask('GET', '/api/ready').catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(500);
  }
  assert.fail('the product does not get ready');
}

// Repeat the message with its Idempotency-Key until the answer is a 200.
async function send(bearer, text) {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await client
      .ask('POST', '/api/messages', {
        token: bearer,
        key: text,
        json: { message: text, message_group_uuid: GROUP },
      })
      .catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(250);
  }
  assert.fail(`${text} is never accepted`);
}

async function allMessages(bearer) {
  const texts = [];
  let next = `/api/messages/${GROUP}?limit=100`;
  while (next) {
    const answer = await client.ask('GET', next, { token: bearer });
    texts.push(...assertOk(answer).map(({ message }) => message));
    next = nextPage(answer);
  }
  return texts;
}

// Stop and remove everything that this test started.
function cleanUp() {
  if (!health) return;
  health = false;
  const now = (file, ...args) => spawnSync(file, args, { cwd: ROOT, env, timeout: 120_000 });
  now('docker-compose', '-f', COMPOSE, 'down', '-v', '-t', '5', '--remove-orphans');
  now('podman', ...podmanOptions, 'rm', '-af', '-t', '0');
  now('podman', ...podmanOptions, 'volume', 'prune', '-f');
  now('podman', ...podmanOptions, 'network', 'prune', '-f');
  service?.kill();
  now('podman', ...podmanOptions, 'unmount', '-af');
  fs.rmSync(`${folder}/podman.sock`, { force: true });
  if (!process.env.STORAGE) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

describe('containers', () => {
  before(async () => {
    process.once('exit', cleanUp);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.once(signal, () => process.exit(1));
    configure({ http: await freePort(), cognito: await freePort() });
    await buildStandIns();
    service = spawn(
      'podman',
      [...podmanOptions, 'system', 'service', '--time=0', env.DOCKER_HOST],
      { env, stdio: 'ignore' },
    );
    while (!fs.existsSync(`${folder}/podman.sock`)) await sleep(100);
    watchHealth();
  });
  after(() => {
    client?.close();
    cleanUp();
  });

  testDeploys({
    ...{ folder, env, podman, podmanOptions, token },
    base: BASE,
    group: GROUP,
    // cognito is made of the same layers.
    built: async (tag) => {
      version = tag;
      await build('docker/Dockerfile', 'cognito', 'docker.io/library/cruddur-cognito');
    },
  });

  test('the compose file starts the product: pages, API, seeded people, messages', async () => {
    for (const name of ['app', 'tools'])
      await podman('tag', `cruddur-${name}:${version}`, `docker.io/library/cruddur-${name}`);
    await compose('up', '-d', '--no-build');
    client = new Client(Number(env.CRUDDUR_HTTP_PORT));
    await waitUntilReady();
    const page = await fetch(`http://127.0.0.1:${env.CRUDDUR_HTTP_PORT}/`);
    assert.match(await page.text(), /<script[^>]+src="\/assets\//);
    const ready = assertOk(await client.ask('GET', '/api/ready'));
    assert.equal(ready.ready, true);

    const [londo, alt] = [await token('londo'), await token('altbrown')];
    const json = { handle: 'altbrown', message: `From a container ${project}` };
    assertOk(await client.ask('POST', '/api/messages', { token: londo, json }));
    const groups = assertOk(await client.ask('GET', '/api/message_groups', { token: alt }));
    const group = groups.find(({ handle }) => handle === 'londo');
    assert.equal(group.message, json.message);
    assert.equal(group.unread_count, 1);
  });

  test('no container runs as root or can write outside of its folder', async (t) => {
    for (const name of ['app', 'tools', 'cognito']) {
      const image = `docker.io/library/cruddur-${name}`;
      const [user, size] = (
        await podman('image', 'inspect', '-f', '{{.User}} {{.Size}}', image)
      ).split(' ');
      t.diagnostic(`${image}: ${Math.round(Number(size) / 1e6)} MB`);
      assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
    }
    for (const name of ['app', 'edge']) {
      const [id] = await containers(name);
      const inside = 'id -u; : >/opt/x || : >/etc/x || : >/var/x || grep CapEff /proc/self/status';
      const output = await podman('exec', id, 'bash', '-c', `{ ${inside}; } 2>/dev/null`);
      assert.equal(output, '10001\nCapEff:\t0000000000000000', name);
    }
  });

  test('images are labelled, list what is in them, and have no SUID or SGID file', async () => {
    for (const name of ['app', 'tools', 'cognito']) {
      const image = `docker.io/library/cruddur-${name}`;
      const labels = JSON.parse(
        await podman('image', 'inspect', '-f', '{{json .Config.Labels}}', image),
      );
      const label = (key) => labels[`org.opencontainers.image.${key}`];
      assert.equal(label('title'), `cruddur-${name}`);
      assert.equal(label('licenses'), 'MIT');
      assert.equal(label('version'), version);
      assert.ok(label('revision') && label('description') && label('base.name'));

      const inside = (...command) =>
        podman(
          ...['run', '--rm', '--no-healthcheck', '--network=none', '--user=0', '--entrypoint='],
          ...[image, ...command],
        );
      assert.equal(await inside('find', '/', '-xdev', '-type', 'f', '-perm', '/6000'), '');
      const bill = JSON.parse(await inside('cat', '/opt/cruddur/sbom.cdx.json'));
      assertBill(bill, `cruddur-${name}`);
      const listed = new Set(
        bill.components.filter(({ purl }) => purl.startsWith('pkg:deb/')).map((one) => one.name),
      );
      const installed = await inside('dpkg-query', '-W', '-f', '${db:Status-Status} ${Package}\n');
      for (const [, one] of installed.matchAll(/^installed (.*)$/gm))
        assert.ok(listed.has(one), `${name}: ${one}`);
    }
  });

  test('edge and app log a request with the same id; all lines are JSON', async () => {
    const answer = await retryWhileBusy(() =>
      client.ask('GET', '/api/users/@bayko/short', {
        headers: { 'X-Request-Id': 'mine', 'X-Forwarded-For': '203.0.113.9' },
      }),
    );
    assertOk(answer);
    const id = answer.headers['x-request-id'];
    const found = [];
    for (let tries = 0; tries < 50 && found.length < 2; tries++) {
      await sleep(200);
      found.length = 0;
      for (const name of ['edge', 'app'])
        for (const container of await containers(name))
          for (const line of await lines(container)) {
            const entry = JSON.parse(line);
            if (entry.request_id === id) found.push(entry);
          }
    }
    assert.deepEqual(
      found.map(({ route }) => route),
      ['edge', 'users_short'],
    );
    // The edge ignores X-Forwarded-For of the client; the app trusts that of the edge.
    assert.notEqual(found[0].remote_addr, '203.0.113.9');
    assert.equal(found[1].remote_addr, found[0].remote_addr);
  });

  test('the edge discovers new replicas and spreads requests over all of them', async () => {
    await scale(3);
    const [edge] = await containers('edge');
    const upstreams = new Set();
    for (let tries = 0; tries < 200 && upstreams.size < 3; tries++) {
      assertOk(await client.ask('GET', '/api/users/@bayko/short'));
      if (tries % 20 === 19)
        for (const line of await lines(edge)) {
          const { upstream, status } = JSON.parse(line);
          if (status === 200) upstreams.add(upstream);
        }
    }
    assert.equal(upstreams.size, 3);
  });

  test('when one of two replicas is killed under load, acknowledged messages are stored once', async () => {
    await scale(2);
    const [andrew, bayko] = [await token('andrewbrown'), await token('bayko')];
    const sent = [];
    let killed;
    const writer = async (bearer, name) => {
      for (let number = 0; number < 40; number++) {
        const text = `${project}-${name}-${number}`;
        await send(bearer, text);
        sent.push(text);
        if (sent.length === 40) {
          const [victim] = await containers('app');
          killed = podman('kill', '-s', 'KILL', victim);
        }
      }
    };
    await Promise.all([
      writer(andrew, 'a1'),
      writer(andrew, 'a2'),
      writer(bayko, 'b1'),
      writer(bayko, 'b2'),
    ]);
    await killed;
    assert.equal((await containers('app')).length, 1);
    const texts = (await allMessages(bayko)).filter((text) => text?.startsWith(`${project}-`));
    assert.deepEqual(texts.sort(), sent.sort());
  });

  test('edge and replicas exit with 0 when they are stopped', async () => {
    await scale(2);
    const ids = [...(await containers('edge')), ...(await containers('app'))];
    assert.equal(ids.length, 3);
    await compose('stop');
    for (const id of ids)
      assert.equal(await podman('inspect', '-f', '{{.State.ExitCode}}', id), '0', id);
  });
});
