import { ALL, MAIL_FROM, settings, SettingsResource } from '../support/settings';
import { DOMAIN, properties, REGION, StackResource, World, ZONE } from '../support/stack';
import { look, watch } from '../support/watch';

const WITH_ALL = properties({ MailFromDomain: MAIL_FROM, DmarcRecord: 'v=DMARC1; p=none' });
const WRITES = /^(Create|Verify|Put|Set|Tag|Untag|Delete|Change)/;

let world: World;
let mail: StackResource;
let identitySettings: SettingsResource;

beforeEach(async () => {
  world = await World.start();
  world.fake.addConfigurationSet(REGION, 'main');
  mail = new StackResource(world);
  identitySettings = new SettingsResource(world);
});

afterEach(() => world.stop());

const identity = () => world.fake.identity(REGION, DOMAIN)!;

/** SES has found all records. */
function verify(): void {
  identity().dkimStatus = identity().verificationStatus = 'Success';
  if (identity().mailFrom) identity().mailFrom!.status = 'Success';
}

async function deploy(given = properties(), withSettings = false): Promise<void> {
  await mail.create(given);
  if (withSettings) await identitySettings.create(ALL);
  verify();
}

/** The metrics of a domain, and how many are not ready. */
const metrics = (values: { readonly [name: string]: number }, notReady: number) => [
  ...Object.entries(values).map(([name, value]) => `${DOMAIN} ${REGION} ${name} ${value}`),
  `Test DomainsNotReady ${notReady}`,
  'Test Repaired 0',
];

describe('a watch of a domain that is as it was deployed', () => {
  it('says so, and changes nothing', async () => {
    await deploy(WITH_ALL, true);

    const operations = await world.operationsDuring(async () => {
      expect(await watch(world, mail)).toEqual({
        findings: [],
        metrics: metrics({ DkimReady: 1, RecordsInPlace: 1, MailFromReady: 1 }, 0),
        aside: undefined,
      });
    });

    expect(operations.filter((operation) => WRITES.test(operation))).toEqual([]);
  });

  it('needs no more of SES than one call of a kind for each identity', async () => {
    await deploy(WITH_ALL, true);

    const operations = await world.operationsDuring(() => watch(world, mail));

    const ofSes = operations.filter((operation) => /Identity|Tags/.test(operation));
    expect(ofSes.sort()).toEqual(['GetEmailIdentity', 'GetIdentityNotificationAttributes']);
  });

  it('is content with what others made before, if it does the same', async () => {
    const values = ['10 feedback-smtp.us-east-1.amazonses.com'];
    world.fake.putRecord(ZONE, { name: MAIL_FROM, type: 'MX', ttl: 60, values });
    await deploy(WITH_ALL);

    expect((await watch(world, mail)).findings).toEqual([]);
  });

  it('has no records to look for at another DNS provider', async () => {
    await deploy(properties({ HostedZoneId: undefined, HostedZoneName: undefined }));

    expect((await watch(world, mail)).metrics).toEqual(metrics({ DkimReady: 1 }, 0));
  });
});

