// routes.mjs - every route below /api with a path that matches it, for tests of all routes. The routes
// come from bin/routes, the parameters from the examples of docs/openapi.yaml, which are seed data.
import { OPERATIONS } from './openapi.mjs';
import { pathOf, requestOf } from './requests.mjs';
import { TABLE } from './table.mjs';

export const SEEDED_GROUP = '5ae290ed-55d1-47a0-bc6d-fe2bc2700399';
export const SEEDED_CRUD = 'c0ffee00-0000-4000-8000-000000000001'; // of andrewbrown
export const UNUSED_UUID = '00000000-0000-4000-8000-000000000000';

const AUTH = { required: true, optional: 'optional', none: false };

function routeOf(pattern) {
  const entries = TABLE.filter((entry) => entry.pattern === pattern);
  const [read = entries[0]] = entries.filter(({ method }) => method === 'GET');
  const operation = OPERATIONS.find(
    ({ method, path }) => method === read.method && path === pattern,
  );
  if (!operation)
    throw new Error(`docs/openapi.yaml has no operation for ${read.method} ${pattern}`);
  const methods = entries.map(({ method }) => method);
  return {
    path: pathOf(pattern, requestOf(operation)),
    methods: methods.includes('GET')
      ? ['GET', 'HEAD', ...methods.filter((m) => m !== 'GET')]
      : methods,
    auth: AUTH[read.auth],
  };
}

// { path, methods, auth }; auth: whether GET, or else the first method, needs a token; 'optional': the
// token may be missing, but a bad one is refused.
export const ROUTES = [...new Set(TABLE.map(({ pattern }) => pattern))]
  .filter((pattern) => pattern.startsWith('/api/'))
  .map(routeOf);

export const READABLE = ROUTES.filter(({ methods }) => methods.includes('GET'));
export const PERSONAL = ROUTES.filter(({ auth }) => auth === true);
export const OPTIONAL = READABLE.filter(({ auth }) => auth === 'optional');
