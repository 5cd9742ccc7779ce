// crowd.mjs - thousands of people with access tokens, which a key of the bench signs: a stand-in for
// Cognito would need minutes to make so many accounts.
import { createSign, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';

import { newHandle } from '../../api/harness/people.mjs';
import { constant } from '../../api/harness/local.mjs';
import { freePort } from '../../api/harness/stack.mjs';

const LIFETIME_S = 24 * 3600;
const ROWS_AT_ONCE = 500; // an argument of a program has at most 128 KiB

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

// A key of RSA, as Cognito has them, and a server for its key set. Returns { url, sign, close }.
export async function startKeySet() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomBytes(32).toString('base64');
  const key = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
  const port = await freePort();
  const server = http.createServer((_, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const head = encode({ kid, alg: 'RS256' });
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    close: () => server.close(),
    sign(claims) {
      const text = `${head}.${encode(claims)}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
    },
  };
}

// The claims of an access token of Cognito.
function claims(stack, sub) {
  const now = Math.floor(Date.now() / 1000);
  return {
    sub,
    iss: `http://127.0.0.1:${stack.ports.COGNITO}/${constant('local_user_pool')}`,
    client_id: constant('local_client'),
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin openid profile email phone',
    auth_time: now,
    exp: now + LIFETIME_S,
    iat: now,
    jti: randomUUID(),
    username: sub,
  };
}

// People with an account, as { uuid, sub, handle, name, token }.
export async function makeCrowd(stack, keySet, count) {
  const people = [];
  while (people.length < count) {
    const handle = newHandle('crowd');
    const sub = randomUUID();
    const name = `Name of ${handle}`;
    people.push({ uuid: randomUUID(), sub, handle, name, token: keySet.sign(claims(stack, sub)) });
  }
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = people
      .slice(from, from + ROWS_AT_ONCE)
      .map(({ uuid, sub, handle, name }) => `('${uuid}', '${sub}', '${handle}', '${name}')`);
    await stack.sql(
      `insert into users (uuid, cognito_user_id, handle, display_name) values ${rows.join(', ')}`,
    );
  }
  await stack.sql('analyze users');
  return people;
}
