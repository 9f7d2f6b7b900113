import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ConfigurationSet, type EasyDkimSigningKeyLength } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EasyDkimDelegationRole, EasyDkimDomain, EasyDkimDomainProps, EasyDkimWatch } from '../../lib';
import type { ResourceProperties, SettingsProperties } from '../../lib/shared/contract';
import { parentRegionOf } from '../../lib/shared/replica-origin';
import type { Call } from '../fakes/fake-aws';
import { type References, resolveIntrinsics } from './intrinsics';

/** What stands for the references in a template. */
export interface Deployment {
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What is asked for: an action on a resource, with the condition keys of the request. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/**
 * The policies that the construct gives to the role of the Lambda for a domain with these properties,
 * and settings if there are any, as they are once deployed.
 */
export function handlerStatements(
  given: ResourceProperties,
  deployment: Deployment,
  settings?: SettingsProperties,
  { isWatched = false, replicaRegions }: { isWatched?: boolean; replicaRegions?: string[] } = {},
): Statement[] {
  const stack = new Stack(new App({ context: { 'aws:cdk:disable-stack-trace': true } }), 'Iam', {
    env: { account: deployment.account, region: deployment.region },
  });
  const mail = new EasyDkimDomain(stack, 'Mail', {
    hostedZone:
      given.HostedZoneId === undefined
        ? undefined
        : HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
            hostedZoneId: given.HostedZoneId,
            zoneName: given.HostedZoneName ?? given.DomainName,
          }),
    domainName: given.DomainName,
    sesRegion: given.SesRegion,
    ttl: Duration.seconds(Number(given.Ttl)),
    removalPolicy: given.RemovalPolicy as RemovalPolicy,
    takeOwnership: given.TakeOwnership === 'true',
    signingKeyLength: given.SigningKeyLength as EasyDkimSigningKeyLength | undefined,
    delegationRole:
      given.DelegationRoleArn === undefined
        ? undefined
        : iam.Role.fromRoleArn(stack, 'Role', given.DelegationRoleArn, { mutable: false }),
    outputs: false,
    mailFrom: given.MailFromDomain === undefined ? undefined : { domainName: given.MailFromDomain },
    // What the record says makes no difference to the policies.
    dmarc: given.DmarcRecord === undefined ? undefined : {},
    ...(settings && settingsProps(stack, settings)),
    replicaRegions,
    replicateSettings: replicaRegions !== undefined && given.MailFromDomain !== undefined,
  });
  settings?.SendingPolicy?.Statement.forEach((statement) => {
    mail.addToResourcePolicy(iam.PolicyStatement.fromJson(statement));
  });
  if (isWatched) {
    new EasyDkimWatch(stack, 'Watch', { repair: true });
  }
  Object.entries(given.Tags ?? {}).forEach(([key, value]) => mail.cdkTagManager.setTag(key, value));
  return statementsOf(stack, deployment);
}

function settingsProps(stack: Stack, settings: SettingsProperties): Partial<EasyDkimDomainProps> {
  const {
    ConfigurationSet: set,
    BounceTopic,
    ComplaintTopic,
    DeliveryTopic,
    FeedbackForwarding: forwarding,
  } = settings;
  const topic = (id: string, arn: string | undefined) =>
    arn === undefined ? undefined : Topic.fromTopicArn(stack, id, arn);
  return {
    configurationSet: set === undefined ? undefined : ConfigurationSet.fromConfigurationSetName(stack, 'Set', set),
    feedbackForwarding: forwarding === undefined ? undefined : forwarding === 'true',
    notifications:
      settings.NotificationHeaders === undefined
        ? undefined
        : {
            bounces: topic('Bounces', BounceTopic),
            complaints: topic('Complaints', ComplaintTopic),
            deliveries: topic('Deliveries', DeliveryTopic),
          },
  };
}

/** The policy of an EasyDkimDelegationRole. */
export function delegationStatements(
  given: {
    readonly hostedZoneId: string;
    readonly zoneName: string;
    readonly domainNames?: string[];
    readonly mailFromDomains?: string[];
    readonly dmarc?: boolean;
  },
  deployment: Deployment,
): Statement[] {
  const stack = new Stack(new App(), 'Iam', { env: { account: deployment.account, region: deployment.region } });
  new EasyDkimDelegationRole(stack, 'Role', {
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', given),
    assumedBy: new iam.AccountPrincipal('111111111111'),
    domainNames: given.domainNames,
    mailFromDomains: given.mailFromDomains,
    dmarc: given.dmarc,
  });
  return statementsOf(stack, deployment);
}

/** Without a synthesis of the whole app, which takes a hundred times as long. */
function statementsOf(stack: Stack, deployment: Deployment): Statement[] {
  const documents = stack.node
    .findAll()
    .filter((child) => child instanceof iam.CfnManagedPolicy || child instanceof iam.CfnPolicy)
    .map(({ policyDocument }) => stack.resolve(policyDocument) as { readonly Statement: unknown[] });
  return documents.flatMap(({ Statement }) =>
    Statement.map((statement) => resolveIntrinsics(statement, referencesOf(deployment)) as Statement),
  );
}

