// routes.mjs - a route has a program, a line in nginx/routes, an operation in docs/openapi.yaml, a
// row in README.md's table, a test and a bound of its cost; and none of these names a route that does
// not exist.
import { spawnSync } from 'node:child_process';

import { stem, withoutComments, withoutHashes } from './tree.mjs';

const PROGRAM_LINES_MAX = 150;
const COSTS = 'tests/api/harness/costs.mjs';
// Libraries that only common/ uses.
const LIBRARIES = /#\s*include\s*[<"](libpq|curl|fcgi|json-c)/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// The entries of the route tables, as { source, program, method, pattern }.
export function routesOf(tree) {
  return tree
    .files('fcgi', '.c')
    .flatMap((source) =>
      [...withoutComments(tree.read(source)).matchAll(/\{\s*"([A-Z]+)",\s*"(\/[^"]*)"/g)].map(
        ([, method, pattern]) => ({ source, program: stem(source), method, pattern }),
      ),
    );
}

// The forms of a parameter: in a test a substitution, in a document {name}, $NAME or <name>.
const IN_TEST = /^\$\{[^}]*\}$/;
const IN_DOCUMENT = /^(\{[^}]*\}|\$\w+|<[^>]*>)$/;

// Whether a path means a pattern. {name} is a parameter or a UUID, @{name} anything after the @.
function means(path, pattern, parameter) {
  const [have, want] = [path.split('/'), pattern.split('/')];
  return (
    have.length === want.length &&
    want.every((segment, i) => {
      if (segment.startsWith('@')) return /^@./.test(have[i]);
      if (!segment.startsWith('{')) return have[i] === segment;
      return parameter.test(have[i]) || UUID.test(have[i]);
    })
  );
}

