// pipeline.ts - the role of a workflow on GitHub that deploys (OpenID Connect): it has no keys, and only
// runs of the environment `production` of one repository may take it.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { Registry } from './registry.ts';
import type { Settings } from './settings.ts';

const ISSUER = 'token.actions.githubusercontent.com';
export const ENVIRONMENT = 'production';

export class Pipeline extends Stack {
  constructor(scope: Construct, settings: Settings, registry: Registry) {
    super(scope, `${settings.name}-pipeline`, {
      description: 'Cruddur: the role of the workflow that deploys',
    });
    // An account has one provider for each issuer; import it by its ARN if yours has it already.
    const provider = new iam.CfnOIDCProvider(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    const role = new iam.Role(this, 'Role', {
      roleName: `${settings.name}-deploy`,
      description: `Deploys from the environment ${ENVIRONMENT} of ${settings.repository}`,
      maxSessionDuration: Duration.hours(2),
      assumedBy: new iam.WebIdentityPrincipal(provider.attrArn, {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: `repo:${settings.repository}:environment:${ENVIRONMENT}`,
        },
      }),
    });
    const allow = (
      sid: string,
      actions: string[],
      resources: string[],
      conditions?: Record<string, object>,
    ) => role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources, conditions }));
    const arn = (service: string, resource: string) => this.formatArn({ service, resource });
    const { name } = settings;

    // CloudFormation makes the resources, with the roles that `cdk bootstrap` has made.
    allow(
      'Cdk',
      ['sts:AssumeRole'],
      [
        this.formatArn({
          service: 'iam',
          region: '',
          resource: `role/cdk-hnb659fds-*-${this.account}-${this.region}`,
        }),
      ],
    );
    allow('CdkVersion', ['ssm:GetParameter'], [arn('ssm', 'parameter/cdk-bootstrap/*')]);
    allow(
      'Outputs',
      ['cloudformation:DescribeStacks'],
      ['CDKToolkit', `${name}-*`].map((stack) => arn('cloudformation', `stack/${stack}/*`)),
    );
    allow('Registry', ['ecr:GetAuthorizationToken'], ['*']);
    for (const repository of Object.values(registry.repositories)) {
      repository.grantPullPush(role);
      repository.grant(role, 'ecr:DescribeImages');
    }
    allow(
      'Assets',
      ['s3:ListBucket', 's3:PutObject'],
      [
        `arn:${this.partition}:s3:::${name}-pages-*`,
        `arn:${this.partition}:s3:::${name}-pages-*/*`,
      ],
    );
    allow('Setup', ['ecs:RunTask'], [arn('ecs', `task-definition/${name}-setup:*`)]);
    allow(
      'Watch',
      ['ecs:DescribeTasks', 'ecs:DescribeServices'],
      [arn('ecs', `task/${name}/*`), arn('ecs', `service/${name}/*`)],
    );
    allow(
      'Logs',
      ['logs:FilterLogEvents', 'logs:GetLogEvents'],
      [arn('logs', `log-group:/${name}/tasks:*`)],
    );
    allow(
      'PassRoles',
      ['iam:PassRole'],
      [this.formatArn({ service: 'iam', region: '', resource: `role/${name}-tasks-*` })],
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    );
    new CfnOutput(this, 'RoleArn', { value: role.roleArn });
  }
}
