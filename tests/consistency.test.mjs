// consistency.test.mjs - shows each check of tests/consistency failing. Each test breaks one thing in
// a copy of the checkout; the check must name it, and the line to write.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from './consistency/checks.mjs';
import { findingsIn } from './consistency/english.mjs';
import { CLAUSE, WORDS } from './consistency/glossary.mjs';
import { print } from './consistency/layers.mjs';
import { exampleOf } from './consistency/queries.mjs';
import { Tree } from './consistency/tree.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PROGRAM = 'fcgi/users_me.c';

let copy;
const known = new Map(); // by check, the findings of the unchanged copy
const seen = new Set(); // the places in tests/consistency that have failed

const write = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
  fs.writeFileSync(path.join(copy, name), text);
};
const read = (name) => new Tree(copy).read(name);

// Change files of the copy, run a check, and put the files back. changes: by name the new text, a
// function that makes it of the old one, or null to delete the file. Returns the findings that the
// unchanged checkout does not have.
function broken(check, changes) {
  const old = new Map(
    Object.keys(changes).map((name) => [name, new Tree(copy).exists(name) ? read(name) : null]),
  );
  if (!known.has(check))
    known.set(
      check,
      run(copy, [check]).findings.map(({ text }) => text),
    );
  try {
    for (const [name, change] of Object.entries(changes)) {
      const text = typeof change === 'function' ? change(old.get(name)) : change;
      assert.notEqual(text, old.get(name), `the change of ${name} changes nothing`);
      if (text === null) fs.rmSync(path.join(copy, name));
      else write(name, text);
    }
    const found = run(copy, [check]).findings.filter(
      ({ text }) => !known.get(check).includes(text),
    );
    for (const { place } of found) seen.add(place);
    return found.map(({ text }) => text);
  } finally {
    for (const [name, text] of old) {
      if (text === null) fs.rmSync(path.join(copy, name), { force: true });
      else write(name, text);
    }
  }
}

// A change must lead to this finding, and to no other.
function shows(check, changes, ...findings) {
  const found = broken(check, changes);
  assert.deepEqual(found.sort(), findings.sort());
}

// As shows, but other findings may follow from the same change.
function includes(check, changes, finding) {
  const found = broken(check, changes);
  assert.ok(found.includes(finding), `${finding}\nis not in\n${found.join('\n')}`);
}

const without = (pattern) => (text) => text.replace(pattern, '');
const adding = (more) => (text) => text + more;

before(() => {
  copy = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-consistency-'));
  for (const name of new Tree(ROOT).files()) {
    fs.mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, name), path.join(copy, name));
  }
});

after(() => fs.rmSync(copy, { recursive: true, force: true }));