describe('a watch tells, in the words of the check,', () => {
  beforeEach(() => deploy(WITH_ALL, true));

  it('of a DKIM record that is missing', async () => {
    const [{ name, values }] = world.fake.records(ZONE, 'CNAME');
    world.fake.removeRecord(ZONE, name, 'CNAME');

    const report = await watch(world, mail);

    expect(report.findings).toEqual([
      `${name}: no CNAME record, not CNAME ${values[0]}. Create the CNAME record ${name} → ${values[0]}.`,
    ]);
    expect(report.metrics).toEqual(metrics({ DkimReady: 1, RecordsInPlace: 0, MailFromReady: 1 }, 1));
  });

  it('of a DKIM record that leads elsewhere', async () => {
    const [{ name, values }] = world.fake.records(ZONE, 'CNAME');
    world.fake.putRecord(ZONE, { name, type: 'CNAME', ttl: 60, values: ['elsewhere.example.net'] });

    expect((await watch(world, mail)).findings).toEqual([
      `${name}: CNAME elsewhere.example.net, not CNAME ${values[0]}. Change it to the CNAME record ${name} → ${values[0]}.`,
    ]);
  });

  it.each([
    ['MX', MAIL_FROM, `10 feedback-smtp.${REGION}.amazonses.com`],
    ['TXT', MAIL_FROM, '"v=spf1 include:amazonses.com ~all"'],
    ['TXT', `_dmarc.${DOMAIN}`, '"v=DMARC1; p=none"'],
  ])('of a missing %s record at %s', async (type, name, value) => {
    world.fake.removeRecord(ZONE, name, type);

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toContain(`Create the ${type} record ${name} → ${value}.`);
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} RecordsInPlace 0`);
  });

  it('of a hosted zone that is gone', async () => {
    world.fake.removeZone(ZONE);

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(6);
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} RecordsInPlace 0`);
  });

  it('of an identity that is gone', async () => {
    world.fake.removeIdentity(REGION, DOMAIN);

    const report = await watch(world, mail);

    expect(report.findings).toEqual([
      `${DOMAIN} in ${REGION}: no such identity, not an identity that is verified for sending. Deploy its EasyDkimDomain ` +
        'again, with another revision.',
    ]);
    expect(report.metrics).toEqual(metrics({ DkimReady: 0, RecordsInPlace: 1 }, 1));
  });

  it.each([
    ['Pending', 'Correct the DKIM records that are missing or wrong; SES signs once it has found them.', 0],
    ['Failed', 'Correct the DKIM records that are missing or wrong; SES signs once it has found them.', 0],
    ['TemporaryFailure', 'SES cannot currently tell whether the records are there', 1],
  ] as const)('of DKIM that is %s', async (status, remedy, value) => {
    identity().dkimStatus = status;

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toContain(remedy);
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} DkimReady ${value}`);
    expect(report.metrics).toContain(`Test DomainsNotReady ${1 - value}`);
  });

  it('of signing that somebody has turned off', async () => {
    identity().signingEnabled = false;

    const report = await watch(world, mail);

    expect(report.findings).toEqual([
      `${DOMAIN} in ${REGION}: Easy DKIM, SUCCESS, signing disabled, not DKIM that is verified and signs. DKIM signing ` +
        `is turned off. Turn it on with "aws ses set-identity-dkim-enabled --identity ${DOMAIN} --dkim-enabled --region ${REGION}".`,
    ]);
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} DkimReady 0`);
  });

  it('of other tokens than those that were deployed', async () => {
    identity().tokens = ['one', 'two', 'three'];

    const report = await watch(world, mail);

    expect(report.findings.join()).toContain('records for the tokens one, two, three, which SES has now');
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} RecordsInPlace 0`);
  });

  it('of a MAIL FROM domain for which SES has given up', async () => {
    identity().mailFrom!.status = 'Failed';

    const report = await watch(world, mail);

    expect(report.findings).toEqual([
      `${DOMAIN} in ${REGION}: ${MAIL_FROM}, FAILED, not ${MAIL_FROM}, SUCCESS. SES has stopped looking for its MX record. ` +
        'Correct the record, then set the MAIL FROM domain again. Until then, SES rejects all mail (REJECT_MESSAGE).',
    ]);
    expect(report.metrics).toContain(`${DOMAIN} ${REGION} MailFromReady 0`);
  });

  it('of a MAIL FROM domain that the identity has lost', async () => {
    identity().mailFrom = undefined;

    const report = await watch(world, mail);

    expect(report.metrics).toContain(`${DOMAIN} ${REGION} MailFromReady 0`);
    expect(report.findings).toEqual([expect.stringContaining(`no MAIL FROM domain, not ${MAIL_FROM}, SUCCESS.`)]);
  });

  it('of settings that are others, or none', async () => {
    Object.assign(identity(), { configurationSet: undefined, forwarding: true, headers: [] });

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(5);
    expect(report.findings[0]).toBe(
      `${DOMAIN} in ${REGION}: ConfigurationSet: none, not ConfigurationSet: main. Set ConfigurationSet again, or deploy ` +
        'what it should be.',
    );
    expect(report.metrics).toContain('Test DomainsNotReady 1');
  });

  it('of a tag that somebody has removed, without which the domain still works', async () => {
    identity().tags = {};

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(2);
    expect(report.findings[0]).toContain('Mail: no such tag, not cdk-ses-easy-dkim:');
    expect(report.metrics).toContain('Test DomainsNotReady 0');
  });
});

describe('what a watch cannot look at', () => {
  it.each([
    ['GetEmailIdentity', { RecordsInPlace: 1 }],
    ['ListResourceRecordSets', { DkimReady: 1 }],
    ['DescribeStackResource', { DkimReady: 1 }],
  ])('counts as not ready, and leaves the metric out: %s is denied', async (operation, values) => {
    await deploy();
    world.fake.addFault({ kind: 'deny', operation, times: Infinity });

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatch(/AccessDenied.*, not that it can be checked\. Not checked this time\./);
    expect(report.metrics).toEqual(metrics(values, 1));
  });

  it.each([
    ['is not shown', undefined, 'CloudFormation does not show the Metadata of the resource'],
    ['is no JSON', '{', 'CloudFormation does not show the Metadata of the resource'],
    [
      'has nothing of ours',
      '{"aws:cdk:path":"Test/Mail"}',
      'CloudFormation does not show the Metadata of the resource',
    ],
    [
      'is of another deployment',
      JSON.stringify({ 'cdk-ses-easy-dkim:properties': properties({ HostedZoneId: 'Z0OTHER' }) }),
      'the Metadata that CloudFormation shows is of another deployment than the physical id',
    ],
    [
      'has other records',
      JSON.stringify({ 'cdk-ses-easy-dkim:properties': WITH_ALL }),
      'the Metadata that CloudFormation shows is of another deployment than the physical id',
    ],
    [
      'cannot be',
      JSON.stringify({ 'cdk-ses-easy-dkim:properties': properties({ Ttl: '{"Ref":"Ttl"}' }) }),
      'ttl is "{\\"Ref\\":\\"Ttl\\"}"',
    ],
  ])('is what was deployed, when its Metadata %s', async (_, metadata, found) => {
    await deploy();
    const key = `${mail.stackId}|${mail.logicalId}`;
    world.fake.stackResources.set(key, { ...world.fake.stackResources.get(key)!, metadata });

    const report = await watch(world, mail);

    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toContain(`Mail: ${found}`);
    expect(report.metrics).toEqual(metrics({ DkimReady: 1 }, 1));
  });

  it('is the stack: then it fails, so that Lambda tries again', async () => {
    await deploy();
    world.fake.addFault({ kind: 'deny', operation: 'ListStackResources', times: Infinity });

    await expect(watch(world, mail)).rejects.toThrow('CloudFormation ListStackResources for');
  });

  it('is another stack than that of the function', async () => {
    await deploy();
    world.fake.variables = { STACK_ID: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002' };
    world.restartLambda('same');

    await expect(watch(world, mail)).rejects.toThrow('this function serves');
  });

  it('is a resource that was never made', async () => {
    await deploy();
    const broken = new StackResource(world, 'Broken');
    broken.show('nothing-created-1', 'CREATE_FAILED');

    expect((await watch(world, mail)).metrics).toEqual(metrics({ DkimReady: 1, RecordsInPlace: 1 }, 0));
  });

  it('is a resource that has been deleted, which the stack still lists', async () => {
    await deploy();
    const former = new StackResource(world, 'Former');
    const { physicalId } = await former.create(properties({ DomainName: `old.${DOMAIN}` }));
    await former.delete();
    former.show(physicalId, 'DELETE_COMPLETE');

    expect((await watch(world, mail)).metrics).toEqual(metrics({ DkimReady: 1, RecordsInPlace: 1 }, 0));
  });
});

describe('a watch steps aside', () => {
  it.each(['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'while the stack is in %s',
    async (status) => {
      await deploy();
      world.fake.stacks.set(mail.stackId, status);
      world.fake.records(ZONE, 'CNAME').forEach(({ name }) => world.fake.removeRecord(ZONE, name, 'CNAME'));

      expect(await look(world, mail)).toEqual({ findings: [], metrics: [], aside: `the stack is ${status}` });
    },
  );

  it('when a deployment begins while it looks, since that may be what is missing', async () => {
    await deploy();
    world.fake.records(ZONE, 'CNAME').forEach(({ name }) => world.fake.removeRecord(ZONE, name, 'CNAME'));
    world.fake.before('ListResourceRecordSets', () => void world.fake.stacks.set(mail.stackId, 'UPDATE_IN_PROGRESS'));

    expect(await watch(world, mail)).toEqual({ findings: [], metrics: [], aside: 'the stack is UPDATE_IN_PROGRESS' });
  });

  it('with all domains that it has not looked at, and in good order', async () => {
    await deploy();
    await new StackResource(world, 'News').create(properties({ DomainName: `news.${DOMAIN}` }));
    const unheard: unknown[] = [];
    const note = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', note);
    world.fake.records(ZONE, 'CNAME').forEach(({ name }) => world.fake.removeRecord(ZONE, name, 'CNAME'));
    world.fake.before('ListResourceRecordSets', () => void world.fake.stacks.set(mail.stackId, 'UPDATE_IN_PROGRESS'));

    const operations = await world.operationsDuring(() => watch(world, mail));
    process.off('unhandledRejection', note);

    expect(operations.filter((operation) => operation === 'GetEmailIdentity')).toHaveLength(1);
    expect(unheard).toEqual([]);
  });
});

it('looks into zones of other accounts with a session that may do nothing else', async () => {
  const ROLE = 'arn:aws:iam::222222222222:role/delegation';
  world.fake.addZone({ id: 'Z0FAR', name: DOMAIN, account: '222222222222' });
  world.fake.addRole({ arn: ROLE });
  await deploy(properties({ HostedZoneId: 'Z0FAR', DelegationRoleArn: ROLE }));
  const before = world.fake.calls.length;

  expect((await watch(world, mail)).findings).toEqual([]);

  const [assumed] = world.fake.calls.slice(before).filter(({ operation }) => operation === 'AssumeRole');
  expect(JSON.parse(assumed.params.Policy as string)).toMatchObject({
    Statement: [{ Effect: 'Allow', Action: 'route53:ListResourceRecordSets' }],
  });
});

it('is done with 450 domains within the time of the function and the rates of AWS, which a tenth of them shows', async () => {
  const names = Array.from({ length: 45 }, (_, n) => `mail${n}.${DOMAIN}`);
  await Promise.all(
    names.map((DomainName, n) => new StackResource(world, `Mail${n}`).create(properties({ DomainName }))),
  );
  names.forEach((name) => (world.fake.identity(REGION, name)!.dkimStatus = 'Success'));
  world.fake.limits = { GetEmailIdentity: { perSecond: 1, burst: 1 }, route53: { perSecond: 10, burst: 50 } };
  let report: Awaited<ReturnType<typeof watch>> | undefined;

  const time = await world.timeOf(async () => {
    report = await watch(world, mail);
  });

  expect(report?.metrics).toContain('Test DomainsNotReady 0');
  expect(report?.metrics).toHaveLength(2 * 45 + 2);
  expect(time).toBeLessThan(900_000 / 10);
});

it('settings alone, of an identity that another stack has made, are looked at, too', async () => {
  world.fake.addIdentity(REGION, DOMAIN);
  await identitySettings.create(settings({ ConfigurationSet: 'main' }));

  expect(await watch(world, identitySettings)).toMatchObject({ findings: [] });
  identity().configurationSet = undefined;
  expect((await watch(world, identitySettings)).findings).toHaveLength(1);
});
