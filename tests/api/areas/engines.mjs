// engines.mjs - the engine of a local run's DynamoDB: which one a home gets, and that it keeps it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

import { stack } from '../harness/main.mjs';
import { assertFails, runCommand } from '../harness/operate.mjs';
import { freePort } from '../harness/stack.mjs';

const DEFAULT = process.arch === 'x64' ? 'dynoxide' : 'dynamodb-local';
const WANTED = process.env.CRUDDUR_DYNAMODB_ENGINE || DEFAULT;

// The local addresses, in hexadecimal, on which a port is listened on.
function listeners(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
      .map(([, local]) => local.split(':')[0]),
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

  test('Dynoxide listens on loopback only', { skip: WANTED !== 'dynoxide' }, () => {
    assert.deepEqual(listeners(stack.ports.DYNAMODB), ['0100007F']);
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
