import { describeFailure, Dns, failureRemark, type LookupProblem } from './dns';
import { finding, type Finding } from './report';

/** Where a domain is in DNS. */
export interface Zone {
  readonly state: 'exists' | 'nxdomain' | LookupProblem;
  /** The zone that the domain is in, or would be in; undefined when it could not be found out. */
  readonly name?: string;
}

/** Finds the zone of a domain: the nearest name at or above it that has a SOA record. */
export async function findZone(dns: Dns, domain: string): Promise<Zone> {
  let state: Zone['state'] = 'exists';
  for (let name = domain; name !== ''; name = name.split('.').slice(1).join('.')) {
    const soa = await dns.soa(name);
    if (soa.state === 'found') {
      return { state, name };
    }
    if (name === domain) {
      if (soa.state === 'failed') {
        return { state: soa.problem };
      }
      state = soa.reason === 'nxdomain' ? 'nxdomain' : 'exists';
    } else if (soa.state === 'failed') {
      break;
    }
  }
  return { state };
}

export function judgeZone(domain: string, zone: Zone): Finding {
  const subject = { check: 'domain', name: domain, expected: 'a name in public DNS' } as const;
  const { state, name } = zone;
  if (state === 'exists') {
    return finding({ ...subject, found: name === undefined ? 'exists' : `in the zone ${name}` });
  }
  if (state !== 'nxdomain') {
    return finding({ ...subject, found: describeFailure(state) }, failureRemark(state, domain));
  }
  return finding(
    { ...subject, found: `no such name (NXDOMAIN)${name === undefined ? '' : `; the nearest zone is ${name}`}` },
    { verdict: 'fail', problem: 'domain-missing', remedy: remedy(domain, name) },
  );
}

function remedy(domain: string, zone: string | undefined): string {
  return zone === undefined || !zone.includes('.')
    ? `Check that ${domain} is registered, and that its registrar has the name servers of its hosted zone.`
    : `Delegate ${domain} by NS records in ${zone} that name the servers of its hosted zone, or, if its records belong in ${zone}, write them there.`;
}
