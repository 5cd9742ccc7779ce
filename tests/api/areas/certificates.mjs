// certificates.mjs - bin/certificates gets and renews the certificate of an edge from pebble, an ACME server
// for tests; the edge reads it by itself and loses no request.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';

import { sleep, whileAsked } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { Serving } from '../harness/serving.mjs';
import { freePort } from '../harness/stack.mjs';
import { retry, until } from '../harness/until.mjs';

const execute = promisify(execFile);

describe('certificates', () => {
  const folder = path.join(stack.home, 'certificates');
  const file = (name) => path.join(folder, name);
  let edge;
  let pebble;
  let settings;

  // A certificate that nobody trusts, for the name localhost.
  const selfSigned = (name) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-days', '2'],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      ],
      { stdio: 'ignore' },
    );

  // The certificate that the edge shows to a new connection.
  const shown = () =>
    new Promise((resolve, reject) => {
      const { port } = new URL(edge.url);
      const socket = tls.connect(
        { host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false },
        () => {
          const { fingerprint256, issuer } = socket.getPeerCertificate();
          socket.destroy();
          resolve({ fingerprint256, issuer: issuer.CN });
        },
      );
      socket.on('error', reject);
    });

  const written = () =>
    new X509Certificate(fs.readFileSync(settings.CRUDDUR_TLS_CERTIFICATE)).fingerprint256;

  // Returns the written certificate, as it is shown. After that a process of nginx that ends may still
  // show the former one for a moment.
  const untilShown = () =>
    until('the edge reads the certificate', async () => {
      const certificate = await shown();
      return certificate.fingerprint256 === written() && certificate;
    });

  const certificates = (more = {}, ...args) =>
    execute(path.join(stack.home, 'app/bin/certificates'), args, {
      // Root of pebble's own endpoint.
      env: { ...process.env, ...settings, CURL_CA_BUNDLE: file('pebble.pem'), ...more },
    });

  // Requests, each with a connection of its own, while `work` runs.
  async function underLoad(work) {
    const { port } = new URL(edge.url);
    const ask = () =>
      new Promise((resolve, reject) => {
        https
          .get(
            { host: '127.0.0.1', port, path: '/', rejectUnauthorized: false, agent: false },
            (response) => {
              response.resume();
              response.on('end', () => resolve(response.statusCode));
              response.on('error', reject);
            },
          )
          .on('error', reject);
      });
    await whileAsked(ask, work);
  }

  before(async () => {
    for (const name of ['challenges', 'tls']) fs.mkdirSync(file(name), { recursive: true });
    // Root starts nginx as another user.
    if (process.getuid() === 0) execFileSync('chown', ['cruddur', file('tls')]);
    const [redirect, directory, management] = [await freePort(), await freePort(), await freePort()];
    settings = {
      CRUDDUR_TLS_CERTIFICATE: file('tls/fullchain.pem'),
      CRUDDUR_TLS_KEY: file('tls/key.pem'),
      CRUDDUR_ACME_CHALLENGES: file('challenges'),
      CRUDDUR_ACME_DOMAINS: 'localhost',
      CRUDDUR_ACME_EMAIL: 'operations@cruddur.example',
      CRUDDUR_ACME_URL: `https://localhost:${directory}/dir`,
    };
    selfSigned('pebble');
    fs.writeFileSync(
      file('pebble.json'),
      JSON.stringify({
        pebble: {
          listenAddress: `127.0.0.1:${directory}`,
          managementListenAddress: `127.0.0.1:${management}`,
          certificate: file('pebble.pem'),
          privateKey: file('pebble.key'),
          httpPort: redirect, // where it looks for the proofs
          tlsPort: 1,
        },
      }),
    );
    pebble = spawn('pebble', ['-config', file('pebble.json')], {
      env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
      stdio: 'ignore',
    });
    await certificates({}, '--first');
    edge = await Serving.spawn({
      ...settings,
      CRUDDUR_EDGE: `127.0.0.1:${stack.ports.HTTP}`,
      CRUDDUR_HTTP_REDIRECT_PORT: String(redirect),
      CRUDDUR_LOG: 'files',
    });
  });
  after(async () => {
    pebble?.kill('SIGKILL');
    assert.equal(await edge?.stop(), 0);
  });

  test('before the first certificate, one that nobody trusts lets nginx start', async () => {
    assert.equal((await retry('the edge starts', shown)).issuer, 'localhost');
  });

  test('the authority looks for the proof at the edge; the edge reads its certificate', async () => {
    await underLoad(async () => {
      const { stdout } = await certificates();
      assert.match(stdout, /a new one for localhost/);
      assert.match((await untilShown()).issuer, /Pebble/);
    });
    assert.equal(fs.statSync(settings.CRUDDUR_TLS_KEY).mode & 0o77, 0);
  });

  test('a certificate that is not due is kept', async () => {
    const before = written();
    const { stdout } = await certificates();
    assert.doesNotMatch(stdout, /a new one/);
    assert.equal(written(), before);
  });

  test('a renewed certificate is read, and no request is lost', async () => {
    const before = written();
    // As if it had expired.
    fs.rmSync(file('tls/acme/certs'), { recursive: true });
    await underLoad(async () => {
      await certificates();
      await untilShown();
    });
    assert.notEqual(written(), before);
  });

  test('while the authority does not answer, the certificate stays', async () => {
    const before = written();
    await assert.rejects(certificates({ CRUDDUR_ACME_URL: 'https://localhost:1/dir' }));
    await certificates({}, '--first');
    assert.equal(written(), before);
  });

  test('a damaged certificate changes nothing', async () => {
    const { fingerprint256 } = await untilShown();
    fs.copyFileSync(settings.CRUDDUR_TLS_CERTIFICATE, file('kept.pem'));
    fs.writeFileSync(settings.CRUDDUR_TLS_CERTIFICATE, 'no certificate\n');
    await sleep(4000);
    assert.equal((await shown()).fingerprint256, fingerprint256);
    fs.copyFileSync(file('kept.pem'), settings.CRUDDUR_TLS_CERTIFICATE);
  });

  test('wrong settings are named', async () => {
    for (const [wrong, pattern] of [
      [{ CRUDDUR_ACME_DOMAINS: 'a_b' }, /CRUDDUR_ACME_DOMAINS must list names/],
      [{ CRUDDUR_ACME_URL: 'http://localhost' }, /CRUDDUR_ACME_URL must begin with https/],
      [{ CRUDDUR_ACME_EMAIL: 'a b' }, /CRUDDUR_ACME_EMAIL must be an address/],
      [{ CRUDDUR_TLS_KEY: '' }, /CRUDDUR_TLS_KEY/],
    ])
      await assert.rejects(certificates(wrong), ({ stderr }) => pattern.test(stderr));
  });
});