describe('routes', () => {
  const source = (method, pattern) =>
    read(PROGRAM).replace(/\{"GET", "[^"]*"/, `{"${method}", "${pattern}"`);

  test('a new program: everything that is missing, with the line to write', () => {
    shows(
      'routes',
      { 'fcgi/tides.c': source('GET', '/api/tides/{tag}') },
      'nginx/routes has no line for fcgi/tides.c; write: tides 1',
      'fcgi/tides.c has GET /api/tides/{tag}, but docs/openapi.yaml has no operation for it; write ' +
        'below paths: /api/tides/{tag}: { get: { operationId: …, tags: […], summary: …, responses: … } }',
      "fcgi/tides.c has GET /api/tides/{tag}, but README.md's table has no row for it; write: " +
        '| `GET /api/tides/{tag}` | … |',
      'fcgi/tides.c has GET /api/tides/{tag}, but no test in tests/api asks for it; write in ' +
        "tests/api/areas/tides.mjs: await stack.ask('GET', `/api/tides/${tag}`)",
      'fcgi/tides.c has GET /api/tides/{tag}, but tests/api/harness/costs.mjs has no bound for it; ' +
        "write: 'GET /api/tides/{tag}': {},",
    );
  });

  test('no mention elsewhere replaces a row, an operation or a request', () => {
    const found = broken('routes', {
      'fcgi/tides.c': source('GET', '/api/tides'),
      'README.md': adding('\n`GET /api/tides` shows what people speak about.\n'),
      'docs/operations.md': adding('\nSee /api/tides.\n'),
      'tests/api/areas/users.mjs': adding(
        "\n// stack.ask('GET', '/api/tides')\n/* '/api/tides' */\n",
      ),
    });
    assert.equal(found.length, 5, found.join('\n'));
  });

  test('a path of another route is no request to this one', () => {
    const old = 'fcgi/users_short.c has GET /api/users/@{handle}/short';
    const tests = new Tree(copy).files('tests/api', '.mjs');
    const changes = tests
      .filter((name) => read(name).includes('/short'))
      .map((name) => [name, (text) => text.replaceAll('/short', '/long')]);
    includes(
      'routes',
      Object.fromEntries(changes),
      `${old}, but no test in tests/api asks for it; write in tests/api/areas/users_short.mjs: ` +
        "await stack.ask('GET', `/api/users/@${handle}/short`)",
    );
  });

  test('a row, an operation, a line or a mention of a route that does not exist', () => {
    shows(
      'routes',
      { 'README.md': (text) => text.replace('`GET /api/users/me`', '`PUT`, `GET /api/users/me`') },
      "README.md's table has PUT /api/users/me, but no program of fcgi/ has it",
    );
    shows(
      'routes',
      {
        'docs/openapi.yaml': (text) =>
          text.replace(/^paths:\n/m, 'paths:\n  /api/gone:\n    put:\n'),
      },
      'docs/openapi.yaml describes PUT /api/gone, but no program of fcgi/ has it',
      'docs/openapi.yaml mentions /api/gone, but there is no such route',
    );
    shows(
      'routes',
      { 'tests/api/harness/costs.mjs': adding("  'GET /api/gone': {},\n") },
      'tests/api/harness/costs.mjs has GET /api/gone, but no program of fcgi/ has it',
    );
    shows(
      'routes',
      { 'nginx/routes': adding('gone 1\n') },
      'nginx/routes has a line for gone, but there is no fcgi/gone.c',
    );
    shows(
      'routes',
      { 'docs/operations.md': adding('\n`/api/activities/gone` and `/api/activities/{uuid}`\n') },
      'docs/operations.md mentions /api/activities/gone, but there is no such route',
    );
  });

  test('a program that is long, has no route, or uses a library itself', () => {
    shows(
      'routes',
      { [PROGRAM]: adding('\n'.repeat(150)) },
      `${PROGRAM} has ${read(PROGRAM).split('\n').length - 1 + 150} lines; move what is more than parse, ask, answer to common/domain/`,
    );
    shows(
      'routes',
      { [PROGRAM]: (text) => `#include <curl/curl.h>\n${text}` },
      `${PROGRAM} has #include <curl…; use the module of common/ that wraps it`,
    );
    includes(
      'routes',
      { [PROGRAM]: without(/^.*\{"(GET|DELETE)".*\n/gm) },
      `${PROGRAM} has no route; write: {"GET", "/api/users_me", AUTH_REQUIRED, CACHE_NONE, handle},`,
    );
    const programs = new Tree(copy).files('fcgi', '.c').map((name) => [name, null]);
    includes('routes', Object.fromEntries(programs), 'fcgi/ has no route');
  });

  test('a table that bin/routes cannot read', () => {
    const found = broken('routes', {
      [PROGRAM]: (text) => text.replace('AUTH_REQUIRED', 'AUTH_MAYBE'),
    });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], /^bin\/routes fails: .*users_me\.c/);
  });
});

