import {
  Annotations,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  CfnOutput,
  CfnResource,
  Duration,
  IResolvable,
  Lazy,
  RemovalPolicy,
  Stack,
  TagManager,
  Token,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EasyDkimFunctionOptions } from '../function-options';
import { HandlerCode } from './handler-code';
import {
  acknowledge,
  EVENT_FINDINGS,
  FUNCTION_FINDINGS,
  LOG_GROUP_FINDINGS,
  ROLE_FINDINGS,
} from './permissions/acknowledgements';
import { HandlerPolicies, PolicyRequest } from './permissions/handler-policies';
import { sesArn } from './permissions/arns';
import { PublishAccess } from './permissions/publish-access';
import { conflictingOption } from './props/function-options';
import type { ReplicaProperties, ResourceProperties, SettingsProperties } from '../shared/contract';
import { DECLARED } from '../shared/metrics';

/**
 * CloudFormation allows this many outputs in a stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MAX_OUTPUTS = 200;

/**
 * How old an event may be when the function gets it: with the function's own time that is less than what CloudFormation
 * waits.
 */
const MAX_EVENT_AGE = Duration.minutes(30);
const TIMEOUT = Duration.minutes(15);

/**
 * The oldest version of Node.js that Lambda takes for new functions. Versions of the CDK before 2.211 choose an older one.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const LEAST_NODE = 22;

/** Seconds that CloudFormation waits for an answer, as custom resources have it. */
export const SERVICE_TIMEOUT = String(MAX_EVENT_AGE.toSeconds() + TIMEOUT.toSeconds());

/**
 * What Lambda needs of the role of a function in a VPC. The managed policy of AWS has it too, and a log group of any name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const VPC_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Where an app keeps which construct has been the first for a domain, of whatever copy of this library. */
const DOMAINS_OF_APP = Symbol.for('cdk-ses-easy-dkim.domains');

const PROVIDER = 'EasyDkimProvider';

/** A custom resource of the stack, with the properties that the handler gets. */
interface Declared {
  readonly resource: CfnResource;
  readonly properties: object;
}

/** Puts the properties where the watch can read them: CloudFormation shows the Metadata of a resource, not its properties. */
function declare({ resource, properties }: Declared): void {
  resource.addMetadata(DECLARED, properties);
}

/** A domain of the stack. */
interface Domain extends Pick<PolicyRequest, 'domainName' | 'region'> {
  readonly zoneId?: string;
  readonly mailFrom?: string;
  readonly dmarc?: string;
  readonly construct: Construct;
  readonly tags: TagManager;
}

/** A replica of a domain of the stack. */
interface Replica extends Pick<Domain, 'domainName' | 'region' | 'construct'> {
  readonly parentRegion: string;
}

/** What makes the domains of one stack work: the Lambda, its role with its policies, and its log group. */
export class EasyDkimProvider extends Construct {
  /**
   * The provider of the stack that a domain is in.
   *
   * @throws Error when an earlier domain has made the function with other options.
   */
  public static of(domain: Construct, options: EasyDkimFunctionOptions = {}): EasyDkimProvider {
    const stack = Stack.of(domain);
    const made = stack.node.tryFindChild(PROVIDER) as EasyDkimProvider | undefined;
    const conflict = made && conflictingOption(domain, made.options, options);
    if (made !== undefined && conflict !== undefined) {
      throw new Error(
        `${domain.node.path}: functionOptions.${conflict} differs from that of ${made.maker.node.path}, which made ` +
          `the function that all EasyDkimDomains of the stack share: give ${made.maker.node.path} the same functionOptions, ` +
          'or leave them out here.',
      );
    }
    return made ?? new EasyDkimProvider(stack, PROVIDER, domain, options);
  }

  /**
   * The function of the stack of a watch, which from now on has what it takes to compare all its domains.
   *
   * @throws Error when there is nothing to watch, or another watch.
   */
  public static watched(watch: Construct): lambda.IFunction {
    const { path } = watch.node;
    const provider = Stack.of(watch).node.tryFindChild(PROVIDER) as EasyDkimProvider | undefined;
    if (provider === undefined) {
      throw new Error(`${path}: the stack has no EasyDkimDomain to watch: create the watch after the first one.`);
    }
    if (provider.watch !== undefined) {
      throw new Error(
        `${path}: ${provider.watch.node.path} already watches the domains of the stack: one watch is enough.`,
      );
    }
    provider.watch = watch;
    provider.policies.allowWatch();
    provider.resources.forEach(declare);
    return provider.handler;
  }

  public readonly serviceToken: IResolvable;
  public readonly publishing: PublishAccess;
  private readonly policies: HandlerPolicies;
  private readonly domains: Domain[] = [];
  private readonly replicas: Replica[] = [];
  private readonly regions = new Set<string>();
  private readonly handler: lambda.IFunction;
  private readonly resources: Declared[] = [];
  private watch?: Construct;

