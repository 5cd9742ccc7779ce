// containers.ts - what the containers of tasks and of services have in common: the images of docker/, their
// environment (.env.example), confinement and logs.
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

import { type Data, OWNER } from './data.ts';
import { CIDR } from './network.ts';
import type { Pages } from './pages.ts';
import type { People } from './people.ts';
import type { Image, Registry } from './registry.ts';
import type { Resources } from './rights.ts';
import { firstTableOf, type Settings, tableOf } from './settings.ts';

export const HOME = '/var/lib/cruddur';
export const STOP_S = 30; // docs/operations.md, "Containers": Stopping

export interface Surroundings {
  settings: Settings;
  registry: Registry;
  data: Data;
  people: People;
  pages: Pages;
}

// The resources that rights.ts may allow.
export const resourcesOf = ({ settings, people, pages }: Surroundings): Resources => ({
  table: tableOf(settings),
  firstTable: firstTableOf(settings),
  userPool: people.pool.userPoolId,
  media: pages.media.bucketName,
});

const passwordOf = (secret: ISecret) => ecs.Secret.fromSecretsManager(secret, 'password');

// Variables that are not secret, of everything.
export function publicVariables(
  stack: Stack,
  { people, pages }: Surroundings,
): Record<string, string> {
  return {
    AWS_REGION: stack.region,
    AWS_COGNITO_USER_POOL_ID: people.pool.userPoolId,
    AWS_COGNITO_USER_POOL_CLIENT_ID: people.client.userPoolClientId,
    FRONTEND_URL: pages.origin,
    BACKEND_URL: pages.origin,
    // The balancer and CloudFront's addresses in the network, before the edge; the edge, before a replica.
    CRUDDUR_TRUSTED_PROXIES: CIDR,
  };
}

export const servingVariables = ({ settings, data }: Surroundings): Record<string, string> => ({
  CONNECTION_URL: data.url(settings.role),
  DDB_MESSAGE_TABLE: tableOf(settings),
});
export const servingSecrets = ({ data }: Surroundings): Record<string, ecs.Secret> => ({
  PGPASSWORD: passwordOf(data.servingSecret),
});

export const ownerVariables = ({ data }: Surroundings): Record<string, string> => ({
  OWNER_CONNECTION_URL: data.url(OWNER),
});
// With the argument prod, operators' commands use these, and the services of AWS; without it they would look
// for stand-ins of DynamoDB and Cognito.
export const operatorVariables = ({ settings, data }: Surroundings): Record<string, string> => ({
  PROD_CONNECTION_URL: data.url(settings.role),
  PROD_OWNER_CONNECTION_URL: data.url(OWNER),
});
export const ownerSecrets = ({ data }: Surroundings): Record<string, ecs.Secret> => ({
  OWNER_PGPASSWORD: passwordOf(data.ownerSecret),
});

export function logGroup(scope: Construct, id: string, name: string): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    logGroupName: name,
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

export interface ContainerOptions {
  name: string;
  image: Image;
  cpu: number;
  memory: number;
  environment: Record<string, string>;
  secrets?: Record<string, ecs.Secret>;
  command?: string[];
  health?: string[];
  logGroup: logs.ILogGroup;
}

// A task of one container. It writes to one folder only; it runs as the image's user, without capabilities.
export function confinedTask(
  scope: Construct,
  id: string,
  { settings, registry }: Surroundings,
  { name, image, cpu, memory, environment, secrets, command, health, logGroup }: ContainerOptions,
): ecs.FargateTaskDefinition {
  const task = new ecs.FargateTaskDefinition(scope, id, {
    family: `${settings.name}-${name}`,
    cpu,
    memoryLimitMiB: memory,
    runtimePlatform: {
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
    volumes: [{ name: 'home' }],
  });
  const container = task.addContainer(name, {
    containerName: name,
    image: ecs.ContainerImage.fromEcrRepository(registry.repositories[image], settings.version),
    environment,
    secrets,
    command,
    essential: true,
    readonlyRootFilesystem: true,
    linuxParameters: new ecs.LinuxParameters(scope, `${id}Linux`, { initProcessEnabled: true }),
    ulimits: [{ name: ecs.UlimitName.NOFILE, softLimit: 65535, hardLimit: 65535 }],
    stopTimeout: Duration.seconds(STOP_S),
    logging: ecs.LogDrivers.awsLogs({
      logGroup,
      streamPrefix: name,
      // Lines are lost while CloudWatch stalls; requests are not delayed.
      mode: ecs.AwsLogDriverMode.NON_BLOCKING,
    }),
    ...(health && {
      healthCheck: {
        command: ['CMD', ...health],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(30),
      },
    }),
  });
  container.linuxParameters?.dropCapabilities(ecs.Capability.ALL);
  container.addMountPoints({ sourceVolume: 'home', containerPath: HOME, readOnly: false });
  return task;
}
