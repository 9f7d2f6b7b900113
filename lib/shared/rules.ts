import {
  MAX_WAIT_SECONDS,
  ReplicaProperties,
  ResourceProperties,
  SettingsProperties,
  SIGNING_KEY_LENGTHS,
} from './contract';
import { isInZone, normalizeDomainName, notInZoneMessage } from './domain-name';
import { MAX_DMARC_LENGTH } from './mail-records';
import type { Notification } from './settings';

/** What is wrong with a value, and what to give instead, such as `is "x": give …`; undefined when it will do. */
export type Problem = string | undefined;

/** The properties that are known: all of them at deployment, those without tokens at synthesis. */
export type Known = {
  readonly [P in keyof (ResourceProperties & SettingsProperties & ReplicaProperties)]?: string;
};

/** What a property of a custom resource has to be, at synthesis as at deployment. */
export interface Rule {
  /** The prop that it comes from. */
  readonly prop: string;
  readonly isRequired?: (properties: Known) => boolean;
  readonly problem: (value: string, properties: Known) => Problem;
}

/** TTLs are 32-bit in DNS; Route 53 takes the same range. */
export const MAX_TTL = 2 ** 31 - 1;

/** The name of an AWS Region. */
export const REGION = /^[a-z]{2,4}(-[a-z]{1,15}){1,3}-\d{1,2}$/;

/** The form of a token of Easy DKIM, which is a label in DNS. */
export const DKIM_TOKEN = '[A-Za-z0-9][A-Za-z0-9_-]{0,62}';

export function isDkimToken(token: string): boolean {
  return new RegExp(`^${DKIM_TOKEN}$`).test(token);
}

export function regionProblem(region: string): Problem {
  return REGION.test(region) ? undefined : `is ${shown(region)}: give an AWS Region such as "eu-west-1"`;
}

/** Whether a MAIL FROM domain is strictly below the domain of the identity. Both are normalized. */
export function mailFromProblem(mailFrom: string, domainName: string): Problem {
  if (mailFrom === domainName) {
    return takesMailAway(mailFrom, 'the domain itself');
  }
  return mailFrom.endsWith(`.${domainName}`)
    ? undefined
    : `is ${shown(mailFrom)}, which is not below "${domainName}": give a name such as "bounce.${domainName}"`;
}

/** The problem of a MAIL FROM domain at a name that may receive mail. */
export function takesMailAway(name: string, what: string): string {
  return (
    `"${name}" is ${what}: the MX record of a MAIL FROM domain points to SES, so this name could no longer receive mail; ` +
    `give a name below it such as "bounce.${name}"`
  );
}

/**
 * What SES takes for a sending authorization policy: characters.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentityPolicy.html
 */
const MAX_SENDING_POLICY_LENGTH = 4_096;

export function sendingPolicyProblem(length: number): Problem {
  return length <= MAX_SENDING_POLICY_LENGTH
    ? undefined
    : `The sending policy has ${length} characters, but SES allows at most ${MAX_SENDING_POLICY_LENGTH}: ` +
        'grant to fewer principals, or to an organization instead of its accounts';
}

export function dmarcLengthProblem({ length }: string): Problem {
  return length <= MAX_DMARC_LENGTH
    ? undefined
    : `makes a record of ${length} characters, but at most ${MAX_DMARC_LENGTH} fit: give fewer or shorter addresses`;
}

/** A FIFO topic cannot be told from its Region alone. */
export function fifoProblem(topicArn: string): Problem {
  return topicArn.endsWith('.fifo')
    ? `is ${shown(topicArn)}, a FIFO topic, which SES cannot publish to: give a standard topic`
    : undefined;
}

const always = (): boolean => true;
const aFlag = (prop: string, isRequired?: () => boolean): Rule => oneOf(prop, ['true', 'false'], isRequired);

const A_WAIT: Rule = {
  prop: 'waitForVerification',
  problem: (text) => secondsProblem(text, MAX_WAIT_SECONDS),
};

const OF_BOTH = {
  DomainName: {
    prop: 'domainName',
    isRequired: always,
    problem: (name, { HostedZoneName: zone }) => policyNameProblem(name) ?? zoneProblem(name, zone),
  },
  SesRegion: { prop: 'sesRegion', isRequired: always, problem: regionProblem },
  RemovalPolicy: oneOf('removalPolicy', ['retain', 'destroy'], always),
  MailFromDomain: {
    prop: 'mailFrom.domainName',
    problem: (name, { DomainName }) =>
      policyNameProblem(name) ?? (DomainName === undefined ? undefined : mailFromProblem(name, DomainName)),
  },
} satisfies { readonly [P in keyof Known]: Rule };

