// queries.mjs - every file of sql/queries is used, and has an example of its parameters.
import path from 'node:path';

import { stem, withoutComments } from './tree.mjs';

const nameOf = (file) => `query_${path.basename(path.dirname(file))}_${stem(file)}`;

// The parameters of a query's `-- example:` line, as SQL; undefined without such a line.
export function exampleOf(text) {
  const [, list] = /^-- example:(.*)$/m.exec(text) ?? [];
  if (list === undefined) return undefined;
  // Commas within quotes or brackets separate nothing.
  return [...list.matchAll(/(?:'(?:[^']|'')*'|\[[^\]]*\]|[^,'[\]])+/g)]
    .map(([value]) => value.trim())
    .filter(Boolean);
}

export default function queries(tree, check) {
  const code = withoutComments(
    tree.textOf(
      ['common', 'fcgi', 'bin'].flatMap((folder) =>
        tree.files(folder).filter((name) => /\.[ch]$/.test(name)),
      ),
    ),
  );
  const files = tree.files('sql/queries', '.sql');
  check(files.length > 0, 'sql/queries has no query');
  const names = files.map(nameOf);
  for (const file of files) {
    check(
      new RegExp(`\\b${nameOf(file)}\\b`).test(code),
      `${file} is used nowhere; write &${nameOf(file)} in its module, or delete it`,
    );
    const text = tree.read(file);
    const numbers = [...text.replace(/--.*$/gm, '').matchAll(/\$(\d+)/g)].map(([, number]) =>
      Number(number),
    );
    const count = Math.max(0, ...numbers);
    const example = exampleOf(text);
    const write = Array.from({ length: count }, (_, i) => `<$${i + 1}>`).join(', ');
    check(
      example !== undefined,
      `${file} has no example of its parameters; write: -- example: ${write}`,
    );
    check(
      example === undefined || example.length === count,
      `${file} has ${count} parameters, but its example has ${example?.length}`,
    );
  }
  for (const name of new Set([...code.matchAll(/&(query_[a-z_]+)\b/g)].map((match) => match[1])))
    check(
      names.includes(name),
      `the code uses ${name}, but sql/queries has no file for it; write sql/queries/FOLDER/NAME.sql`,
    );
}
