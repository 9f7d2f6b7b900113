import { join } from 'node:path';
import { root } from '../scripts/lib/project.mjs';
import { step } from '../scripts/lib/steps.mjs';
import { folder } from './install.mjs';
import { runCase } from './sample.mjs';

/** What is called again and again until it says what it should. */
const POLLS = [
  'GetChange',
  'GetIdentityVerificationAttributes until verified',
  'GetIdentityDkimAttributes until verified',
];

/**
 * Read in the peers' code, each record of CloudFormation's own taken as one call: what its resource
 * handlers call besides cannot be seen. EmailIdentity has no Lambda: all its calls are of that kind.
 */
const FROM_SOURCE = {
  verifySesDomain: {
    create: [
      'VerifyDomainIdentity',
      'VerifyDomainDkim',
      ...Array(2).fill('SetIdentityNotificationTopic'),
      ...Array(3).fill('ChangeResourceRecordSets by CloudFormation'),
    ],
    update: ['VerifyDomainIdentity', 'VerifyDomainDkim'],
    delete: ['DeleteIdentity', ...Array(3).fill('ChangeResourceRecordSets by CloudFormation')],
  },
  dnsValidated: {
    create: [
      'VerifyDomainIdentity',
      'ListResourceRecordSets',
      'ChangeResourceRecordSets',
      'GetChange',
      'GetIdentityVerificationAttributes until verified',
      'VerifyDomainDkim',
      'ChangeResourceRecordSets',
      'GetChange',
      'GetIdentityDkimAttributes until verified',
    ],
    update: [],
    delete: [
      'GetIdentityDkimAttributes',
      'SetIdentityDkimEnabled',
      'ChangeResourceRecordSets',
      'GetIdentityVerificationAttributes',
      'DeleteIdentity',
      'ListResourceRecordSets',
      'ChangeResourceRecordSets',
    ],
  },
};

/** The calls to AWS for one domain on create, on an update that changes nothing, and on delete. */
export async function measureCalls() {
  const ours = await step('Calls to AWS', () =>
    runCase({
      name: 'Calls to AWS',
      file: new URL('lambda-calls.mjs', import.meta.url).pathname,
      flags: ['--import', 'tsx'],
      options: { bundle: join(folder, 'node_modules/cdk-ses-easy-dkim/dist/handler/index.js') },
      cwd: root,
    }),
  );
  const { plain, authenticated, ...special } = ours;
  return { ours: plain, oursAuthenticated: authenticated, special, ...FROM_SOURCE };
}

/** How many calls there are, and how many besides polling. */
export function countCalls(operations) {
  return { all: operations.length, besidesPolling: operations.filter((name) => !POLLS.includes(name)).length };
}
