// rights.mjs - docs/iam-policy.json allows what the sources do, and nothing else: its Serve…
// statements what common/ does, its Operate… statements what the commands of bin/ do.
import { withoutComments } from './tree.mjs';

// A TransactWriteItems needs the rights of the writes in it.
function actionsOf(text) {
  const names = [
    ...text.matchAll(/\b(?:dynamodb_send|aws_send|ask_table)\(\s*[^,()]+,\s*"(\w+)"/g),
  ];
  const chosen = [...text.matchAll(/\boperation = [^;]*\? "(\w+)" : "(\w+)"/g)].flatMap((match) => [
    { 1: match[1] },
    { 1: match[2] },
  ]);
  const writes = [...text.matchAll(/"(Put|Update|Delete|ConditionCheck)"/g)];
  return new Set([
    ...[...names, ...chosen]
      .map((match) => match[1])
      .filter((name) => name !== 'TransactWriteItems'),
    ...writes.map((match) => `${match[1]}Item`),
  ]);
}

function actionsAllowed(policy, prefix) {
  return new Set(
    policy.Statement.filter(({ Sid: sid }) => sid.startsWith(prefix))
      .flatMap(({ Action: actions }) => actions)
      .filter((action) => action.startsWith('dynamodb:'))
      .map((action) => action.slice('dynamodb:'.length)),
  );
}

export default function rights(tree, check) {
  const policy = JSON.parse(tree.read('docs/iam-policy.json'));
  for (const [prefix, folder] of [
    ['Serve', 'common'],
    ['Operate', 'bin/aws'],
  ]) {
    const needed = actionsOf(withoutComments(tree.textOf(tree.files(folder, '.c'))));
    const allowed = actionsAllowed(policy, prefix);
    check(needed.size > 3, `only ${needed.size} operations of DynamoDB are found in ${folder}`);
    for (const action of needed)
      check(
        allowed.has(action),
        `${folder} uses ${action}, but docs/iam-policy.json does not allow it; ` +
          `write in a statement ${prefix}…: "dynamodb:${action}"`,
      );
    for (const action of allowed)
      check(
        needed.has(action),
        `docs/iam-policy.json allows ${action} (${prefix}…), but ${folder} does not use it; delete it`,
      );
  }
}
