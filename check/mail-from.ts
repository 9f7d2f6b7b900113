import { describeFailure, failureRemark, type Lookup, type MxRecord } from './dns';
import { finding, letSesBeAskedOrGive, type Finding } from './report';

/** The feedback endpoint of a Region, to which receivers return what they cannot deliver. */
const FEEDBACK_HOST = /^feedback-smtp\.([a-z0-9-]+)\.amazonses\.(com|eu)$/;

const SUBJECT = { check: 'mail-from', expected: 'a MAIL FROM domain below the domain' } as const;

/** SES sends from its own domain: SPF passes, but for another domain than the sender's. */
export function noMailFrom(domain: string): Finding {
  return finding(
    { ...SUBJECT, name: domain, found: 'none: SES uses one under amazonses.com' },
    {
      verdict: 'warn',
      problem: 'no-mail-from',
      remedy: `Set a custom MAIL FROM domain such as bounce.${domain}: without one SPF is not aligned, and DMARC rests on DKIM alone.`,
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

/**
 * Judges the MX record of the MAIL FROM domain.
 *
 * One of another Region is let pass with a warning: identities in several Regions may share a MAIL FROM
 * domain, whose one record then names the endpoint of one of them.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
 */
export function judgeMx(mailFrom: string, lookup: Lookup<MxRecord>, region: string | undefined): Finding {
  const host = `feedback-smtp.${region ?? '<Region>'}.amazonses.com`;
  const subject = { check: 'mail-from', name: mailFrom, expected: `MX 10 ${host}, and no other` } as const;
  const wanted = `the MX record ${mailFrom} → 10 ${host}`;

  if (lookup.state === 'failed') {
    return finding({ ...subject, found: describeFailure(lookup.problem) }, failureRemark(lookup.problem, mailFrom));
  }
  if (lookup.state === 'absent') {
    return finding(
      { ...subject, found: 'no MX record' },
      { verdict: 'fail', problem: 'missing', remedy: `Create ${wanted}.` },
    );
  }
  const [{ exchange }, ...others] = lookup.records;
  const found = `MX ${lookup.records.map((mx) => `${mx.priority} ${mx.exchange || '.'}`).join(', ')}`;
  if (others.length > 0) {
    return finding(
      { ...subject, found },
      { verdict: 'fail', problem: 'doubled', remedy: `Leave only ${wanted}: SES wants exactly one.` },
    );
  }
  const foundRegion = FEEDBACK_HOST.exec(exchange)?.[1];
  if (foundRegion === undefined) {
    return finding(
      { ...subject, found },
      { verdict: 'fail', problem: 'wrong-host', remedy: `Change it to ${wanted}.` },
    );
  }
  if (region !== undefined && foundRegion !== region) {
    return finding(
      { ...subject, found },
      {
        verdict: 'warn',
        problem: 'other-region',
        remedy: `Change it to ${wanted}, unless an identity in ${foundRegion} shares this MAIL FROM domain.`,
      },
    );
  }
  return finding({ ...subject, found });
}
