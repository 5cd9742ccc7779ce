// network.ts - the network, and the only ways in it:
//   CloudFront ─▶ balancer:80 ─▶ edge:8080 ─▶ replica:8080 ─▶ database:5432 ◀─ tasks
// Nothing in it has a public address but the NAT gateways, by which Cognito is reached. The balancer is
// internal; CloudFront reaches it by addresses of its own in the network (VPC origins).
import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

import { type Settings, sizeOf } from './settings.ts';

export const CIDR = '10.0.0.0/16';
export const BALANCER_PORT = 80;
export const HTTP_PORT = 8080; // http_port of bin/constants
export const DATABASE_PORT = 5432;

export class Network extends Stack {
  readonly vpc: ec2.Vpc;
  readonly balancer: ec2.SecurityGroup;
  readonly edge: ec2.SecurityGroup;
  readonly replica: ec2.SecurityGroup;
  readonly tasks: ec2.SecurityGroup;
  readonly database: ec2.SecurityGroup;
  readonly inside = { subnetGroupName: 'inside' };
  readonly data = { subnetGroupName: 'data' };

  constructor(scope: Construct, settings: Settings) {
    super(scope, `${settings.name}-network`, { description: 'Cruddur: the network' });
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(CIDR),
      maxAzs: 2,
      natGateways: sizeOf(settings).natGateways,
      // That would need a Lambda function.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        {
          name: 'outside',
          subnetType: ec2.SubnetType.PUBLIC,
          cidrMask: 24,
          mapPublicIpOnLaunch: false,
        },
        { name: 'inside', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // Traffic to both is free of charge and does not pass the NAT gateways. ECR keeps layers in S3.
      gatewayEndpoints: {
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
      },
    });

    const group = (id: string, description: string, allowAllOutbound: boolean) =>
      new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound });
    this.balancer = group('Balancer', 'the load balancer', false);
    this.edge = group('Edge', 'the edges', true);
    this.replica = group('Replica', 'the replicas of the app', true);
    this.tasks = group('Tasks', 'setup, jobs and commands of operators', true);
    this.database = group('Database', 'PostgreSQL', false);

    const way = (from: ec2.SecurityGroup, to: ec2.SecurityGroup, port: number, what: string) =>
      to.addIngressRule(from, ec2.Port.tcp(port), what);
    this.balancer.addIngressRule(ec2.Peer.ipv4(CIDR), ec2.Port.tcp(BALANCER_PORT), 'CloudFront');
    this.balancer.addEgressRule(this.edge, ec2.Port.tcp(HTTP_PORT), 'the edges');
    way(this.balancer, this.edge, HTTP_PORT, 'the load balancer');
    way(this.edge, this.replica, HTTP_PORT, 'the edges');
    way(this.replica, this.database, DATABASE_PORT, 'the replicas');
    way(this.tasks, this.database, DATABASE_PORT, 'the tasks');
  }
}
