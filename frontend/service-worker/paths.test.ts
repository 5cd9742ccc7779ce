import { expect, test } from 'vitest';

import { isPage } from './paths';

test.each(['/', '/@andrew', '/@andrew/status/1', '/messages', '/apiary', '/docsmith', '/.dots/are/before'])(
  '%s is a page',
  (path) => expect(isPage(path)).toBe(true),
);

test.each([
  ...['/api', '/api/activities/home', '/api/docs', '/metrics', '/docs', '/docs/api'],
  ...['/.well-known/security.txt', '/.well-known/change-password', '/-/replica'],
  ...['/assets/page-1.js', '/config.json', '/service-worker.js', '/manifest.webmanifest', '/a.b'],
])('%s is not', (path) => expect(isPage(path)).toBe(false));
