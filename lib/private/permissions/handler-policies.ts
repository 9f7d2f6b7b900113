import { Annotations, aws_iam as iam, CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { acknowledge, changeFindings, sesFindings } from './acknowledgements';
import { route53Arn } from './arns';
import { CLAIM_PREFIX, MADE, MARK } from '../../shared/claim-tags';
import { RESOURCE_TYPE } from '../../shared/contract';
import { changingValues, isDescribable, policyDescription, Value, Values } from './policy-description';
import { atItsLongest, lengthOfStatements, MAX_POLICY_LENGTH, UNKNOWN_LENGTHS } from './policy-length';
import { changeStatement, ListAccess, listStatement, RecordAccess, RecordsRequest } from './record-access';
import { RegionAccess } from './region-access';
import { NamedAccess } from './named-access';
import { ReplicaAccess, ReplicaRequest } from './replica-access';
import { SettingsAccess, SettingsRequest } from './settings-access';

/** What the handler has to be allowed for one domain. */
export interface PolicyRequest {
  readonly domainName: string;
  /** The Region of SES. */
  readonly region: string;
  /** Whether what was created is to be removed again. */
  readonly removable: boolean;
  /** An identity that others have made and that may be marked as made by this library; absent without any. */
  readonly takenIdentityArn?: string;
  /** An identity of this library whose keys may be changed; absent without any. */
  readonly keysIdentityArn?: string;
  /** Absent when the records are for another DNS provider, or behind a delegation role. */
  readonly records?: RecordsRequest;
  readonly delegationRoleArn?: string;
  /** The identity whose keys this one has; absent unless it is a replica. */
  readonly parentArn?: string;
  /** Absent when the settings of the identity are left alone. */
  readonly settings?: SettingsRequest;
}

/** Where a policy counts as full: some characters are kept for what tokens resolve to. */
const FULL_POLICY_LENGTH = MAX_POLICY_LENGTH - 244;

/** What a policy takes without its statements. */
const EMPTY_POLICY_LENGTH = JSON.stringify({ Version: '2012-10-17', Statement: [] }).length;

/** The longest ARNs that are known only at deployment: of a stack, and of a log group with a name by CloudFormation. */
const A_STACK_ID = 'x'.repeat(230);
const A_LOG_GROUP_ARN = 'x'.repeat(230);

/** The permission to assume the roles that open the zones of other accounts. */
const ASSUME = { Effect: 'Allow', Action: 'sts:AssumeRole' };

/** The permission to mark identities of others as made by this library, which may delete them from then on. */
const MARK_AS_MADE = {
  Effect: 'Allow',
  Action: 'ses:TagResource',
  Condition: {
    'ForAllValues:StringLike': { 'aws:TagKeys': [MARK, `${CLAIM_PREFIX}*`] },
    StringEquals: { [`aws:RequestTag/${MARK}`]: MADE },
  },
};

/** The permission to change the keys of identities that this library has made, or taken over. */
const CHANGE_KEYS = {
  Effect: 'Allow',
  Action: 'ses:PutEmailIdentityDkimSigningAttributes',
  Condition: { StringEquals: { [`aws:ResourceTag/${MARK}`]: MADE } },
};

/** The default quota of managed policies on a role. */
const MAX_POLICIES = 10;

/** As many can all be replaced in one update, when the role has the old and the new ones. */
const MAX_REPLACEABLE_POLICIES = MAX_POLICIES / 2;

/**
 * The permissions of the handler's role: as many managed policies as the domains of the stack need.
 *
 * A policy whose content changes is replaced as a whole, since its description has a digest of the
 * content and CloudFormation cannot change a description. The role then has the old and the new
 * policy until the end of the update, so that the clean-up after a removed domain, or after one that
 * moved to another zone, is still allowed.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
 */
export class HandlerPolicies {
  private readonly basics: Basics;
  private readonly policies: Policy[] = [];

  public constructor(
    private readonly scope: Construct,
    private readonly roleName: string,
    logGroupArn: string,
    /** What the handler needs besides, before its first event. */
    private readonly before: IDependable,
    private readonly userTagKeys: () => readonly string[],
  ) {
    this.basics = new Basics(scope, logGroupArn);
  }

  /**
   * @returns the policies that hold the permissions for this domain.
   * @throws Error when the role would need more policies than it can have.
   */
  public allow(request: PolicyRequest): CfnResource[] {
    const { region, removable } = request;
    const first = this.policies[0] ?? this.addPolicy(request);
    this.basics.allow(request);
    const ofRegion =
      this.policies.find((policy) => policy.hasRegion(region)) ??
      this.policyWithRoom(request, (policy) => policy.length({ region }));
    ofRegion.allowRegion(region, removable, request.parentArn === undefined);
    const values = valuesOf(Stack.of(this.scope), request);
    const ofDomain = this.policyForDomain(request, values);
    ofDomain.allowDomain(request, values);
    return [...new Set([first, ofRegion, ofDomain])].map(({ resource }) => resource);
  }

  /** What a watch reads besides what the handler reads in a deployment. */
  public allowWatch(): void {
    this.basics.allowWatch();
  }

  /** Tags are known only at the end of the synthesis: their keys may be more than there is room for. */
  public validate(): string[] {
    const length = Math.max(0, ...this.policies.map((policy) => policy.finalLength()));
    return length <= MAX_POLICY_LENGTH
      ? []
      : [
          `The keys of the ${this.userTagKeys().length} tags of the identities make a policy of ${length} characters, ` +
            `but IAM allows at most ${MAX_POLICY_LENGTH}: exclude them with Tags.of(scope).add(key, value, ` +
            `{ excludeResourceTypes: ['${RESOURCE_TYPE}'] }), or put some of the domains into another stack.`,
        ];
  }

  /** Rather one that can describe the domain's values as well, as long as the role can have more policies. */
  private policyForDomain(request: PolicyRequest, values: Values): Policy {
    const lengthIn = (policy: Policy) => policy.length({ domain: request });
    // Those before the last one are mostly full.
    const describing = this.policies.filter((policy) => policy.canDescribe(values)).reverse();
    return (
      describing.find((policy) => lengthIn(policy) <= FULL_POLICY_LENGTH) ??
      (this.policies.length < MAX_POLICIES ? this.addPolicy(request) : this.policyWithRoom(request, lengthIn))
    );
  }

  private policyWithRoom(request: PolicyRequest, lengthIn: (policy: Policy) => number): Policy {
    return this.policies.find((policy) => lengthIn(policy) <= FULL_POLICY_LENGTH) ?? this.addPolicy(request);
  }

  private addPolicy({ domainName }: PolicyRequest): Policy {
    const number = this.policies.length;
    if (number === MAX_POLICIES) {
      throw new Error(
        `${this.scope.node.path}: no room for the permissions of ${domainName}: a role has at most ${MAX_POLICIES} ` +
          "managed policies. Put some of the stack's EasyDkimDomains into another stack.",
      );
    }
    if (number === MAX_REPLACEABLE_POLICIES) {
      Annotations.of(this.scope).addWarningV2(
        'cdk-ses-easy-dkim:many-policies',
        `The domains of this stack need more than ${MAX_REPLACEABLE_POLICIES} managed policies. An update that changes ` +
          `several of them needs the old and the new ones at the same time and may exceed the quota of ${MAX_POLICIES} on a role: ` +
          'ask for a higher quota "Managed policies attached to an IAM role", or use two stacks.',
      );
    }
    const policy = new Policy(
      this.scope,
      `Policy${number + 1}`,
      this.roleName,
      this.basics,
      number === 0,
      this.userTagKeys,
    );
    if (number === 0) {
      // Every domain waits for the first policy. One dependency each takes less time than two, and less of the template.
      policy.resource.node.addDependency(this.before);
    }
    this.policies.push(policy);
    return policy;
  }
}

/** What the handler needs for all domains. */
interface Needs {
  readonly ownZones: boolean;
  readonly listsAllZones: boolean;
  readonly watches: boolean;
}

/** The permissions for what the handler needs for all domains; the first policy has them. */
class Basics {
  public readonly listing = new ListAccess();
  /** Characters, whatever is needed at last. */
  public readonly length: number;
  private ownZones = false;
  private watches = false;

  public constructor(
    private readonly scope: Construct,
    private readonly logGroupArn: string,
  ) {
    const everything = { ownZones: true, listsAllZones: true, watches: true };
    this.length = lengthOfStatements(this.statementsFor(everything, A_STACK_ID, A_LOG_GROUP_ARN));
  }

  public allow(request: PolicyRequest): void {
    this.ownZones ||= request.records !== undefined;
  }

  public allowWatch(): void {
    this.watches = true;
  }

  public statements(): object[] {
    const { ownZones, watches } = this;
    const needs = { ownZones, watches, listsAllZones: this.listing.isForAll };
    return this.statementsFor(needs, Stack.of(this.scope).stackId, this.logGroupArn);
  }

  private statementsFor({ ownZones, listsAllZones, watches }: Needs, stackId: string, logGroupArn: string): object[] {
    return [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logGroupArn,
      },
      {
        Effect: 'Allow',
        Action: [
          'cloudformation:DescribeStackResource',
          'cloudformation:DescribeStacks',
          ...(watches ? ['cloudformation:ListStackResources'] : []),
        ],
        Resource: stackId,
      },
      ...(ownZones ? [changeStatement(this.scope)] : []),
      ...(listsAllZones ? [listStatement([route53Arn(this.scope, 'hostedzone', '*')])] : []),
    ];
  }
}

