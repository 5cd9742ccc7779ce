// stacks.test.ts - the stacks against the rest of the checkout: rights, variables, routes, pools, alerts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, mock, test } from 'node:test';

import { App, CfnResource, Stack } from 'aws-cdk-lib';

import { BURN, FAILED, ONLY_HERE, SLOW, SLOW_S } from '../lib/alarms.ts';
import { STOP_S } from '../lib/containers.ts';
import { OWNER } from '../lib/data.ts';
import { DEPLOY_PERCENT, REPLICAS_MAX } from '../lib/groups.ts';
import { EDGE_HEALTH, HIDDEN, KEEP } from '../lib/pages.ts';
import { HTTP_PORT } from '../lib/network.ts';
import { several, statementsOf } from '../lib/rights.ts';
import { ROLES, SIZES, sizeOf } from '../lib/settings.ts';
import { DEPLOY, EXAMPLE, type Json, json, read, ROOT } from './files.ts';
import { container, containers, make, one, resources, rightsOfRole, text } from './harness.ts';

const SNAPSHOT = path.join(DEPLOY, 'snapshot');
// With a group of routes that has replicas of its own.
const CHAT = ['messages', 'message_create', 'message'];
const WITH_CHAT = { ...EXAMPLE, routes: { chat: { programs: CHAT, min: 2, max: 3 } } };
const SERVING = ['replica', 'edge', 'job'];
const WITH_DATABASE = ['replica', 'job', 'setup', 'operate'];

// A request of common/aws or bin/aws: JSON with holes and comments.
const request = (name: string) =>
  JSON.parse(
    read(name)
      .replace(/^\s*\/\/.*$/gm, '')
      .replaceAll('${messages_index}', 'last-message-index'),
  );

const sorted = (list: Iterable<string>) => [...new Set(list)].sort();

// A folder of the snapshot has these templates; UPDATE=1 writes them.
function assertSnapshot(folder: string, templates: [string, Json][]): void {
  const files = new Map(
    templates.map(([name, template]) => [
      `cruddur-${name}.template.json`,
      `${JSON.stringify(template, null, 1)}\n`,
    ]),
  );
  if (process.env.UPDATE) {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of fs.readdirSync(folder))
      if (name.endsWith('.json')) fs.rmSync(path.join(folder, name));
    for (const [name, whole] of files) fs.writeFileSync(path.join(folder, name), whole);
  }
  const kept = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  assert.deepEqual(sorted(kept), sorted(files.keys()));
  for (const [name, whole] of files)
    assert.ok(
      whole === fs.readFileSync(path.join(folder, name), 'utf8'),
      `${name} is old; run: make check-deploy UPDATE=1`,
    );
}

