import { GetEmailIdentityCommand, ListEmailIdentitiesCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { finding, type Finding } from './report';

/** An identity of one address. */
export interface AddressIdentity {
  readonly address: string;
  /** DKIM is set up for it, and signs. */
  readonly signs: boolean;
}

/** The identities of addresses in a domain. */
export type AddressIdentities =
  | { readonly state: 'known'; readonly all: readonly AddressIdentity[]; readonly isWhole: boolean }
  | { readonly state: 'unavailable'; readonly reason: string };

/** SES has 10,000 identities in a Region at most. */
const PAGE_SIZE = 1_000;
const MAX_PAGES = 10;

/** Each takes a call, and SES answers one a second. */
const MAX_ADDRESSES = 10;

/** Asks SES for the verified addresses of a domain. */
export async function readAddresses(client: SESv2Client, domain: string): Promise<AddressIdentities> {
  try {
    const names = await listAddresses(client, domain);
    const all: AddressIdentity[] = [];
    for (const address of names.slice(0, MAX_ADDRESSES)) {
      const { DkimAttributes: dkim } = await client.send(new GetEmailIdentityCommand({ EmailIdentity: address }));
      all.push({ address, signs: dkim?.SigningEnabled === true && dkim.Status === 'SUCCESS' });
    }
    return { state: 'known', all, isWhole: names.length <= MAX_ADDRESSES };
  } catch (error) {
    return { state: 'unavailable', reason: (error as Error).name };
  }
}

async function listAddresses(client: SESv2Client, domain: string): Promise<string[]> {
  const names: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES && (page === 0 || token !== undefined); page += 1) {
    const answer = await client.send(new ListEmailIdentitiesCommand({ PageSize: PAGE_SIZE, NextToken: token }));
    const addresses = (answer.EmailIdentities ?? []).filter(({ IdentityType, VerificationStatus }) => {
      return IdentityType === 'EMAIL_ADDRESS' && VerificationStatus === 'SUCCESS';
    });
    names.push(...addresses.map(({ IdentityName = '' }) => IdentityName));
    token = answer.NextToken;
  }
  return names.filter((name) => name.toLowerCase().endsWith(`@${domain}`));
}

/**
 * Judges the identities of addresses, whose DKIM settings come before those of their domain.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-dkim.html
 */
export function judgeAddresses(name: string, addresses: AddressIdentities | undefined): Finding[] {
  if (addresses === undefined) return [];
  const subject = { check: 'ses-addresses', name, expected: 'no verified address that signs otherwise' } as const;
  if (addresses.state === 'unavailable') {
    return [
      finding(
        { ...subject, found: `not looked at: ${addresses.reason}` },
        {
          verdict: 'pass',
          problem: 'denied',
          remedy: 'Allow ses:ListEmailIdentities to check identities of single addresses as well.',
        },
      ),
    ];
  }
  const { all, isWhole } = addresses;
  const unsigned = all.filter(({ signs }) => !signs).map(({ address }) => address);
  const found =
    all.length === 0 ? 'none' : all.map((one) => `${one.address}${one.signs ? '' : ', without DKIM'}`).join('; ');
  return [
    finding(
      { ...subject, found: isWhole ? found : `${found}; and more` },
      ...(unsigned.length === 0
        ? []
        : [
            {
              verdict: 'warn',
              problem: 'overridden',
              remedy: `Delete the identity of ${unsigned.join(', ')}, or turn on DKIM for it: mail from there is not signed, whatever the identity of the domain does.`,
            } as const,
          ]),
    ),
  ];
}
