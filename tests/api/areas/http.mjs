// http.mjs - rules for all routes: paths, methods, headers, sizes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import os from 'node:os';
import { describe, test } from 'node:test';

import { assertOk, assertProblem } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newPair } from '../harness/people.mjs';
import { READABLE, ROUTES, SEEDED_GROUP, UNUSED_UUID } from '../harness/routes.mjs';

describe('HTTP', () => {
  test('the health check reports success and the version', async () => {
    const answer = await stack.ask('GET', '/api/health-check');
    assertOk(answer);
    assert.equal(answer.body.success, true);
    assert.equal(typeof answer.body.version, 'string');
    assert.notEqual(answer.body.version, '');
  });

  test('ready reports the state and latency of each dependency', async () => {
    const { body } = await stack.ask('GET', '/api/ready');
    const states = Object.entries(body).filter(([, value]) => value && typeof value === 'object');
    const dependencies = states.length === 1 ? Object.entries(states[0][1]) : states;
    assert.equal(dependencies.length, 3, JSON.stringify(body));
    for (const [name, dependency] of dependencies) {
      const values = Object.values(dependency);
      assert.ok(
        values.some((value) => typeof value === 'number'),
        `latency of ${name}`,
      );
      assert.ok(
        values.some((value) => typeof value !== 'number'),
        `state of ${name}`,
      );
    }
  });

  test('HEAD has the headers of GET and no body', async () => {
    const [token, moderator] = [await stack.token('andrewbrown'), await stack.token('londo')];
    for (const { path, auth } of READABLE) {
      const options = auth ? { token: path === '/api/reports' ? moderator : token } : {};
      const get = await stack.ask('GET', path, options);
      const head = await stack.ask('HEAD', path, options);
      assert.ok([200, 202].includes(get.status), path); // 202: an export begins
      assert.equal(head.status, get.status, path);
      assert.equal(head.text, '', path);
      for (const name of ['content-type', 'cache-control', 'link', 'vary'])
        assert.equal(head.headers[name], get.headers[name], `${name} of ${path}`);
    }
  });

  test('another method is a 405 whose Allow header lists the supported methods', async () => {
    const token = await stack.token('andrewbrown');
    for (const { path, methods } of ROUTES) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (methods.includes(method)) continue;
        const json = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined;
        const answer = await stack.ask(method, path, { token, json });
        assert.equal(answer.status, 405, `${method} ${path}`);
        if (method !== 'HEAD') assertProblem(answer, 405, 'method_not_allowed');
        const allowed = answer.headers.allow.split(',').map((name) => name.trim());
        assert.deepEqual(allowed.sort(), [...methods].sort(), `Allow of ${method} ${path}`);
      }
    }
  });

  test('an unknown method is a 405', async () => {
    const answer = await stack.client.rawRequest('BREW', '/api/message_groups');
    assert.equal(answer.status, 405);
  });

  test('a path that matches no resource is a 404, in any spelling', async () => {
    const token = await stack.token('andrewbrown');
    const group = SEEDED_GROUP;
    const paths = [
      '/api/',
      '/api/nothing',
      '/api/message_groups/',
      '/api/message_groups/bayko',
      '/api/message_groups/@',
      '/api/message_groups/@bayko/more',
      '/api//message_groups',
      '/api/./message_groups',
      '/api/x/../message_groups',
      '/api/messages//',
      `/api/messages/${group}/`,
      `/api/messages//${group}`,
      `/api/messages/${group}%2F${UNUSED_UUID}`,
      `/api/messages%2F${group}`,
      `/api/messages/${group}/..`,
      '/api/messages/..',
      '/api/messages/%2e%2e',
      `/api/messages/${group}%20`,
      `/api/messages/${group.slice(1)}`,
      `/api/messages/{${group}}`,
      `/api/messages/${group.replaceAll('-', '')}`,
      '/api/messages/not-a-uuid',
      '/api/users/@/short',
      '/api/users/bayko/short',
      '/api/users/@bayko/short/',
      '/api/users/@bay%2Fko/short',
      '/api/users/@%FF%FE/short',
      '/api/users/@%C0%AF/short',
      `/api/users/@${'b'.repeat(31)}/short`,
      '/api/users/@b/short',
      '/api/Users/me',
      '/api/users/me/',
    ];
    for (const path of paths)
      assertProblem(await stack.ask('GET', path, { token }), 404, 'not_found');
    for (const path of [
      '/api/message_groups/not-a-uuid/read',
      `/api/message_groups//${group}/read`,
      `/api/message_groups/${group}/read/`,
    ]) {
      const json = { message_uuid: UNUSED_UUID };
      assertProblem(await stack.ask('PUT', path, { token, json }), 404, 'not_found');
    }
    for (const path of [
      `/api/messages/${group}/not-a-uuid`,
      `/api/messages/not-a-uuid/${UNUSED_UUID}`,
      `/api/messages/${group}/${UNUSED_UUID}`,
      `/api/messages/${group}/${UNUSED_UUID}/more`,
    ])
      assertProblem(await stack.ask('DELETE', path, { token }), 404, 'not_found');
  });

  test('a malformed path is a 400 or 404, never a file or a 500', async () => {
    for (const path of [
      '/api/%00',
      '/api/messages/%00',
      '/api/users/@bay%00ko/short',
      '/api/%',
      '/api/%zz',
      '/api/../../../../etc/passwd',
      '/api/..%2f..%2f..%2fetc/passwd',
    ]) {
      const answer = await stack.client.raw(
        Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`),
      );
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /root:/, path);
      if (!path.includes('../'))
        assert.match(answer.headers['content-type'], /problem\+json/, path);
    }
  });

  test('a body larger than 16 KiB is a 413, with or without Content-Length', async () => {
    const { ann, group } = await newPair(stack);
    const path = '/api/messages';
    const start = `{"message_group_uuid":"${group}","message":"whole"`;
    const body = (size) => `${start}${' '.repeat(size - start.length - 1)}}`;
    const headers = { 'Content-Type': 'application/json' };
    const send = (bytes, more) =>
      stack.ask('POST', path, { token: ann.token, body: bytes, headers: { ...headers, ...more } });

    assertOk(await send(body(16_384)));
    assertProblem(await send(body(16_385)), 413, 'body_too_large');
    assertProblem(await send(body(17 * 1024)), 413, 'body_too_large');
    const chunked = { 'Transfer-Encoding': 'chunked' };
    assertOk(await send(body(16_384), chunked));
    assertProblem(await send(body(16_385), chunked), 413, 'body_too_large');
    assertProblem(
      await stack.client.rawRequest('POST', path, [
        `Authorization: Bearer ${ann.token}`,
        'Content-Type: application/json',
        'Content-Length: 999999999999',
      ]),
      413,
      'body_too_large',
    );
  });

  test('oversized headers and URIs and a malformed Content-Length are refused', async () => {
    const { client } = stack;
    const long = await client.rawRequest('GET', '/api/users/me', [`X-Long: ${'x'.repeat(70_000)}`]);
    assert.ok([400, 431].includes(long.status), String(long.status));
    const uri = await client.rawRequest('GET', `/api/users/me?q=${'x'.repeat(70_000)}`);
    assert.ok([400, 414].includes(uri.status), String(uri.status));
    const length = await client.rawRequest('POST', '/api/messages', ['Content-Length: ten']);
    assert.equal(length.status, 400);
  });

  test('every answer has its own request id', async () => {
    const ids = new Set();
    for (let i = 0; i < 20; i++) {
      const { headers } = await stack.ask('GET', '/api/health-check', {
        headers: { 'X-Request-Id': 'mine' },
      });
      ids.add(headers['x-request-id']);
    }
    assert.equal(ids.size, 20);
    assert.ok(!ids.has('mine'));
  });

  test('only our own origin gets CORS headers', async () => {
    const ours = stack.env.FRONTEND_URL ?? stack.url;
    for (const path of ['/api/health-check', '/api/users/me', '/api/nothing']) {
      const allowed = await stack.ask('GET', path, { headers: { Origin: ours } });
      assert.equal(allowed.headers['access-control-allow-origin'], ours, path);
      assert.match(allowed.headers.vary ?? '', /\bOrigin\b/i, path);
      const exposed = allowed.headers['access-control-expose-headers'].toLowerCase();
      for (const name of ['link', 'x-request-id', 'retry-after', 'date'])
        assert.ok(exposed.includes(name), `${name} of ${path}`);
      for (const Origin of [
        'https://evil.example',
        `${ours}.evil.example`,
        'null',
        ours.replace('http://', 'https://'),
      ]) {
        const other = await stack.ask('GET', path, { headers: { Origin } });
        assert.equal(other.headers['access-control-allow-origin'], undefined, Origin);
      }
      const plain = await stack.ask('GET', path);
      assert.match(plain.headers.vary ?? '', /\bOrigin\b/i, path);
    }
  });

  test('nginx answers preflight requests of our own origin only', async () => {
    const ours = stack.env.FRONTEND_URL ?? stack.url;
    const preflight = (Origin) =>
      stack.ask('OPTIONS', '/api/messages', {
        headers: {
          Origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
        },
      });
    const { status, headers } = await preflight(ours);
    assert.equal(status, 204);
    assert.equal(headers['access-control-allow-origin'], ours);
    const allowed = headers['access-control-allow-headers'].toLowerCase().split(/, */).sort();
    assert.deepEqual(allowed, ['authorization', 'content-type', 'idempotency-key']);
    const methods = headers['access-control-allow-methods'].split(/, */);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) assert.ok(methods.includes(method));

    const other = await preflight('https://evil.example');
    assert.equal(other.status, 405);
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });

  test('every answer has the security headers and reveals no versions', async () => {
    for (const path of [
      '/',
      '/@bayko',
      '/config.json',
      '/favicon.ico',
      '/nothing.php',
      '/assets/nothing.js',
      '/.well-known/change-password',
      '/.well-known/security.txt',
      '/api/health-check',
      '/api/nothing',
      '/metrics',
    ]) {
      const { headers } = await stack.ask('GET', path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['x-frame-options'], 'DENY', path);
      assert.equal(headers['referrer-policy'], 'strict-origin-when-cross-origin', path);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path);
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin', path);
      assert.match(headers['permissions-policy'], /\bcamera=\(\), .*\bgeolocation=\(\)/, path);
      assert.match(headers['content-security-policy'], /^default-src 'none'; /, path);
      assert.doesNotMatch(headers['content-security-policy'], /unsafe|\*/, path);
      assert.doesNotMatch(headers.server ?? '', /\d/);
    }
    const { headers } = await stack.ask('GET', '/');
    assert.match(headers['content-type'], /^text\/html/);
    const policy = headers['content-security-policy'];
    assert.match(policy, /; require-trusted-types-for 'script'; trusted-types service-worker$/);
  });

  test('only paths of pages get the start page; an unknown file is a 404', async () => {
    const { text: start } = await stack.ask('GET', '/');
    for (const path of ['/@bayko/followers', '/messages/x/y', '/search?term=a.b', '/.dots/are/before']) {
      const { status, text } = await stack.ask('GET', path);
      assert.equal(status, 200, path);
      assert.equal(text, start, path);
    }
    for (const path of [
      '/x.php',
      '/.env',
      '/.git/config.lock',
      '/messages/x.html',
      '/index.htm',
      '/a%2eb',
      '/robots.txt.bak',
      '/.well-known/',
      '/.well-known/openid-configuration',
      '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200',
    ])
      assertProblem(await stack.ask('GET', path), 404, 'not_found');
  });

  test('the files that crawlers and scanners look for exist', async () => {
    for (const [path, type, content] of [
      ['/robots.txt', /^text\/plain/, /^User-agent: \*\n/m],
      ['/favicon.ico', /^image\/x-icon$/, /^\0\0\x01\0/],
      ['/favicon.svg', /^image\/svg\+xml/, /<svg/],
      ['/manifest.webmanifest', /^application\/manifest\+json/, /^\{/],
      ['/.well-known/security.txt', /^text\/plain; charset=utf-8$/, /^Contact: /],
    ]) {
      const { status, headers, text } = await stack.ask('GET', path);
      assert.equal(status, 200, path);
      assert.match(headers['content-type'], type);
      assert.match(text, content, path);
    }
    const manifest = (await stack.ask('GET', '/manifest.webmanifest')).body;
    assert.deepEqual([manifest.id, manifest.start_url, manifest.scope], ['/', '/', '/']);
    for (const { src, type, sizes } of manifest.icons) {
      const response = await fetch(new URL(src, stack.url));
      assert.equal(response.status, 200, src);
      assert.ok(response.headers.get('content-type').startsWith(type), src);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (type === 'image/png')
        assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
    }

    const { text } = await stack.ask('GET', '/.well-known/security.txt');
    const fields = new Map(text.split('\n').map((line) => line.split(/: (.*)/).slice(0, 2)));
    assert.match(fields.get('Contact'), /^(mailto|https):/);
    const days = (Date.parse(fields.get('Expires')) - Date.now()) / 86_400_000;
    assert.ok(days > 300 && days < 365, fields.get('Expires'));

    const change = await stack.ask('GET', '/.well-known/change-password');
    assert.deepEqual([change.status, change.headers.location], [302, '/settings/account#password']);
  });

  test('browsers ask for the service worker and its page each time', async () => {
    for (const [path, type] of [
      ['/service-worker.js', /^application\/javascript/],
      ['/no-service-worker.js', /^application\/javascript/],
      ['/index.html', /^text\/html/],
      ['/manifest.webmanifest', /^application\/manifest\+json/],
    ]) {
      const { status, headers } = await stack.ask('GET', path);
      assert.equal(status, 200, path);
      assert.match(headers['content-type'], type, path);
      assert.equal(headers['cache-control'], 'no-cache', path);
      const policy = headers['content-security-policy'];
      assert.match(policy, /; manifest-src 'self'; worker-src 'self'; connect-src 'self' /, path);
    }
    // All files that it keeps are there, and index.html is the one that it names.
    const { text } = await stack.ask('GET', '/service-worker.js');
    const files = new Set(text.match(/\/assets\/[^"`']+|\/index\.html/g));
    assert.ok(files.size > 5);
    for (const path of files) assert.equal((await stack.ask('GET', path)).status, 200, path);
    const page = (await stack.ask('GET', '/index.html')).text;
    assert.ok(text.includes(createHash('sha256').update(page).digest('base64')));
  });

  test('/metrics and /api/ready are not served under the name of another site', async () => {
    const ask = (path, host) => stack.ask('GET', path, { headers: { Host: host } });
    for (const path of ['/metrics', '/api/ready']) {
      for (const host of ['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.evil'])
        assertProblem(await ask(path, host), 421, 'misdirected_request');
      for (const host of ['localhost', `LOCALHOST:${stack.ports.HTTP}`, '10.1.2.3:8080', '[::1]'])
        assert.equal((await ask(path, host)).status, 200, `${path} ${host}`);
      assert.equal((await ask(path, os.hostname())).status, 200);
      const nameless = await stack.client.raw(Buffer.from(`GET ${path} HTTP/1.0\r\n\r\n`));
      assert.equal(nameless.status, 200);
    }
    for (const path of ['/', '/api/health-check'])
      assert.equal((await ask(path, 'evil.example')).status, 200, path);
  });
});
