// requests.mjs - every request to DynamoDB, a file OPERATION/NAME.json, is sent by some code.
import path from 'node:path';

import { stem, withoutComments } from './tree.mjs';

export const requestsIn = (tree, folder) =>
  tree.files(`${folder}/requests`, '.json').map((file) => ({
    file,
    operation: path.basename(path.dirname(file)),
    name: stem(file),
  }));

export default function requests(tree, check) {
  for (const [folder, sources] of [
    ['common/aws', 'common'],
    ['bin/aws', 'bin/aws'],
  ]) {
    const code = withoutComments(tree.textOf(tree.files(sources, '.c')));
    const found = requestsIn(tree, folder);
    check(found.length > 0, `${folder}/requests has no request`);
    for (const { file, operation, name } of found)
      check(
        new RegExp(`\\bREQUEST\\(\\s*${operation},\\s*${name}\\b`).test(code),
        `${file} is sent nowhere; write REQUEST(${operation}, ${name}, …), or delete it`,
      );
  }
}
