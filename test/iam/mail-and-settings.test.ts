import type { ResourceProperties, SettingsProperties } from '../../lib/shared/contract';
import { DOMAIN, properties, REGION, World, ZONE } from '../support/stack';
import { ALL, MAIL_FROM, settingsOf } from '../support/settings';
import { addOtherAccount, OTHER_ZONE, ROLE, type Template } from './guard';
import { GuardedStack } from './guarded-stack';

const RENAMED = `return.${DOMAIN}`;
const BELOW = `mail.${DOMAIN}`;
const MAIL = { MailFromDomain: MAIL_FROM };
const DMARC = { DmarcRecord: 'v=DMARC1; p=none' };

/** What the construct makes of props: with a MAIL FROM domain there are settings. */
function template(domain: Partial<ResourceProperties>, settings?: Partial<SettingsProperties>): Template {
  const given = properties(domain);
  const { DomainName, SesRegion, RemovalPolicy, MailFromDomain } = given;
  const of = { DomainName, SesRegion, RemovalPolicy };
  const mailFrom = MailFromDomain && { MailFromDomain, MailFromBehavior: 'UseDefaultValue' as const };
  return { domain: given, ...((mailFrom || settings) && { settings: { ...settings, ...of, ...mailFrom } }) };
}

const { ConfigurationSet, FeedbackForwarding, BounceTopic, ComplaintTopic, DeliveryTopic, NotificationHeaders } = ALL;
const SendingPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'ses:SendEmail',
      Principal: { AWS: '222222222222' },
      Resource: `arn:aws:ses:${REGION}:111111111111:identity/${DOMAIN}`,
    },
  ],
};
const notifications = { BounceTopic, ComplaintTopic, DeliveryTopic, NotificationHeaders };
const everything = (domain: Partial<ResourceProperties> = {}) =>
  template({ ...MAIL, ...DMARC, ...domain }, { ConfigurationSet, FeedbackForwarding, ...notifications });

const TEMPLATES = {
  'DKIM alone': template({}),
  'MAIL FROM': template(MAIL),
  DMARC: template(DMARC),
  'MAIL FROM and DMARC': template({ ...MAIL, ...DMARC }),
  'another MAIL FROM and DMARC': template({ MailFromDomain: RENAMED, DmarcRecord: 'v=DMARC1; p=reject' }),
  'another TTL': template({ ...MAIL, ...DMARC, Ttl: '60' }),
  notifications: template({}, notifications),
  'a configuration set': template({}, { ConfigurationSet: 'other' }),
  'feedback forwarding': template({}, { FeedbackForwarding: 'true' }),
  'a sending policy': template({}, { SendingPolicy }),
  everything: everything(),
  'everything, retained': everything({ RemovalPolicy: 'retain' }),
  'everything, at another DNS provider': everything({ HostedZoneId: undefined, HostedZoneName: undefined }),
  'everything, in another zone': everything({ HostedZoneId: 'Z0SECOND' }),
  'everything, in a zone of another account': everything({ HostedZoneId: OTHER_ZONE, DelegationRoleArn: ROLE }),
  'everything, of another domain': everything({ DomainName: BELOW, MailFromDomain: `bounce.${BELOW}` }),
  'MAIL FROM and DMARC, in another Region': template({ ...MAIL, ...DMARC, SesRegion: 'us-east-1' }),
};
type Name = keyof typeof TEMPLATES;

const ALL_PROPS: Name = 'everything';
const UPDATES: [Name, Name][] = [
  ...(Object.keys(TEMPLATES) as Name[])
    .filter((name) => name !== ALL_PROPS)
    .flatMap((name): [Name, Name][] => [
      [ALL_PROPS, name],
      [name, ALL_PROPS],
    ]),
  ['DKIM alone', 'MAIL FROM and DMARC'],
  ['MAIL FROM and DMARC', 'DKIM alone'],
  ['MAIL FROM', 'DMARC'],
  ['DMARC', 'MAIL FROM'],
  ['MAIL FROM and DMARC', 'another MAIL FROM and DMARC'],
  ['MAIL FROM and DMARC', 'another TTL'],
  ['MAIL FROM and DMARC', 'MAIL FROM and DMARC, in another Region'],
  ['notifications', 'a configuration set'],
  ['feedback forwarding', 'notifications'],
  ['a sending policy', 'a configuration set'],
];

describe('the role of the Lambda may do all that the handler does for MAIL FROM, DMARC and settings', () => {
  let world: World;
  let stack: GuardedStack;
  let others: string[];

  beforeEach(async () => {
    world = await World.start();
    world.fake.addZone({ id: 'Z0SECOND', name: DOMAIN });
    addOtherAccount(world);
    for (const zone of [ZONE, 'Z0SECOND', OTHER_ZONE]) {
      // Their record sets, which have to be replaced to have ours, too.
      for (const name of [MAIL_FROM, RENAMED, `_dmarc.${DOMAIN}`]) {
        world.fake.putRecord(zone, { name, type: 'TXT', ttl: 300, values: ['"theirs"'] });
      }
    }
    for (const set of ['main', 'other']) {
      world.fake.addConfigurationSet(REGION, set);
    }
    others = world.holdings();
    stack = new GuardedStack(world, [MAIL_FROM, RENAMED]);
  });

  afterEach(() => world.stop());

  function expectAllDone(): void {
    expect(stack.guard.refused).toEqual([]);
    expect(stack.answers.filter(({ status }) => status === 'FAILED')).toEqual([]);
  }

  test.each(UPDATES)('%s, update to %s, clean up, delete', async (from, to) => {
    await stack.create(TEMPLATES[from]);
    await stack.update(TEMPLATES[to]);
    await stack.cleanUp();
    await stack.delete();

    expectAllDone();
  });

  test.each(UPDATES)('%s, update to %s, roll back, delete', async (from, to) => {
    await stack.create(TEMPLATES[from]);
    await stack.update(TEMPLATES[to]);
    await stack.rollBack();
    await stack.delete();

    expectAllDone();
    expect(world.holdings().length > others.length).toBe(from.includes('retained'));
  });

  test('a record set of others, which it shares and gives back', async () => {
    await stack.create(TEMPLATES.everything);
    expect(world.holdings()).toContain(`${ZONE} ${MAIL_FROM} 300 TXT "theirs" "v=spf1 include:amazonses.com ~all"`);
    await stack.delete();

    expectAllDone();
    expect(world.holdings()).toEqual(others);
  });

  test.each(['everything', 'everything, retained', 'everything, in a zone of another account'] as const)(
    'undoing a Create that fails half way: %s',
    async (name) => {
      world.fake.addFault({ operation: 'GetChange', kind: 'deny', times: Infinity });
      await stack.create({ ...TEMPLATES[name], settings: undefined });

      expect(stack.answers.map(({ status }) => status)).toEqual(['FAILED']);
      expect(stack.guard.refused).toEqual([]);
    },
  );

  test('undoing settings of which one fails', async () => {
    world.fake.addFault({ operation: 'PutEmailIdentityFeedbackAttributes', kind: 'deny', times: Infinity });
    await stack.create(TEMPLATES.everything);

    expect(stack.answers.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED']);
    expect(stack.guard.refused).toEqual([]);
    expect(settingsOf(world.fake.identity(REGION, DOMAIN))).toEqual([]);
  });
});