describe('layers', () => {
  test('an include from a higher layer, or from the other one of a floor', () => {
    shows(
      'layers',
      { 'common/base/new.c': '/* new.c */\n#include "json/jsonin.h"\n' },
      'common/base/new.c:2 includes common/json/jsonin.h, but json is above base',
    );
    shows(
      'layers',
      { 'common/identity/new.h': '#include "live/hub.h"\n' },
      'common/identity/new.h:1 includes common/live/hub.h, but live is beside identity',
    );
    shows(
      'layers',
      { 'common/run/new.c': '#include "queries.h"\n' },
      'common/run/new.c:1 includes queries.h, but db is above run',
    );
  });

  test('modules that include each other, through their headers or not', () => {
    shows(
      'layers',
      {
        'common/base/one.c': '#include "base/two.h"\n',
        'common/base/one.h': '\n',
        'common/base/two.c': '\n#include "base/three.h"\n',
        'common/base/two.h': '\n',
        'common/base/three.h': '#include "base/one.h"\n',
      },
      'one, three, two include each other: common/base/one.c:1 includes common/base/two.h; ' +
        'common/base/three.h:1 includes common/base/one.h; ' +
        'common/base/two.c:2 includes common/base/three.h',
    );
  });

  test('a file in no layer', () => {
    const folders = 'domain,web,aws,identity,live,db,run,json,net,base';
    shows(
      'layers',
      { 'common/stray.c': '\n', 'common/more/stray.c': '\n' },
      ...['common/more/stray.c', 'common/stray.c'].map(
        (name) => `${name} is in no layer; move it to one of common/{${folders}}/`,
      ),
    );
  });

  test('no sources', () => {
    const sources = ['common', 'fcgi', 'daemons', 'bin/aws', 'bin/pools'].flatMap((folder) => new Tree(copy).files(folder));
    const changes = sources.filter((name) => /\.[ch]$/.test(name)).map((name) => [name, null]);
    shows(
      'layers',
      Object.fromEntries(changes),
      'no #include is found in common/, fcgi/, daemons/, bin/aws/ and bin/pools/',
    );
  });

  test('the command prints layers, upward includes and cycles', () => {
    write('common/base/new.h', '#include "run/new.h"\n');
    write('common/run/new.h', '#include "base/new.h"\n');
    const lines = [];
    print(new Tree(copy), (line) => lines.push(...line.split('\n')));
    for (const name of ['common/base/new.h', 'common/run/new.h']) fs.rmSync(path.join(copy, name));
    for (const line of [
      '  common/base/new.h:1 includes common/run/new.h (base → run)',
      '  common/base/new, common/run/new',
      '    common/run/new.h:1 includes common/base/new.h',
    ])
      assert.ok(lines.includes(line), lines.join('\n'));
    assert.match(
      lines.find((line) => line.startsWith('web ')),
      /^web +\d+ +\d+ {2}.*\bbase \d+$/,
    );
  });
});

describe('the list of files', () => {
  const list = 'docs/architecture.md';

  test('names a file whose head does not say its purpose', () => {
    assert.deepEqual(
      broken('architecture', { 'common/base/hex.h': (text) => text.replace('hex.h - ', 'hex - ') }),
      [
        'common/base/hex.h does not begin with its purpose; write: /* hex.h - … */',
        `${list} lists other files, or other purposes, than the heads say; run: make architecture`,
      ],
    );
  });

  test('names a list that lacks a file, and one that says something else', () => {
    const finding = `${list} lists other files, or other purposes, than the heads say; run: make architecture`;
    assert.deepEqual(broken('architecture', { 'common/base/extra.h': '/* extra.h - more. */\n' }), [
      finding,
    ]);
    assert.deepEqual(
      broken('architecture', { [list]: (text) => text.replace('hexadecimal digits', 'digits') }),
      [finding],
    );
  });

  test('wants a place for the list', () => {
    assert.match(
      broken('architecture', { [list]: (text) => text.replace('<!-- The list', '<!-- A list') })[0],
      /^docs\/architecture\.md has no place for the list of files; write: <!-- The list/,
    );
  });
});

