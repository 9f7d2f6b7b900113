import { Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { EasyDkimDomain } from '../lib';
import { findOrMakeZone, text } from './context';

/** One domain, with the props taken from the context of the app, so that each can be tried on the command line. */
export class ExampleStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const delegationRoleArn = text(this, 'delegationRoleArn');
    new EasyDkimDomain(this, 'Mail', {
      hostedZone: findOrMakeZone(this),
      domainName: text(this, 'domainName'),
      sesRegion: text(this, 'sesRegion'),
      ttl: this.seconds('ttl'),
      waitForVerification: this.seconds('waitForVerification'),
      overwriteRecords: String(text(this, 'overwriteRecords')) === 'true',
      removalPolicy: text(this, 'removalPolicy') as RemovalPolicy | undefined,
      delegationRole:
        delegationRoleArn === undefined
          ? undefined
          : iam.Role.fromRoleArn(this, 'DelegationRole', delegationRoleArn, { mutable: false }),
    });
  }

  private seconds(key: string): Duration | undefined {
    const value = text(this, key);
    return value === undefined ? undefined : Duration.seconds(Number(value));
  }
}
