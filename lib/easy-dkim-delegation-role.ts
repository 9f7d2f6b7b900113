import { aws_iam as iam, PhysicalName } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { zoneArn, zoneId } from './private/permissions/arns';
import { acknowledge, changeFindings } from './private/permissions/acknowledgements';
import { areKnown, domainInZone, failure, ignoring, publicZoneName } from './private/props/checks';
import { mailFromInZone } from './private/props/mail-from';
import { isAtMailFrom, kindsFor } from './shared/mail-records';
import {
  A_BOOLEAN,
  A_ZONE,
  aListOf,
  anObjectWith,
  aString,
  Fail,
  PropTypes,
  required,
  typedProps,
} from './private/props/prop-types';
import { atItsLongest, MAX_POLICY_LENGTH } from './private/permissions/policy-length';
import { changeStatement, RecordAccess } from './private/permissions/record-access';

/**
 * Properties of an `EasyDkimDelegationRole`.
 */
export interface EasyDkimDelegationRoleProps {
  /**
   * The public hosted zone, in this account, to which the role gives access.
   */
  readonly hostedZone: route53.IHostedZone;

  /**
   * Who may assume the role: an account (`iam.AccountPrincipal`), a role (`iam.ArnPrincipal`), an
   * organization (`iam.OrganizationPrincipal`), or several of them (`iam.CompositePrincipal`).
   */
  readonly assumedBy: iam.IPrincipal;

  /**
   * The domains whose records the role may change. They must be in the hosted zone.
   *
   * @default - the domain of the hosted zone and all domains below it
   */
  readonly domainNames?: string[];

  /**
   * The custom MAIL FROM domains whose MX and SPF records the role may change: the names that you give to `mailFrom` of an
   * `EasyDkimDomain`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
   */
  readonly mailFromDomains?: string[];

  /**
   * Whether the role may change the DMARC records of the domains.
   *
   * @default false
   */
  readonly dmarc?: boolean;