/**
 * One managed policy: the Regions of SES; the records, or the delegation roles, and the settings of domains; as many as
 * it has room for.
 */
class Policy {
  public readonly resource: iam.CfnManagedPolicy;
  /** By their types and what may be done with them, since that is one statement each. */
  private readonly records = new Map<string, RecordAccess>();
  private readonly delegationRoles = new NamedAccess(ASSUME, UNKNOWN_LENGTHS.roleArn);
  private readonly takenIdentities = new NamedAccess(MARK_AS_MADE, UNKNOWN_LENGTHS.identityArn);
  private readonly replicas = new ReplicaAccess();
  private readonly keysIdentities = new NamedAccess(CHANGE_KEYS, UNKNOWN_LENGTHS.identityArn);
  private readonly settings: SettingsAccess;
  private readonly regions: RegionAccess;
  private readonly document: () => object;
  private readonly values: Map<string, Value> = new Map();

  public constructor(
    private readonly scope: Construct,
    id: string,
    roleName: string,
    private readonly basics: Basics,
    private readonly hasBasics: boolean,
    userTagKeys: () => readonly string[],
  ) {
    this.settings = new SettingsAccess(scope);
    this.regions = new RegionAccess(scope, userTagKeys);
    const ofDomains = () => [
      ...[...this.records.values()].flatMap((access) => access.statements()),
      ...this.delegationRoles.statements(),
      ...this.takenIdentities.statements(),
      ...this.replicas.statements(),
      ...this.keysIdentities.statements(),
      ...this.settings.statements(),
    ];
    const ofStack = () => (hasBasics ? basics.statements() : []);
    const changing = () => [...this.regions.statements(), ...ofDomains()];
    this.document = () => ({ Version: '2012-10-17', Statement: [...ofStack(), ...changing()] });
    const stack = Stack.of(scope);
    this.resource = new iam.CfnManagedPolicy(scope, id, {
      description: Lazy.string({ produce: () => policyDescription(stack, ofStack(), changing()) }),
      policyDocument: Lazy.any({ produce: this.document }),
      roles: [roleName],
    });
    if (hasBasics) {
      acknowledge(this.resource, changeFindings(stack));
    }
  }

