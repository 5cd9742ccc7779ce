// constants.mjs - values that files have to repeat are those of their source: bin/constants,
// sql/people.json, or a #define. Documents and compose files cannot read them; they are compared here.
import { withoutHashes } from './tree.mjs';

// The values of bin/constants that each file repeats.
const REPEATED = {
  'README.md': ['local_password', 'http_port'],
  '.env.example': [
    'http_port',
    'dynamodb_port',
    'cognito_port',
    'postgres_port',
    'local_region',
    'local_messages_table',
    'local_user_pool',
    'local_client',
    'local_owner',
    'local_serving_role',
    'local_password',
  ],
  'docker/compose.yaml': ['http_port', 'local_region', 'local_user_pool', 'local_client', 'local_owner', 'local_serving_role', 'local_password'],
};

export default function constants(tree, check) {
  const values = new Map(
    [...tree.read('bin/constants').matchAll(/^([a-z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
  );
  for (const [file, names] of Object.entries(REPEATED))
    for (const name of names)
      check(
        new RegExp(`(?<![\\w-])${values.get(name)}(?![\\w-])`).test(tree.read(file)),
        `${file} does not have ${name} of bin/constants; write: ${values.get(name)}`,
      );

  // A pool has one worker more while it restarts, and each worker has a file.
  const files = Number(/define METRICS_FILES_MAX\s+(\d+)/.exec(tree.read(tree.common('metrics.h')))?.[1]);
  check(
    Number(values.get('workers_max')) + 1 <= files,
    `common/run/metrics.h has ${files} files for a program, but bin/constants allows ${values.get('workers_max')} workers; write: #define METRICS_FILES_MAX ${Number(values.get('workers_max')) + 1}`,
  );

  // Rows of docs/architecture.md such as: | a request | 4000 | `NAME` in `common/run/budget.h` |
  const rows = [
    ...tree.read('docs/architecture.md').matchAll(/\| (\d+) \| `([A-Z_]+)` in `([^`]+)` \|/g),
  ];
  check(rows.length > 0, 'docs/architecture.md has no row with a constant of the sources');
  for (const [, value, name, file] of rows) {
    const [, real] = new RegExp(`#define ${name}\\s+\\(?(\\d+)`).exec(tree.read(file)) ?? [];
    check(
      real === value,
      `docs/architecture.md says that ${name} of ${file} is ${value}; write: ${real ?? 'a constant that exists'}`,
    );
  }

  const people = tree.read('sql/people.json');
  const handles = [...people.matchAll(/"handle": *"(\w+)"/g)].map(([, handle]) => handle);
  check(handles.length > 0, 'sql/people.json has no person with a handle');
  for (const handle of handles)
    check(
      tree.read('README.md').includes(`\`${handle}\``),
      `README.md does not name ${handle} of sql/people.json; write: \`${handle}\``,
    );

  // Paths of the API that nginx treats in a way of their own.
  const programs = tree.textOf(tree.files('fcgi', '.c'));
  for (const file of tree.files('nginx', '.in'))
    for (const [path] of withoutHashes(tree.read(file)).matchAll(/(?<![\w/])\/api\/[a-z_-]+(?![\w/.-])/g))
      check(
        programs.includes(`"${path}"`) || tree.exists(`docs${path}.html`),
        `${file} treats ${path}, but no program has it; delete it`,
      );
}
