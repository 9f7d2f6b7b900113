import { Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { EasyDkimDomain } from '../lib';

/** One domain, with the props taken from the context of the app, so that each can be tried on the command line. */
export class ExampleStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const text = (key: string) => this.node.tryGetContext(key) as string | undefined;
    const seconds = (key: string) => (text(key) === undefined ? undefined : Duration.seconds(Number(text(key))));

    const delegationRoleArn = text('delegationRoleArn');
    new EasyDkimDomain(this, 'Mail', {
      hostedZone: this.findOrMakeZone(text('hostedZoneId'), text('zoneName')),
      domainName: text('domainName'),
      sesRegion: text('sesRegion'),
      ttl: seconds('ttl'),
      waitForVerification: seconds('waitForVerification'),
      overwriteRecords: text('overwriteRecords') === 'true',
      removalPolicy: text('removalPolicy') as RemovalPolicy | undefined,
      delegationRole: delegationRoleArn ? iam.Role.fromRoleArn(this, 'DelegationRole', delegationRoleArn) : undefined,
    });
  }

  private findOrMakeZone(hostedZoneId?: string, zoneName?: string): route53.IHostedZone {
    if (hostedZoneId === undefined && zoneName === undefined) {
      return new route53.PublicHostedZone(this, 'Zone', { zoneName: 'example.com' });
    }
    if (hostedZoneId === undefined || zoneName === undefined) {
      throw new Error('Give both -c hostedZoneId=… and -c zoneName=…, or neither for an example zone of its own.');
    }
    return route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
  }
}
