// rights.mjs - docs/iam-policy.json allows the requests to DynamoDB that are files, and nothing else:
// its Serve… statements those of common/aws/requests, its Operate… statements those of bin/aws/requests.
import { requestsIn } from './requests.mjs';

// AWS, "Using IAM with DynamoDB backups": what a restore needs on the new table.
const RESTORING =
  'BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem'.split(' ');

// The operations of the requests of a folder. TransactWriteItems needs the rights of its writes.
function actionsOf(tree, folder) {
  const requests = requestsIn(tree, folder);
  const transactions = requests.filter(({ operation }) => operation === 'TransactWriteItems');
  const text = tree.textOf(transactions.map(({ file }) => file));
  const writes = [...text.matchAll(/\{"(Put|Update|Delete|ConditionCheck)": \{/g)];
  return new Set([
    ...requests.map(({ operation }) => operation).filter((name) => name !== 'TransactWriteItems'),
    ...writes.map(([, write]) => `${write}Item`),
    ...(requests.some(({ operation }) => operation.startsWith('RestoreTable')) ? RESTORING : []),
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
    ['Serve', 'common/aws'],
    ['Operate', 'bin/aws'],
  ]) {
    const needed = actionsOf(tree, folder);
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
