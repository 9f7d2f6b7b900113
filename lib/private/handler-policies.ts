import { createHash } from 'crypto';
import { Annotations, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { acknowledge, CHANGE_FINDINGS, sesFindings, SETTINGS_FINDINGS } from './acknowledgements';
import { dmarcRecordName } from './mail-records';
import { changeStatement, dkimRecordNames, lengthOf, RecordAccess, ZoneAccess } from './record-access';
import { SettingsAccess, SettingsRequest } from './settings-access';

/** What the handler has to be allowed for one domain. */
export interface PolicyRequest {
  readonly domainName: string;
  /** The Region of SES. */
  readonly region: string;
  /** Whether what was created is to be removed again. */
  readonly removable: boolean;
  /** Absent when the records are for another DNS provider. */
  readonly hostedZoneArn?: string;
  readonly delegationRoleArn?: string;
  /** The custom MAIL FROM domain that gets records. */
  readonly mailFromDomain?: string;
  /** Whether there is a DMARC record. */
  readonly dmarc: boolean;
  /** Absent when the settings of the identity are left alone. */
  readonly settings?: SettingsRequest;
}

/**
 * A managed policy holds 6,144 characters without white space; some are kept for what tokens resolve to.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MAX_POLICY_LENGTH = 5_900;

/** What a policy takes besides its statements. */
const POLICY_LENGTH = 50;

/** What a statement takes besides its roles, and what the ARN of a role is counted with that is not known yet. */
const ASSUME_LENGTH = 70;
const UNKNOWN_ROLE_LENGTH = 105;

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
  ) {
    this.basics = new Basics(scope, logGroupArn);
  }

  /**
   * @returns the policies that hold the permissions for this domain.
   * @throws Error when the role would need more policies than it can have.
   */
  public allow(request: PolicyRequest): IDependable[] {
    const isNewRegion = this.basics.allow(request);
    const first = this.policies[0] ?? this.addPolicy(request);
    if (isNewRegion) {
      acknowledge(first.resource, { ...sesFindings(Stack.of(this.scope), request.region), ...CHANGE_FINDINGS });
    }
    if (first.length() > MAX_POLICY_LENGTH) {
      this.noRoom(request, 'the policy for all domains is full, and has to name the Region of SES');
    }
    const policy = this.policies.find((each) => each.length(request) <= MAX_POLICY_LENGTH) ?? this.addPolicy(request);
    policy.allow(request);
    return policy === first ? [first.resource] : [first.resource, policy.resource];
  }

  private addPolicy(request: PolicyRequest): Policy {
    const number = this.policies.length;
    if (number === MAX_POLICIES) {
      this.noRoom(request, `a role has at most ${MAX_POLICIES} managed policies`);
    }
    if (number === MAX_REPLACEABLE_POLICIES) {
      Annotations.of(this.scope).addWarningV2(
        'cdk-ses-easy-dkim:many-policies',
        `The domains of this stack need more than ${MAX_REPLACEABLE_POLICIES} managed policies. An update that changes ` +
          `several of them needs old and new ones at a time and may exceed the quota of ${MAX_POLICIES} on a role: ` +
          'ask for a higher quota "Managed policies attached to an IAM role", or use two stacks.',
      );
    }
    const policy = new Policy(this.scope, `Policy${number + 1}`, this.roleName, number === 0 ? this.basics : undefined);
    this.policies.push(policy);
    return policy;
  }

  private noRoom({ domainName }: PolicyRequest, reason: string): never {
    throw new Error(
      `${this.scope.node.path}: no room for the permissions of ${domainName}: ${reason}. ` +
        "Put some of the stack's EasyDkimDomains into another stack.",
    );
  }
}

/** What the handler needs for all domains; the first policy has it. */
class Basics {
  private readonly regions = new Set<string>();
  private ownZones = false;
  private removable = false;

  public constructor(
    private readonly scope: Construct,
    private readonly logGroupArn: string,
  ) {}

  /** Returns whether the Region is a new one. */
  public allow(request: PolicyRequest): boolean {
    const isNewRegion = !this.regions.has(request.region);
    this.regions.add(request.region);
    this.removable ||= request.removable;
    this.ownZones ||= zoneAccess(request) !== undefined;
    return isNewRegion;
  }

  /** Characters, at most. */
  public get length(): number {
    return 1_500 + 120 * this.regions.size;
  }

