// media.ts - the buckets: pictures that people upload, and the files of the pages whose names have a hash.
// Only CloudFront reads them.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

// Uploads begin here, until they are processed.
export const UPLOADS = 'uploads/';

const PRIVATE = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  encryption: s3.BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
} satisfies s3.BucketProps;

export class Buckets extends Construct {
  readonly media: s3.Bucket;
  // Of all releases: a page of the previous one asks for its own files while, and after, the replicas are
  // replaced. None is deleted, because a file may be the same for years.
  readonly assets: s3.Bucket;

  constructor(scope: Construct, id: string, origin: string) {
    super(scope, id);
    this.media = new s3.Bucket(this, 'Media', {
      ...PRIVATE,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'unused-uploads', prefix: UPLOADS, expiration: Duration.days(1) },
        { id: 'parts', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      // Pages upload with an address that is signed for one picture.
      cors: [
        {
          allowedMethods: [s3.HttpMethods.PUT],
          allowedOrigins: [origin],
          allowedHeaders: ['content-type', 'content-length'],
          maxAge: 600,
        },
      ],
    });
    this.assets = new s3.Bucket(this, 'Assets', {
      ...PRIVATE,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
