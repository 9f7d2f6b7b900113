import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Route53Client } from '@aws-sdk/client-route-53';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { ResourceIds, sendingPolicyName } from '../domain/claims';
import { callAws } from './call';
import { Access, clientSettings, deployment, restrict } from './client-settings';
import { Deadline } from '../events/deadline';
import { Log } from '../events/log';
import { HostedZone } from './route53';
import { Ses } from './ses';
import { SesClients } from './ses-clients';
import { IdentitySettings } from './ses-settings';

/** The Region in which the Lambda runs, which is the stack's. */
function ownRegion(): string {
  return process.env.AWS_REGION ?? 'us-east-1';
}

/**
 * The Region that serves Route 53 in a partition. A role of the zone's account is assumed there: in
 * the Lambda's own Region, if that is one to opt in to, an account that has not done so refuses.
 */
function route53Region(region: string): string {
  if (region.startsWith('cn-')) return 'cn-northwest-1';
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  if (region.startsWith('eusc-')) return 'eusc-de-east-1';
  return 'us-east-1';
}

/** The means to work on one domain until a deadline. */
export interface Aws {
  readonly ses: Ses;
  /** SES in the other Regions of the stack's domains, where an identity of the same name may use the same records. */
  readonly sesElsewhere: readonly Ses[];
  /** Opens the hosted zone, in its own account; undefined when the records are for another DNS provider. */
  readonly openZone: () => Promise<HostedZone | undefined>;
  readonly deadline: Deadline;
}

/** What is worked on: a domain or its settings, for a stack. */
export interface Subject {
  readonly domainName: string;
  readonly region: string;
  readonly zoneId?: string;
  readonly delegationRoleArn?: string;
}

export function connect(
  stackId: string,
  domain: Subject,
  deadline: Deadline,
  log: Log,
  access: Access = deployment(),
): Aws {
  const inRegion = (region: string) =>
    connectSes(stackId, region, deadline, log, new SesClients(region, deadline, access));
  return {
    ses: inRegion(domain.region),
    sesElsewhere: regionsOfStack()
      .filter((region) => region !== domain.region)
      .map(inRegion),
    openZone: () => openZone(domain, deadline, log, access),
    deadline,
  };
}

function connectSes(stackId: string, region: string, deadline: Deadline, log: Log, clients: SesClients): Ses {
  const [, partition = 'aws', , , account = ''] = stackId.split(':');
  const home = { partition, account, region };
  return new Ses(clients, deadline, home, log);
}

function regionsOfStack(): readonly string[] {
  return (process.env.SES_REGIONS ?? '').split(',').filter((region) => region !== '');
}

/** The means to work on the settings of one identity until a deadline. */
export interface SettingsAws extends Pick<Aws, 'ses' | 'sesElsewhere' | 'deadline'> {
  readonly settings: IdentitySettings;
}

/** @param resource which has the settings */
export function connectSettings(
  resource: ResourceIds,
  identity: Subject,
  deadline: Deadline,
  log: Log,
  access: Access = deployment(),
): SettingsAws {
  const clients = new SesClients(identity.region, deadline, access);
  return {
    ses: connectSes(resource.StackId, identity.region, deadline, log, clients),
    // Settings belong to one identity.
    sesElsewhere: [],
    deadline,
    settings: new IdentitySettings(clients, identity, sendingPolicyName(resource), deadline, log),
  };
}

export function cloudFormationClient(deadline: Deadline, access: Access = deployment()): CloudFormationClient {
  return new CloudFormationClient(clientSettings(ownRegion(), deadline, access));
}

const LIST_ONLY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: '*' }],
});

async function openZone(
  { domainName, zoneId, delegationRoleArn }: Subject,
  deadline: Deadline,
  log: Log,
  access: Access,
): Promise<HostedZone | undefined> {
  if (zoneId === undefined) {
    return undefined;
  }
  const zone = { domainName, zoneId, delegationRoleArn };
  return new HostedZone(await route53Client(zone, deadline, log, access), zone, deadline, log);
}

/**
 * A client for the account of the hosted zone: the Lambda's own, or that of the delegation role.
 *
 * @throws AwsCallFailure when the role cannot be assumed.
 */
async function route53Client(
  config: { readonly domainName: string; readonly zoneId: string; readonly delegationRoleArn?: string },
  deadline: Deadline,
  log: Log,
  access: Access,
): Promise<Route53Client> {
  const common = clientSettings(route53Region(ownRegion()), deadline, access);
  const roleArn = config.delegationRoleArn;
  if (roleArn === undefined) {
    return restrict(new Route53Client(common), access);
  }
  const assumeRole = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: `easy-dkim-${config.domainName}`.slice(0, 64),
      // An EasyDkimDelegationRole opens for its own zone only.
      ExternalId: config.zoneId,
      // What the role may do besides, a session that only looks may not.
      Policy: access.mayWrite ? undefined : LIST_ONLY,
    },
    clientConfig: common,
  });
  const credentials = await callAws(log, { service: 'STS', operation: 'AssumeRole', target: roleArn }, deadline, () =>
    deadline.race(assumeRole()),
  );
  return restrict(new Route53Client({ ...common, credentials }), access);
}
