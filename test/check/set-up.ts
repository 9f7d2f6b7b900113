import { generateKeyPairSync } from 'node:crypto';
import type { Records, ZoneData } from './dns-server';

export const DOMAIN = 'example.com';
export const MAIL_FROM = 'bounce.example.com';
export const REGION = 'eu-west-1';
export const TOKENS = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];
export const DKIM_HOST = 'dkim.amazonses.com';

/** A public key as it stands in DNS. */
export function publicKey(bits: number): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

export const KEY = `p=${publicKey(2048)}`;

/** The name of a DKIM record. */
export function recordName(token: string, domain = DOMAIN): string {
  return `${token}._domainkey.${domain}`;
}

/** All that SES and receivers want to see. Names may be given anew, or taken away. */
export function rightSetUp(changes: { readonly [name: string]: Records | undefined } = {}): ZoneData {
  const right: ZoneData = {
    com: { SOA: true },
    'amazonses.com': { SOA: true, TXT: ['v=spf1 ip4:199.255.192.0/22 -all'] },
    ...Object.fromEntries(
      [REGION, 'us-east-1'].map((region) => [`feedback-smtp.${region}.amazonses.com`, { A: ['192.0.2.25'] }]),
    ),
    [DOMAIN]: { SOA: true },
    [MAIL_FROM]: {
      MX: [[10, `feedback-smtp.${REGION}.amazonses.com`]],
      TXT: ['v=spf1 include:amazonses.com ~all'],
    },
    [`_dmarc.${DOMAIN}`]: { TXT: ['v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com'] },
    ...Object.fromEntries(TOKENS.flatMap((token) => dkim(token))),
  };
  const entries = Object.entries({ ...right, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, Records] => entry[1] !== undefined));
}

/** A DKIM record and the key that it leads to. */
export function dkim(token: string, { domain = DOMAIN, host = DKIM_HOST, key = KEY } = {}): [string, Records][] {
  const target = `${token}.${host}`;
  return [
    [recordName(token, domain), { CNAME: target }],
    [target, { TXT: [key] }],
  ];
}
