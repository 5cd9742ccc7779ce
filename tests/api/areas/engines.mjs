// engines.mjs - the engine of a local run's DynamoDB: which one a home gets, and that it keeps it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

import { stack } from '../harness/main.mjs';
import { assertFails, runCommand } from '../harness/operate.mjs';
import { freePort } from '../harness/stack.mjs';
import { until } from '../harness/until.mjs';

const DEFAULT = process.arch === 'x64' ? 'dynoxide' : 'dynamodb-local';
const WANTED = process.env.CRUDDUR_DYNAMODB_ENGINE || DEFAULT;

// 127.0.0.0/8, the same as an IPv4-mapped address, and ::1, as the kernel prints them.
const LOOPBACK = /^(([0-9A-F]{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000)$/;

// The processes of a home: those that name it in their arguments or environment, and their children.
async function processesOf(home) {
  const read = (pid, file) => {
    try {
      return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return ''; // It has exited.
    }
  };
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = new Set(
    pids.filter((pid) => ['cmdline', 'environ'].some((file) => read(pid, file).includes(home))),
  );
  found.delete(String(process.pid));
  const parentOf = (pid) => /^PPid:\s(\d+)$/m.exec(read(pid, 'status'))?.[1];
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const pid of pids) if (found.has(parentOf(pid))) found.add(pid);
  }
  return found;
}

// The TCP sockets that listen and the UDP sockets of processes, as { address, port }; the address is in
// hexadecimal.
function listeners(pids) {
  const inodes = new Set();
  for (const pid of pids)
    try {
      for (const fd of fs.readdirSync(`/proc/${pid}/fd`))
        inodes.add(/^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]);
    } catch {
      // It has exited, or has closed the file.
    }
  inodes.delete(undefined); // of other files
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    fs
      .readFileSync(`/proc/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , , , , , , , inode]) => inodes.has(inode))
      .filter(([, , , state]) => state === '0A' || protocol[0] === 'u')
      .map(([, local]) => local.split(':'))
      .map(([address, port]) => ({ address, port: parseInt(port, 16) })),
  );
}

// A home that has only these files in data/dynamodb.
function makeHome(files) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-home-'));
  const folder = path.join(home, 'data/dynamodb');
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(home, 0o755);
  for (const [name, text] of Object.entries(files))
    fs.writeFileSync(path.join(folder, name), text);
  return home;
}

// Run bin/local up, which must refuse with one line that matches, and change no data.
async function assertRefused(files, engine, message) {
  const home = makeHome(files);
  const settings = { CRUDDUR_HOME: home, CRUDDUR_DYNAMODB_ENGINE: engine };
  for (const name of Object.keys(stack.ports))
    settings[`CRUDDUR_${name}_PORT`] = String(await freePort());
  try {
    await assertFails(runCommand(stack, 'local', ['up'], { settings }), message);
    assert.deepEqual(fs.readdirSync(path.join(home, 'data')), ['dynamodb']);
    assert.deepEqual(fs.readdirSync(path.join(home, 'data/dynamodb')), Object.keys(files));
  } finally {
    fs.rmSync(home, { recursive: true });
  }
}

describe('engines', () => {
  test('a new home records the engine that was asked for, or the default of this machine', () => {
    assert.equal(stack.engine(), WANTED);
    const command = fs.readFileSync(`/proc/${stack.dynamodbPid()}/cmdline`, 'utf8');
    assert.equal(/dynoxide/.test(command.split('\0')[0]), WANTED === 'dynoxide', command);
  });

  test('nothing of a local run listens beyond loopback', async () => {
    const sockets = listeners(await processesOf(stack.home));
    const ports = new Set(sockets.map(({ port }) => port));
    for (const [name, port] of Object.entries(stack.ports)) assert.ok(ports.has(port), name);
    let beyond = sockets.filter(({ address }) => !LOOPBACK.test(address));
    // Resolving a name takes a UDP socket, which has any address until an answer comes or is given up: Java's
    // own resolver asks for 15 s. One that listens stays.
    await until(() => `these are closed: ${JSON.stringify(beyond)}`, async () => {
      const now = listeners(await processesOf(stack.home)).map(({ port }) => port);
      beyond = beyond.filter(({ port }) => now.includes(port));
      return beyond.length === 0;
    });
  });

  test('a home keeps its engine: another wish is refused', async () => {
    await assertRefused(
      { engine: 'dynoxide\n' },
      'dynamodb-local',
      /was made with dynoxide and keeps it: .* bin\/ddb\/backup/,
    );
    await assertRefused({ engine: 'dynamodb-local\n' }, 'dynoxide', /made with dynamodb-local/);
  });

  test('a home without a record, with data of DynamoDB Local, keeps DynamoDB Local', async () => {
    const files = { 'shared-local-instance.db': '' };
    await assertRefused(files, 'dynoxide', /made with dynamodb-local and keeps it/);
  });

  test('unknown engines are refused', async () => {
    await assertRefused({}, 'dynalite', /CRUDDUR_DYNAMODB_ENGINE is dynoxide or dynamodb-local/);
    await assertRefused({ engine: 'other\n' }, '', /made with other, which this release/);
  });
});