  private constructor(
    stack: Stack,
    id: string,
    private readonly maker: Construct,
    private readonly options: EasyDkimFunctionOptions,
  ) {
    super(stack, id);
    const { vpc, vpcSubnets, securityGroups, tracing, deadLetterQueue, permissionsBoundary } = options;
    const logGroup = options.logGroup ?? this.addLogGroup(options);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      permissionsBoundary,
    });
    acknowledge(role, ROLE_FINDINGS);
    if (vpc !== undefined) {
      role.addToPolicy(new iam.PolicyStatement({ actions: VPC_ACTIONS, resources: ['*'] }));
    }
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Sets up SES Easy DKIM for the domains of this stack (cdk-ses-easy-dkim)',
      code: new HandlerCode(),
      handler: 'index.handler',
      runtime: latestRuntime(),
      timeout: TIMEOUT,
      memorySize: 256,
      role,
      logGroup,
      maxEventAge: MAX_EVENT_AGE,
      vpc,
      vpcSubnets,
      securityGroups,
      tracing,
      deadLetterQueue,
      environment: {
        STACK_ID: stack.stackId,
        // How many may call SES at a time, which takes one call a second.
        DOMAINS: Lazy.string({ produce: () => String(this.domains.length) }),
        // Where identities of one name may share records.
        SES_REGIONS: Lazy.string({ produce: () => [...this.regions].join(',') }),
      },
    });
    acknowledge(handler, { ...FUNCTION_FINDINGS, ...EVENT_FINDINGS });
    this.handler = handler;
    // Resolved once for all domains of the stack.
    const arn = (handler.node.defaultChild as lambda.CfnFunction).getAtt('Arn');
    this.serviceToken = Lazy.any({ produce: () => stack.resolve(arn) as unknown });
    this.publishing = new PublishAccess(stack);
    this.policies = new HandlerPolicies(
      this,
      role.roleName,
      logGroup.logGroupArn,
      handler.node.findChild('EventInvokeConfig'),
      () => this.userTagKeys(),
    );
    this.node.addValidation({ validate: () => [...this.validateOutputs(stack), ...this.policies.validate()] });
  }

  /**
   * Lets the handler work on a domain.
   *
   * @param properties of its custom resource
   * @param tags the user's tags for the identity
   * @returns what the custom resource has to depend on.
   * @throws Error when another domain of the stack, or the same one in another Region, has the same MAIL FROM domain, or
   * gives the domain another DMARC record.
   */
  public register(
    construct: Construct,
    request: PolicyRequest,
    { HostedZoneId: zoneId, MailFromDomain: mailFrom, DmarcRecord: dmarc }: ResourceProperties,
    tags: TagManager,
  ): CfnResource[] {
    const { domainName, region } = request;
    const isSame = (other: Pick<Domain, 'domainName' | 'region'>) =>
      other.domainName === domainName && other.region === region;
    const same = this.domains.find(isSame);
    if (same !== undefined) {
      Annotations.of(construct).addWarningV2(
        'cdk-ses-easy-dkim:domain-twice',
        `${shownName(domainName)} in ${Token.isUnresolved(region) ? 'the same Region' : region} is also set up by ` +
          `${same.construct.node.path}. That works, but one is enough.`,
      );
    }
    this.tellOtherStack(construct, domainName, region);
    // Its MX record names the Region of SES, and only identities of one name know of each other's records.
    const rival = mailFrom && this.domains.find((other) => other.mailFrom === mailFrom && !isSame(other));
    if (rival) {
      throw new Error(
        `${construct.node.path}: mailFrom.domainName is ${shownName(mailFrom)}, which ${rival.construct.node.path} uses ` +
          'for another domain or Region: give each a MAIL FROM domain of its own.',
      );
    }
    const contrary = dmarc && this.domains.find((other) => contradicts(other, { domainName, zoneId, dmarc }));
    if (contrary) {
      throw new Error(
        `${construct.node.path}: dmarc is "${dmarc}", and ${contrary.construct.node.path} gives the same domain ` +
          `"${contrary.dmarc}": a domain has one DMARC record, so give both the same dmarc, or only one of them.`,
      );
    }
    const replica = this.replicas.find(isSame);
    if (replica !== undefined) {
      throw new Error(replicaOfDomain(replica, construct));
    }
    this.domains.push({ construct, domainName, region, zoneId, mailFrom, dmarc, tags });
    this.regions.add(region);
    return this.policies.allow(request);
  }

  /**
   * Lets the handler work on a replica of a domain.
   *
   * @param settings that the replica gets; undefined for none
   * @returns what its custom resources have to depend on.
   * @throws Error when a domain of the stack has keys of its own there.
   */
  public registerReplica(
    construct: Construct,
    { DomainName: domainName, SesRegion: region, ParentRegion: parentRegion, RemovalPolicy }: ReplicaProperties,
    settings: SettingsProperties | undefined,
  ): CfnResource[] {
    const replica = { construct, domainName, region, parentRegion };
    const rival = this.domains.find((other) => other.domainName === domainName && other.region === region);
    if (rival !== undefined) {
      throw new Error(replicaOfDomain(replica, rival.construct));
    }
    this.replicas.push(replica);
    this.regions.add(region);
    return this.policies.allow({
      domainName,
      region,
      removable: RemovalPolicy === 'destroy',
      parentArn: sesArn(this, parentRegion, 'identity', domainName),
      settings: settings && { properties: settings, identityArn: sesArn(this, region, 'identity', domainName) },
    });
  }

  /**
   * Lets the handler give a policy to an identity.
   *
   * @param parentRegion of a replica
   * @returns what the custom resource has to depend on.
   */
  public allowSendingPolicy(properties: SettingsProperties, parentRegion?: string): CfnResource[] {
    const { DomainName: domainName, SesRegion: region, RemovalPolicy } = properties;
    return this.policies.allow({
      domainName,
      region,
      removable: RemovalPolicy === 'destroy',
      parentArn: parentRegion && sesArn(this, parentRegion, 'identity', domainName),
      settings: {
        properties: { ...properties, SendingPolicy: { Version: '', Statement: [] } },
        identityArn: sesArn(this, region, 'identity', domainName),
      },
    });
  }

  /** Another stack of the app with the domain is safe, and may be a mistake. */
  private tellOtherStack(construct: Construct, domainName: string, region: string): void {
    const { account } = Stack.of(construct);
    if ([domainName, region, account].some((part) => Token.isUnresolved(part))) {
      return;
    }
    const { root } = construct.node;
    const others =
      (root as { [DOMAINS_OF_APP]?: Map<string, Construct> })[DOMAINS_OF_APP] ?? new Map<string, Construct>();
    Object.assign(root, { [DOMAINS_OF_APP]: others });
    const key = [account, region, domainName].join();
    const other = others.get(key);
    if (other === undefined) {
      others.set(key, construct);
    } else if (Stack.of(other) !== Stack.of(construct)) {
      Annotations.of(construct).addInfo(
        `"${domainName}" in ${region} is also set up by ${other.node.path}. That is safe: the last one to go removes it.`,
      );
    }
  }

  private addLogGroup({ logRetention, logEncryptionKey }: EasyDkimFunctionOptions): logs.ILogGroup {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logRetention ?? logs.RetentionDays.THREE_MONTHS,
      encryptionKey: logEncryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(logGroup, LOG_GROUP_FINDINGS);
    return logGroup;
  }

  /** Has a watch compare a resource, whichever of them comes first. */
  public keep(resource: CfnResource, properties: object): void {
    const declared = { resource, properties };
    this.resources.push(declared);
    if (this.watch !== undefined) {
      declare(declared);
    }
  }

  private userTagKeys(): readonly string[] {
    return [...new Set(this.domains.flatMap(({ tags }) => Object.keys(tags.tagValues())))].sort();
  }

  private validateOutputs(stack: Stack): string[] {
    const count = stack.node.findAll().filter((child) => child instanceof CfnOutput && child.stack === stack).length;
    return count <= MAX_OUTPUTS
      ? []
      : [
          `The stack has ${count} outputs and CloudFormation allows ${MAX_OUTPUTS}: pass outputs: false to the ` +
            'EasyDkimDomains whose tokens and records you do not need as outputs.',
        ];
  }
}