/** The rules for a domain, in the order in which they are looked at. */
export const DOMAIN_RULES: { readonly [P in Exclude<keyof ResourceProperties, 'Tags' | 'Revision'>]-?: Rule } = {
  HostedZoneName: { prop: 'hostedZone', problem: nameProblem },
  ...OF_BOTH,
  HostedZoneId: matching('hostedZone', /^[A-Z0-9]{1,32}$/, 'the id of a hosted zone such as "Z0123456789ABCDEFGHIJ"'),
  Ttl: { prop: 'ttl', isRequired: always, problem: (text) => secondsProblem(text, MAX_TTL) },
  OverwriteRecords: aFlag('overwriteRecords', always),
  TakeOwnership: aFlag('takeOwnership'),
  SigningKeyLength: oneOf('signingKeyLength', SIGNING_KEY_LENGTHS),
  DelegationRoleArn: matching(
    'delegationRole',
    /^arn:[a-z-]{1,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
    'the ARN of an IAM role such as "arn:aws:iam::111122223333:role/mail"',
  ),
  WaitForVerification: A_WAIT,
  DmarcRecord: {
    prop: 'dmarc',
    problem: (text) =>
      dmarcLengthProblem(text) ??
      (/^v=DMARC1; p=(none|quarantine|reject)(; [!-~]+)*$/.test(text)
        ? undefined
        : `is ${shown(text)}: give a DMARC record such as "v=DMARC1; p=none"`),
  },
};

/** The rules for settings. */
export const SETTINGS_RULES: {
  readonly [P in Exclude<keyof SettingsProperties, 'Revision' | 'SendingPolicy'>]-?: Rule;
} = {
  ...OF_BOTH,
  MailFromBehavior: oneOf(
    'mailFrom.behaviorOnMxFailure',
    ['UseDefaultValue', 'RejectMessage'],
    ({ MailFromDomain }) => MailFromDomain !== undefined,
  ),
  ConfigurationSet: matching(
    'configurationSet',
    /^[A-Za-z0-9_-]{1,64}$/,
    'the name of a configuration set: up to 64 letters, digits, hyphens and underscores',
  ),
  FeedbackForwarding: aFlag('feedbackForwarding'),
  BounceTopic: aTopic('Bounce'),
  ComplaintTopic: aTopic('Complaint'),
  DeliveryTopic: aTopic('Delivery'),
  NotificationHeaders: aFlag('notifications.includeHeaders'),
  WaitForVerification: A_WAIT,
};

/** The rules for a replica. */
export const REPLICA_RULES: { readonly [P in Exclude<keyof ReplicaProperties, 'Tags' | 'Revision'>]-?: Rule } = {
  DomainName: OF_BOTH.DomainName,
  SesRegion: {
    prop: 'replicaRegions',
    isRequired: always,
    problem: (region, { ParentRegion }) => regionProblem(region) ?? ownRegionProblem(region, ParentRegion),
  },
  ParentRegion: OF_BOTH.SesRegion,
  RemovalPolicy: OF_BOTH.RemovalPolicy,
  WaitForVerification: A_WAIT,
};

function ownRegionProblem(region: string, parentRegion: string | undefined): Problem {
  return region === parentRegion
    ? `has ${shown(region)}, where the domain itself is: give other Regions only`
    : undefined;
}

function aTopic(type: Notification): Rule {
  return {
    prop: {
      Bounce: 'notifications.bounces',
      Complaint: 'notifications.complaints',
      Delivery: 'notifications.deliveries',
    }[type],
    problem: (arn, { SesRegion }) => fifoProblem(arn) ?? topicArnProblem(arn) ?? topicRegionProblem(arn, SesRegion),
  };
}

const topicArnProblem = malformed(
  /^arn:[a-z-]{1,20}:sns:[a-z0-9-]{1,50}:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  'the ARN of an SNS topic such as "arn:aws:sns:eu-west-1:111122223333:bounces"',
);

function topicRegionProblem(arn: string, sesRegion: string | undefined): Problem {
  return sesRegion === undefined || arn.split(':')[3] === sesRegion
    ? undefined
    : `is ${shown(arn)}: give the ARN of a topic in ${sesRegion}, because SES publishes only in its own Region`;
}

function matching(prop: string, pattern: RegExp, wanted: string): Rule {
  return { prop, problem: malformed(pattern, wanted) };
}

function malformed(pattern: RegExp, wanted: string): (value: string) => Problem {
  return (value) => (pattern.test(value) ? undefined : `is ${shown(value)}: give ${wanted}`);
}

function oneOf(prop: string, values: readonly string[], isRequired?: (properties: Known) => boolean): Rule {
  const wanted = values.map((each) => `"${each}"`).join(' or ');
  return {
    prop,
    isRequired,
    problem: (value) => (values.includes(value) ? undefined : `is ${shown(value)}: give ${wanted}`),
  };
}

/** @param written the Duration that was given, if it was one */
export function secondsProblem(text: string, most: number, written?: string): Problem {
  if (/^\d{1,10}$/.test(text) && Number(text) >= 1 && Number(text) <= most) {
    return undefined;
  }
  if (written !== undefined) {
    const inMinutes = most % 60 === 0 ? ` (${most / 60} minutes)` : '';
    return `is ${written}: give a Duration of whole seconds, from 1 to ${most}${inMinutes}`;
  }
  const inSeconds = /^\d{1,20}(\.\d{1,20})?$/.test(text) ? `${text} seconds` : shown(text);
  return `is ${inSeconds}: give a whole number of seconds from 1 to ${most}`;
}

function nameProblem(name: string): Problem {
  try {
    normalizeDomainName(name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** IAM policies compare a name as it was given, and Route 53 and SES know its normal form. */
function policyNameProblem(name: string): Problem {
  const problem = nameProblem(name);
  if (problem !== undefined || normalizeDomainName(name) === name) {
    return problem;
  }
  return (
    `is ${shown(name)}: give ${shown(normalizeDomainName(name))}. A name that is known only at deployment must be in ` +
    'lower case, in ASCII and without a trailing dot, because IAM policies compare it as it is'
  );
}

function zoneProblem(name: string, zone: string | undefined): Problem {
  const zoneName = zone && normalizeDomainName(zone);
  return zoneName === undefined || isInZone(name, zoneName) ? undefined : notInZoneMessage(name, zoneName);
}

/** A value as an error shows it: never too long. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  }
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
