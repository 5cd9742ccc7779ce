// identity.mjs - signs access tokens with a key of the tests, which the key set also contains.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';

import { JWKS_PATH, proxies, stack } from '../../api/harness/proxied.mjs';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

const standIn = await fetch(
  `http://127.0.0.1:${stack.ports.COGNITO}/${stack.config.userPoolId}/.well-known/jwks.json`,
);

export const KEY_ID = 'key-of-the-faults';
export const KEYS = [
  ...(await standIn.json()).keys,
  { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' },
];

// fault: the answer to requests for the key set; null: the keys. fetches: the number of requests.
export const jwks = { fault: null, fetches: 0 };

// Faults for all other requests to Cognito.
export const cognito = { fault: () => undefined };

proxies.cognito.fault = (request) => {
  if (request.path !== JWKS_PATH) return cognito.fault(request);
  jwks.fetches++;
  return jwks.fault ?? { status: 200, body: { keys: KEYS } };
};

// A new token for the person to whom `token` belongs.
export function sign(token, claims = {}, header = {}) {
  const head = encode({ alg: 'RS256', kid: KEY_ID, ...header });
  const body = encode({ ...claimsOf(token), jti: randomUUID(), ...claims });
  const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(privateKey);
  return `${head}.${body}.${signature.toString('base64url')}`;
}
