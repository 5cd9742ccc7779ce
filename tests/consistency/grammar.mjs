// grammar.mjs - what sql/grammar.mjs writes from common/grammar.json is up to date: the module of the
// browser, and the functions in the newest migration that has them.
import { BEGIN, BROWSER, browserModule, DATA, sqlFunctions } from '../../sql/grammar.mjs';

export default function grammar(tree, check) {
  const source = {
    data: JSON.parse(tree.read(DATA)),
    limits: JSON.parse(tree.read('common/limits.json')),
  };
  check(
    tree.read(BROWSER) === browserModule(source),
    `${BROWSER} is older than ${DATA}; run: node sql/grammar.mjs browser`,
  );
  const migration = tree
    .files('sql/migrations', '.sql')
    .filter((file) => tree.read(file).includes(BEGIN))
    .at(-1);
  check(
    migration !== undefined && tree.read(migration).includes(sqlFunctions(source)),
    `${migration} is older than ${DATA}; run bin/generate/migration text_grammar, write the first and ` +
      'the last line of the functions into it, and run: node sql/grammar.mjs sql FILE',
  );
}
