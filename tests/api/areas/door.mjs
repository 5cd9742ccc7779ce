// door.mjs - the door of an edge (daemons/door.c): it listens while edges come and go.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { sleep, whileAsked } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { Serving } from '../harness/serving.mjs';
import { freePort } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const program = path.join(stack.home, 'app/bin/door');
const numberOf = (option) => Number(execFileSync('id', [option, 'cruddur'], { encoding: 'utf8' }));

describe('a door', () => {
  const folder = path.join(stack.home, 'door');
  const socket = path.join(folder, 'socket');
  const edges = [];
  let door;
  let ports;

  // As the user who serves.
  async function open() {
    const user = process.getuid() === 0 ? { uid: numberOf('-u'), gid: numberOf('-g') } : {};
    door = spawn(program, ['open', ...Object.values(ports).map((port) => `127.0.0.1:${port}`)], {
      env: { CRUDDUR_DOOR: socket },
      stdio: 'ignore',
      cwd: '/',
      ...user,
    });
    door.ended = new Promise((resolve) => door.on('exit', (code, signal) => resolve(code ?? signal)));
    await until('the door opens', () => fs.existsSync(socket));
  }

  async function enter() {
    const edge = await Serving.spawn({
      CRUDDUR_DOOR: socket,
      CRUDDUR_EDGE: `127.0.0.1:${stack.ports.HTTP}`,
      CRUDDUR_HTTP_PORT: String(ports.http),
      CRUDDUR_HTTP_REDIRECT_PORT: String(ports.redirect),
      FRONTEND_URL: 'https://cruddur.example',
      CRUDDUR_LOG: 'files',
    });
    edges.push(edge);
    return edge;
  }

  async function leave(edge) {
    edges.splice(edges.indexOf(edge), 1);
    assert.equal(await edge.stop(), 0);
  }

  // The status of an answer, by a connection of its own.
  const ask = (port = ports.http) =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: '/api/health-check', agent: false }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
          response.on('error', reject);
        })
        .on('error', reject);
    });

  const underLoad = (work) => whileAsked(ask, work);

  const lines = ({ home }) => {
    const file = path.join(home, 'log/access.log');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  };

  before(async () => {
    fs.mkdirSync(folder);
    if (process.getuid() === 0) fs.chownSync(folder, numberOf('-u'), numberOf('-g'));
    ports = { http: await freePort(), redirect: await freePort() };
    await open();
  });
  after(async () => {
    for (const edge of [...edges]) await edge.stop();
    door?.kill('SIGKILL');
  });

  test('accepts connections before the first edge, which answers them', async () => {
    const early = [ask(), ask(ports.redirect)];
    await sleep(200);
    await enter();
    assert.deepEqual(await Promise.all(early), [200, 301]);
  });

  test('lets one edge replace another without refusing a connection', async () => {
    const [old] = edges;
    await underLoad(async () => {
      const next = await enter();
      await until('the next edge gets requests', () => lines(next) >= 5);
      await leave(old);
      const before = lines(next);
      await until('the next edge gets more requests', () => lines(next) >= before + 20);
    });
  });

  test('is the same for processes of nginx that a reload has started', async () => {
    const [edge] = edges;
    await underLoad(async () => {
      const before = lines(edge);
      process.kill(edge.pid('nginx'), 'SIGHUP');
      await until('the edge gets more requests', () => lines(edge) >= before + 50);
    });
  });

  test('that is opened again makes the edge end, so that it enters again', async () => {
    const [edge] = edges;
    door.kill('SIGTERM');
    assert.equal(await door.ended, 0);
    fs.rmSync(socket);
    await open();
    assert.equal(await edge.ended, 0);
    edge.run();
    assert.equal(await ask(), 200);
  });

  test('that does not exist, or cannot be opened, is named', () => {
    const run = (args, env) =>
      spawnSync(program, args, { env, encoding: 'utf8', timeout: 30_000, cwd: '/' });
    for (const [args, env, pattern] of [
      [[], {}, /usage: door open/],
      [['open'], {}, /usage: door open/],
      [['enter', '/bin/true'], {}, /CRUDDUR_DOOR is not set/],
      [['open', '127.0.0.1:1'], {}, /CRUDDUR_DOOR is not set/],
      [['open', '127.0.0.1:1'], { CRUDDUR_DOOR: `/${'x'.repeat(108)}` }, /CRUDDUR_DOOR is too long/],
      [['open', 'here:80'], { CRUDDUR_DOOR: '/nowhere/socket' }, /here:80/],
      [['open', '127.0.0.1'], { CRUDDUR_DOOR: '/nowhere/socket' }, /127\.0\.0\.1/],
      [['open', '127.0.0.1:0'], { CRUDDUR_DOOR: '/nowhere/socket' }, /CRUDDUR_DOOR cannot be made/],
      [['enter', '/nowhere'], { CRUDDUR_DOOR: socket }, /\/nowhere/],
    ]) {
      const { status, stderr } = run(args, env);
      assert.equal(status, 1, `${args}`);
      assert.match(stderr, pattern);
    }
  });
});
