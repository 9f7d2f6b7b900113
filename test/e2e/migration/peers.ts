/** The constructs that domains are moved from, as their users deploy them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

/** A domain at the top of its hosted zone. `tokens` are those that the emulator's SES gives it. */
export interface Domain {
  readonly name: string;
  readonly zoneId: string;
  readonly tokens: readonly string[];
}

type Construction = new (scope: Construct, id: string, props: object) => Construct;

/** By the name of the stack: what adds the construct to it. */
export const PEERS: { readonly [stack: string]: (stack: Stack, domain: Domain) => Construct } = {
  EmailIdentity(stack, domain) {
    const identity = new ses.EmailIdentity(stack, 'Domain', {
      identity: ses.Identity.publicHostedZone(zone(stack, domain)),
    });
    // The emulator's AWS::SES::EmailIdentity does not give the records' names and values: put in what SES gives.
    domain.tokens.forEach((token, index) => {
      const record = identity.node.findChild(`DkimDnsToken${index + 1}`) as route53.CfnRecordSet;
      record.name = `${token}._domainkey.${domain.name}`;
      record.resourceRecords = [`${token}.dkim.amazonses.com`];
    });
    return identity;
  },

  VerifySesDomain(stack, { name, zoneId }) {
    const { VerifySesDomain } = peer('@seeebiii/ses-verify-identities');
    return new VerifySesDomain(stack, 'Domain', { domainName: name, hostedZoneId: zoneId });
  },

  DnsValidatedDomainIdentity(stack, domain) {
    const { DnsValidatedDomainIdentity } = peer('aws-cdk-ses-domain-identity');
    const identity = new DnsValidatedDomainIdentity(stack, 'Domain', {
      domainName: domain.name,
      hostedZone: zone(stack, domain),
      dkim: true,
    });
    const handler = identity.node.findChild('DomainIdentityRequestorFunction') as Function;
    // The SDK v2 knows no URL of SES alone.
    handler.addEnvironment('AWS_ENDPOINT_URL', process.env.AWS_ENDPOINT_URL_SES!);
    handler.addEnvironment('NODE_PATH', join(process.env.MIGRATION_OLD_SDK!, 'node_modules'));
    handler.addEnvironment('NODE_OPTIONS', `--require ${join(__dirname, 'old-sdk.js')}`);
    return identity;
  },
};

export function zone(stack: Stack, domain: Domain): route53.IPublicHostedZone {
  return route53.PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: domain.zoneId,
    zoneName: domain.name,
  });
}

function peer(name: string): Record<string, Construction> {
  return createRequire(join(process.env.MIGRATION_PEERS!, 'package.json'))(name) as Record<string, Construction>;
}
