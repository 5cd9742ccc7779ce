// people.ts - the accounts: a user pool whose people sign in by e-mail address, its client for the pages, and
// the group of moderators (docs/operations.md, "ECS, Fargate, Kubernetes": Cognito).
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

import type { Settings } from './settings.ts';

export const MODERATORS = 'moderators';

export class People extends Stack {
  readonly pool: cognito.UserPool;
  readonly client: cognito.UserPoolClient;

  constructor(scope: Construct, settings: Settings) {
    super(scope, `${settings.name}-people`, {
      description: 'Cruddur: the accounts',
      terminationProtection: true,
    });
    this.pool = new cognito.UserPool(this, 'Pool', {
      userPoolName: settings.name,
      featurePlan: cognito.FeaturePlan.LITE,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // An address counts only when its new owner has shown the code.
      keepOriginal: { email: true },
      standardAttributes: {
        email: { required: true, mutable: true },
        fullname: { required: false, mutable: true },
        preferredUsername: { required: false, mutable: true },
      },
      passwordPolicy: {
        minLength: 8,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      // Each person may add an authenticator app; messages to a phone can be intercepted.
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      ...(settings.mailFrom && {
        email: cognito.UserPoolEmail.withSES({
          fromEmail: settings.mailFrom,
          fromName: 'Cruddur',
          sesRegion: this.region,
          sesVerifiedDomain: settings.mailFrom.split('@')[1],
        }),
      }),
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const attributes = new cognito.ClientAttributes().withStandardAttributes({
      email: true,
      fullname: true,
      preferredUsername: true,
    });
    this.client = this.pool.addClient('Pages', {
      userPoolClientName: `${settings.name}-pages`,
      generateSecret: false, // pages cannot keep one
      authFlows: { userSrp: true },
      disableOAuth: true,
      // A revoked token is accepted until it ends.
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
      readAttributes: attributes.withStandardAttributes({
        email: true,
        emailVerified: true,
        fullname: true,
        preferredUsername: true,
      }),
      writeAttributes: attributes,
    });
    new cognito.CfnUserPoolGroup(this, 'Moderators', {
      userPoolId: this.pool.userPoolId,
      groupName: MODERATORS,
      description: 'People who see reports and decide about them',
    });
    new CfnOutput(this, 'UserPool', { value: this.pool.userPoolId });
    new CfnOutput(this, 'Client', { value: this.client.userPoolClientId });
  }
}