/**
 * The newest runtime of all Regions. For `NODEJS_LATEST` itself, `Function` would load all facts of aws-cdk-lib on Regions,
 * to find the same one.
 */
function latestRuntime(): lambda.Runtime {
  const newest = Number(/\d+/.exec(lambda.Runtime.NODEJS_LATEST.name));
  return new lambda.Runtime(`nodejs${Math.max(newest, LEAST_NODE)}.x`, lambda.RuntimeFamily.NODEJS);
}

/** Whether two domains are one, in one hosted zone, with a DMARC record each that cannot both be there. */
function contradicts(one: Domain, other: Pick<Domain, 'domainName' | 'zoneId' | 'dmarc'>): boolean {
  const isSame = one.domainName === other.domainName && one.zoneId === other.zoneId;
  const areKnown = ![one.dmarc, other.dmarc].some((dmarc) => dmarc === undefined || Token.isUnresolved(dmarc));
  return isSame && areKnown && one.dmarc !== other.dmarc;
}

function replicaOfDomain({ construct, domainName, region }: Replica, domain: Construct): string {
  return (
    `${construct.node.path}: replicaRegions has "${region}", where ${domain.node.path} sets up ${shownName(domainName)} ` +
    'with keys of its own: leave the Region out, or that construct.'
  );
}

function shownName(name: string): string {
  return Token.isUnresolved(name) ? 'a name that is known only at deployment' : `"${name}"`;
}
