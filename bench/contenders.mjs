import { dirname, join } from 'node:path';

/**
 * Who is compared. Each sets up SES Easy DKIM for a domain, with the records in the domain's own
 * hosted zone, by as little as it takes: what a construct does besides is off where a prop allows it.
 *
 * `load` takes the `require` of the folder in which the packages are installed, and returns what
 * adds one domain to a stack.
 */
export const CONTENDERS = [
  {
    key: 'ours',
    name: 'EasyDkimDomain',
    package: 'cdk-ses-easy-dkim',
    load(require) {
      const { EasyDkimDomain } = require(process.env.BENCH_OURS ?? 'cdk-ses-easy-dkim');
      return (stack, id, { domainName, ...zone }, { outputs = false }) =>
        new EasyDkimDomain(stack, id, { hostedZone: importZone(require, stack, id, zone), domainName, outputs });
    },
  },
  {
    key: 'emailIdentity',
    name: 'EmailIdentity',
    package: 'aws-cdk-lib',
    load(require) {
      const ses = require('aws-cdk-lib/aws-ses');
      return (stack, id, zone) =>
        new ses.EmailIdentity(stack, id, {
          identity: ses.Identity.publicHostedZone(importZone(require, stack, id, zone)),
        });
    },
  },
  {
    key: 'verifySesDomain',
    name: 'VerifySesDomain',
    package: '@seeebiii/ses-verify-identities',
    load(require) {
      const { VerifySesDomain } = require('@seeebiii/ses-verify-identities');
      return (stack, id, { domainName, zoneId: hostedZoneId, zoneName: hostedZoneName }) =>
        new VerifySesDomain(stack, id, {
          domainName,
          hostedZoneId,
          hostedZoneName,
          addTxtRecord: false,
          addMxRecord: false,
        });
    },
  },
  {
    key: 'dnsValidated',
    name: 'DnsValidatedDomainIdentity',
    package: 'aws-cdk-ses-domain-identity',
    load(require) {
      const { DnsValidatedDomainIdentity } = require('aws-cdk-ses-domain-identity');
      return (stack, id, { domainName, ...zone }) =>
        new DnsValidatedDomainIdentity(stack, id, {
          domainName,
          hostedZone: importZone(require, stack, id, zone),
          dkim: true,
        });
    },
  },
];

/**
 * The same with what mailbox providers ask for besides DKIM: a MAIL FROM domain with its MX and SPF
 * records, a DMARC record, and a default configuration set. The other two have no MAIL FROM domain.
 */
export const AUTHENTICATED = [
  {
    key: 'oursAuthenticated',
    name: 'EasyDkimDomain',
    load(require) {
      const { EasyDkimDomain } = require(process.env.BENCH_OURS ?? 'cdk-ses-easy-dkim');
      return (stack, id, { domainName, ...zone }) =>
        new EasyDkimDomain(stack, id, {
          hostedZone: importZone(require, stack, id, zone),
          domainName,
          mailFrom: { domainName: `bounce.${domainName}` },
          dmarc: {},
          configurationSet: configurationSet(require, stack, id),
          outputs: false,
        });
    },
  },
  {
    key: 'emailIdentityAuthenticated',
    name: 'EmailIdentity and a TxtRecord',
    load(require) {
      const ses = require('aws-cdk-lib/aws-ses');
      const { TxtRecord } = require('aws-cdk-lib/aws-route53');
      return (stack, id, { domainName, ...others }) => {
        const zone = importZone(require, stack, id, others);
        new ses.EmailIdentity(stack, id, {
          identity: ses.Identity.publicHostedZone(zone),
          mailFromDomain: `bounce.${domainName}`,
          configurationSet: configurationSet(require, stack, id),
        });
        new TxtRecord(stack, `${id}Dmarc`, { zone, recordName: '_dmarc', values: ['v=DMARC1; p=none'] });
      };
    },
  },
];

/** What the contenders are measured against. */
export const BASELINES = [
  { key: 'empty', name: 'an empty stack', load: () => () => {} },
  {
    key: 'lambda',
    name: 'one plain Lambda with a role',
    load(require) {
      const lambda = require('aws-cdk-lib/aws-lambda');
      return (stack, id, zone) => {
        // The user's hosted zone is there in any case.
        importZone(require, stack, id, zone);
        new lambda.Function(stack, id, {
          runtime: lambda.Runtime.NODEJS_22_X,
          handler: 'index.handler',
          // The same code as ours, since its files have to be read and copied.
          code: lambda.Code.fromAsset(join(dirname(require.resolve('cdk-ses-easy-dkim')), 'handler')),
        });
      };
    },
  },
];

function importZone(require, stack, id, { zoneId: hostedZoneId, zoneName }) {
  const { PublicHostedZone } = require('aws-cdk-lib/aws-route53');
  return PublicHostedZone.fromPublicHostedZoneAttributes(stack, `${id}Zone`, { hostedZoneId, zoneName });
}

function configurationSet(require, stack, id) {
  return require('aws-cdk-lib/aws-ses').ConfigurationSet.fromConfigurationSetName(stack, `${id}Set`, 'main');
}