  /** Characters, at most, with one more Region or domain or without. */
  public length({ region, domain }: { readonly region?: string; readonly domain?: PolicyRequest }): number {
    const records = domain?.records;
    const group = records && this.recordsFor(records);
    return (
      EMPTY_POLICY_LENGTH +
      (this.hasBasics ? this.basics.length : 0) +
      this.regions.length(region) +
      [...this.records.values()].reduce(
        (sum, access) => sum + access.length(access === group ? records : undefined),
        0,
      ) +
      this.delegationRoles.length(domain?.delegationRoleArn) +
      this.takenIdentities.length(domain?.takenIdentityArn) +
      this.replicas.length(domain && replicaRequest(domain)) +
      this.keysIdentities.length(domain?.keysIdentityArn) +
      this.settings.length(domain?.settings)
    );
  }

  /** Characters as they are at the end of the synthesis, with the longest values of what is known only at deployment. */
  public finalLength(): number {
    return atItsLongest(JSON.stringify(this.document())).length;
  }

  public hasRegion(region: string): boolean {
    return this.regions.has(region);
  }

  public allowRegion(region: string, removable: boolean, hasKeys: boolean): void {
    if (!this.regions.has(region)) {
      acknowledge(this.resource, sesFindings(Stack.of(this.scope), region));
    }
    this.regions.allow(region, removable, hasKeys);
  }

