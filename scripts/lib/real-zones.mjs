import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { register } from 'tsx/cjs/api';
import { root } from './project.mjs';

export const REGION = 'eu-west-1';
export const TOKENS = ['a', 'b', 'c'].map((letter) => letter.repeat(32));

const HOST = 'dkim.amazonses.com';
const require = createRequire(import.meta.url);

/** The zone files of all domains that are checked, by zone. */
export function zoneFiles() {
  const key = publicKey(2048);
  return {
    com: zone('com', [
      // Nobody serves it: a server that holds "com" refers to names that do not answer.
      'elsewhere.com. 60 IN NS ns1.elsewhere.com.',
      'ns1.elsewhere.com. 60 IN A 127.0.0.2',
    ]),
    'amazonses.com': zone('amazonses.com', [
      'amazonses.com. 60 IN TXT "v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 -all"',
      `feedback-smtp.${REGION}.amazonses.com. 60 IN A 192.0.2.25`,
      // As SES has it: one active key, and two empty selectors.
      `${TOKENS[0]}.${HOST}. 60 IN TXT ${strings(`p=${key}`)}`,
      ...TOKENS.slice(1).map((token) => `${token}.${HOST}. 60 IN TXT ""`),
    ]),
    'example.com': zone('example.com', constructZoneFile('example.com').split('\n')),
    'broken.com': zone('broken.com', [
      `${TOKENS[0]}._domainkey.broken.com. 60 IN CNAME ${TOKENS[0]}.${HOST}.`,
      `${TOKENS[1]}._domainkey.broken.com. 60 IN CNAME ${TOKENS[1]}.${HOST}.broken.com.`,
      'bounce.broken.com. 60 IN MX 10 feedback-smtp.eu-west-9.amazonses.com.',
      'bounce.broken.com. 60 IN TXT "v=spf1 include:amazonses.com ip4:0.0.0.0/1 ip4:128.0.0.0/1 ~all"',
      '_dmarc.broken.com. 60 IN TXT "v=DMARC1; rua=mailto:d@example.com; np=quarantine; pct=20"',
    ]),
    'hostile.com': zone('hostile.com', [
      // A DNAME, by which all names below lead to those of another domain.
      '_domainkey.hostile.com. 60 IN DNAME _domainkey.example.com.',
      'bounce.hostile.com. 60 IN MX 10 mx.example.com.',
      'bounce.hostile.com. 60 IN TXT "v=spf1 include:amazonses.com \\027]0;owned\\007 \\194\\155 ~all"',
      ...Array.from({ length: 90 }, (_, n) => `bounce.hostile.com. 60 IN TXT "${`${n}`.padEnd(250, 'x')}"`),
      '_dmarc.hostile.com. 60 IN TXT "v=DMARC1; p=reject; \\226\\128\\174rua=mailto:d@example.com; caf\\195\\169=1"',
    ]),
  };
}

/** What the construct puts out for a domain whose DNS is elsewhere, with a DMARC record of several strings. */
function constructZoneFile(domainName) {
  register();
  const { App, CfnParameter, Stack } = require('aws-cdk-lib');
  const { DmarcPolicy, EasyDkimDomain } = require(join(root, 'lib'));
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Zone', { env: { account: '123456789012', region: REGION } });
  const later = new CfnParameter(stack, 'Address').valueAsString;
  new EasyDkimDomain(stack, 'Mail', {
    domainName,
    mailFrom: { domainName: `bounce.${domainName}` },
    dmarc: {
      policy: DmarcPolicy.REJECT,
      nonExistentSubdomainPolicy: DmarcPolicy.REJECT,
      rua: [...Array.from({ length: 9 }, (_, n) => `dmarc-reports-${n}@${domainName}`), later],
    },
  });
  const { Outputs } = app.synth().getStackByName('Zone').template;
  const { 'Fn::Join': join_ } = Object.values(Outputs)[0].Value;
  return join_[1].map((part) => deployed(part, domainName)).join('');
}

/** What CloudFormation makes of a part of the output. */
function deployed(part, domainName) {
  if (typeof part === 'string') return part;
  const attribute = part['Fn::GetAtt']?.[1];
  if (attribute === undefined) return `${'later'.repeat(12)}@${domainName}`;
  const token = TOKENS[Number(attribute.at(-1)) - 1];
  if (attribute.startsWith('DkimRecordName')) return `${token}._domainkey.${domainName}`;
  return attribute.startsWith('DkimRecordValue') ? `${token}.${HOST}` : domainName;
}

function zone(name, records) {
  return [
    '$TTL 60',
    `${name}. 60 IN SOA ns1.${name}. hostmaster.${name}. 1 7200 900 1209600 60`,
    `${name}. 60 IN NS ns1.${name}.`,
    `ns1.${name}. 60 IN A 127.0.0.1`,
    ...records,
    '',
  ].join('\n');
}

function strings(text) {
  return text
    .match(/.{1,255}/g)
    .map((one) => `"${one}"`)
    .join(' ');
}

function publicKey(modulusLength) {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}
