import { PhysicalName } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { acknowledge, CHANGE_FINDINGS } from './private/acknowledgements';
import { domainInZone, failure, publicZoneName, zoneArn, zoneId } from './private/checks';
import { changeStatement, RecordAccess } from './private/record-access';

/**
 * Properties of an `EasyDkimDelegationRole`.
 */
export interface EasyDkimDelegationRoleProps {
  /**
   * The public hosted zone of this account that the role opens.
   */
  readonly hostedZone: route53.IHostedZone;

  /**
   * Who may assume the role: an account (`iam.AccountPrincipal`), a role (`iam.ArnPrincipal`), an
   * organization (`iam.OrganizationPrincipal`), or several of them (`iam.CompositePrincipal`).
   */
  readonly assumedBy: iam.IPrincipal;

  /**
   * The domains whose DKIM records the role may change: names in the hosted zone.
   *
   * @default - the domain of the hosted zone and all domains below it
   */
  readonly domainNames?: string[];

  /**
   * The name of the role. Another account's stack imports the role by it.
   *
   * @default - a name is generated where one is needed
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  readonly roleName?: string;
}

/**
 * A role in the account of a hosted zone, for an `EasyDkimDomain` in another account: it may change
 * the DKIM records of the given domains, and nothing else.
 *
 * Whoever assumes it must name the id of the hosted zone as the external id, as an `EasyDkimDomain`
 * does: so no stack can be made to use the role for a zone that is not its own.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 * @example
 *
 * declare const hostedZone: route53.IHostedZone;
 * new EasyDkimDelegationRole(this, 'MailDelegation', {
 *   hostedZone,
 *   assumedBy: new iam.AccountPrincipal('111122223333'),
 *   domainNames: ['mail.example.com'],
 *   roleName: 'mail-dkim-delegation',
 * });
 */
export class EasyDkimDelegationRole extends iam.Role {
  /**
   * @throws Error when the props cannot work; the message names the construct, the prop, its value and the remedy.
   */
  public constructor(scope: Construct, id: string, props: EasyDkimDelegationRoleProps) {
    const { hostedZone, assumedBy } = props;
    super(scope, id, {
      assumedBy,
      externalIds: [zoneId(hostedZone)],
      roleName: props.roleName ?? PhysicalName.GENERATE_IF_NEEDED,
      description: 'Lets an EasyDkimDomain of another account write its DKIM records',
    });
    if (isAnyone(assumedBy)) {
      failure(this)('assumedBy', 'is anyone: give an account, a role or an organization');
    }
    const access = new RecordAccess(['CREATE', 'UPSERT', 'DELETE']);
    for (const domainName of this.domains(props)) {
      access.allow({ hostedZoneArn: zoneArn(this, hostedZone), domainName });
    }
    const policy = new iam.ManagedPolicy(this, 'Policy', {
      roles: [this],
      statements: [...access.statements(), changeStatement(this)].map((statement) =>
        iam.PolicyStatement.fromJson(statement),
      ),
    });
    acknowledge(policy, CHANGE_FINDINGS);
  }

  /** The domains, or patterns for them. */
  private domains({ hostedZone, domainNames }: EasyDkimDelegationRoleProps): string[] {
    const zoneName = publicZoneName(this, hostedZone);
    if (domainNames !== undefined && domainNames.length === 0) {
      failure(this)('domainNames', 'is an empty list: leave it out for all domains in the zone, or name some');
    }
    return (
      domainNames?.map((name) => domainInZone(this, 'domainNames', name, zoneName)) ??
      (zoneName === undefined ? ['*'] : [zoneName, `*.${zoneName}`])
    );
  }
}

/** An organization is "anyone" under a condition. */
function isAnyone({ policyFragment }: iam.IPrincipal): boolean {
  return (
    Object.values(policyFragment.principalJson).flat().includes('*') &&
    Object.keys(policyFragment.conditions).length === 0
  );
}