  /**
   * The name of the role, by which the stack in the other account imports it.
   *
   * @default - a name is generated if one is needed
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  readonly roleName?: string;
}

/**
 * A role in the account of a hosted zone, for an `EasyDkimDomain` in another account. It may change the DKIM records of the
 * given domains and, if you ask for it, their MAIL FROM and DMARC records.
 *
 * It may also list the records of the zone and follow changes in Route 53, and nothing else.
 *
 * Whoever assumes it must pass the id of the hosted zone as the external id, as an `EasyDkimDomain` does. This keeps others
 * from tricking a stack into using the role for another zone.
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
    const fail = failure([scope.node.path, id].filter((each) => each !== '').join('/'));
    const ignored: string[] = [];
    const given = typedProps(props, PROPS, fail, (prop) => ignored.push(prop));
    const { hostedZone, assumedBy, mailFromDomains, dmarc } = given;
    const zoneName = publicZoneName(fail, hostedZone);
    const domainNames = domainsIn(zoneName, given, fail);
    const mailFroms = mailFromsIn(zoneName, given, fail);
    if (isAnyone(assumedBy)) {
      fail('assumedBy', 'lets anyone assume the role: give an account, a role or an organization');
    }

    super(scope, id, {
      assumedBy,
      externalIds: [zoneId(hostedZone)],
      roleName: given.roleName ?? PhysicalName.GENERATE_IF_NEEDED,
      description: 'Lets an EasyDkimDomain in another account write its mail records',
    });
    ignored.forEach(ignoring(this));
    const kinds = kindsFor({ mailFrom: mailFromDomains && '*', dmarc: dmarc ? '*' : undefined });
    const access = new RecordAccess([...new Set(kinds.map(({ type }) => type))], true);
    access.allow({
      hostedZoneArn: zoneArn(this, hostedZone),
      recordNames: kinds.flatMap(({ id, name }) =>
        isAtMailFrom(id)
          ? mailFroms.map((mailFrom) => name({ domainName: '*', mailFrom }, '*'))
          : domainNames.map((domainName) => name({ domainName }, '*')),
      ),
    });
    const policy = new iam.ManagedPolicy(this, 'Policy', {
      roles: [this],
      statements: [...access.statements(), changeStatement(this)].map((statement) =>
        iam.PolicyStatement.fromJson(statement),
      ),
    });
    checkLength(policy.document, given, fail);
    acknowledge(policy, changeFindings(this.stack));
  }
}

const A_LIST = aListOf(aString('strings'), 'a list of domain names such as ["mail.example.com"]');

const PROPS: PropTypes<EasyDkimDelegationRoleProps> = {
  hostedZone: required(A_ZONE),
  assumedBy: required(
    anObjectWith('assumeRoleAction', 'string', 'a principal such as new iam.AccountPrincipal("111122223333")'),
  ),
  domainNames: A_LIST,
  mailFromDomains: A_LIST,
  dmarc: A_BOOLEAN,
  roleName: aString('the name of a role'),
};

/** The domains, or patterns for them. */
function domainsIn(zoneName: string | undefined, { domainNames }: EasyDkimDelegationRoleProps, fail: Fail): string[] {
  if (domainNames !== undefined && domainNames.length === 0) {
    fail('domainNames', 'is an empty list: leave it out for all domains in the zone, or name some');
  }
  return (
    domainNames?.map((name) => domainInZone(fail, 'domainNames', name, zoneName)) ??
    (zoneName === undefined ? ['*'] : [zoneName, `*.${zoneName}`])
  );
}

function mailFromsIn(
  zoneName: string | undefined,
  { domainNames, mailFromDomains }: EasyDkimDelegationRoleProps,
  fail: Fail,
): string[] {
  if (mailFromDomains !== undefined && mailFromDomains.length === 0) {
    fail('mailFromDomains', 'is an empty list: leave it out for none, or name some');
  }
  const mailFroms = mailFromDomains?.map((name) => mailFromInZone(fail, 'mailFromDomains', name, zoneName)) ?? [];
  const domains = domainNames?.map((name) => domainInZone(fail, 'domainNames', name, zoneName));
  const stray = mailFroms.find(
    (mailFrom) => domains && areKnown(mailFrom, ...domains) && !domains.some((name) => mailFrom.endsWith(`.${name}`)),
  );
  return stray === undefined
    ? mailFroms
    : fail('mailFromDomains', `"${stray}" is not below any of domainNames: give a name below the domain that uses it`);
}

function checkLength(
  policy: iam.PolicyDocument,
  { domainNames = [], mailFromDomains = [] }: EasyDkimDelegationRoleProps,
  fail: Fail,
): void {
  const { length } = atItsLongest(JSON.stringify(policy.toJSON()));
  if (length <= MAX_POLICY_LENGTH) {
    return;
  }
  const tooLong = `names, which make a policy of ${length} characters, but IAM allows at most ${MAX_POLICY_LENGTH}`;
  if (domainNames.length < mailFromDomains.length) {
    fail('mailFromDomains', `has ${mailFromDomains.length} ${tooLong}: use several roles`);
  }
  fail(
    'domainNames',
    `has ${domainNames.length} ${tooLong}: leave it out for all domains in the zone, or use several roles`,
  );
}

/** Whether some statement lets everybody in: an organization is everybody under a condition. */
function isAnyone(principal: iam.IPrincipal): boolean {
  const trust = new iam.PolicyDocument();
  // Principals under conditions have a statement each: the policy fragment of several cannot be asked for.
  new iam.CompositePrincipal(principal).addToAssumeRolePolicy(trust);
  const { Statement } = trust.toJSON() as { readonly Statement: readonly TrustStatement[] };
  return Statement.some(
    ({ Principal, Condition }) => Condition === undefined && Object.values(Principal).flat().includes('*'),
  );
}

/** What it says of a principal; `*` has itself as its only value. */
interface TrustStatement {
  readonly Principal: '*' | { readonly [kind: string]: string | string[] };
  readonly Condition?: object;
}
