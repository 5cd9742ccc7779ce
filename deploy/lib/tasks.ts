// tasks.ts - the cluster, and the tasks that bin/deploy runs by hand: `setup` creates and migrates the
// database before the new version serves; `operate` runs one of the operators' commands.
import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

import {
  confinedTask,
  logGroup,
  operatorVariables,
  ownerSecrets,
  ownerVariables,
  publicVariables,
  resourcesOf,
  servingSecrets,
  servingVariables,
  type Surroundings,
} from './containers.ts';
import type { Network } from './network.ts';
import { rightsOf } from './rights.ts';

// A database that exists is only migrated. `db/test` fails while it does not exist, and for other reasons,
// which db/create then names.
const SETUP = 'db/test || db/create; db/migrate; db/serving-role';

export class Tasks extends Stack {
  readonly cluster: ecs.Cluster;

  constructor(scope: Construct, network: Network, surroundings: Surroundings) {
    const { settings } = surroundings;
    super(scope, `${settings.name}-tasks`, {
      description: 'Cruddur: the cluster, and tasks run by hand',
    });
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      clusterName: settings.name,
      vpc: network.vpc,
    });
    const group = logGroup(this, 'Logs', `/${settings.name}/tasks`);
    const common = { image: 'tools', cpu: 256, memory: 512, logGroup: group } as const;
    const environment = {
      ...publicVariables(this, surroundings),
      ...servingVariables(surroundings),
      ...ownerVariables(surroundings),
    };
    const secrets = { ...servingSecrets(surroundings), ...ownerSecrets(surroundings) };

    confinedTask(this, 'Setup', surroundings, {
      ...common,
      name: 'setup',
      environment,
      secrets,
      command: ['bash', '-ec', SETUP],
    });
    const operate = confinedTask(this, 'Operate', surroundings, {
      ...common,
      name: 'operate',
      environment: { ...environment, ...operatorVariables(surroundings) },
      secrets,
      command: ['db/test'],
    });
    for (const statement of rightsOf(this, ['Serve', 'Operate'], resourcesOf(surroundings)))
      operate.addToTaskRolePolicy(statement);

    const { subnets } = network.vpc.selectSubnets(network.inside);
    new CfnOutput(this, 'Subnets', { value: subnets.map(({ subnetId }) => subnetId).join(',') });
    new CfnOutput(this, 'SecurityGroup', { value: network.tasks.securityGroupId });
  }
}
