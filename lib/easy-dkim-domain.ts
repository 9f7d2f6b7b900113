import {
  aws_iam as iam,
  CfnOutput,
  CfnResource,
  ITaggableV2,
  RemovalPolicy,
  Resource,
  TagManager,
  TagType,
} from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DkimRecord } from './dkim-record';
import { DnsRecord } from './dns-record';
import { EasyDkimDomainProps } from './easy-dkim-domain-props';
import { domainMetric } from './private/metrics';
import { checkedProps } from './private/props/checked-props';
import { failure, ignoring, zoneProblems } from './private/props/checks';
import {
  REPLICA_RESOURCE_TYPE,
  ReplicaAttributes,
  ReplicaProperties,
  ResourceAttributes,
  ResourceProperties,
  RESOURCE_TYPE,
  SettingsAttributes,
  SettingsProperties,
  SETTINGS_RESOURCE_TYPE,
} from './shared/contract';
import { PolicyDocument } from './shared/settings';
import { furtherRecords } from './private/props/dns-records';
import { domainProperties } from './private/props/domain-properties';
import { replicaProperties, replicatedSettings } from './private/props/replica-properties';
import { identitySettings, topicsOf } from './private/props/settings-properties';
import { refuseOtherResources, sendingPolicyProblems } from './private/props/sending-policy-checks';
import { tagProblems } from './private/props/tag-checks';
import { sesArn } from './private/permissions/arns';
import { policyRequest } from './private/permissions/policy-request';
import { EasyDkimProvider, SERVICE_TIMEOUT } from './private/provider';
import { zoneFile } from './private/props/zone-file';

type Tags = ResourceProperties['Tags'];

/** Those that SES documents for policies of identities. */
const SENDING_ACTIONS = ['ses:SendEmail', 'ses:SendRawEmail', 'ses:SendTemplatedEmail', 'ses:SendBulkTemplatedEmail'];

/** Another one, of the v2 API, which is documented for policies of principals only. */
const BULK_ACTION = 'ses:SendBulkEmail';

/** An SES identity of a domain: its own one, or a replica. */
interface Identity {
  readonly region: string;
  /** Of a replica: the Region of the domain's own identity. */
  readonly parentRegion?: string;
  readonly resource: CfnResource;
  readonly permissions: CfnResource[];
  settings?: Settings;
}

/** The settings of an identity, which have a resource of their own. */
interface Settings {
  readonly resource: CfnResource;
  /** The policy of the identity, whose principals are in other accounts. */
  readonly policy: iam.PolicyDocument;
}

/**
 * A domain that can send DKIM-signed mail through Amazon SES.
 *
 * On deployment, a Lambda function calls SES `VerifyDomainDkim`, writes the three CNAME records to the hosted zone in one
 * change batch, and waits until Route 53 has published them. An identity or record that already exists is used as it is,
 * and stays when this construct is removed.
 *
 * Add `mailFrom` and `dmarc`, and the mail also passes SPF and DMARC, which large mailbox providers require of bulk senders.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
 * @example
 *
 * declare const hostedZone: route53.IHostedZone;
 * const mail = new EasyDkimDomain(this, 'Mail', { hostedZone });
 * new CfnOutput(this, 'MailDomain', { value: mail.emailIdentityName });
 */
export class EasyDkimDomain extends Resource implements iam.IResourceWithPolicy, ITaggableV2 {
  /**
   * The custom MAIL FROM domain, in lower case and ASCII; undefined without `mailFrom`.
   */
  public readonly mailFromDomain?: string;

