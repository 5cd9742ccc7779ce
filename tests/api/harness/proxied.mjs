// proxied.mjs - a second stack whose workers reach their dependencies through proxies, which record
// the requests and inject faults.
import { after } from 'node:test';

import { constant } from './local.mjs';
import { startProxy } from './proxy.mjs';
import { freePort, servedDatabase, Stack } from './stack.mjs';
import { startTcpProxy } from './tcp-proxy.mjs';

export const JWKS_PATH = `/${constant('local_user_pool')}/.well-known/jwks.json`;

export const proxies = {};

export const stack = await Stack.start({
  settings: { CRUDDUR_EPHEMERAL: '1' },
  async prepare(ports) {
    const [dynamodb, cognito, postgres] = [await freePort(), await freePort(), await freePort()];
    proxies.dynamodb = await startProxy(dynamodb, ports.DYNAMODB);
    proxies.cognito = await startProxy(cognito, ports.COGNITO);
    proxies.postgres = await startTcpProxy(postgres, ports.POSTGRES);
    return {
      CONNECTION_URL: servedDatabase(postgres),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb}`,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://127.0.0.1:${cognito}`,
      COGNITO_JWKS_URL: `http://127.0.0.1:${cognito}${JWKS_PATH}`,
    };
  },
});

after(async () => {
  try {
    await stack.down();
  } finally {
    for (const proxy of Object.values(proxies)) proxy.close();
  }
});