  /** Whether its description has room for some values, besides those that it has. */
  public canDescribe(values: Values): boolean {
    return values.size === 0 || isDescribable(new Map([...this.values, ...values]));
  }

  public allowDomain(request: PolicyRequest, values: Values): void {
    values.forEach((value, key) => this.values.set(key, value));
    if (request.records !== undefined) {
      this.recordsFor(request.records).allow(request.records);
    }
    if (request.delegationRoleArn !== undefined) {
      this.delegationRoles.allow(request.delegationRoleArn);
    }
    if (request.takenIdentityArn !== undefined) {
      this.takenIdentities.allow(request.takenIdentityArn);
    }
    const replica = replicaRequest(request);
    if (replica !== undefined) {
      this.replicas.allow(replica);
    }
    if (request.keysIdentityArn !== undefined) {
      this.keysIdentities.allow(request.keysIdentityArn);
    }
    if (request.settings !== undefined) {
      const { SesRegion: region } = request.settings.properties;
      if (!this.settings.hasRegion(region)) {
        acknowledge(this.resource, sesFindings(Stack.of(this.scope), region));
      }
      this.settings.allow(request.settings);
    }
  }

  private recordsFor({ types, mayDelete }: RecordsRequest): RecordAccess {
    const key = [mayDelete, ...types].join();
    const access = this.records.get(key) ?? new RecordAccess(types, mayDelete, this.basics.listing);
    this.records.set(key, access);
    return access;
  }
}

function replicaRequest({ region, parentArn }: PolicyRequest): ReplicaRequest | undefined {
  return parentArn === undefined ? undefined : { region, parentArn };
}

/** What a policy has of a domain that is known only at deployment. */
function valuesOf(stack: Stack, request: PolicyRequest): Values {
  const { hostedZoneArn, recordNames } = request.records ?? { hostedZoneArn: '', recordNames: [] };
  const texts = [
    request.region,
    hostedZoneArn,
    ...recordNames,
    request.delegationRoleArn ?? '',
    request.takenIdentityArn ?? '',
    request.parentArn ?? '',
    request.keysIdentityArn ?? '',
    request.settings?.configurationSetArn ?? '',
  ];
  const unknown = texts.filter((text) => Token.isUnresolved(atItsLongest(text)));
  return unknown.length === 0 ? new Map() : changingValues(stack.resolve(unknown));
}
