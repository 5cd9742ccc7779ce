// supply.test.mjs - where the software in the images comes from: bills of materials, pinned base images.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

import { bundleOf } from '../docker/certificates.mjs';
import { bill, debianComponents, npmComponents } from '../docker/sbom.mjs';
import { assertBill } from './containers/bill.mjs';

const ROOT = path.dirname(import.meta.dirname);
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

describe('the bill of materials', () => {
  const status = `Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl (3.0.15-1)
Version: 3.0.15-1~deb12u1+b1
Description: text
 Version: 9

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: apt
Status: install ok installed
Architecture: amd64
Version: 1:2.6.1
`;
  const made = (name = 'cruddur-app') =>
    bill({
      name,
      version: 'v1-2-gabc',
      components: [
        ...debianComponents(status),
        ...npmComponents(JSON.parse(read('frontend/package-lock.json'))),
        ...npmComponents(JSON.parse(read('package-lock.json')), ['swagger-ui-dist', 'node-linux-*']),
      ],
    });

  test('fits the schema of CycloneDX, also for what is installed here', () => {
    assertBill(made(), 'cruddur-app');
    const installed = debianComponents(fs.readFileSync('/var/lib/dpkg/status', 'utf8'));
    assert.ok(installed.some(({ name }) => name === 'nginx'));
    assertBill(bill({ name: 'here', version: '1', components: installed }), 'here');
  });

  test('has the installed packages of Debian and those of the lock files, with their hashes', () => {
    const { components } = made();
    const refs = components.map(({ purl }) => purl);
    assert.ok(refs.includes('pkg:deb/debian/apt@1%3A2.6.1?arch=amd64&distro=debian-12'));
    assert.ok(
      refs.includes(
        'pkg:deb/debian/libssl3@3.0.15-1~deb12u1%2Bb1?arch=amd64&distro=debian-12',
      ),
    );
    assert.ok(!refs.some((ref) => ref.includes('/gone@')));
    const react = components.find(({ purl }) => /^pkg:npm\/react@/.test(purl));
    assert.match(react.hashes[0].content, /^[0-9a-f]{128}$/);
    assert.equal(react.hashes[0].alg, 'SHA-512');
    // Tools of the build are not in the pages.
    for (const name of ['vite', 'typescript', 'ajv'])
      assert.ok(!refs.some((ref) => ref.startsWith(`pkg:npm/${name}@`)), name);
    assert.ok(refs.some((ref) => ref.startsWith('pkg:npm/swagger-ui-dist@')));
    assert.ok(refs.some((ref) => ref.startsWith(`pkg:npm/node-linux-${process.arch}@`)));
  });

  test('of a package lists all that it needs, each in the version that it loads', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/a': { version: '1.0.0', dependencies: { b: '*', '@s/c': '*' } },
        'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { d: '*' } },
        'node_modules/b': { version: '1.0.0' },
        'node_modules/@s/c': { version: '3.0.0', dependencies: { b: '*' } },
        'node_modules/d': { version: '4.0.0' },
        'node_modules/e': { version: '5.0.0' },
      },
    };
    assert.deepEqual(
      npmComponents(lock, ['a'])
        .map(({ purl }) => purl)
        .sort(),
      [
        'pkg:npm/%40s/c@3.0.0',
        'pkg:npm/a@1.0.0',
        'pkg:npm/b@1.0.0',
        'pkg:npm/b@2.0.0',
        'pkg:npm/d@4.0.0',
      ],
    );
    assert.throws(() => npmComponents(lock, ['f']), /there is no node_modules\/f/);
  });

  test('of the same contents is the same text', () => {
    assert.equal(JSON.stringify(made()), JSON.stringify(made()));
    assert.notEqual(made().serialNumber, made('cruddur-tools').serialNumber);
  });
});

