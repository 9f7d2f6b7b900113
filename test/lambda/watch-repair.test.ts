import { ALL, ALL_SET, MAIL_FROM, OTHER_TOPIC, settings, settingsOf, SettingsResource } from '../support/settings';
import { DOMAIN, properties, REGION, StackResource, World, ZONE } from '../support/stack';
import { look, watch } from '../support/watch';

const WITH_ALL = properties({ MailFromDomain: MAIL_FROM, DmarcRecord: 'v=DMARC1; p=none', Ttl: '600' });
const WRITES = /^(Create|Verify|Put|Set|Delete|Change)/;
const REPAIR = { repair: true };

let world: World;
let mail: StackResource;
let identitySettings: SettingsResource;
let deployed: { holdings: string[]; settings: string[]; tags: Record<string, string> };

beforeEach(async () => {
  world = await World.start();
  world.fake.addConfigurationSet(REGION, 'main');
  world.fake.addConfigurationSet(REGION, 'other');
  mail = new StackResource(world);
  identitySettings = new SettingsResource(world);
});

afterEach(() => world.stop());

const identity = () => world.fake.identity(REGION, DOMAIN)!;
const state = () => ({ holdings: world.holdings(), settings: settingsOf(identity()), tags: world.tags() });

async function deploy(given = WITH_ALL, settingsGiven = ALL): Promise<void> {
  expect((await mail.create(given)).status).toBe('SUCCESS');
  expect((await identitySettings.create(settingsGiven)).status).toBe('SUCCESS');
  identity().dkimStatus = 'Success';
  identity().mailFrom!.status = 'Success';
  deployed = state();
}

function removeAllRecords(): void {
  world.fake.records(ZONE).forEach(({ name, type }) => world.fake.removeRecord(ZONE, name, type));
}

const writesDuring = async (step: () => Promise<unknown>) =>
  (await world.operationsDuring(step)).filter((operation) => WRITES.test(operation));

describe('a watch that repairs puts back', () => {
  beforeEach(() => deploy());

  it('all records, in one batch, as they were', async () => {
    removeAllRecords();

    const writes = await writesDuring(async () => {
      const report = await watch(world, mail, REPAIR);

      expect(report.findings).toHaveLength(6);
      expect(report.findings[0]).toContain('no CNAME record');
      expect(report.metrics).toContain('Test Repaired 6');
      expect(report.metrics).toContain(`${DOMAIN} ${REGION} RecordsInPlace 1`);
    });

    expect(writes).toEqual(['ChangeResourceRecordSets']);
    expect(state()).toEqual(deployed);
  });

  it('a text of ours beside those of others', async () => {
    world.fake.putRecord(ZONE, { name: MAIL_FROM, type: 'TXT', ttl: 60, values: ['"something else"'] });

    await watch(world, mail, REPAIR);

    const [record] = world.fake.records(ZONE, 'TXT').filter(({ name }) => name === MAIL_FROM);
    expect(record.values).toEqual(['"something else"', '"v=spf1 include:amazonses.com ~all"']);
  });

  it('all settings, in an order that SES takes', async () => {
    const none = { configurationSet: undefined, mailFrom: undefined, forwarding: true, topics: {}, headers: [] };
    Object.assign(identity(), none);

    expect((await watch(world, mail, REPAIR)).metrics).toContain('Test Repaired 9');

    expect(settingsOf(identity())).toEqual(ALL_SET);
    expect(world.tags()).toEqual(deployed.tags);
  });

  it('a verification that SES has given up, once the records are there', async () => {
    removeAllRecords();
    identity().dkimStatus = 'Failed';

    const writes = await writesDuring(() => watch(world, mail, REPAIR));

    expect(writes).toEqual(['ChangeResourceRecordSets', 'VerifyDomainDkim']);
  });

  it('a MAIL FROM domain that SES has given up', async () => {
    identity().mailFrom!.status = 'Failed';

    const writes = await writesDuring(() => watch(world, mail, REPAIR));

    expect(writes).toEqual(['PutEmailIdentityMailFromAttributes']);
    expect(identity().mailFrom).toEqual({ domain: MAIL_FROM, behavior: 'RejectMessage', status: 'Pending' });
  });

  it('nothing while all is well', async () => {
    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
    expect(state()).toEqual(deployed);
  });

  it('what is missing of a retained domain, too', async () => {
    await mail.update({ ...WITH_ALL, RemovalPolicy: 'retain' });
    deployed = state();
    removeAllRecords();

    await watch(world, mail, REPAIR);

    expect(state()).toEqual(deployed);
  });
});

