// app.ts - what serves: the replicas of the app, the edges in front of them, which are the same image, and
// the jobs, once a minute.
//   balancer ─▶ edge ─┬▶ replicas.cruddur.internal: an address for each replica
//                     └▶ chat.cruddur.internal: the same for a group of routes (the setting routes)
import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as cloudmap from 'aws-cdk-lib/aws-servicediscovery';
import type { Construct } from 'constructs';

import {
  confinedTask,
  logGroup,
  publicVariables,
  resourcesOf,
  servingSecrets,
  servingVariables,
  type Surroundings,
} from './containers.ts';
import { DEPLOY_PERCENT, edgeOf, type Group, groupsOf } from './groups.ts';
import { HTTP_PORT, type Network } from './network.ts';
import { EDGE_HEALTH } from './pages.ts';
import { rightsOf } from './rights.ts';
import { sizeOf } from './settings.ts';
import type { Tasks } from './tasks.ts';

const JOB = '/opt/cruddur/bin/jobs';
const CPU_PERCENT = 50;

export class App extends Stack {
  readonly replicas: Map<string, ecs.FargateService>; // by the name of the group
  readonly edges: ecs.FargateService;
  readonly jobs: events.Rule;
  readonly logs: logs.LogGroup;

  constructor(scope: Construct, network: Network, tasks: Tasks, surroundings: Surroundings) {
    const { settings } = surroundings;
    super(scope, `${settings.name}-app`, { description: 'Cruddur: replicas, edges and jobs' });
    this.logs = logGroup(this, 'Logs', `/${settings.name}/app`);
    const namespace = new cloudmap.PrivateDnsNamespace(this, 'Names', {
      name: `${settings.name}.internal`,
      vpc: network.vpc,
    });
    const groups = groupsOf(settings);
    this.replicas = new Map(
      groups.map((group) => [
        group.name,
        this.makeReplicas(network, tasks, surroundings, namespace, group),
      ]),
    );
    this.edges = this.makeEdges(network, tasks, surroundings, namespace, groups);
    this.edges.node.addDependency(...this.replicas.values());
    this.jobs = this.makeJobs(network, tasks, surroundings);
  }

  private makeReplicas(
    network: Network,
    tasks: Tasks,
    surroundings: Surroundings,
    namespace: cloudmap.PrivateDnsNamespace,
    group: Group,
  ): ecs.FargateService {
    const { replica } = sizeOf(surroundings.settings);
    const servesAll = group.programs.length === 0;
    const id = servesAll ? '' : `-${group.name}`;
    const task = confinedTask(this, `Replica${id}`, surroundings, {
      name: `replica${id}`,
      image: 'app',
      cpu: replica.cpu,
      memory: replica.memory,
      logGroup: this.logs,
      environment: {
        ...publicVariables(this, surroundings),
        ...servingVariables(surroundings),
        ...(!servesAll && { CRUDDUR_ROUTES: group.programs.join() }),
        CRUDDUR_CONNECTIONS: String(group.connections),
        CRUDDUR_STREAMS: String(replica.streams),
        CRUDDUR_JOBS_S: '0', // the task of the schedule runs them
        CRUDDUR_LIVE_BUS: 'postgresql',
      },
      secrets: servingSecrets(surroundings),
      health: ['healthy'],
    });
    for (const statement of rightsOf(this, ['Serve'], resourcesOf(surroundings)))
      task.addToTaskRolePolicy(statement);
    const service = this.makeService(`Replicas${id}`, task, network, tasks, network.replica, group);
    service.enableCloudMap({
      cloudMapNamespace: namespace,
      name: group.name,
      dnsRecordType: cloudmap.DnsRecordType.A,
      // The edge looks the name up each second (bin/pool replicas).
      dnsTtl: Duration.seconds(1),
    });
    return service;
  }

  private makeEdges(
    network: Network,
    tasks: Tasks,
    surroundings: Surroundings,
    namespace: cloudmap.PrivateDnsNamespace,
    groups: Group[],
  ): ecs.FargateService {
    const { edge } = sizeOf(surroundings.settings);
    const task = confinedTask(this, 'Edge', surroundings, {
      name: 'edge',
      image: 'app',
      cpu: edge.cpu,
      memory: edge.memory,
      logGroup: this.logs,
      environment: {
        ...publicVariables(this, surroundings),
        CRUDDUR_EDGE: edgeOf(groups, namespace.namespaceName, HTTP_PORT),
        CRUDDUR_STREAMS: String(edge.streams),
      },
      health: ['healthy', EDGE_HEALTH],
    });
    const service = this.makeService('Edges', task, network, tasks, network.edge, edge);
    service.attachToApplicationTargetGroup(surroundings.pages.edges);
    return service;
  }

  private makeService(
    id: string,
    taskDefinition: ecs.FargateTaskDefinition,
    network: Network,
    tasks: Tasks,
    securityGroup: ec2.SecurityGroup,
    { min, max }: { min: number; max: number },
  ): ecs.FargateService {
    taskDefinition.defaultContainer!.addPortMappings({ containerPort: HTTP_PORT });
    const service = new ecs.FargateService(this, id, {
      serviceName: id.toLowerCase(),
      cluster: tasks.cluster,
      taskDefinition,
      platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
      vpcSubnets: network.inside,
      securityGroups: [securityGroup],
      assignPublicIp: false,
      minHealthyPercent: DEPLOY_PERCENT.least,
      maxHealthyPercent: DEPLOY_PERCENT.most,
      // A version whose containers do not get healthy is replaced by the one before it.
      circuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      enableExecuteCommand: false,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    const scaling = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
    scaling.scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: CPU_PERCENT,
      scaleOutCooldown: Duration.seconds(60),
      scaleInCooldown: Duration.minutes(10),
    });
    scaling.scaleOnMemoryUtilization('Memory', {
      targetUtilizationPercent: 70,
      scaleOutCooldown: Duration.seconds(60),
      scaleInCooldown: Duration.minutes(10),
    });
    return service;
  }

  private makeJobs(network: Network, tasks: Tasks, surroundings: Surroundings): events.Rule {
    const taskDefinition = confinedTask(this, 'Job', surroundings, {
      name: 'job',
      image: 'tools',
      cpu: 256,
      memory: 512,
      logGroup: this.logs,
      environment: {
        ...publicVariables(this, surroundings),
        ...servingVariables(surroundings),
        CRUDDUR_LIVE_BUS: 'postgresql',
      },
      secrets: servingSecrets(surroundings),
      command: [JOB],
    });
    for (const statement of rightsOf(this, ['Serve', 'Job'], resourcesOf(surroundings)))
      taskDefinition.addToTaskRolePolicy(statement);
    return new events.Rule(this, 'Jobs', {
      ruleName: `${surroundings.settings.name}-jobs`,
      description: 'Purges, exports and whatever else is due',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      targets: [
        new targets.EcsTask({
          cluster: tasks.cluster,
          taskDefinition,
          taskCount: 1,
          platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
          subnetSelection: network.inside,
          securityGroups: [network.tasks],
          assignPublicIp: false,
          // The next run comes in a minute.
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
  }
}
