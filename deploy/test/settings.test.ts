// settings.test.ts - mistakes in the settings are named before anything is made.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { checked, settingsOf } from '../lib/settings.ts';
import { EXAMPLE } from './files.ts';

test('the example is complete and right', () => {
  assert.deepEqual(checked(EXAMPLE), { role: 'cruddur_app', ...EXAMPLE });
});

test('without a file the defaults apply', () => {
  assert.deepEqual(settingsOf('/nonexistent/settings.json', 'v1'), {
    name: 'cruddur',
    size: 'small',
    version: 'v1',
    role: 'cruddur_app',
  });
});

test('a group of routes has two replicas, unless it says more', () => {
  const { routes } = checked({ routes: { chat: { programs: ['messages'], max: 3 } } });
  assert.deepEqual(routes, { chat: { programs: ['messages'], min: 2, max: 3 } });
});

test('each mistake is named', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-settings-'));
  const file = path.join(folder, 'settings.json');
  try {
    for (const [given, problem] of [
      ['{', /settings\.json: /],
      ['{"domian": "a.example"}', /there is no setting domian; the settings are name, size/],
      ['{"size": "huge"}', /the setting size must match \^\(small\|medium\|large\)\$, not "huge"/],
      ['{"name": "Cruddur"}', /the setting name must match/],
      ['{"domain": "cruddur.example"}', /domain and certificate belong together/],
      ['{"domain": "https://cruddur.example"}', /the setting domain must match/],
      [
        '{"certificate": "arn:aws:acm:ca-central-1:111122223333:certificate/1"}',
        /the setting certificate/,
      ],
      ['{"size": 1}', /the setting size/],
      ['{"routes": "messages"}', /the setting routes must have groups/],
      ['{"routes": {"Chat": {}}}', /routes: Chat is no name of a group/],
      ['{"routes": {"chat": {}}}', /routes: chat needs programs/],
      ['{"routes": {"chat": {"programs": ["messages"], "mni": 1}}}', /routes: chat has mni; a group has/],
      [
        '{"routes": {"chat": {"programs": ["messages"], "min": 3, "max": 2}}}',
        /routes: chat must have a number min/,
      ],
    ] as const) {
      fs.writeFileSync(file, given);
      assert.throws(() => settingsOf(file), problem);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
