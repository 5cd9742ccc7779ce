// tests.mjs - every unit test is run, and every module has one.
import path from 'node:path';

import { stem, withoutComments } from './tree.mjs';

// Modules of common/ without unit tests, and where they are tested.
export const TESTED_ELSEWHERE = {
  awsrequest: 'tests/unit/dynamodb_test.c and cognito_test.c send through it',
  ctx: 'opens what the programs use; tests/unit/route_test.c',
  dependency: 'a table: tests/unit/metrics_test.c, tests/api/areas/metrics.mjs',
  exposition: 'tests/unit/metrics_test.c reads what it writes',
  item: 'tests/unit/dynamodb_test.c, tests/fuzz/dynamodb.c',
  loglevel: 'a table: tests/unit/config_test.c, tests/unit/log_test.c',
  operation: 'a table: tests/unit/metrics_test.c, tests/api/areas/metrics.mjs',
  person: 'a table: tests/unit/activity_test.c, relation_test.c',
};

export default function tests(tree, check, note) {
  const files = tree.files('tests/unit', '_test.c');
  let found = 0;
  for (const name of files) {
    const text = withoutComments(tree.read(name));
    const lists = [...text.matchAll(/\bstruct CMUnitTest \w+\[\] = \{([^;]*)\};/g)].map(
      ([list]) => list,
    );
    for (const [, test] of text.matchAll(/^static void (\w+)\(void \*\*\w+\)/gm)) {
      found++;
      check(
        lists.some((list) => new RegExp(`\\b${test}\\b`).test(list)),
        `${name}: ${test} is never run; write in the list of its main: cmocka_unit_test(${test}),`,
      );
    }
  }
  check(found > 0, 'tests/unit has no test: static void NAME(void **state)');

  const sources = tree.files('common', '.c');
  const modules = sources.map(stem);
  const isTested = (module) => tree.exists(`tests/unit/${module}_test.c`);
  const isExcused = (source) => Object.hasOwn(TESTED_ELSEWHERE, stem(source));
  for (const source of sources)
    check(
      isTested(stem(source)) || isExcused(source),
      `${source} has no unit test; write tests/unit/${stem(source)}_test.c`,
    );
  for (const name of Object.keys(TESTED_ELSEWHERE))
    check(
      modules.includes(name) && !isTested(name),
      `tests/consistency/tests.mjs excuses ${name}, which ` +
        `${modules.includes(name) ? 'has a unit test' : 'is no module of common/'}; delete its line`,
    );
  for (const name of files)
    check(
      modules.includes(path.basename(name, '_test.c')),
      `${name} tests no module of common/; name it after the module`,
    );
  const excused = sources.filter((source) => !isTested(stem(source)));
  note(
    `${excused.length} of ${modules.length} modules of common/ have no unit test (tests/consistency/tests.mjs says why)`,
  );
}
