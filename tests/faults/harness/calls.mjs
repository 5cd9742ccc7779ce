// calls.mjs - a world with somebody in it, and a good request to each program.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPair } from '../../api/harness/people.mjs';
import { ROOT } from '../../api/harness/stack.mjs';

// Ann and Ben with a conversation and a crud.
export async function newWorld(stack) {
  const { ann, ben, group, first } = await newPair(stack);
  const crud = assertOk(
    await stack.ask('POST', '/api/activities', {
      token: ann.token,
      json: { message: 'a crud', ttl: '1-day' },
    }),
  );
  return { ann, ben, group, first, crud: crud.uuid };
}

// By program: how it is asked. Each call may be made again and again, with the same success; one
// that creates something has a key of its own each time.
export function callsOf({ ann, ben, group, first, crud }) {
  const { token } = ann;
  const json = (value) => JSON.stringify(value);
  const creates = (target, body) => () => ['POST', target, { token, body, key: newHandle('key') }];
  const always =
    (...call) =>
    () =>
      call;
  const calls = {
    metrics: always('GET', '/metrics', {}),
    health_check: always('GET', '/api/health-check', {}),
    ready: always('GET', '/api/ready', {}),
    message_groups: always('GET', '/api/message_groups', { token }),
    message_group_with: always('GET', `/api/message_groups/@${ben.handle}`, { token }),
    message_group_read: always('PUT', `/api/message_groups/${group}/read`, {
      token: ben.token,
      body: json({ message_uuid: first.uuid }),
    }),
    messages: always('GET', `/api/messages/${group}?limit=10`, { token }),
    message_create: creates(
      '/api/messages',
      json({ message: 'said by a test', handle: ben.handle }),
    ),
    message: always('DELETE', `/api/messages/${group}/${first.uuid}`, { token }),
    users_short: always('GET', `/api/users/@${ann.handle}/short`, {}),
    users_me: always('GET', '/api/users/me', { token }),
    profile_update: always('PUT', '/api/profile/update', {
      token,
      body: json({ display_name: 'Ann', bio: 'as ever' }),
    }),
    activities_home: always('GET', '/api/activities/home?limit=10', { token }),
    activities_search: always('GET', '/api/activities/search?term=crud', { token }),
    activities_notifications: always('GET', '/api/activities/notifications', { token }),
    activities_user: always('GET', `/api/activities/@${ann.handle}`, { token }),
    activity: always('GET', `/api/activities/${crud}`, { token }),
    activity_create: creates('/api/activities', json({ message: 'by a test', ttl: '1-hour' })),
    activity_reply: creates(`/api/activities/${crud}/reply`, json({ message: 'I agree' })),
    activity_like: always('PUT', `/api/activities/${crud}/like`, { token }),
    activity_repost: always('PUT', `/api/activities/${crud}/repost`, { token }),
  };
  const programs = fs
    .readdirSync(path.join(ROOT, 'fcgi'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => name.slice(0, -2));
  assert.deepEqual(Object.keys(calls).sort(), programs.sort(), 'a call for each program');
  return calls;
}