describe('base images', () => {
  test('every image that is not built here is pinned by digest', () => {
    const dockerfile = read('docker/Dockerfile');
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
    for (const [, name] of dockerfile.matchAll(/^FROM (\S+)/gm))
      assert.ok(['${DEBIAN}', 'scratch'].includes(name) || stages.includes(name), name);
    assert.match(dockerfile, /^ARG DEBIAN=docker\.io\/\S+:\S+@sha256:[0-9a-f]{64}$/m);
    for (const file of ['docker/compose.yaml', 'docker/compose.prod.yaml'])
      for (const [, name] of read(file).matchAll(/^ +image: (\S+)$/gm))
        assert.match(name, /cruddur-|@sha256:[0-9a-f]{64}\}?$/, `${file}: ${name}`);
  });

  test('docker/pins tells of newer images, and writes their digests', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-pins-'));
    for (const name of ['pins', 'Dockerfile', 'compose.yaml'])
      fs.copyFileSync(path.join(ROOT, 'docker', name), path.join(folder, name));
    const text = () =>
      ['Dockerfile', 'compose.yaml'].map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
    const digests = new Map(
      [...text().join('').matchAll(/docker\.io\/([a-z/-]+):([\w.-]+)@(sha256:[0-9a-f]{64})/g)].map(
        ([, image, tag, digest]) => [`/v2/${image}/manifests/${tag}`, digest],
      ),
    );
    assert.equal(digests.size, 3);
    const server = http.createServer((request, response) => {
      if (request.url.startsWith('/token?')) {
        const image = new URL(request.url, 'http://x').searchParams.get('scope').split(':')[1];
        response.end(JSON.stringify({ token: `for-${image}` }));
        return;
      }
      const digest = digests.get(request.url);
      const image = request.url.split('/').slice(2, 4).join('/');
      if (!digest || request.headers.authorization !== `Bearer for-${image}`) response.statusCode = 404;
      else response.setHeader('Docker-Content-Digest', digest);
      response.end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${server.address().port}`;
    const pins = (...args) =>
      new Promise((resolve) => {
        const env = {
          ...process.env,
          REGISTRY_URL: url,
          REGISTRY_TOKEN_URL: `${url}/token?service=s`,
          no_proxy: '127.0.0.1',
        };
        const child = spawn(path.join(folder, 'pins'), args, { env });
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (part) => (output += part));
        child.on('close', (code) => resolve({ code, output }));
      });
    try {
      assert.equal((await pins()).code, 0);
      const [debian] = [...digests.keys()].filter((one) => one.includes('debian'));
      const newer = `sha256:${'5'.repeat(64)}`;
      digests.set(debian, newer);
      const before = text();
      const told = await pins('check');
      assert.equal(told.code, 1);
      assert.match(told.output, new RegExp(`debian:bookworm-slim is pinned to .*${newer}`));
      assert.deepEqual(text(), before);

      assert.equal((await pins('update')).code, 0);
      assert.equal((await pins()).code, 0);
      assert.ok(text()[0].includes(`debian:bookworm-slim@${newer}\n`));
      assert.equal(text()[1], before[1]);

      digests.delete(debian);
      const failed = await pins();
      assert.equal(failed.code, 1);
      assert.match(failed.output, /pins: .*debian:bookworm-slim: the registry does not answer/);
      assert.equal((await pins('dance')).code, 2);
    } finally {
      server.close();
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('SECURITY.md is where scanners look', () => {
    assert.match(read('SECURITY.md'), /^## Reporting a vulnerability$/m);
    assert.match(read('docs/security.md'), /\(\.\.\/SECURITY\.md\)/);
  });
});

describe('the certificates of RDS', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-certificates-'));
  after(() => fs.rmSync(folder, { recursive: true }));
  const certificate = (...extension) => {
    const args = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=a'];
    const file = path.join(folder, 'certificate.pem');
    const made = spawnSync('openssl', [...args, '-days', '10', '-out', file, ...extension]);
    assert.equal(made.status, 0, String(made.stderr));
    return fs.readFileSync(file, 'utf8').trim();
  };
  const authority = certificate();
  const server = certificate('-addext', 'basicConstraints=critical,CA:FALSE');
  const bundle = Array(10).fill(authority).join('\n');

  test('are those of authorities that have not ended', () => {
    assert.equal(bundleOf(`${bundle}\n`), `${bundle}\n`);
    assert.equal(bundleOf(`${bundle}\n${server}\n`), `${bundle}\n`);
    const later = new Date(Date.now() + 11 * 86_400_000);
    assert.throws(() => bundleOf(bundle, later), /have ended/);
  });

  test('are refused when they are cut short, or something else', () => {
    for (const text of ['', '<html>', authority, bundle.slice(0, -20), `${bundle}\nmore`])
      assert.throws(() => bundleOf(text), /no bundle of certificates/);
  });
});
