import { feedbackHost, feedbackRegion } from '../lib/shared/mail-records';
import { theRecord } from '../lib/shared/remedies';
import { describeFailure, failureRemark, type Dns, type Lookup, type MxRecord } from './dns';
import { finding, letSesBeAskedOrGive, type Finding } from './report';

const SUBJECT = { check: 'mail-from', expected: 'a MAIL FROM domain below the domain' } as const;

/** SES sends from its own domain: SPF passes, but for another domain than the sender's. */
export function noMailFrom(domain: string): Finding {
  return finding(
    { ...SUBJECT, name: domain, found: 'none: SES uses one under amazonses.com' },
    {
      verdict: 'warn',
      problem: 'no-mail-from',
      remedy: `Set a custom MAIL FROM domain such as bounce.${domain}: without one SPF is not aligned, and DMARC relies on DKIM alone.`,
    },
  );
}

export function unknownMailFrom(domain: string, sesIsAsked: boolean): Finding {
  return finding(
    { ...SUBJECT, name: domain, found: 'not known: only SES knows it' },
    {
      verdict: 'unknown',
      problem: 'not-given',
      remedy: `${letSesBeAskedOrGive(sesIsAsked)} --mail-from, or --no-mail-from if there is none.`,
    },
  );
}

/** The MX records of a MAIL FROM domain, and the addresses of the host of the first one. */
export interface MailFromView {
  readonly mx: Lookup<MxRecord>;
  /** Absent when there is no MX record. */
  readonly addresses?: Lookup<string>;
}

/** Looks up the MX record of a MAIL FROM domain, and the host that it leads to. */
export async function readMailFrom(dns: Dns, mailFrom: string): Promise<MailFromView> {
  const mx = await dns.mx(mailFrom);
  return mx.state === 'found' ? { mx, addresses: await dns.addresses(mx.records[0].exchange) } : { mx };
}

/**
 * Judges the MX record of the MAIL FROM domain.
 *
 * One of another Region is let pass with a warning: identities in several Regions may share a MAIL FROM
 * domain, whose one record then names the endpoint of one of them.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
 */
export function judgeMx(mailFrom: string, { mx, addresses }: MailFromView, region: string | undefined): Finding {
  const host = feedbackHost(region ?? '<Region>');
  const subject = { check: 'mail-from', name: mailFrom, expected: `MX 10 ${host}, and no other` } as const;
  const wanted = theRecord({ name: mailFrom, type: 'MX', value: `10 ${host}` });

  if (mx.state === 'failed') {
    return finding({ ...subject, found: describeFailure(mx.problem) }, failureRemark(mx.problem, mailFrom));
  }
  if (mx.state === 'absent') {
    return finding(
      { ...subject, found: 'no MX record' },
      { verdict: 'fail', problem: 'missing', remedy: `Create ${wanted}.` },
    );
  }
  const [{ exchange }, ...others] = mx.records;
  const found = {
    ...subject,
    found: `MX ${mx.records.map((one) => `${one.priority} ${one.exchange || '.'}`).join(', ')}`,
  };
  if (others.length > 0) {
    return finding(found, {
      verdict: 'fail',
      problem: 'doubled',
      remedy: `Leave only ${wanted}: SES requires exactly one.`,
    });
  }
  const foundRegion = feedbackRegion(exchange);
  if (foundRegion === undefined) {
    return finding(found, { verdict: 'fail', problem: 'wrong-host', remedy: `Change it to ${wanted}.` });
  }
  if (addresses?.state === 'absent') {
    return finding(found, {
      verdict: 'fail',
      problem: 'host-missing',
      remedy: `Change it to the host of a Region that SES is in: DNS does not know ${exchange}, so bounces cannot be delivered.`,
    });
  }
  return finding(
    found,
    ...(addresses?.state === 'failed' ? [failureRemark(addresses.problem, exchange)] : []),
    ...(region !== undefined && foundRegion !== region
      ? [
          {
            verdict: 'warn',
            problem: 'other-region',
            remedy: `Change it to ${wanted}, unless an identity in ${foundRegion} shares this MAIL FROM domain.`,
          } as const,
        ]
      : []),
  );
}
