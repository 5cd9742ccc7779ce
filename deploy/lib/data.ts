// data.ts - PostgreSQL, and the table of the conversations. A deletion of the stack leaves both.
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

import { DATABASE_PORT, type Network } from './network.ts';
import { firstTableOf, ROLES, type Settings, sizeOf } from './settings.ts';

export const OWNER = 'cruddur';
export const DATABASE = 'cruddur';
// In the images that are built with --build-arg CERTIFICATES=rds.
export const CERTIFICATES = '/etc/ssl/rds.pem';

export class Data extends Stack {
  readonly instance: rds.DatabaseInstance;
  readonly table: dynamodb.Table;
  // RDS makes the owner's password and changes it each week; only tasks that last minutes read it.
  readonly ownerSecret: secretsmanager.ISecret;
  readonly servingSecret: secretsmanager.Secret; // of the role that serves

  constructor(scope: Construct, settings: Settings, network: Network) {
    super(scope, `${settings.name}-data`, {
      description: 'Cruddur: PostgreSQL and the table of the conversations',
      terminationProtection: true,
    });
    this.instance = this.makeDatabase(settings, network);
    this.ownerSecret = this.instance.secret!;
    const secrets = ROLES.map((role) => this.makeSecret(settings, role));
    this.servingSecret = secrets[ROLES.findIndex((role) => role === settings.role)]!;
    // The other one may not go while the version before uses it.
    for (const secret of secrets) this.exportValue(secret.secretArn);
    this.table = this.makeTable(settings);
    new CfnOutput(this, 'DatabaseAddress', { value: this.instance.dbInstanceEndpointAddress });
    new CfnOutput(this, 'Table', { value: this.table.tableName });
  }

  private makeSecret({ name }: Settings, role: string): secretsmanager.Secret {
    return new secretsmanager.Secret(this, `Secret-${role}`, {
      secretName: `${name}/${role}`,
      description: `The password of the role ${role} in PostgreSQL`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: role }),
        generateStringKey: 'password',
        excludePunctuation: true,
        passwordLength: 40,
      },
    });
  }

  private makeDatabase(settings: Settings, network: Network): rds.DatabaseInstance {
    const { database } = sizeOf(settings);
    const engine = rds.DatabaseInstanceEngine.postgres({
      version: rds.PostgresEngineVersion.VER_15,
    });
    return new rds.DatabaseInstance(this, 'Database', {
      engine,
      instanceIdentifier: `${settings.name}-postgresql`,
      instanceType: new ec2.InstanceType(database.class),
      // Without a database: db/create makes it, with a locale that knows the letters of all scripts.
      vpc: network.vpc,
      vpcSubnets: network.data,
      securityGroups: [network.database],
      port: DATABASE_PORT,
      multiAz: database.multiAz,
      publiclyAccessible: false,
      storageType: rds.StorageType.GP3,
      allocatedStorage: database.storage,
      maxAllocatedStorage: database.storageMax,
      storageEncrypted: true,
      backupRetention: Duration.days(14),
      copyTagsToSnapshot: true,
      deletionProtection: true,
      deleteAutomatedBackups: false,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      cloudwatchLogsExports: ['postgresql'],
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      credentials: rds.Credentials.fromUsername(OWNER),
      manageMasterUserPassword: true,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        parameters: {
          'rds.force_ssl': '1',
          max_connections: String(database.connections),
          // A session that forgot its transaction would keep deleted rows, and locks.
          idle_in_transaction_session_timeout: '60000',
          log_lock_waits: '1',
        },
      }),
    });
  }

  // As bin/ddb/schema-load makes it, with what only AWS has.
  private makeTable(settings: Settings): dynamodb.Table {
    const { table } = sizeOf(settings);
    const made = new dynamodb.Table(this, 'Messages', {
      tableName: firstTableOf(settings),
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'expires_at',
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      warmThroughput: { readUnitsPerSecond: table.reads, writeUnitsPerSecond: table.writes },
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: 35,
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    made.addLocalSecondaryIndex({
      indexName: 'last-message-index',
      sortKey: { name: 'last_message_at', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.ALL,
    });
    return made;
  }

  // A connection URL without a password, for a role.
  url(role: string): string {
    return (
      `postgresql://${role}@${this.instance.dbInstanceEndpointAddress}:${DATABASE_PORT}/${DATABASE}` +
      `?sslmode=verify-full&sslrootcert=${CERTIFICATES}`
    );
  }
}
