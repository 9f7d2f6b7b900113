import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { root } from './project.mjs';
import { run } from './run.mjs';

const CHECK = join(root, 'dist/check/cli.js');

/** What SES publishes for SPF, shortened. */
const SES_SPF = 'v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 -all';

/**
 * Runs the check of this project, as users do, on a domain of the emulator: with a DNS server on loopback that has
 * the records of its hosted zone, and what SES would publish.
 *
 * @returns {Promise<string>} the table
 */
export async function checkOnLoopback(domain, { zoneName, records, environment }) {
  const { tsImport } = await import('tsx/esm/api');
  const { DnsServerOnLoopback } = await tsImport('../../test/check/dns-server.ts', import.meta.url);
  const { readTxt } = await tsImport('../../lib/shared/txt-value.ts', import.meta.url);
  const dns = await DnsServerOnLoopback.start();
  try {
    dns.serve({ ...publishedBySes(records, environment.AWS_REGION), ...served(zoneName, records, readTxt) });
    const args = [CHECK, 'check', domain, '--region', environment.AWS_REGION, '--resolver', dns.address];
    return await run('cdk-ses-easy-dkim check', process.execPath, args, { env: environment });
  } finally {
    await dns.stop();
  }
}

/** The records of the hosted zone, in the form that the DNS server takes. */
function served(zoneName, records, readTxt) {
  const zone = { [zoneName]: { SOA: true } };
  for (const { name, type, values } of records) {
    zone[name] = { ...zone[name], [type]: FORMS[type](values, readTxt) };
  }
  return zone;
}

const FORMS = {
  CNAME: ([value]) => value,
  TXT: (values, readTxt) => values.map(readTxt),
  MX: (values) =>
    values.map((value) => {
      const [priority, host] = value.split(' ');
      return [Number(priority), host];
    }),
};

/** A public key where each DKIM record leads to, the SPF record that others include, and the host for bounces. */
function publishedBySes(records, region) {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = `p=${publicKey.export({ format: 'der', type: 'spki' }).toString('base64')}`;
  const targets = records.filter(({ type }) => type === 'CNAME').map(({ values: [target] }) => target);
  return {
    'amazonses.com': { SOA: true, TXT: [SES_SPF] },
    [`feedback-smtp.${region}.amazonses.com`]: { A: ['192.0.2.25'] },
    ...Object.fromEntries(targets.map((target) => [target, { TXT: [key] }])),
  };
}
