// pages.ts - CloudFront, and the load balancer behind it:
//   /assets/*  the bucket of the pages' files, for a year
//   /media/*   the bucket of pictures
//   /api/*     the balancer, never cached
//   the rest   the balancer: pages, cached as their Cache-Control says
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { Buckets } from './media.ts';
import { BALANCER_PORT, HTTP_PORT, type Network } from './network.ts';
import type { Settings } from './settings.ts';

// Each waits longer for the next request on a kept connection than the one before it, so that nobody sends
// on a connection that is being closed: CloudFront, the balancer, nginx (60 s, nginx/edge.conf.in). A stream
// has a comment every 20 s.
export const KEEP = { cloudfront: 40, balancer: 50 }; // seconds

// The edge answers it itself, for addresses of the network: while no replica answers, the edges stay.
export const EDGE_HEALTH = '/metrics';
// For operators only, wherever the request seems to come from.
export const HIDDEN = ['/metrics', '/api/ready'];

export class Pages extends Stack {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly edges: elb.ApplicationTargetGroup;
  readonly distribution: cloudfront.Distribution;
  readonly media: s3.Bucket;
  readonly origin: string; // of the pages and of the API, for browsers

  constructor(scope: Construct, settings: Settings, network: Network) {
    super(scope, `${settings.name}-pages`, {
      description: 'Cruddur: CloudFront and the load balancer',
    });
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: settings.name,
      vpc: network.vpc,
      vpcSubnets: network.inside,
      internetFacing: false,
      securityGroup: network.balancer,
      idleTimeout: Duration.seconds(KEEP.balancer),
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    this.edges = new elb.ApplicationTargetGroup(this, 'Edges', {
      vpc: network.vpc,
      targetType: elb.TargetType.IP,
      protocol: elb.ApplicationProtocol.HTTP,
      port: HTTP_PORT,
      deregistrationDelay: Duration.seconds(20),
      loadBalancingAlgorithmType:
        elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      healthCheck: {
        path: EDGE_HEALTH,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        healthyHttpCodes: '200',
      },
    });
    const listener = this.balancer.addListener('Http', {
      port: BALANCER_PORT,
      protocol: elb.ApplicationProtocol.HTTP,
      open: false,
      defaultTargetGroups: [this.edges],
    });
    listener.addAction('Hidden', {
      priority: 1,
      conditions: [elb.ListenerCondition.pathPatterns(HIDDEN)],
      action: elb.ListenerAction.fixedResponse(404),
    });

    // Without a domain nobody knows CloudFront's name before it exists.
    const buckets = new Buckets(
      this,
      'Buckets',
      settings.domain ? `https://${settings.domain}` : 'https://*.cloudfront.net',
    );
    this.media = buckets.media;
    this.distribution = this.makeDistribution(settings, buckets);
    this.origin = `https://${settings.domain ?? this.distribution.distributionDomainName}`;
    new CfnOutput(this, 'Address', { value: this.origin });
    new CfnOutput(this, 'CloudFrontName', { value: this.distribution.distributionDomainName });
    new CfnOutput(this, 'AssetsBucket', { value: buckets.assets.bucketName });
    new CfnOutput(this, 'MediaBucket', { value: buckets.media.bucketName });
  }

  private makeDistribution(
    settings: Settings,
    { media, assets }: Buckets,
  ): cloudfront.Distribution {
    const product = origins.VpcOrigin.withApplicationLoadBalancer(this.balancer, {
      vpcOriginName: settings.name,
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTP_ONLY,
      httpPort: BALANCER_PORT,
      readTimeout: Duration.seconds(60),
      keepaliveTimeout: Duration.seconds(KEEP.cloudfront),
    });
    const files = new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: `${settings.name}-files`,
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Resource-Policy', value: 'same-origin', override: true },
          {
            header: 'Content-Security-Policy',
            value: "default-src 'none'; sandbox",
            override: true,
          },
        ],
      },
    });
    const fromBucket = (bucket: s3.Bucket): cloudfront.BehaviorOptions => ({
      origin: origins.S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: files,
      compress: true,
    });
    const pages = new cloudfront.CachePolicy(this, 'PagesCache', {
      cachePolicyName: `${settings.name}-pages`,
      comment: 'As the Cache-Control of the answer says',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.days(365),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
    return new cloudfront.Distribution(this, 'Distribution', {
      comment: `Cruddur (${settings.name})`,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      ...(settings.domain && {
        domainNames: [settings.domain],
        minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', settings.certificate!),
      }),
      defaultBehavior: {
        origin: product,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: pages,
        compress: true,
      },
      additionalBehaviors: {
        '/api/*': {
          origin: product,
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
          compress: false, // nginx does
        },
        '/assets/*': fromBucket(assets),
        '/media/*': fromBucket(media),
      },
    });
  }

  // The name of the balancer, in the metrics of CloudWatch.
  get balancerName(): string {
    return this.balancer.loadBalancerFullName;
  }
}