describe('the templates', () => {
  test('are those of the snapshot; UPDATE=1 writes it', (t) => {
    const all = make();
    const names = [...all.templates.keys()];
    t.diagnostic(
      `synthesis and validation took ${all.seconds.toFixed(1)} s: ${names.length} stacks, ` +
        `${names.reduce((sum, name) => sum + Object.keys(all.templates.get(name).Resources).length, 0)} resources, ` +
        `${Math.round(all.bytes / 1024)} KB`,
    );
    assertSnapshot(SNAPSHOT, [...all.templates]);
  });

  test('fit the schemas and rules of CloudFormation: the validator of the CDK finds nothing', (t) => {
    for (const given of [EXAMPLE, WITH_CHAT, ...Object.keys(SIZES).map((size) => ({ size, version: 'v1' }))]) {
      const { findings, settings } = make(given);
      assert.deepEqual(findings, []);
      t.diagnostic(`${settings.size}: ${findings.length} findings`);
    }
  });

  test('fit into one request of CloudFormation', () => {
    for (const [name, template] of make().templates)
      assert.ok(JSON.stringify(template).length < 51_200, `${name} needs a bucket to be deployed`);
  });

  test('need neither functions nor files of the CDK', () => {
    const all = make();
    assert.deepEqual(resources(all, 'AWS::Lambda::Function'), []);
    assert.ok(!JSON.stringify([...all.templates.values()]).includes('Custom::'));
  });

  test('use the recommended behaviour of this version of the CDK', () => {
    const recommended = JSON.parse(
      fs.readFileSync(
        path.join(DEPLOY, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'),
        'utf8',
      ),
    );
    const { context } = json('deploy/cdk.json');
    assert.deepEqual(context, {
      ...recommended,
      // Findings are errors.
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // Exports, which CloudFormation protects: what another stack uses cannot be removed.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    });
  });

  test('can be made of every size, with and without a domain', () => {
    for (const size of Object.keys(SIZES)) {
      const all = make({ size, version: 'v1' });
      assert.ok(all.templates.has('app') && !all.templates.has('pipeline'));
      assert.equal(
        one(all, 'AWS::RDS::DBInstance').DBInstanceClass,
        `db.${SIZES[size]!.database.class}`,
      );
    }
  });

  test('with a mistake are refused by that validator', () => {
    const app = new App({ context: json('deploy/cdk.json').context, analyticsReporting: false });
    new CfnResource(new Stack(app, 'wrong'), 'Table', {
      type: 'AWS::DynamoDB::Table',
      properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMod: 'PAY_PER_REQUEST',
      },
    });
    const written: unknown[] = [];
    mock.method(console, 'error', (text: unknown) => written.push(text));
    try {
      assert.throws(() => app.synth(), /Validation failed/);
    } finally {
      mock.restoreAll();
    }
    assert.match(written.join('\n'), /Did you mean 'BillingMode'/);
  });
});

describe('the table', () => {
  const table = one(make(), 'AWS::DynamoDB::Table');
  test('is the one that bin/ddb/schema-load makes', () => {
    const wanted = request('bin/aws/requests/CreateTable/messages.json');
    for (const name of ['BillingMode', 'KeySchema', 'LocalSecondaryIndexes'])
      assert.deepEqual(table[name], wanted[name], name);
    const byName = (list: Json[]) =>
      [...list].sort((a, b) => (a.AttributeName < b.AttributeName ? -1 : 1));
    assert.deepEqual(byName(table.AttributeDefinitions), byName(wanted.AttributeDefinitions));
    const { TimeToLiveSpecification } = request('bin/aws/requests/UpdateTimeToLive/messages.json');
    assert.deepEqual(table.TimeToLiveSpecification, TimeToLiveSpecification);
    assert.match(read('bin/constants'), /^local_messages_table=cruddur-messages$/m);
    assert.equal(table.TableName, 'cruddur-messages');
  });

  test('survives mistakes, and takes a crowd at once', () => {
    assert.deepEqual(table.PointInTimeRecoverySpecification, {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 35,
    });
    assert.equal(table.DeletionProtectionEnabled, true);
    const [{ DeletionPolicy, UpdateReplacePolicy }] = resources(make(), 'AWS::DynamoDB::Table') as [
      Json,
    ];
    assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['Retain', 'Retain']);
    const { reads, writes } = sizeOf(make().settings).table;
    assert.deepEqual(table.WarmThroughput, {
      ReadUnitsPerSecond: reads,
      WriteUnitsPerSecond: writes,
    });
  });

  test('that was restored under another name is used instead of it', () => {
    const all = make({ ...EXAMPLE, table: 'cruddur-messages-b' });
    assert.equal(one(all, 'AWS::DynamoDB::Table').TableName, 'cruddur-messages');
    const replica = container(all, 'replica');
    assert.equal(replica.environment.get('DDB_MESSAGE_TABLE'), 'cruddur-messages-b');
    const allowed = rightsOfRole(all, replica.definition.TaskRoleArn['Fn::GetAtt'][0]);
    for (const { resource } of allowed) assert.match(resource, /:table\/cruddur-messages-b(\/|$)/);
  });
});

describe('PostgreSQL', () => {
  const instance = one(make(), 'AWS::RDS::DBInstance');
  test('is encrypted, backed up, and not reachable from outside', () => {
    assert.equal(instance.StorageEncrypted, true);
    assert.equal(instance.PubliclyAccessible, false);
    assert.equal(instance.DeletionProtection, true);
    assert.ok(instance.BackupRetentionPeriod >= 7);
    assert.equal(instance.MultiAZ, true);
    const [{ DeletionPolicy }] = resources(make(), 'AWS::RDS::DBInstance') as [Json];
    assert.equal(DeletionPolicy, 'Snapshot');
    const { Parameters: parameters } = one(make(), 'AWS::RDS::DBParameterGroup');
    assert.equal(parameters['rds.force_ssl'], '1');
  });

  test('has the version of the tests, and no database but that of db/create', () => {
    assert.equal(
      instance.EngineVersion,
      /^local +postgresql-(\d+)/m.exec(read('packages.txt'))?.[1],
    );
    assert.equal(instance.DBName, undefined);
  });

  test('has an owner whose password RDS keeps, and nobody else knows', () => {
    assert.equal(instance.ManageMasterUserPassword, true);
    assert.equal(instance.MasterUserPassword, undefined);
    assert.equal(instance.MasterUsername, OWNER);
  });

  test('has connections for all replicas of every size, also while a version replaces another one', () => {
    // The smallest sizes of the pools whose programs need it.
    const pools = new Map(
      execFileSync(path.join(ROOT, 'bin/routes'), { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.split('\t'))
        .filter(([, , needs]) => needs!.split(',').includes('db'))
        .map(([program, workers]) => [program, Number(workers!.split('-')[0])]),
    );
    const least = [...pools.values()].reduce((a, b) => a + b, 0);
    assert.ok(least > 0);
    const OPERATORS = 10; // docs/operations.md, "Sizing"
    const TASKS = 3; // setup, a job, and a command of an operator
    for (const [name, { replica, database }] of Object.entries(SIZES)) {
      assert.ok(
        replica.connections > least,
        `${name}: bin/render refuses ${replica.connections} connections`,
      );
      const replicas = Math.ceil((replica.max * DEPLOY_PERCENT.most) / 100);
      const most = (replica.connections + 1) * replicas + OPERATORS + TASKS;
      assert.ok(
        most <= database.connections,
        `${name}: ${most} of ${database.connections} connections`,
      );
      const all = make({ size: name, version: 'v1' });
      const { Parameters: parameters } = one(all, 'AWS::RDS::DBParameterGroup');
      assert.equal(parameters.max_connections, String(database.connections));
      assert.equal(
        container(all, 'replica').environment.get('CRUDDUR_CONNECTIONS'),
        String(replica.connections),
      );
    }
  });

  test('has the memory for its connections', () => {
    // RDS's own default: a connection for each 9,531,392 bytes.
    const GIB = { 't4g.small': 2, 'm7g.large': 8, 'r7g.xlarge': 32 } as Record<string, number>;
    for (const { database } of Object.values(SIZES)) {
      const most = (GIB[database.class]! * 1024 ** 3) / 9_531_392;
      assert.ok(
        database.connections <= most,
        `${database.class}: ${database.connections} of ${most}`,
      );
    }
  });
});

describe('the accounts', () => {
  test('have a client for pages, as docs/operations.md demands', () => {
    const client = one(make(), 'AWS::Cognito::UserPoolClient');
    assert.equal(client.GenerateSecret, false);
    assert.deepEqual(sorted(client.ExplicitAuthFlows), [
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_SRP_AUTH',
    ]);
    assert.equal(client.PreventUserExistenceErrors, 'ENABLED');
    const minutes = { minutes: 1, hours: 60 } as Record<string, number>;
    assert.ok(client.AccessTokenValidity * minutes[client.TokenValidityUnits.AccessToken]! <= 60);
    for (const name of ['name', 'preferred_username', 'email'])
      assert.ok(client.WriteAttributes.includes(name), name);
    const pool = one(make(), 'AWS::Cognito::UserPool');
    assert.deepEqual(pool.UsernameAttributes, ['email']);
    assert.equal(pool.DeletionProtection, 'ACTIVE');
    const [{ DeletionPolicy }] = resources(make(), 'AWS::Cognito::UserPool') as [Json];
    assert.equal(DeletionPolicy, 'Retain');
  });

  test('have the group of moderators', () => {
    assert.equal(one(make(), 'AWS::Cognito::UserPoolGroup').GroupName, 'moderators');
  });
});

describe('the rights', () => {
  // `cruddur-messages` and the account of the example policy are those of the stack.
  const nameOf = (arn: string) => arn.split(':').slice(5).join(':') || arn;
  const wanted = (purposes: string[]) =>
    sorted(
      statementsOf(purposes)
        .filter(({ Sid: sid }) => sid !== 'OperateDatabase')
        .flatMap(({ Action: actions, Resource: names }) =>
          several(actions).flatMap((action) =>
            several(names).map((name) => `${action} ${nameOf(name)}`),
          ),
        ),
    );
  const allowed = (task: string) =>
    sorted(
      rightsOfRole(make(), container(make(), task).definition.TaskRoleArn['Fn::GetAtt'][0]).map(
        ({ action, resource }) =>
          `${action} ${nameOf(resource.replaceAll('AWS::', '')).replace(/userpool\/.*/, 'userpool/ca-central-1_EXAMPLE')}`,
      ),
    );

  test('of a replica are exactly those that docs/iam-policy.json has for serving', () => {
    assert.ok(wanted(['Serve']).length > 3);
    assert.deepEqual(allowed('replica'), wanted(['Serve']));
  });
  test('of jobs are those and what a statement Job… has', () => {
    assert.deepEqual(allowed('job'), wanted(['Serve', 'Job']));
  });
  test('of operators are those of serving and operating', () => {
    assert.deepEqual(allowed('operate'), wanted(['Serve', 'Operate']));
  });
  test('of edges and of the setup are none', () => {
    for (const task of ['edge', 'setup']) assert.deepEqual(allowed(task), []);
  });
  test('are for one account, region and table', () => {
    for (const { resource } of rightsOfRole(
      make(),
      container(make(), 'replica').definition.TaskRoleArn['Fn::GetAtt'][0],
    ))
      assert.match(
        resource,
        /^arn:\{AWS::Partition\}:dynamodb:\{AWS::Region\}:\{AWS::AccountId\}:table\/cruddur-messages(\/index\/[a-z-]+)?$/,
      );
  });
});

describe('the containers', () => {
  const example = read('.env.example');
  const documented = [...example.matchAll(/^#?\s*([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);

  // Variables that production leaves at their defaults, with the reason.
  const DEFAULTS: [RegExp, string][] = [
    [/_FILE$/, 'ECS puts secrets into the environment'],
    [/^CRUDDUR_(HOME|HTTP_ADDRESS|HTTP_PORT|LOG)$/, 'the image sets it'],
    [/^CRUDDUR_(TLS_|HTTP_REDIRECT_PORT|RATE_TLS|ACME_)/, 'CloudFront ends TLS'],
    [
      /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ROLE_|WEB_IDENTITY|CONTAINER_|EC2_|ENDPOINT_URL|DEFAULT_REGION)/,
      'ECS sets those of the role of the task; the endpoints are those of the region',
    ],
    [/^COGNITO_(ISSUER|JWKS_URL)$/, 'follows from pool and region'],
    [/^CRUDDUR_(RATE|QUOTA)_/, 'the limits of .env.example are the defaults'],
    [
      /^CRUDDUR_(FEED_CACHE|SLOW_MS|LOG_LEVEL|METRICS_DIR|POOL_IDLE_S|POOL_MAX|PREPARE|SERVICE_WORKER|WORKERS|ROUTES|ENV_FILE|HOSTS|SECURITY_CONTACT|FORWARD)/,
      'the default suits; operators reach a replica by its address',
    ],
    [
      /^CRUDDUR_(DYNAMODB|COGNITO|POSTGRES|EPHEMERAL|DOOR|[A-Z]+_IMAGE|IMAGE_)/,
      'of local runs and of compose files',
    ],
    [
      /^(DB_SG_|GITPOD_IP$|CRUDDUR_BACKUPS$)/,
      'of operators elsewhere; RDS and DynamoDB back up themselves',
    ],
  ];

  test('set only variables that exist', () => {
    for (const { task, environment, secrets } of containers(make()))
      for (const name of [...environment.keys(), ...secrets.keys()])
        assert.ok(
          documented.includes(name),
          `${task} sets ${name}, which .env.example does not document`,
        );
  });

  test('set every variable that is not left at its default on purpose', () => {
    const set = new Set(
      containers(make()).flatMap(({ environment, secrets }) => [
        ...environment.keys(),
        ...secrets.keys(),
      ]),
    );
    for (const name of documented)
      assert.ok(
        set.has(name) !== DEFAULTS.some(([pattern]) => pattern.test(name)),
        `${name}: a container sets it, or DEFAULTS of this test says why not`,
      );
    for (const [pattern] of DEFAULTS)
      assert.ok(
        documented.some((name) => pattern.test(name)),
        `${pattern} means no variable`,
      );
  });

  test('have the passwords of PostgreSQL as secrets, and only those that need them', () => {
    for (const { task, environment, secrets } of containers(make())) {
      const names = ['PGPASSWORD', 'OWNER_PGPASSWORD'].filter((name) => secrets.has(name));
      const owner = ['setup', 'operate'].includes(task);
      assert.deepEqual(
        names,
        [
          ...(WITH_DATABASE.includes(task) ? ['PGPASSWORD'] : []),
          ...(owner ? ['OWNER_PGPASSWORD'] : []),
        ],
        task,
      );
      for (const name of secrets.keys()) assert.ok(!environment.has(name), name);
      assert.equal(environment.has('OWNER_CONNECTION_URL'), owner, task);
      for (const [name, role] of [
        ['CONNECTION_URL', ROLES[0]],
        ['OWNER_CONNECTION_URL', OWNER],
      ] as const) {
        const url = environment.get(name);
        if (url)
          assert.match(
            text(url),
            new RegExp(
              `^postgresql://${role}@\\{[^}]+\\}:5432/cruddur\\?sslmode=verify-full&sslrootcert=/etc/ssl/rds\\.pem$`,
            ),
          );
      }
      for (const [name, from] of secrets) assert.match(text(from), /:password::$/, name);
    }
  });

  test('have another role and its password with the setting `role`, and both secrets stay', () => {
    const all = make({ ...EXAMPLE, role: ROLES[1] });
    const { environment, secrets } = container(all, 'replica');
    assert.match(text(environment.get('CONNECTION_URL')), /^postgresql:\/\/cruddur_b@/);
    const used = container(make(), 'replica').secrets.get('PGPASSWORD');
    assert.notEqual(text(secrets.get('PGPASSWORD')), text(used));
    assert.deepEqual(all.templates.get('data'), make().templates.get('data'));
    const names = resources(all, 'AWS::SecretsManager::Secret').map(
      ({ Properties: { Name } }) => Name,
    );
    assert.deepEqual(sorted(names), sorted(ROLES.map((role) => `cruddur/${role}`)));
  });

  test('are confined, stop in time, and run on Graviton', () => {
    const [, grace] = /^ {2}stop_grace_period: (\d+)s$/m.exec(read('docker/compose.prod.yaml'))!;
    assert.ok(STOP_S >= Number(grace));
    for (const {
      task,
      definition,
      container: { ReadonlyRootFilesystem, LinuxParameters, MountPoints, StopTimeout, User },
    } of containers(make())) {
      assert.equal(ReadonlyRootFilesystem, true, task);
      assert.deepEqual(LinuxParameters.Capabilities, { Drop: ['ALL'] });
      assert.deepEqual(MountPoints, [
        { ContainerPath: '/var/lib/cruddur', ReadOnly: false, SourceVolume: 'home' },
      ]);
      assert.equal(StopTimeout, STOP_S);
      assert.equal(User, undefined); // that of the image
      assert.deepEqual(definition.RuntimePlatform, {
        CpuArchitecture: 'ARM64',
        OperatingSystemFamily: 'LINUX',
      });
    }
    const dockerfile = read('docker/Dockerfile');
    assert.match(dockerfile, /^USER 10001:10001$/m);
    assert.match(dockerfile, /^VOLUME \/var\/lib\/cruddur$/m);
    assert.match(dockerfile, /CRUDDUR_HOME=\/var\/lib\/cruddur/);
  });

  test('run images of docker/Dockerfile, with the tag of this version', () => {
    const targets = [...read('docker/Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map(
      ([, name]) => name,
    );
    const wanted = { replica: 'app', edge: 'app', job: 'tools', setup: 'tools', operate: 'tools' };
    for (const {
      task,
      container: { Image },
    } of containers(make())) {
      assert.ok(text(Image).endsWith(`:${EXAMPLE.version}`), text(Image));
      assert.ok(text(Image).includes(`Ref${wanted[task as 'job']}`), text(Image)); // its repository
    }
    for (const {
      Properties: { RepositoryName, ImageTagMutability },
    } of resources(make(), 'AWS::ECR::Repository')) {
      assert.ok(targets.includes(RepositoryName.split('/')[1]), RepositoryName);
      assert.equal(ImageTagMutability, 'IMMUTABLE');
    }
  });

  test('of operators have the services of AWS for the argument prod', () => {
    const { environment } = container(make(), 'operate');
    for (const name of ['CONNECTION_URL', 'OWNER_CONNECTION_URL'])
      assert.equal(text(environment.get(`PROD_${name}`)), text(environment.get(name)));
  });

  test('run commands that exist', () => {
    const words = (task: string) => container(make(), task).container.Command as string[];
    const [shell, , script] = words('setup');
    assert.equal(shell, 'bash');
    const commands = [...script!.matchAll(/\bdb\/[a-z-]+/g)].map(([name]) => name);
    assert.deepEqual(commands, ['db/test', 'db/create', 'db/migrate', 'db/serving-role']);
    for (const name of [...commands, ...words('operate')])
      assert.ok(fs.existsSync(path.join(ROOT, 'bin', name)), name);
    assert.deepEqual(words('job'), ['/opt/cruddur/bin/jobs']);
    assert.match(read('docker/Dockerfile'), /PREFIX=\/opt\/cruddur/);
  });

  test('have the resources of Fargate', () => {
    const MEMORY: Record<string, [number, number]> = {
      256: [512, 2048],
      512: [1024, 4096],
      1024: [2048, 8192],
      2048: [4096, 16384],
    };
    for (const size of Object.keys(SIZES))
      for (const { task, definition } of containers(make({ size, version: 'v1' }))) {
        const [least, most] = MEMORY[definition.Cpu]!;
        assert.ok(
          Number(definition.Memory) >= least && Number(definition.Memory) <= most,
          `${size} ${task}`,
        );
      }
  });
});

describe('the way of a request', () => {
  const programs = new Map(
    execFileSync(path.join(ROOT, 'bin/routes'), { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([program, , , method, pattern]) => [`${method} ${pattern}`, program]),
  );
  const pools = [...read('nginx/routes').matchAll(/^(\w+) +\d/gm)].map(([, name]) => name);

  test('is checked by routes that exist', () => {
    const healthy = /\$\{1:-(\/[a-z\/-]+)\}/.exec(read('docker/healthy'))?.[1];
    for (const route of [healthy, EDGE_HEALTH, ...HIDDEN])
      assert.ok(pools.includes(programs.get(`GET ${route}`)), `GET ${route}`);
    assert.equal(
      one(make(), 'AWS::ElasticLoadBalancingV2::TargetGroup').HealthCheckPath,
      EDGE_HEALTH,
    );
    const command = (task: string) => container(make(), task).container.HealthCheck.Command;
    assert.deepEqual(command('replica'), ['CMD', 'healthy']);
    assert.deepEqual(command('edge'), ['CMD', 'healthy', EDGE_HEALTH]);
  });

  test('of the public never leads to routes for operators', () => {
    const rule = one(make(), 'AWS::ElasticLoadBalancingV2::ListenerRule');
    assert.deepEqual(rule.Conditions[0].PathPatternConfig.Values, HIDDEN);
    assert.equal(rule.Actions[0].FixedResponseConfig.StatusCode, '404');
  });

  test('begins at CloudFront: the balancer is not reachable from outside', () => {
    const balancer = one(make(), 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    assert.equal(balancer.Scheme, 'internal');
    for (const { Properties } of resources(make(), 'AWS::EC2::SecurityGroup'))
      for (const { CidrIp, FromPort } of Properties.SecurityGroupIngress ?? [])
        assert.deepEqual([CidrIp, FromPort], ['10.0.0.0/16', 80]);
    assert.equal(resources(make(), 'AWS::EC2::SecurityGroupIngress').length, 4);
  });

  test('passes proxies that the product trusts, and edges to replicas', () => {
    const { CidrBlock } = one(make(), 'AWS::EC2::VPC');
    for (const task of SERVING)
      assert.equal(container(make(), task).environment.get('CRUDDUR_TRUSTED_PROXIES'), CidrBlock);
    assert.equal(
      container(make(), 'edge').environment.get('CRUDDUR_EDGE'),
      'replicas.cruddur.internal:8080',
    );
    assert.equal(
      one(make(), 'AWS::ServiceDiscovery::PrivateDnsNamespace').Name,
      'cruddur.internal',
    );
    assert.equal(one(make(), 'AWS::ServiceDiscovery::Service').Name, 'replicas');
    assert.match(read('bin/constants'), new RegExp(`^http_port=${HTTP_PORT}$`, 'm'));
    // Cloud Map answers with eight addresses at most.
    for (const { replica } of Object.values(SIZES)) assert.ok(replica.max <= REPLICAS_MAX);
  });

  test('is kept open longer by each that answers than by the one that asks', () => {
    const [, edge] = /^\tkeepalive_timeout (\d+)s;$/m.exec(read('nginx/edge.conf.in'))!;
    assert.ok(KEEP.cloudfront < KEEP.balancer && KEEP.balancer < Number(edge));
    const { LoadBalancerAttributes } = one(make(), 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const idle = LoadBalancerAttributes.find(
      ({ Key }: Json) => Key === 'idle_timeout.timeout_seconds',
    );
    assert.equal(idle.Value, String(KEEP.balancer));
    // A stream is silent for 20 s.
    assert.ok(KEEP.balancer > 40);
  });

  test('to the API is never cached, and has all that the browser sent', () => {
    const { DistributionConfig: config } = one(make(), 'AWS::CloudFront::Distribution');
    const api = config.CacheBehaviors.find(({ PathPattern }: Json) => PathPattern === '/api/*');
    // CachingDisabled, AllViewer: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    assert.equal(api.CachePolicyId, '4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    assert.equal(api.OriginRequestPolicyId, '216adef6-5c7f-47e4-b989-5492eafa07d3');
    assert.equal(api.ViewerProtocolPolicy, 'https-only');
    assert.ok(api.AllowedMethods.includes('DELETE') && api.AllowedMethods.includes('PUT'));
    assert.deepEqual(config.Aliases, [EXAMPLE.domain]);
    assert.equal(config.ViewerCertificate.MinimumProtocolVersion, 'TLSv1.2_2021');
    assert.equal(
      container(make(), 'replica').environment.get('FRONTEND_URL'),
      `https://${EXAMPLE.domain}`,
    );
  });

  test('is replaced without a gap, and back when a version does not get healthy', () => {
    const services = resources(make(), 'AWS::ECS::Service');
    assert.equal(services.length, 2);
    for (const {
      Properties: { DeploymentConfiguration: configuration },
    } of services) {
      assert.equal(configuration.MinimumHealthyPercent, 100);
      assert.deepEqual(configuration.DeploymentCircuitBreaker, { Enable: true, Rollback: true });
    }
    const scaling = resources(make(), 'AWS::ApplicationAutoScaling::ScalableTarget');
    const { replica, edge } = sizeOf(make().settings);
    assert.deepEqual(
      scaling.map(({ Properties: { MinCapacity, MaxCapacity } }) => [MinCapacity, MaxCapacity]),
      [
        [replica.min, replica.max],
        [edge.min, edge.max],
      ],
    );
  });

  test('keeps the streams that the size promises', () => {
    for (const task of ['replica', 'edge'] as const) {
      const {
        environment,
        container: { Ulimits },
      } = container(make(), task);
      const streams = Number(environment.get('CRUDDUR_STREAMS'));
      assert.equal(streams, sizeOf(make().settings)[task].streams);
      // Two descriptors for each in nginx and live_hub (bin/render).
      assert.ok(Ulimits[0].HardLimit > 2.2 * streams);
    }
    assert.equal(container(make(), 'replica').environment.get('CRUDDUR_LIVE_BUS'), 'postgresql');
  });
});

describe('routes with replicas of their own', () => {
  const all = make(WITH_CHAT);

  test('change the stacks app and alarms only, as the snapshot shows', (t) => {
    const changed = [...all.templates].filter(
      ([name, template]) => text(template) !== text(make().templates.get(name)),
    );
    assertSnapshot(path.join(SNAPSHOT, 'routes'), changed);
    assert.deepEqual(
      changed.map(([name]) => name),
      ['app', 'alarms'],
    );
    const [[, app]] = changed as [[string, Json]];
    const bytes = JSON.stringify(app).length;
    t.diagnostic(`the template of app has ${bytes} instead of ${JSON.stringify(make().templates.get('app')).length} bytes`);
    assert.ok(bytes < 51_200);
  });

  test('are those of the edge, which bin/render turns into patterns of nginx/routes', () => {
    const given = container(all, 'edge').environment.get('CRUDDUR_EDGE');
    assert.equal(
      given,
      `replicas.cruddur.internal:8080 ${CHAT.join()}=chat.cruddur.internal:8080`,
    );
    const names = resources(all, 'AWS::ServiceDiscovery::Service').map(
      ({ Properties: { Name } }) => Name,
    );
    assert.deepEqual(sorted(names), ['chat', 'replicas']);

    // In a copy of the product, with names that need no name server.
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-edge-'));
    try {
      fs.mkdirSync(path.join(home, 'run'));
      execFileSync(path.join(ROOT, 'bin/render'), [home], {
        env: {
          PATH: process.env.PATH,
          AWS_REGION: 'ca-central-1',
          AWS_COGNITO_USER_POOL_ID: 'pool',
          AWS_COGNITO_USER_POOL_CLIENT_ID: 'client',
          FRONTEND_URL: 'https://cruddur.example',
          BACKEND_URL: 'https://cruddur.example',
          CRUDDUR_EDGE: given
            .replace('replicas.cruddur.internal', '127.0.0.1')
            .replace('chat.cruddur.internal', '127.0.0.2'),
        },
      });
      const map = fs.readFileSync(path.join(home, 'etc/replicas.conf'), 'utf8');
      const table = execFileSync(path.join(ROOT, 'bin/routes'), { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.split('\t'));
      for (const [program, , , , pattern] of table) {
        const where = pattern!.includes('{')
          ? `"~^${pattern!.replaceAll('.', '\\.').replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$"`
          : pattern!;
        const entry = map.split('\n').find((line) => line.trim().startsWith(`${where} `));
        assert.equal(
          entry?.trim().split(' ').at(-1),
          CHAT.includes(program!) ? 'replicas_1;' : 'replicas;',
          pattern,
        );
      }
    } finally {
      fs.rmSync(home, { recursive: true });
    }
  });

  test('are served by them alone, with the rights and the confinement of the others', () => {
    const [chat, replica] = ['replica-chat', 'replica'].map((task) => container(all, task));
    const { CRUDDUR_ROUTES, CRUDDUR_CONNECTIONS, ...environment } = Object.fromEntries(
      chat!.environment,
    );
    assert.equal(CRUDDUR_ROUTES, CHAT.join());
    const { CRUDDUR_CONNECTIONS: connections, ...others } = Object.fromEntries(
      replica!.environment,
    );
    assert.deepEqual(environment, others);
    // The largest sizes of the three pools, and one more, fit.
    assert.ok(Number(CRUDDUR_CONNECTIONS) <= Number(connections));
    const rights = ({ definition }: { definition: Json }) =>
      rightsOfRole(all, definition.TaskRoleArn['Fn::GetAtt'][0]);
    assert.deepEqual(rights(chat!), rights(replica!));
    for (const name of ['LinuxParameters', 'ReadonlyRootFilesystem', 'HealthCheck', 'Secrets'])
      assert.deepEqual(chat!.container[name], replica!.container[name], name);

    const scaling = resources(all, 'AWS::ApplicationAutoScaling::ScalableTarget').map(
      ({ Properties: { MinCapacity, MaxCapacity } }) => `${MinCapacity}-${MaxCapacity}`,
    );
    assert.ok(scaling.includes('2-3'));
    const alarms = resources(all, 'AWS::CloudWatch::Alarm').map(
      ({ Properties: { AlarmName } }) => AlarmName,
    );
    assert.ok(alarms.includes('cruddur-CruddurSlow-chat'));
  });

  test('are refused when they do not exist, exist twice, or need too many connections', () => {
    for (const [routes, problem] of [
      [{ chat: { programs: ['mesages'] } }, /chat has mesages, which is not in nginx\/routes/],
      [{ chat: { programs: ['metrics'] } }, /chat has metrics, which all replicas have/],
      [
        { chat: { programs: ['messages'] }, read: { programs: ['messages'] } },
        /read has messages, which another group has/,
      ],
      [{ replicas: { programs: ['messages'] } }, /the name of those that serve all routes/],
      [{ chat: { programs: CHAT, max: 9 } }, /there may be 8 chat at most, not 9/],
      [{ chat: { programs: CHAT, max: 8 } }, /all replicas may have \d+ connections .* has 600/],
    ] as const)
      assert.throws(() => make({ ...EXAMPLE, routes }), problem);
  });
});

describe('the buckets', () => {
  test('are private, and read by CloudFront only', () => {
    const buckets = resources(make(), 'AWS::S3::Bucket');
    assert.equal(buckets.length, 2);
    for (const {
      Properties: { PublicAccessBlockConfiguration: block, BucketEncryption },
    } of buckets) {
      assert.deepEqual(Object.values(block), [true, true, true, true]);
      assert.ok(BucketEncryption);
    }
    for (const {
      Properties: { PolicyDocument },
    } of resources(make(), 'AWS::S3::BucketPolicy'))
      for (const { Effect, Principal, Action } of PolicyDocument.Statement)
        if (Effect === 'Allow')
          assert.deepEqual(
            [Principal, Action],
            [{ Service: 'cloudfront.amazonaws.com' }, 's3:GetObject'],
          );
  });
  test('forget uploads that were not used after a day', () => {
    const media = resources(make(), 'AWS::S3::Bucket').find(({ id }) => /Media/.test(id))!;
    const rule = media.Properties.LifecycleConfiguration.Rules.find(
      ({ Prefix }: Json) => Prefix === 'uploads/',
    );
    assert.equal(rule.ExpirationInDays, 1);
    assert.deepEqual(media.Properties.CorsConfiguration.CorsRules[0].AllowedOrigins, [
      `https://${EXAMPLE.domain}`,
    ]);
  });
});

describe('the jobs', () => {
  test('run once a minute, with the image of this version, inside the network', () => {
    const rule = one(make(), 'AWS::Events::Rule');
    assert.equal(rule.ScheduleExpression, 'rate(1 minute)');
    const [{ EcsParameters: parameters }] = rule.Targets;
    assert.equal(parameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp, 'DISABLED');
    assert.match(text(parameters.TaskDefinitionArn), /Job/);
  });
});

describe('the alarms', () => {
  const rules = read('docs/metrics/alerts.yaml');
  const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name!);
  const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    resources(make(), type, 'alarms'),
  );
  const alertOf = ({ Properties: { AlarmName } }: Json) => AlarmName.split('-')[1] as string;

  // Alerts that need what only /metrics has; docs/deploy.md says how Prometheus gets it.
  const ONLY_IN_PROMETHEUS = [
    'CruddurKeysStale',
    'CruddurLiveDown',
    'CruddurLogDropped',
    'CruddurPoolShort',
    'CruddurQueue',
    'CruddurRefused',
    'CruddurUnpublished',
    'CruddurWorkersCrash',
  ];

  test('stand for alerts that exist, and each alert has one or needs Prometheus', () => {
    const found = sorted(alarms.map(alertOf));
    for (const name of found)
      assert.ok(
        alerts.includes(name) || name in ONLY_HERE,
        `${name} is no alert of docs/metrics/alerts.yaml`,
      );
    assert.deepEqual(
      sorted([...found.filter((name) => !(name in ONLY_HERE)), ...ONLY_IN_PROMETHEUS]),
      sorted(alerts),
    );
  });

  test('lead to their entries in the documents', () => {
    const documents = { operations: read('docs/operations.md'), deploy: read('docs/deploy.md') };
    for (const alarm of alarms) {
      const name = alertOf(alarm);
      if (/^a part of/.test(alarm.Properties.AlarmDescription)) continue;
      const [, document, anchor] = /docs\/(\w+)\.md#(\w+)$/.exec(
        alarm.Properties.AlarmDescription,
      )!;
      assert.equal(anchor, name.toLowerCase());
      assert.match(documents[document as 'deploy'], new RegExp(`^#+ ${name}$`, 'm'));
    }
  });

  test('have the objectives and burn rates of the alerts', () => {
    const expression = (name: string) =>
      new RegExp(`- alert: ${name}\\n +expr: \\|\\n([^]*?)labels:`).exec(rules)![1]!;
    for (const [speed, { rate, long, short }] of Object.entries(BURN)) {
      const window = (name: string) =>
        name.replace(/^(\d+)([mh])$/, (_, n, unit) => String(n * (unit === 'h' ? 3600 : 60)));
      for (const [name, share] of [
        ['Errors', FAILED],
        ['Latency', SLOW],
      ] as const) {
        const rule = expression(`Cruddur${name}${speed}`);
        assert.deepEqual(
          sorted([...rule.matchAll(/> ([\d.]+) \* ([\d.]+)/g)].map(([, a, b]) => `${a} ${b}`)),
          [`${rate} ${share}`],
        );
        assert.deepEqual(
          sorted([...rule.matchAll(/:rate(\d+[mh])/g)].map(([, text]) => window(text!))),
          sorted([long, short].map((time) => String(time.toSeconds()))),
        );
        const parts = alarms.filter(
          (alarm) =>
            alertOf(alarm) === `Cruddur${name}${speed}` && alarm.Type === 'AWS::CloudWatch::Alarm',
        );
        assert.equal(parts.length, 2);
        for (const { Properties } of parts)
          assert.ok(
            Math.abs(Properties.Threshold - (name === 'Errors' ? rate * share : SLOW_S)) < 1e-9,
          );
      }
    }
    assert.match(rules, new RegExp(`le="${SLOW_S}"`));
  });

  test('reach somebody', () => {
    assert.equal(one(make(), 'AWS::SNS::Subscription').Endpoint, EXAMPLE.alarmEmail);
    for (const { Properties, Type } of alarms)
      if (Type === 'AWS::CloudWatch::CompositeAlarm')
        assert.equal(Properties.AlarmActions.length, 1);
  });
});

describe('the workflow that deploys', () => {
  const all = make();
  const role = resources(all, 'AWS::IAM::Role', 'pipeline')[0]!.Properties;
  test('has no keys, and only its repository and environment may take the role', () => {
    const [{ Condition, Action }] = role.AssumeRolePolicyDocument.Statement;
    assert.equal(Action, 'sts:AssumeRoleWithWebIdentity');
    assert.deepEqual(Condition.StringEquals, {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `repo:${EXAMPLE.repository}:environment:production`,
    });
    assert.deepEqual(resources(all, 'AWS::IAM::User'), []);
  });
  test('may do what bin/deploy does, to this installation', () => {
    const [{ Properties }] = resources(all, 'AWS::IAM::Policy', 'pipeline') as [Json];
    for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
      const actions = [Action].flat() as string[];
      for (const action of actions) assert.doesNotMatch(action, /\*/);
      if ([Resource].flat().includes('*')) assert.deepEqual(actions, ['ecr:GetAuthorizationToken']);
    }
    const allowed = sorted(
      (Properties.PolicyDocument.Statement as Json[]).flatMap(({ Action }) => Action),
    );
    const stacks = Properties.PolicyDocument.Statement.find(
      ({ Action }: Json) => Action === 'cloudformation:DescribeStacks',
    ).Resource.map(text);
    const script = read('bin/deployments/aws');
    for (const name of ['CDKToolkit', 'cruddur-*'])
      assert.ok(
        stacks.some((arn: string) => arn.endsWith(`:stack/${name}/*`)),
        name,
      );
    assert.match(script, /--stack-name CDKToolkit/);
    // The commands of the AWS CLI that the script calls, and what they need.
    const NEEDS: Record<string, string[]> = {
      'cloudformation describe-stacks': ['cloudformation:DescribeStacks'],
      'ecr describe-images': ['ecr:DescribeImages'],
      'ecr get-login-password': ['ecr:GetAuthorizationToken'],
      'ecs describe-tasks': ['ecs:DescribeTasks'],
      'ecs run-task': ['ecs:RunTask', 'iam:PassRole'],
      'logs get-log-events': ['logs:GetLogEvents'],
      's3 sync': ['s3:ListBucket', 's3:PutObject'],
      'configure get': [],
      'sts get-caller-identity': [],
    };
    const called = sorted(
      [
        ...script
          .replace(/^\s*#.*$/gm, '')
          .matchAll(/(?<![\w-])aws ([a-z0-9]+ [a-z]+(?:-[a-z-]+)?)(?= |$)/gm),
      ].map(([, name]) => name!),
    );
    for (const name of called.filter((one) => !/^ecs describe-services|^ecr list-images/.test(one)))
      for (const action of NEEDS[name] ?? assert.fail(`the rights of aws ${name} are not known`))
        assert.ok(allowed.includes(action), `${name} needs ${action}`);
  });
});