// The paths below /api in a text, without their queries.
function pathsIn(text) {
  const found = text.matchAll(/\/api\/(?:\$\{[^}]*\}|[^\s'"`$\\,;()[\]|:…]|\$\w+)*/g);
  return [...new Set([...found].map(([path]) => path.replace(/[?#].*$|[.*]+$/, '')))];
}

// A test without its comments, with the paths that it keeps in constants in their places.
function requestsOf(text) {
  const code = withoutComments(text);
  const constants = [...code.matchAll(/^\s*const (\w+) = ['"`](\/api\/[^'"`]*)['"`];$/gm)];
  return constants.reduce((all, [, name, path]) => all.replaceAll(`\${${name}}`, path), code);
}

// The operations of docs/openapi.yaml, as `GET /api/…`.
function operationsOf(tree) {
  const found = [];
  let path;
  for (const line of tree.read('docs/openapi.yaml').split('\n')) {
    path = /^ {2}(\/\S+):$/.exec(line)?.[1] ?? (/^\S/.test(line) ? undefined : path);
    const method = /^ {4}(get|put|post|delete|patch):$/.exec(line)?.[1];
    if (path && method) found.push(`${method.toUpperCase()} ${path}`);
  }
  return found;
}

// The routes of README.md's table. A cell may be `PUT`, `DELETE /api/…/like`, `…/repost`: methods
// wait for their path, and …/x replaces the last segment or adds one.
function rowsOf(tree, patterns) {
  const [, table = ''] =
    /^\| route \|.*\n\|[-|]+\n((?:\|.*\n)*)/m.exec(tree.read('README.md')) ?? [];
  const found = [];
  for (const row of table.split('\n')) {
    let methods = [];
    let path;
    let waiting = false;
    for (const [, code] of row.matchAll(/`([^`]+)`/g)) {
      const [, method, given] = /^([A-Z]+)?\s*([/…]\S*)?$/.exec(code) ?? [];
      if (method) {
        methods = waiting ? [...methods, method] : [method];
        waiting = true;
      }
      if (!given) continue;
      waiting = false;
      path = given.startsWith('…')
        ? [path?.replace(/\/[^/]*$/, ''), path]
            .map((base) => base + given.slice(1))
            .find((whole) => patterns.includes(whole))
        : given.replace(/\?.*$/, '');
      for (const one of methods) found.push(`${one} ${path}`);
    }
  }
  return found;
}

export default function routes(tree, check) {
  const table = routesOf(tree);
  const sources = tree.files('fcgi', '.c');
  const patterns = [...new Set(table.map(({ pattern }) => pattern))];
  const names = table.map(({ method, pattern }) => `${method} ${pattern}`);
  check(table.length > 0, 'fcgi/ has no route');

  const lines = [...withoutHashes(tree.read('nginx/routes')).matchAll(/^(\w+)\s+\d+/gm)];
  const pools = lines.map(([, program]) => program);
  for (const source of sources) {
    const program = stem(source);
    const text = tree.read(source);
    check(
      table.some((route) => route.source === source),
      `${source} has no route; write: {"GET", "/api/${program}", AUTH_REQUIRED, CACHE_NONE, handle},`,
    );
    check(pools.includes(program), `nginx/routes has no line for ${source}; write: ${program} 1`);
    const length = text.split('\n').length - 1;
    check(
      length < PROGRAM_LINES_MAX,
      `${source} has ${length} lines; move what is more than parse, ask, answer to common/domain/`,
    );
    const include = LIBRARIES.exec(text);
    check(!include, `${source} has ${include?.[0]}…; use the module of common/ that wraps it`);
  }
  for (const program of pools)
    check(
      tree.exists(`fcgi/${program}.c`),
      `nginx/routes has a line for ${program}, but there is no fcgi/${program}.c`,
    );

  // bin/routes reads the tables strictly. It names one cause; those above are known already.
  if (pools.length === sources.length && sources.every((source) => pools.includes(stem(source)))) {
    const { status, stderr, error } = spawnSync(tree.path('bin/routes'), { encoding: 'utf8' });
    check(status === 0, `bin/routes fails: ${(error?.message ?? stderr).trim()}`);
  }

  // Routes outside /api are for operators.
  const operations = operationsOf(tree);
  const rows = rowsOf(tree, patterns);
  const asked = pathsIn(
    tree
      .files('tests/api', '.mjs')
      .filter((name) => name !== COSTS)
      .map((name) => requestsOf(tree.read(name)))
      .join('\n'),
  );
  const bounds = [...tree.read(COSTS).matchAll(/^ {2}'([A-Z]+ \/[^']*)': \{/gm)].map(
    ([, one]) => one,
  );
  for (const { source, program, method, pattern } of table) {
    const route = `${method} ${pattern}`;
    check(
      bounds.includes(route),
      `${source} has ${route}, but ${COSTS} has no bound for it; write: '${route}': {},`,
    );
    check(
      operations.includes(route) || !pattern.startsWith('/api/'),
      `${source} has ${route}, but docs/openapi.yaml has no operation for it; write below paths: ` +
        `${pattern}: { ${method.toLowerCase()}: { operationId: …, tags: […], summary: …, responses: … } }`,
    );
    check(
      rows.includes(route),
      `${source} has ${route}, but README.md's table has no row for it; write: | \`${route}\` | … |`,
    );
    check(
      asked.some((path) => means(path, pattern, IN_TEST)) || !pattern.startsWith('/api/'),
      `${source} has ${route}, but no test in tests/api asks for it; write in ` +
        `tests/api/areas/${program}.mjs: await stack.ask('${method}', \`${pattern.replaceAll('{', '${')}\`)`,
    );
  }
  for (const operation of operations)
    check(
      names.includes(operation),
      `docs/openapi.yaml describes ${operation}, but no program of fcgi/ has it`,
    );
  for (const bound of bounds)
    check(names.includes(bound), `${COSTS} has ${bound}, but no program of fcgi/ has it`);
  for (const row of rows)
    check(names.includes(row), `README.md's table has ${row}, but no program of fcgi/ has it`);

  for (const name of [
    'README.md',
    ...tree.files('docs').filter((file) => /\.(md|yaml|html)$/.test(file)),
  ])
    for (const path of pathsIn(tree.read(name))) {
      const file = ['', '.html'].some((end) => tree.exists(`docs${path}${end}`));
      check(
        file || path === '/api/' || patterns.some((pattern) => means(path, pattern, IN_DOCUMENT)),
        `${name} mentions ${path}, but there is no such route`,
      );
    }
}