describe('constants', () => {
  test('names a file that repeats another value', () => {
    assert.deepEqual(
      broken('constants', { 'README.md': (text) => text.replaceAll('Cruddur-2026', 'Cruddur-2027') }),
      ['README.md does not have local_password of bin/constants; write: Cruddur-2026'],
    );
  });

  test('names a pool that may have more workers than files of metrics', () => {
    assert.match(
      broken('constants', {
        'bin/constants': (text) => text.replace(/^workers_max=.*$/m, 'workers_max=64'),
      })[0],
      /write: #define METRICS_FILES_MAX 65$/,
    );
  });

  test('names a seeded person that README.md does not know, and a file without people', () => {
    assert.deepEqual(
      broken('constants', { 'sql/people.json': (text) => text.replaceAll('"londo"', '"zathras"') }),
      ['README.md does not name zathras of sql/people.json; write: `zathras`'],
    );
    assert.deepEqual(broken('constants', { 'sql/people.json': '[]\n' }), [
      'sql/people.json has no person with a handle',
    ]);
  });

  test('names a figure of the documents that differs from the sources', () => {
    assert.deepEqual(
      broken('constants', {
        'common/run/budget.h': (text) =>
          text.replace('BUDGET_REQUEST_MS 4000', 'BUDGET_REQUEST_MS 5000'),
      }),
      [
        'docs/architecture.md says that BUDGET_REQUEST_MS of common/run/budget.h is 4000; write: 5000',
      ],
    );
    assert.deepEqual(
      broken('constants', {
        'docs/architecture.md': (text) => text.replaceAll(/ in `common\/[^`]+`/g, ''),
      }),
      ['docs/architecture.md has no row with a constant of the sources'],
    );
  });

  test('names a path in nginx that no program has', () => {
    assert.deepEqual(
      broken('constants', { 'nginx/edge.conf.in': (text) => `${text}\n# \nlocation = /api/rady { }\n` }),
      ['nginx/edge.conf.in treats /api/rady, but no program has it; delete it'],
    );
  });
});

describe('unit tests', () => {
  const UNIT = 'tests/unit/uuid_test.c';

  test('one that is never run, though a comment says so', () => {
    shows(
      'tests',
      {
        [UNIT]: adding(
          'static void forgotten(void **state)\n{\n\t(void)state; /* cmocka_unit_test(forgotten) */\n}\n',
        ),
      },
      `${UNIT}: forgotten is never run; write in the list of its main: cmocka_unit_test(forgotten),`,
    );
  });

  test('no test at all', () => {
    const changes = new Tree(copy).files('tests/unit', '_test.c').map((name) => [name, '\n']);
    shows(
      'tests',
      Object.fromEntries(changes),
      'tests/unit has no test: static void NAME(void **state)',
    );
  });

  test('a module without one, a test without a module, an excuse that is not needed', () => {
    shows(
      'tests',
      { 'common/db/new.c': '\n', 'common/domain/newer.c': '\n' },
      'common/db/new.c has no unit test; write tests/unit/new_test.c',
      'common/domain/newer.c has no unit test; write tests/unit/newer_test.c',
    );
    shows(
      'tests',
      { 'tests/unit/gone_test.c': '\n' },
      'tests/unit/gone_test.c tests no module of common/; name it after the module',
    );
    shows(
      'tests',
      { 'tests/unit/item_test.c': '\n' },
      'tests/consistency/tests.mjs excuses item, which has a unit test; delete its line',
    );
    shows(
      'tests',
      { 'common/aws/item.c': null },
      'tests/consistency/tests.mjs excuses item, which is no module of common/; delete its line',
    );
  });
});

describe('queries', () => {
  test('one that is not used, has no example, or one of other parameters', () => {
    const text = 'select 1 where $1 = $2 -- $3\n';
    shows(
      'queries',
      { 'sql/queries/tides/list.sql': text },
      'sql/queries/tides/list.sql is used nowhere; write &query_tides_list in its module, or delete it',
      'sql/queries/tides/list.sql has no example of its parameters; write: -- example: <$1>, <$2>',
    );
    includes(
      'queries',
      { 'sql/queries/tides/list.sql': `${text}-- example: 'a, b'\n` },
      'sql/queries/tides/list.sql has 2 parameters, but its example has 1',
    );
  });

  test('one that the code names and that does not exist, or none at all', () => {
    shows(
      'queries',
      { 'common/base/new.c': '/* &query_in_comment */ &query_tides_list;\n' },
      'the code uses query_tides_list, but sql/queries has no file for it; write sql/queries/FOLDER/NAME.sql',
    );
    const changes = new Tree(copy).files('sql/queries').map((name) => [name, null]);
    includes('queries', Object.fromEntries(changes), 'sql/queries has no query');
  });

  test('an example is cut at its own commas', () => {
    const cut = (text) => exampleOf(`select 1\n-- example: ${text}\n`);
    assert.deepEqual(cut(":person, 'a, ''b''', array[:person, :crud]::uuid[], 21"), [
      ':person',
      "'a, ''b'''",
      'array[:person, :crud]::uuid[]',
      '21',
    ]);
    assert.deepEqual(exampleOf('select 1\n-- example:\n'), []);
    assert.equal(exampleOf('select 1\n'), undefined);
  });
});

describe('requests', () => {
  test('one that is not sent, or none', () => {
    shows(
      'requests',
      { 'common/aws/requests/Query/new.json': '{}\n', 'common/aws/new.c': '// REQUEST(Query, new)\n' },
      'common/aws/requests/Query/new.json is sent nowhere; write REQUEST(Query, new, …), or delete it',
    );
    const changes = new Tree(copy).files('bin/aws/requests').map((name) => [name, null]);
    includes('requests', Object.fromEntries(changes), 'bin/aws/requests has no request');
  });
});

describe('metrics', () => {
  const OPERATIONS = 'docs/operations.md';
  const RULES = 'docs/metrics/alerts.yaml';
  const TESTS = 'tests/alerts.yaml';
  const source = 'common/run/exposition.c';

  test('one that is not explained, or does not exist', () => {
    shows(
      'metrics',
      { [source]: adding('/* cruddur_in_comment */ "cruddur_new_seconds"') },
      `${OPERATIONS} does not explain cruddur_new_seconds; write in its chapter Metrics: | \`cruddur_new_seconds\` | … |`,
    );
    shows(
      'metrics',
      { [OPERATIONS]: (text) => text.replace(/^## Metrics$/m, '$&\n\n`cruddur_gone`') },
      `${OPERATIONS} explains cruddur_gone, but ${source} does not write it`,
    );
    shows(
      'metrics',
      { [TESTS]: adding('# cruddur_gone\n') },
      `${TESTS} uses cruddur_gone, but ${source} does not write it`,
    );
  });

  test('none at all', () => {
    includes('metrics', { [source]: '' }, `${source} writes no metric`);
    includes(
      'metrics',
      { 'docs/metrics/dashboard.json': '{}' },
      'docs/metrics/dashboard.json uses no metric',
    );
  });

  test('a program in no group of the objectives, or in two; a group that is not explained', () => {
    const inGroups = (count) =>
      `messages is in ${count} groups of ${RULES} (cruddur:route_group:info); write it into one`;
    shows('metrics', { [RULES]: (text) => text.replace('|messages"', '"') }, inGroups(0));
    shows('metrics', { [RULES]: (text) => text.replace('"activities_(', '"messages|activities_(') }, inGroups(2));
    shows('metrics', { [RULES]: (text) => text.replace('"health_check', '"messages|health_check') }, inGroups(2));
    shows(
      'metrics',
      { [OPERATIONS]: (text) => text.replace('\n| `feeds` |', '\n| `all` |') },
      `${OPERATIONS} does not explain the group feeds; write in its chapter Alerts: | \`feeds\` | … |`,
    );
  });

  test('an alert without an entry, a link, a test; an entry without an alert; another order', () => {
    const alert = '      - alert: CruddurNew\n        annotations:\n          runbook: nowhere\n';
    shows(
      'metrics',
      { [RULES]: adding(alert) },
      `${OPERATIONS} has no entry for the alert CruddurNew; write in its chapter Alerts: ### CruddurNew`,
      'CruddurNew does not point to its entry; write: runbook: docs/operations.md#cruddurnew',
      `${TESTS} does not test CruddurNew; write: - alertname: CruddurNew`,
    );
    shows(
      'metrics',
      {
        [TESTS]: (text) =>
          text.replaceAll('alertname: CruddurDown\n', '# alertname: CruddurDown\n'),
      },
      `${TESTS} does not test CruddurDown; write: - alertname: CruddurDown`,
    );
    shows(
      'metrics',
      { [OPERATIONS]: (text) => text.replace(/^### CruddurDown$/m, '### CruddurGone\n\n$&') },
      `${OPERATIONS} has an entry for CruddurGone, but ${RULES} has no such alert`,
    );
    const found = broken('metrics', {
      [OPERATIONS]: (text) =>
        text.replace(/^(### Cruddur\w+)$([^]*?)^(### Cruddur\w+)$/m, '$3$2$1'),
    });
    assert.equal(found.length, 1);
    assert.match(
      found[0],
      /^the entries of docs\/operations.md are not in the order of the alerts: /,
    );
    includes('metrics', { [RULES]: '' }, `${RULES} has no alert`);
  });
});

describe('publications', () => {
  const TABLE = 'common/domain/publish.h';

  test('a write that is in no table, and an entry for none', () => {
    shows(
      'publications',
      { 'sql/queries/cruds/hide.sql': '-- Hide it.\nupdate cruds set hidden = true;\n' },
      `cruds/hide writes, but ${TABLE} does not say what it publishes; add it there, or to SILENT of ` +
        'tests/consistency/publications.mjs with the reason',
    );
    shows(
      'publications',
      { 'common/aws/requests/UpdateItem/mark_seen.json': null },
      'UpdateItem/mark_seen is in the table of what is published, but is no write',
    );
    shows(
      'publications',
      {
        [TABLE]: (text) =>
          text.replace('"UpdateItem/mark_read"', '"UpdateItem/mark_read UpdateItem/mark_seen"'),
      },
      'UpdateItem/mark_seen is published; delete its line in SILENT',
    );
  });

  test('an event that nobody publishes, that no document describes, and no event', () => {
    shows(
      'publications',
      {
        [TABLE]: (text) => text.replace('PUBLISH_READ, "read"', 'PUBLISH_SEEN, "seen"'),
      },
      `PUBLISH_SEEN is in ${TABLE}, but no module of common/domain/ publishes it`,
      'docs/openapi.yaml does not describe the event `seen` of GET /api/live',
    );
    includes(
      'publications',
      { [TABLE]: '' },
      `${TABLE} has no entry: X(PUBLISH_…, "event", "WRITE …", "receivers")`,
    );
  });
});

describe('environment', () => {
  test('a variable that is read and not documented', () => {
    const write = (name) => `.env.example does not document it; write: # ${name}=`;
    shows(
      'environment',
      {
        'common/run/new.c': '/* getenv("IN_COMMENT") */ getenv("SOME_NAME"); x("CRUDDUR_NEW");\n',
        'bin/new': '#!/bin/bash\n# CRUDDUR_COMMENT\necho "$CRUDDUR_OTHER"\n',
      },
      `common/run/new.c reads SOME_NAME, but ${write('SOME_NAME')}`,
      `common/run/new.c reads CRUDDUR_NEW, but ${write('CRUDDUR_NEW')}`,
      `bin/new reads CRUDDUR_OTHER, but ${write('CRUDDUR_OTHER')}`,
    );
  });

  test('one that is documented and not read, or none', () => {
    shows(
      'environment',
      { '.env.example': adding('# CRUDDUR_GONE=1\n') },
      '.env.example documents CRUDDUR_GONE, which is read nowhere; delete it',
    );
    includes('environment', { '.env.example': '' }, '.env.example documents no variable');
  });

  test('secrets that bin/constants and the programs disagree about', () => {
    includes(
      'environment',
      { 'bin/constants': (text) => text.replace(/^secrets_.*\n/gm, '') },
      'bin/constants has no secrets_…="NAME …"',
    );
    includes(
      'environment',
      { 'bin/constants': (text) => text.replace(/^(secrets_db=".*)"$/m, '$1 OTHER_SECRET"') },
      'common/run/config.c and bin/constants have different secrets for db',
    );
  });
});

describe('rights in AWS', () => {
  const POLICY = 'docs/iam-policy.json';

  test('one that is missing, or not needed', () => {
    shows(
      'rights',
      { 'common/aws/requests/Scan/new.json': '{}\n' },
      `common/aws uses Scan, but ${POLICY} does not allow it; write in a statement Serve…: "dynamodb:Scan"`,
    );
    // of a part of a transaction
    shows(
      'rights',
      { [POLICY]: (text) => text.replace(/"dynamodb:DeleteItem",\s*/, '') },
      `common/aws uses DeleteItem, but ${POLICY} does not allow it; write in a statement Serve…: "dynamodb:DeleteItem"`,
    );
    shows(
      'rights',
      { [POLICY]: (text) => text.replace('"dynamodb:Query"', '"dynamodb:Query", "dynamodb:Scan"') },
      `${POLICY} allows Scan (Serve…), but common/aws does not use it; delete it`,
    );
  });

  test('no operation is found', () => {
    const changes = new Tree(copy).files('bin/aws/requests').map((name) => [name, null]);
    includes(
      'rights',
      Object.fromEntries(changes),
      'only 0 operations of DynamoDB are found in bin/aws',
    );
  });
});

describe('workspaces and containers', () => {
  const DEV = '.devcontainer/devcontainer.json';
  const COMPOSE = 'docker/compose.yaml';

  test('other ports, targets and files than there are', () => {
    includes(
      'containers',
      { [DEV]: (text) => text.replace('"forwardPorts": [8080', '"forwardPorts": [8081') },
      'devcontainer.json forwards 8081,9229,8000,5433; write the ports of .env.example: 5433,8000,8080,9229',
    );
    shows(
      'containers',
      { [DEV]: (text) => text.replace('make up', 'make gone') },
      'devcontainer.json does not start the product; write: make up',
      'devcontainer.json runs make gone, but the Makefile has no such target',
    );
    shows(
      'containers',
      { [DEV]: (text) => text.replace('"COGNITO_ISSUER"', '"COGNITO_GONE"') },
      'devcontainer.json sets COGNITO_GONE, but .env.example does not document it',
    );
    shows(
      'containers',
      { '.gitpod.Dockerfile': null },
      '.gitpod.yml names .gitpod.Dockerfile, but there is no such file',
    );
    includes(
      'containers',
      { '.env.example': without(/^CRUDDUR_HTTP_PORT=.*\n/m) },
      '.env.example has no CRUDDUR_HTTP_PORT=… and the like',
    );
  });

  test('a container that is not confined, a variable that is not documented, no container', () => {
    includes(
      'containers',
      { [COMPOSE]: (text) => text.replace('read_only: true', 'read_only: false') },
      `${COMPOSE}: app is not confined; write: read_only: true, cap_drop: [ALL], and no user`,
    );
    includes(
      'containers',
      { [COMPOSE]: (text) => text.replace('  AWS_REGION:', '  CRUDDUR_GONE: 1\n$&') },
      `${COMPOSE} sets CRUDDUR_GONE, but .env.example does not document it`,
    );
    shows(
      'containers',
      { [COMPOSE]: (text) => text.replaceAll(/image: .*cruddur-.*/g, 'image: other') },
      `${COMPOSE} has no service with an image cruddur-…`,
    );
  });

  test('production.env.example with a local value, or without a variable of the compose files', () => {
    const file = 'production.env.example';
    const changed = (from, to) => ({ [file]: (text) => text.replace(from, to) });
    for (const [change, problem] of [
      [
        changed(/^AWS_REGION=$/m, '$&ca-central-1'),
        `${file} gives AWS_REGION a value of a local run; leave it empty`,
      ],
      [
        changed(/^FRONTEND_URL=$/m, '$&http://127.0.0.1'),
        `${file} gives FRONTEND_URL a value of a local run; leave it empty`,
      ],
      [
        changed(/^#CRUDDUR_ROUTES=\n/m, ''),
        `docker/compose.prod.yaml reads CRUDDUR_ROUTES, which ${file} does not have; write: #CRUDDUR_ROUTES=`,
      ],
      [
        changed(/^BACKEND_URL=$/m, '#$&'),
        `docker/compose.prod.yaml needs BACKEND_URL, which is a comment in ${file}; write: BACKEND_URL=`,
      ],
    ])
      shows('containers', change, problem);
    includes(
      'containers',
      changed(/^AWS_REGION=$/m, '$&\nCRUDDUR_GONE='),
      `${file} has CRUDDUR_GONE, which .env.example does not document`,
    );
    includes('containers', { [file]: () => '' }, `${file} has no variable`);
  });

  test('an image without a script that its scripts call', () => {
    const file = 'tests/containers/stand-ins.Dockerfile';
    shows(
      'containers',
      { [file]: (text) => text.replace(' bin/npm-ci', '') },
      `${file} copies bin/install-tools without bin/npm-ci, which it calls`,
    );
  });
});

describe('English', () => {
  test('every word of the glossary, in every kind of file', () => {
    for (const { word, write: instead } of WORDS) {
      const sample = word.replace(/\(\?:(\w+)\|\w+\)/, '$1');
      const found = findingsIn('docs/new.md', `Text.\n\nHere: ${sample}.\n`);
      assert.deepEqual(
        found.find((finding) => finding.write === instead),
        { line: 3, word: sample, write: instead },
      );
    }
    const samples = Object.entries({
      'common/new.c': '/* Read it\n * anew. */\n',
      'common/new.h': 'int x; // anew\n',
      'tests/unit/new_test.c': 'static void page_is_read_anew(void **state)\n',
      'tests/new.mjs': "test('reads anew', f);\n",
      'frontend/src/new.tsx': '<p>Read it anew.</p>\n',
      'frontend/src/new.ts': "const text = 'Read anew';\n",
      'sql/new.sql': '-- anew\n',
      'bin/new': '#!/bin/bash\n# anew\n',
      'docs/new.yaml': 'description: anew\n',
      Makefile: 'all: ## make it anew\n',
    }).map(([name, text]) => [name, findingsIn(name, text).map(({ word }) => word)]);
    for (const [name, words] of samples) assert.deepEqual(words, ['anew'], name);
    shows(
      'english',
      { 'bin/new': '#!/bin/bash\n# anew\n' },
      `bin/new:2: “anew”; write: ${WORDS[0].write}`,
    );
  });

  test('words across lines and within identifiers, not within other words', () => {
    const words = (text) => findingsIn('new.c', text).map(({ word, line }) => `${line} ${word}`);
    assert.deepEqual(words('/*\n * freed for\n * want of space\n */\n'), ['2 for * want of']);
    assert.deepEqual(words('static void answer_is_none(void **state)\n'), ['1 is_none']);
    assert.deepEqual(words('/* fallest, manewal, none-of-ours */\n'), []);
    assert.deepEqual(words('/* none of ours */\n'), ['1 none of ours']);
    assert.deepEqual(findingsIn('new.py', 'if x is None:\n'), []);
  });

  test('a sentence that begins with a clause, but no question and no heading', () => {
    const lines = (name, text) =>
      findingsIn(name, text)
        .filter(({ write: instead }) => instead === CLAUSE.write)
        .map(({ line }) => line);
    assert.deepEqual(lines('a.md', '# What is it\n\nAll. What is\n0 is gone. What is it?\n'), [3]);
    assert.deepEqual(
      lines('a.md', '- First\n- Who waits is told\n\n| What | Who |\n\n```\nWho x\n```\n'),
      [2],
    );
    assert.deepEqual(
      lines('a.c', '/* What is seen. */\nint a; /* ok */\n\n// Who waits\n'),
      [1, 4],
    );
    assert.deepEqual(
      lines('a.mjs', "test('what waits is told', f);\ntest('who waits?', f);\n"),
      [1],
    );
    assert.deepEqual(lines('a_test.c', 'static void what_waits_is_told(void **state)\n'), [1]);
    assert.deepEqual(
      lines(
        'a.yaml',
        '# Who waits.\na: { description: x }\ndescription: >-\n  Good. What is\n  it is.\nb: Who\n',
      ),
      [1, 4],
    );
    assert.deepEqual(
      lines('a.sh', '#!/bin/bash\n# Text: what follows. What follows:\necho Who waits\n'),
      [2],
    );
  });

  test('an exception for a file that is gone, and no text', () => {
    includes(
      'english',
      { 'tests/consistency.test.mjs': null },
      'tests/consistency/glossary.mjs excuses tests/consistency.test.mjs, which is not there or without a reason',
    );
    const empty = fs.mkdtempSync(path.join(copy, 'empty-'));
    const { findings } = run(empty, ['english']);
    const none = findings.find(({ text }) => text === 'no text is found');
    assert.ok(none);
    seen.add(none.place);
  });
});

describe('grammar', () => {
  test('generated code that is older than the grammar', () => {
    const found = broken('grammar', {
      'common/grammar.json': (text) => text.replace('[A-Za-z0-9]+://', '[A-Za-z]+://'),
    });
    assert.equal(found.length, 2, found.join('\n'));
    for (const text of found) assert.match(text, /^\S+ is older than common\/grammar\.json; run/);
  });
});

test('each check of tests/consistency has failed here', () => {
  const folder = path.join(ROOT, 'tests/consistency');
  const places = fs.readdirSync(folder).flatMap((name) =>
    fs
      .readFileSync(path.join(folder, name), 'utf8')
      .split('\n')
      .flatMap((line, i) => (/^\s*check\((?!true)/.test(line) ? [`${name}:${i + 1}`] : [])),
  );
  assert.ok(places.length > 30, `${places.length} checks`);
  assert.deepEqual(
    places.filter((place) => !seen.has(place)),
    [],
    'no test here shows these failing',
  );
});
