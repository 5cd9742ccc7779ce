// rights.ts - the rights of the roles, from docs/iam-policy.json: the statements of a purpose, with the
// resources of this installation in the places of the example's.
import fs from 'node:fs';

import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const POLICY = new URL('../../docs/iam-policy.json', import.meta.url);

export interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

export const several = (value: string | string[]) => (Array.isArray(value) ? value : [value]);

export function statementsOf(purposes: string[]): Statement[] {
  const { Statement: all } = JSON.parse(fs.readFileSync(POLICY, 'utf8')) as {
    Statement: Statement[];
  };
  return all.filter(({ Sid: sid }) => purposes.some((purpose) => sid.startsWith(purpose)));
}

// The resources of this installation that take the places of those in the example policy.
export interface Resources {
  table: string; // name
  firstTable: string; // whose name with an ending restored tables have
  userPool: string; // id
  media: string; // name of the bucket
}

// The resource of the example policy, in this installation: arn:aws:SERVICE:REGION:ACCOUNT:REST.
function resourceOf(stack: Stack, resource: string, resources: Resources): string {
  const { table, firstTable, userPool, media } = resources;
  if (resource === '*') return '*';
  const [, , service, , , ...rest] = resource.split(':');
  const name = rest.join(':');
  const here = (text: string) => stack.formatArn({ service: service!, resource: text });
  if (service === 'dynamodb' && name.startsWith('table/cruddur-messages-'))
    return here(name.replace('cruddur-messages', firstTable));
  if (service === 'dynamodb' && name.startsWith('table/cruddur-messages'))
    return here(name.replace('cruddur-messages', table));
  if (service === 'cognito-idp') return here(`userpool/${userPool}`);
  if (service === 's3') return `arn:${stack.partition}:s3:::${name.replace(/^[^/]+/, media)}`;
  throw new Error(
    `docs/iam-policy.json names ${resource}, which deploy/ does not have; add it to rights.ts`,
  );
}

// The statements whose Sid begins with one of the purposes: Serve, Operate.
export function rightsOf(
  stack: Stack,
  purposes: string[],
  resources: Resources,
): PolicyStatement[] {
  return (
    statementsOf(purposes)
      // The database is not reachable from outside, so nobody has to open it.
      .filter(({ Sid: sid }) => sid !== 'OperateDatabase')
      .map(
        ({ Sid: sid, Action: actions, Resource: names }) =>
          new PolicyStatement({
            sid,
            effect: Effect.ALLOW,
            actions: several(actions),
            resources: several(names).map((name) => resourceOf(stack, name, resources)),
          }),
      )
  );
}