  public statements(): object[] {
    const stack = Stack.of(this.scope);
    const regions = [...this.regions];
    return [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: this.logGroupArn,
      },
      {
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStackResource',
        Resource: stack.stackId,
      },
      {
        // The actions of the SES v1 API know no resources.
        Effect: 'Allow',
        Action: [
          'ses:GetIdentityDkimAttributes',
          'ses:GetIdentityVerificationAttributes',
          'ses:VerifyDomainDkim',
          ...(this.removable ? ['ses:DeleteIdentity'] : []),
        ],
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
      },
      {
        Effect: 'Allow',
        Action: 'ses:GetEmailIdentity',
        Resource: regions.map((region) =>
          stack.formatArn({ service: 'ses', region, resource: 'identity', resourceName: '*' }),
        ),
      },
      ...(this.ownZones ? [changeStatement(this.scope)] : []),
    ];
  }
}

/** One managed policy: the records, or the delegation roles, and the settings of as many domains as it has room for. */
class Policy {
  public readonly resource: iam.CfnManagedPolicy;
  private readonly removable = new RecordAccess(['CNAME'], ['CREATE', 'UPSERT', 'DELETE']);
  private readonly retained = new RecordAccess(['CNAME'], ['CREATE', 'UPSERT']);
  // TXT records may share their set with those of others: it is replaced, by DELETE and CREATE in one batch.
  private readonly withDmarc = new RecordAccess(['CNAME', 'TXT'], ['CREATE', 'UPSERT', 'DELETE']);
  private readonly withMailFrom = new RecordAccess(['CNAME', 'MX', 'TXT'], ['CREATE', 'UPSERT', 'DELETE']);
  private readonly delegationRoles = new RoleAccess();
  private readonly settings = new SettingsAccess();

  public constructor(
    scope: Construct,
    id: string,
    roleName: string,
    private readonly basics: Basics | undefined,
  ) {
    const document = () => ({
      Version: '2012-10-17',
      Statement: [
        ...(this.basics?.statements() ?? []),
        ...this.records.flatMap((access) => access.statements()),
        ...this.delegationRoles.statements(),
        ...this.settings.statements(),
      ],
    });
    const stack = Stack.of(scope);
    this.resource = new iam.CfnManagedPolicy(scope, id, {
      description: Lazy.string({ produce: () => `cdk-ses-easy-dkim ${digest(stack.resolve(document()))}` }),
      policyDocument: Lazy.any({ produce: document }),
      roles: [roleName],
    });
  }

  /** Characters, at most, with one more domain or without. */
  public length(further?: PolicyRequest): number {
    const zone = further && zoneAccess(further);
    const group = further && this.recordsFor(further);
    return (
      (this.basics?.length ?? POLICY_LENGTH) +
      this.records.reduce((sum, access) => sum + access.length(access === group ? zone : undefined), 0) +
      this.delegationRoles.length(further?.delegationRoleArn) +
      this.settings.length(further?.settings)
    );
  }

  public allow(request: PolicyRequest): void {
    const zone = zoneAccess(request);
    if (zone !== undefined) {
      this.recordsFor(request).allow(zone);
    }
    if (request.delegationRoleArn !== undefined) {
      this.delegationRoles.allow(request.delegationRoleArn);
    }
    if (request.settings !== undefined) {
      if (this.settings.length() === 0) {
        acknowledge(this.resource, SETTINGS_FINDINGS);
      }
      this.settings.allow(request.settings);
    }
  }

  private get records(): readonly RecordAccess[] {
    return [this.removable, this.retained, this.withDmarc, this.withMailFrom];
  }

  private recordsFor({ mailFromDomain, dmarc, removable }: PolicyRequest): RecordAccess {
    if (mailFromDomain !== undefined) {
      return this.withMailFrom;
    }
    if (dmarc) {
      return this.withDmarc;
    }
    return removable ? this.removable : this.retained;
  }
}

/** The records that the handler writes itself: not those at another DNS provider, nor by a delegation role. */
function zoneAccess(request: PolicyRequest): ZoneAccess | undefined {
  const { hostedZoneArn, delegationRoleArn, domainName, mailFromDomain, dmarc } = request;
  if (hostedZoneArn === undefined || delegationRoleArn !== undefined) {
    return undefined;
  }
  return {
    hostedZoneArn,
    recordNames: [
      dkimRecordNames(domainName),
      ...(mailFromDomain === undefined ? [] : [mailFromDomain]),
      ...(dmarc ? [dmarcRecordName(domainName)] : []),
    ],
  };
}

/** The permission to assume the roles that open the zones of other accounts. */
class RoleAccess {
  private readonly arns = new Set<string>();

  /** Characters in the policy, with one more role or without. */
  public length(further?: string): number {
    const arns = new Set(further === undefined ? this.arns : [...this.arns, further]);
    return [...arns].reduce(
      (sum, arn) => sum + lengthOf(arn, UNKNOWN_ROLE_LENGTH),
      arns.size === 0 ? 0 : ASSUME_LENGTH,
    );
  }

  public allow(arn: string): void {
    this.arns.add(arn);
  }

  public statements(): object[] {
    return this.arns.size === 0 ? [] : [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: [...this.arns] }];
  }
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