function referencesOf({ account, region, stackId }: Deployment): References {
  const pseudoParameters: Record<string, string | undefined> = {
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': stackId,
  };
  return {
    ref(name) {
      const known = pseudoParameters[name];
      if (known === undefined) throw new Error(`No value for the reference ${name}`);
      return known;
    },
    getAtt: (logicalId) => `arn:aws:logs:${region}:${account}:log-group:${logicalId}:*`,
  };
}

/**
 * Whether IAM allows it: some statement does, and none denies it. Of the condition operators it has
 * those that the policies use, and refuses the others.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isAllowed(statements: readonly Statement[], question: Question): boolean {
  const matching = statements.filter((statement) => applies(statement, question));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

function applies(statement: Statement, { action, resource, keys }: Question): boolean {
  return (
    list(statement.Action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => like(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, conditions]) =>
      Object.entries(conditions).every(([key, wanted]) => holds(operator, list(wanted), keys[key] ?? [])),
    )
  );
}

function holds(operator: string, wanted: readonly string[], given: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return given.length === 1 && wanted.includes(given[0]);
    case 'StringEqualsIfExists':
      return given.length === 0 || (given.length === 1 && wanted.includes(given[0]));
    // True without any value, as in IAM.
    case 'ForAllValues:StringEquals':
      return given.every((value) => wanted.includes(value));
    case 'ForAllValues:StringLike':
      return given.every((value) => wanted.some((pattern) => like(pattern, value)));
    case 'Null':
      return (given.length === 0) === (wanted[0] === 'true');
    default:
      throw new Error(`The condition operator ${operator} is not evaluated here`);
  }
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** The tags of an identity, by key. */
type Tags = Readonly<Record<string, string>>;

/**
 * What IAM is asked for a call to AWS: once for each resource of it.
 *
 * @param tagsOf the tags of an identity of the caller; none when there is no such identity
 */
export function questionsOf(call: Call, tagsOf: (identity: string) => Tags): Question[] {
  const { service, operation, account, region, params } = call;
  switch (service) {
    case 'ses':
      return [{ action: `ses:${operation}`, resource: '*', keys: { 'aws:RequestedRegion': [region] } }];
    case 'sesv2': {
      const arn = (resource: string) => `arn:aws:ses:${region}:${account}:${resource}`;
      const ask = (resource: string, keys: Question['keys'] = {}): Question => ({
        action: `ses:${operation}`,
        resource,
        keys: { 'aws:RequestedRegion': [region], ...requestTags(params), ...keys },
      });
      if (operation === 'CreateEmailIdentity') {
        return [ask('*'), ...replication(call)];
      }
      const { EmailIdentity, ResourceArn, ConfigurationSetName } = params;
      return [
        EmailIdentity === undefined
          ? ask(ResourceArn!)
          : ask(arn(`identity/${EmailIdentity}`), resourceTags(tagsOf(EmailIdentity))),
        ...(typeof ConfigurationSetName === 'string' ? [ask(arn(`configuration-set/${ConfigurationSetName}`))] : []),
      ];
    }
    case 'route53': {
      const target = params.changeId === undefined ? `hostedzone/${params.hostedZoneId}` : `change/${params.changeId}`;
      return [
        {
          action: `route53:${operation}`,
          resource: `arn:aws:route53:::${target}`,
          keys: recordKeys(params.changes),
        },
      ];
    }
    case 'sts':
      return [{ action: 'sts:AssumeRole', resource: String(params.RoleArn), keys: {} }];
    case 'cloudformation':
      return [{ action: `cloudformation:${operation}`, resource: String(params.StackName), keys: {} }];
    case 'response':
      // The answer to CloudFormation needs no permission.
      return [];
  }
}

/** A replica takes a permission on its parent, too. */
function replication({ account, region, params }: Call): Question[] {
  const { DomainSigningAttributesOrigin: origin } = (params.DkimSigningAttributes ?? {}) as {
    DomainSigningAttributesOrigin?: string;
  };
  const parentRegion = parentRegionOf(origin);
  return parentRegion === undefined
    ? []
    : [
        {
          action: 'ses:ReplicateEmailIdentityDkimSigningKey',
          resource: `arn:aws:ses:${parentRegion}:${account}:identity/${params.EmailIdentity!}`,
          keys: { 'ses:ReplicaRegion': [region] },
        },
      ];
}

/** The condition keys for the tags of a resource; SES has them where an identity is named, not where its ARN is. */
export function resourceTags(tags: Tags): Question['keys'] {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]));
}

/** The condition keys for the tags that a request puts or takes away. */
export function requestTags({ Tags = [], TagKeys = [] }: Call['params']): Question['keys'] {
  const tags = Tags as readonly { readonly Key: string; readonly Value: string }[];
  const keys = [...tags.map(({ Key }) => Key), ...(TagKeys as readonly string[])];
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]])),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  };
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html */
export function recordKeys(
  changes: readonly { readonly action: string; readonly name: string; readonly type: string }[] = [],
): Question['keys'] {
  const values = (of: (change: { action: string; name: string; type: string }) => string) => [
    ...new Set(changes.map(of)),
  ];
  const octal = (name: string) =>
    name.replace(/[^a-z0-9._-]/g, (other) => `\\${other.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': values(({ name }) =>
      octal(name.toLowerCase().replace(/\.$/, '')),
    ),
    'route53:ChangeResourceRecordSetsRecordTypes': values(({ type }) => type),
    'route53:ChangeResourceRecordSetsActions': values(({ action }) => action),
  };
}
