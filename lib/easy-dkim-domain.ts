import { CfnOutput, CustomResource, Duration, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { DkimRecord } from './dkim-record';
import { zoneArn } from './private/checks';
import { ResourceAttributes, RESOURCE_TYPE } from './private/contract';
import { resolveSettings } from './private/domain-settings';
import { EasyDkimProvider } from './private/provider';

/**
 * Properties of an `EasyDkimDomain`.
 */
export interface EasyDkimDomainProps {
  /**
   * The public hosted zone that gets the DKIM records.
   *
   * A zone imported by `HostedZone.fromHostedZoneId()` has no name: give `domainName` with it.
   */
  readonly hostedZone: route53.IHostedZone;

  /**
   * The domain that is to send mail: the hosted zone's name or a name below it.
   *
   * Upper case and a trailing dot are normalized, internationalized names are turned into their
   * ASCII form.
   *
   * @default - the name of the hosted zone
   * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  readonly domainName?: string;

  /**
   * How long resolvers may keep the DKIM records: whole seconds, at least one.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * The Region whose SES sends the domain's mail. Identities, and where their keys are, belong to a
   * Region.
   *
   * @default - the Region of the stack
   * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
   */
  readonly sesRegion?: string;

  /**
   * The role to assume for writing to a hosted zone of another account. An `EasyDkimDelegationRole`
   * in that account is made for it.
   *
   * @default - none: the hosted zone is in the account of the stack
   */
  readonly delegationRole?: iam.IRole;

  /**
   * How long the deployment waits for SES to verify the domain: at most 14 minutes. When the time is
   * up, the resource fails and the deployment is rolled back. Whatever depends on this construct can
   * rely on a verified domain.
   *
   * SES looks for the records by itself, which takes minutes as a rule and up to 72 hours.
   *
   * @default - do not wait
   */
  readonly waitForVerification?: Duration;

  /**
   * What becomes of the identity and the records when this construct is removed, or gets another
   * domain, zone or Region: `DESTROY` removes what it created itself, `RETAIN` keeps everything.
   * What was there before is kept in any case.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether to replace a CNAME record that has the name of one of the DKIM records and another value.
   *
   * @default false - such a record fails the deployment, and nothing is changed
   */
  readonly overwriteRecords?: boolean;

  /**
   * Whether to add the tokens and the records to the outputs of the stack: six outputs. CloudFormation
   * allows 200 in a stack.
   *
   * @default true
   */
  readonly outputs?: boolean;
}

/**
 * A domain that can send DKIM-signed mail through Amazon SES.
 *
 * On deployment a Lambda function calls SES `VerifyDomainDkim`, writes the three CNAME records into
 * the hosted zone in one change batch, and waits until Route 53 has published them. An identity or
 * record that exists already is used as it is, and survives this construct.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
 * @example
 *
 * declare const hostedZone: route53.IHostedZone;
 * const mail = new EasyDkimDomain(this, 'Mail', { hostedZone });
 * new CfnOutput(this, 'From', { value: `no-reply@${mail.emailIdentityName}` });
 */
export class EasyDkimDomain extends Resource implements ses.IEmailIdentity {
  /**
   * The domain, in lower case and ASCII. It becomes available once the records are in place.
   *
   * @attribute
   */
  public readonly domainName: string;

  /**
   * The name of the SES identity, which is the domain.
   *
   * @attribute
   */
  public readonly emailIdentityName: string;

  /**
   * The ARN of the SES identity, in the Region of SES.
   *
   * @attribute
   */
  public readonly emailIdentityArn: string;

  /**
   * The three Easy DKIM tokens.
   *
   * @attribute
   */
  public readonly dkimTokens: string[];

  /**
   * The three CNAME records.
   */
  public readonly dkimRecords: DkimRecord[];

  /**
   * The DKIM status of the identity at the end of the last deployment that changed it: `Pending`,
   * `Success`, `TemporaryFailure`, `Failed` or `NotStarted`.
   *
   * @attribute
   * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_IdentityDkimAttributes.html
   */
  public readonly verificationStatus: string;

  private readonly resource: CustomResource;

  /**
   * @throws Error when the props cannot work; the message names the construct, the prop, its value and the remedy.
   */
  public constructor(scope: Construct, id: string, props: EasyDkimDomainProps) {
    super(scope, id);
    const settings = resolveSettings(this, props);
    const provider = EasyDkimProvider.of(this);
    const policies = provider.register(this, {
      domainName: settings.DomainName,
      region: settings.SesRegion,
      hostedZoneArn: zoneArn(this, props.hostedZone),
      removable: settings.RemovalPolicy === 'destroy',
      delegationRoleArn: settings.DelegationRoleArn,
    });

    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.serviceToken,
      resourceType: RESOURCE_TYPE,
      properties: settings,
      serviceTimeout: Duration.minutes(30),
    });
    this.resource.node.addDependency(...policies);

    const attribute = (name: keyof ResourceAttributes) => this.resource.getAttString(name);
    this.domainName = attribute('DomainName');
    this.emailIdentityName = this.domainName;
    this.emailIdentityArn = Stack.of(this).formatArn({
      service: 'ses',
      region: settings.SesRegion,
      resource: 'identity',
      resourceName: this.emailIdentityName,
    });
    this.dkimTokens = [attribute('DkimToken1'), attribute('DkimToken2'), attribute('DkimToken3')];
    this.dkimRecords = [
      { name: attribute('DkimRecordName1'), value: attribute('DkimRecordValue1') },
      { name: attribute('DkimRecordName2'), value: attribute('DkimRecordValue2') },
      { name: attribute('DkimRecordName3'), value: attribute('DkimRecordValue3') },
    ];
    this.verificationStatus = attribute('VerificationStatus');

    if (props.outputs ?? true) {
      this.addOutputs();
    }
  }

  /**
   * A reference to the SES identity.
   */
  public get emailIdentityRef(): ses.EmailIdentityReference {
    return { emailIdentity: this.emailIdentityName };
  }

  /**
   * Allows a principal some actions on the identity.
   *
   * @param grantee the principal
   * @param actions the IAM actions, such as `ses:SendEmail`
   * @see https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.emailIdentityArn] });
  }

  /**
   * Allows a principal to send mail from the domain: `ses:SendEmail` and `ses:SendRawEmail`.
   *
   * @param grantee the principal
   */
  public grantSendEmail(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, 'ses:SendEmail', 'ses:SendRawEmail');
  }

  /**
   * Sets the removal policy as CloudFormation knows it: with `RETAIN` it leaves the identity and the
   * records alone, whatever the prop `removalPolicy` says.
   *
   * @param policy the removal policy
   */
  public applyRemovalPolicy(policy: RemovalPolicy): void {
    this.resource.applyRemovalPolicy(policy);
  }

  private addOutputs(): void {
    this.dkimTokens.forEach((value, index) => {
      new CfnOutput(this, `DkimToken${index + 1}`, { value });
    });
    this.dkimRecords.forEach(({ name, value }, index) => {
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    });
  }
}
