// registry.ts - the repositories of the images. A tag never changes, so that a version can be deployed
// again, and a rollback needs no build.
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';

import type { Settings } from './settings.ts';

const IMAGES = ['app', 'tools'] as const;
export type Image = (typeof IMAGES)[number];

export class Registry extends Stack {
  readonly repositories: Record<Image, ecr.Repository>;

  constructor(scope: Construct, settings: Settings) {
    super(scope, `${settings.name}-registry`, { description: 'Cruddur: the images' });
    const repository = (image: Image) =>
      new ecr.Repository(this, image, {
        repositoryName: `${settings.name}/${image}`,
        imageTagMutability: ecr.TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        lifecycleRules: [{ maxImageCount: 50 }],
        removalPolicy: RemovalPolicy.DESTROY,
        emptyOnDelete: false,
      });
    this.repositories = { app: repository('app'), tools: repository('tools') };
  }
}