  /**
   * The tags of the SES identity. `Tags.of(scope).add()` adds to them. Only identities that this library made are tagged.
   */
  public readonly cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPE);

  private readonly properties: ResourceProperties;
  private readonly provider: EasyDkimProvider;
  private readonly own: Identity;
  private readonly replicas: Identity[];
  private readonly configurationSetArn?: string;
  private cfnRemovalPolicy = RemovalPolicy.DESTROY;

  /**
   * @throws Error when the props cannot work; the message names the construct, the prop, its value and the remedy.
   */
  public constructor(scope: Construct, id: string, props: EasyDkimDomainProps) {
    super(scope, id);
    const fail = failure(this.node.path);
    const given = checkedProps(props, fail, ignoring(this));
    const properties = domainProperties(this, given, fail);
    this.properties = properties;
    const settings = identitySettings(given, properties, fail);
    const request = policyRequest(this, given, properties, settings);
    const replicas = replicaProperties(this, given, properties, fail);
    const replicated = replicatedSettings(given, settings, fail);
    this.provider = EasyDkimProvider.of(this, given.functionOptions);
    const permissions = this.provider.register(this, request, properties, this.cdkTagManager);
    this.node.addValidation({
      validate: () => [
        ...tagProblems(this.cdkTagManager.tagValues()),
        ...[this.own, ...this.replicas].flatMap(({ settings }) =>
          settings === undefined ? [] : sendingPolicyProblems(this, settings.policy),
        ),
        ...zoneProblems(this.node.path, given.hostedZone),
      ],
    });

    this.own = this.addIdentity('Resource', RESOURCE_TYPE, properties, permissions);
    this.mailFromDomain = properties.MailFromDomain;
    this.configurationSetArn = request.settings?.configurationSetArn;
    if (request.settings !== undefined) {
      this.own.settings = this.addSettings(this.own, request.settings.properties);
      for (const topic of topicsOf(given.notifications)) {
        // Not the ARN from the attribute: a topic of another stack, which this one needs, would need this one.
        this.provider.publishing.allow(topic, request.settings.identityArn).applyBefore(this.own.settings.resource);
      }
    }
    this.replicas = replicas.map((replica) => this.addReplica(replica, replicated));

    if (given.outputs ?? true) {
      this.addOutputs(given.hostedZone !== undefined);
    }
  }

  /**
   * The domain, in lower case and ASCII. Resources that use this value are deployed after the records are in place.
   *
   * @attribute
   */
  public get domainName(): string {
    return this.attribute('DomainName');
  }

  /**
   * The name of the SES identity, which is the domain.
   *
   * @attribute
   */
  public get emailIdentityName(): string {
    return this.domainName;
  }

  /**
   * The ARN of the SES identity, in the Region of SES.
   *
   * @attribute
   */
  public get emailIdentityArn(): string {
    return sesArn(this, this.properties.SesRegion, 'identity', this.emailIdentityName);
  }

  /**
   * The three Easy DKIM tokens.
   *
   * @attribute
   */
  public get dkimTokens(): string[] {
    return [this.attribute('DkimToken1'), this.attribute('DkimToken2'), this.attribute('DkimToken3')];
  }

  /**
   * The three CNAME records.
   */
  public get dkimRecords(): DkimRecord[] {
    return [
      { name: this.attribute('DkimRecordName1'), value: this.attribute('DkimRecordValue1') },
      { name: this.attribute('DkimRecordName2'), value: this.attribute('DkimRecordValue2') },
      { name: this.attribute('DkimRecordName3'), value: this.attribute('DkimRecordValue3') },
    ];
  }

  /**
   * All records that the domain needs: the three CNAME records; the MX and SPF records of the MAIL FROM domain; the
   * DMARC record.
   */
  public get dnsRecords(): DnsRecord[] {
    return [
      ...this.dkimRecords.map((record) => ({ ...record, recordType: 'CNAME' })),
      ...furtherRecords({ ...this.properties, DomainName: this.domainName }),
    ];
  }

  /**
   * All records that the domain needs, as a zone file that you can import at a DNS provider.
   */
  public get zoneFile(): string {
    return zoneFile(this.dnsRecords, this.properties.Ttl);
  }

  /**
   * The DKIM status of the identity at the end of the last deployment that changed it: `Pending`, `Success`,
   * `TemporaryFailure`, `Failed` or `NotStarted`.
   *
   * @attribute
   * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_IdentityDkimAttributes.html
   */
  public get verificationStatus(): string {
    return this.attribute('VerificationStatus');
  }

  /**
   * The status of the custom MAIL FROM domain at the end of the last deployment that changed the settings: `Pending`,
   * `Success`, `TemporaryFailure` or `Failed`; undefined without `mailFrom`.
   *
   * @attribute
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MailFromAttributes.html
   */
  public get mailFromStatus(): string | undefined {
    const status: keyof SettingsAttributes = 'MailFromStatus';
    return this.mailFromDomain === undefined ? undefined : this.own.settings?.resource.getAtt(status).toString();
  }

  /**
   * Allows a principal to perform actions on the identity. If the principal is another account, an organization or a
   * service, this adds a policy to the identity.
   *
   * @param grantee the principal
   * @param actions the IAM actions, such as `ses:SendEmail`
   * @see https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipalOrResource({
      grantee,
      actions,
      resource: this,
      resourceArns: this.identityArns,
      resourceSelfArns: [this.knownArn(this.own)],
    });
  }

  /**
   * Allows a principal to send mail from the domain, including with templates and the default configuration set.
   *
   * For a principal in another account, an organization or a service, this adds a policy to the identity. Senders in another
   * account name the identity by its ARN, and use their own templates and configuration sets.
   *
   * @param grantee the principal
   * @see https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html
   */
  public grantSendEmail(grantee: iam.IGrantable): iam.Grant {
    const [ownArn, ...replicaArns] = this.identityArns;
    const sendingResource: keyof ReplicaAttributes = 'SendingResource';
    const resourceArns = [
      ownArn,
      this.configurationSetArn ?? this.attribute('SendingResource'),
      sesArn(this, this.properties.SesRegion, 'template', '*'),
      ...this.replicas.flatMap(({ region, resource }, index) => [
        replicaArns[index],
        resource.getAtt(sendingResource).toString(),
        sesArn(this, region, 'template', '*'),
      ]),
    ];
    return iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: SENDING_ACTIONS,
      resource: this,
      resourceArns,
      resourceSelfArns: [this.knownArn(this.own)],
    }).combine(iam.Grant.addToPrincipal({ grantee, actions: [BULK_ACTION], resourceArns }));
  }

  /**
   * Adds a statement to the policy of the identity, which lets principals in other accounts send from the domain. Other
   * policies of the identity stay as they are.
   *
   * SES allows only the identity as the resource, which is the default, and 4,096 characters. Replicas get the statement,
   * too, each for its own identity.
   *
   * @param statement the statement
   * @throws Error when it has a resource that is not the identity.
   * @see https://docs.aws.amazon.com/ses/latest/dg/policy-anatomy.html
   */
  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    refuseOtherResources(statement, this.properties.DomainName, failure(this.node.path));
    const isComplete = statement.resources.length + statement.notResources.length > 0;
    const isOfOwn = !isComplete || statement.resources.join() === this.knownArn(this.own);
    this.addToSendingPolicy(
      this.own,
      isComplete ? statement : statement.copy({ resources: [this.knownArn(this.own)] }),
    );
    for (const replica of isOfOwn ? this.replicas : []) {
      this.addToSendingPolicy(replica, statement.copy({ resources: [this.knownArn(replica)] }));
    }
    return { statementAdded: true, policyDependable: this.own.settings?.resource };
  }

  /**
   * Whether DKIM is verified and mail is signed: 1 or 0. An `EasyDkimWatch` in the stack publishes it.
   *
   * @param props options of the metric; the default is the minimum of 12 hours
   */
  public metricDkimReady(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return domainMetric(this, 'DkimReady', this.properties, props);
  }

  /**
   * Whether SES uses the MAIL FROM domain: 1 or 0. An `EasyDkimWatch` in the stack publishes it for domains with `mailFrom`.
   *
   * @param props options of the metric; the default is the minimum of 12 hours
   */
  public metricMailFromReady(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return domainMetric(this, 'MailFromReady', this.properties, props);
  }

  /**
   * Whether all records are in the hosted zone: 1 or 0. An `EasyDkimWatch` in the stack publishes it for domains with a
   * hosted zone.
   *
   * @param props options of the metric; the default is the minimum of 12 hours
   */
  public metricRecordsInPlace(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return domainMetric(this, 'RecordsInPlace', this.properties, props);
  }

  /**
   * Sets CloudFormation's own removal policy. Prefer the prop `removalPolicy`.
   *
   * With `RETAIN`, CloudFormation leaves the identity, its settings and the records alone, whatever the prop says. The tag
   * with which this construct claims the identity stays, too, so no other construct will ever remove the identity.
   *
   * @param policy the removal policy
   */
  public applyRemovalPolicy(policy: RemovalPolicy): void {
    this.cfnRemovalPolicy = policy;
    for (const { resource, settings } of [this.own, ...this.replicas]) {
      resource.applyRemovalPolicy(policy);
      settings?.resource.applyRemovalPolicy(policy);
    }
  }

  /** The ARNs of the identity and its replicas. */
  private get identityArns(): string[] {
    const ofReplica = ({ region }: Identity) => sesArn(this, region, 'identity', this.emailIdentityName);
    return [this.emailIdentityArn, ...this.replicas.map(ofReplica)];
  }

  /** The ARN of an identity as it is known before the identity is there. */
  private knownArn({ region }: Identity): string {
    return sesArn(this, region, 'identity', this.properties.DomainName);
  }

  private addReplica(properties: ReplicaProperties, settings: SettingsProperties | undefined): Identity {
    const { SesRegion } = properties;
    const ofReplica = settings && { ...settings, SesRegion };
    const permissions = this.provider.registerReplica(this, properties, ofReplica);
    const replica = this.addIdentity(`Replica-${SesRegion}`, REPLICA_RESOURCE_TYPE, properties, permissions);
    // So that CloudFormation makes it after its parent, and deletes it before.
    replica.resource.node.addDependency(this.own.resource);
    replica.settings = ofReplica && this.addSettings(replica, ofReplica);
    return replica;
  }

  private addIdentity(
    name: string,
    type: string,
    properties: ResourceProperties | ReplicaProperties,
    permissions: CfnResource[],
  ): Identity {
    const Tags = this.cdkTagManager.renderedTags as unknown as Tags;
    const resource = this.addResource(name, type, { ...properties, Tags }, permissions);
    const parentRegion = 'ParentRegion' in properties ? properties.ParentRegion : undefined;
    return { region: properties.SesRegion, parentRegion, resource, permissions };
  }

  private addSettings(
    { region, parentRegion, resource: identity, permissions }: Identity,
    properties: SettingsProperties,
  ): Settings {
    const name = parentRegion === undefined ? 'Settings' : `ReplicaSettings-${region}`;
    const policy = new iam.PolicyDocument({ minimize: true });
    const values = { ...properties, SendingPolicy: policy as unknown as PolicyDocument };
    const resource = this.addResource(name, SETTINGS_RESOURCE_TYPE, values, permissions);
    resource.node.addDependency(identity);
    return { resource, policy };
  }

  private addToSendingPolicy(identity: Identity, statement: iam.PolicyStatement): void {
    if (identity.settings === undefined || identity.settings.policy.isEmpty) {
      const { DomainName, RemovalPolicy, Revision } = this.properties;
      const properties = { DomainName, SesRegion: identity.region, RemovalPolicy, Revision };
      identity.settings ??= this.addSettings(identity, properties);
      const { resource } = identity.settings;
      const permissions = this.provider.allowSendingPolicy(properties, identity.parentRegion);
      resource.node.addDependency(...permissions);
    }
    identity.settings.policy.addStatements(statement);
  }

  private addResource(
    name: string,
    type: string,
    values: ResourceProperties | SettingsProperties | ReplicaProperties,
    permissions: CfnResource[],
  ): CfnResource {
    // A CustomResource would be two constructs, and a tenth of the synthesis of a domain.
    const resource = new CfnResource(this, name, {
      type,
      properties: { ServiceToken: this.provider.serviceToken, ServiceTimeout: SERVICE_TIMEOUT, ...values },
    });
    resource.applyRemovalPolicy(this.cfnRemovalPolicy);
    resource.node.addDependency(...permissions);
    this.provider.keep(resource, { ...values, Tags: undefined });
    return resource;
  }

  /** Each makes a token, which takes time: only what is asked for is made. */
  private attribute(name: keyof ResourceAttributes): string {
    return this.own.resource.getAtt(name).toString();
  }

  private addOutputs(inRoute53: boolean): void {
    if (!inRoute53) {
      new CfnOutput(this, 'DnsRecords', { value: this.zoneFile });
      return;
    }
    this.dkimTokens.forEach((value, index) => {
      new CfnOutput(this, `DkimToken${index + 1}`, { value });
    });
    this.dkimRecords.forEach(({ name, value }, index) => {
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    });
  }
}