describe('a watch that repairs leaves', () => {
  it.each([
    ['CNAME', () => world.fake.records(ZONE, 'CNAME')[0].name, 'elsewhere.example.net'],
    ['MX', () => MAIL_FROM, '10 mail.example.net'],
    ['TXT', () => MAIL_FROM, '"v=spf1 -all"'],
    ['TXT', () => `_dmarc.${DOMAIN}`, '"v=DMARC1; p=reject; rua=mailto:a@example.net"'],
  ])('a record of others in the place of ours: %s', async (type, name, value) => {
    await deploy();
    world.fake.putRecord(ZONE, { name: name(), type, ttl: 60, values: [value] });
    const before = state();

    const report = await watch(world, mail, REPAIR);

    expect(report.findings).toHaveLength(1);
    expect(report.metrics).toContain('Test Repaired 0');
    expect(state()).toEqual(before);
  });

  it('a record that was there before and is missing now', async () => {
    const [token] = world.tokensToCome();
    const name = `${token}._domainkey.${DOMAIN}`;
    world.addForeignCname(name, `${token}.dkim.amazonses.com`);
    await deploy();
    world.fake.removeRecord(ZONE, name, 'CNAME');
    const before = state();

    expect((await watch(world, mail, REPAIR)).findings).toHaveLength(1);
    expect(state()).toEqual(before);
  });

  it('a setting that somebody has given another value', async () => {
    await deploy();
    identity().configurationSet = 'other';
    identity().topics = { ...identity().topics, Delivery: undefined };
    identity().headers = [];
    identity().topics.Bounce = OTHER_TOPIC;

    await watch(world, mail, REPAIR);

    expect(settingsOf(identity())).toEqual([
      `mail from ${MAIL_FROM} RejectMessage`,
      'configuration set other',
      'no forwarding',
      `Bounce ${OTHER_TOPIC}`,
      expect.stringMatching(/^Complaint .* with headers$/),
      `Delivery ${OTHER_TOPIC} with headers`,
    ]);
  });

  it('a setting that another stack uses as well, which may have changed it', async () => {
    await deploy();
    const other = new SettingsResource(world, 'Settings', mail.stackId.replace('Test', 'Other'));
    await other.create(settings({ FeedbackForwarding: 'false' }));
    await other.update(settings({ FeedbackForwarding: 'true' }));
    const before = state();

    const report = await watch(world, mail, REPAIR);

    expect(report.findings).toEqual([expect.stringMatching(/FeedbackForwarding: true, not FeedbackForwarding: false/)]);
    expect(state()).toEqual(before);
  });

  it('a setting that was there before and is missing now', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { configurationSet: 'main' });
    await identitySettings.create(settings({ ConfigurationSet: 'main' }));
    identity().configurationSet = undefined;

    expect((await watch(world, identitySettings, REPAIR)).findings).toHaveLength(1);
    expect(identity().configurationSet).toBeUndefined();
  });

  it('signing that somebody has turned off', async () => {
    await deploy();
    identity().signingEnabled = false;

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  it('an identity that is gone, whose tokens only a deployment can learn', async () => {
    await deploy();
    world.fake.removeIdentity(REGION, DOMAIN);
    removeAllRecords();

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  it('the verification of an identity that others made', async () => {
    world.fake.addIdentity(REGION, DOMAIN);
    await deploy();
    identity().dkimStatus = 'Failed';

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  it('everything without the tag of the resource', async () => {
    await deploy();
    identity().tags = { 'cdk-ses-easy-dkim': 'made' };
    removeAllRecords();
    identity().configurationSet = undefined;

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  it('records for other tokens than SES has now', async () => {
    await deploy();
    removeAllRecords();
    identity().tokens = ['one', 'two', 'three'];

    await watch(world, mail, REPAIR);

    expect(world.fake.records(ZONE, 'CNAME')).toEqual([]);
  });

  it('everything where the Metadata is not shown', async () => {
    await deploy();
    removeAllRecords();
    identity().configurationSet = undefined;
    world.fake.stackResources.forEach((resource) => (resource.metadata = undefined));

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  it.each(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_FAILED'])(
    'everything of a stack in %s, and tells of it',
    async (status) => {
      await deploy();
      removeAllRecords();
      world.fake.stacks.set(mail.stackId, status);

      const writes = await writesDuring(async () => {
        expect((await look(world, mail, REPAIR)).findings).toHaveLength(6);
      });

      expect(writes).toEqual([]);
    },
  );
});

describe('a repair never races a deployment', () => {
  beforeEach(() => deploy());

  it.each(['TagResource', 'ListResourceRecordSets', 'ListTagsForResource'])(
    'it steps aside when the stack is in progress before it writes: at %s',
    async (operation) => {
      removeAllRecords();
      world.fake.before(operation, () => void world.fake.stacks.set(mail.stackId, 'UPDATE_IN_PROGRESS'));

      const writes = await writesDuring(() => watch(world, mail, REPAIR));

      expect(writes).toEqual(operation === 'ListTagsForResource' ? ['ChangeResourceRecordSets'] : []);
      expect(world.tags()).toEqual(deployed.tags);
    },
  );

  it('it tells nothing of what it could not repair when a deployment has begun meanwhile', async () => {
    await deploy();
    removeAllRecords();
    identity().configurationSet = 'other';
    world.fake.before('ChangeResourceRecordSets', () => void world.fake.stacks.set(mail.stackId, 'UPDATE_IN_PROGRESS'));

    const report = await watch(world, mail, REPAIR);

    expect(report).toMatchObject({ metrics: [], aside: 'the stack is UPDATE_IN_PROGRESS' });
  });

  it('it steps aside when the resource is another one, although the stack is at rest again', async () => {
    removeAllRecords();
    let looks = 0;
    world.fake.before('DescribeStackResource', ({ params }) => {
      if (params.LogicalResourceId === 'Mail' && ++looks === 3) mail.show('another', 'UPDATE_COMPLETE');
    });

    expect(await writesDuring(() => watch(world, mail, REPAIR))).toEqual([]);
  });

  /** The whole stack goes, in the moment of a call that the watch makes. */
  async function deleteStackAt(operation: string): Promise<void> {
    let gone: Promise<unknown> | undefined;
    const stop = world.fake.before(operation, () => {
      stop();
      world.fake.stacks.set(mail.stackId, 'DELETE_IN_PROGRESS');
      gone = identitySettings.delete().then(() => mail.delete());
    });
    const report = watch(world, mail, REPAIR);
    await report;
    await gone;
  }

  it.each(['TagResource', 'ChangeResourceRecordSets', 'UntagResource', 'PutEmailIdentityConfigurationSetAttributes'])(
    'it leaves nothing when the stack is deleted meanwhile: at %s',
    async (operation) => {
      removeAllRecords();
      identity().configurationSet = undefined;

      await deleteStackAt(operation);

      expect(world.holdings()).toEqual([]);
    },
  );

  it('a deployment waits for a watch that was killed no longer than a minute', async () => {
    removeAllRecords();
    world.fake.stacks.set(mail.stackId, 'UPDATE_COMPLETE');
    world.fake.before('ChangeResourceRecordSets', () => undefined);
    const lease = Object.keys(world.tags()).find((key) => key.startsWith('cdk-ses-easy-dkim:'))!;
    identity().tags[`${lease}:repair`] = String(Math.floor(world.clock.now() / 1000));
    world.fake.stacks.set(mail.stackId, 'DELETE_IN_PROGRESS');

    const time = await world.timeOf(async () => {
      await identitySettings.delete();
      await mail.delete();
    });

    expect(time).toBeLessThan(75_000);
    expect(world.holdings()).toEqual([]);
  });

  it('what came to be there meanwhile stays', async () => {
    const [{ name, values }] = world.fake.records(ZONE, 'CNAME');
    removeAllRecords();
    world.fake.before('ChangeResourceRecordSets', () => {
      world.fake.putRecord(ZONE, { name, type: 'CNAME', ttl: 77, values });
    });

    await watch(world, mail, REPAIR);

    expect(world.fake.records(ZONE)).toHaveLength(1);
  });
});

it('goes on with the other domains when one cannot be repaired', async () => {
  await deploy();
  const other = new StackResource(world, 'Other');
  await other.create(properties({ DomainName: `mail.${DOMAIN}` }));
  removeAllRecords();
  world.fake.addFault({ kind: 'deny', operation: 'ChangeResourceRecordSets', times: 1 });

  const report = await watch(world, mail, REPAIR);

  expect(report.metrics).toContain('Test Repaired 9');
});
