import type { PolicyDocument } from '../../lib/shared/settings';
import { AwsError } from '../fakes/call';
import { settings, SettingsResource, startWithIdentity } from '../support/settings';
import { type Answer, DOMAIN, properties, REGION, StackResource, World } from '../support/stack';

const ARN = `arn:aws:ses:${REGION}:111111111111:identity/${DOMAIN}`;
const THEIRS = { theirs: '{"Statement":[{"Principal":"*"}]}' };

let world: World;
let resource: SettingsResource;

beforeEach(async () => {
  world = await startWithIdentity();
  identity().policies = { ...THEIRS };
  resource = new SettingsResource(world);
});

afterEach(() => world.stop());

const identity = () => world.fake.identity(REGION, DOMAIN)!;

/** The policy as CloudFormation delivers it. */
function policyFor(account: string, further: object = {}): PolicyDocument {
  const statement = { Effect: 'Allow', Action: 'ses:SendEmail', Principal: { AWS: account }, Resource: ARN };
  return { Version: '2012-10-17', Statement: [{ ...statement, ...further }] };
}

const ONE = settings({ SendingPolicy: policyFor('222222222222') });
const OTHER = settings({ SendingPolicy: policyFor('333333333333') });

/** What the identity has besides the policy of somebody else, which must be there. */
function ours(): string[] {
  const { theirs, ...rest } = identity().policies;
  expect({ theirs }).toEqual(THEIRS);
  expect(Object.keys(rest).every((name) => /^cdk-ses-easy-dkim-[0-9a-f]{10}$/.test(name))).toBe(true);
  return Object.values(rest);
}

const textOf = ({ SendingPolicy }: typeof ONE) => JSON.stringify(SendingPolicy);

async function well(step: Promise<Answer | undefined>): Promise<void> {
  expect(await step).toMatchObject({ status: 'SUCCESS', reason: '' });
}

describe('a sending policy', () => {
  it('is given to the identity, beside those of others', async () => {
    await well(resource.create(ONE));

    expect(ours()).toEqual([textOf(ONE)]);
    expect(world.claims()).toEqual(['made=SendingPolicy by=Test/Settings']);
  });

  it('is changed in place: whoever may send goes on sending', async () => {
    await well(resource.create(ONE));

    const operations = await world.operationsDuring(() => well(resource.update(OTHER)));

    expect(ours()).toEqual([textOf(OTHER)]);
    expect(operations).not.toContain('DeleteEmailIdentityPolicy');
  });

  it('is written only when it changes', async () => {
    await well(resource.create(ONE));

    const operations = await world.operationsDuring(() => well(resource.update({ ...ONE, Revision: '2' })));

    expect(operations.filter((operation) => operation.endsWith('Policy'))).toEqual([]);
  });

  it('comes back with another revision when somebody has removed it', async () => {
    await well(resource.create(ONE));
    identity().policies = { ...THEIRS };

    await well(resource.update({ ...ONE, Revision: '2' }));

    expect(ours()).toEqual([textOf(ONE)]);
  });

  it('goes when nothing is granted any more', async () => {
    await well(resource.create({ ...ONE, ConfigurationSet: 'main' }));

    await well(resource.update(settings({ ConfigurationSet: 'main' })));

    expect(ours()).toEqual([]);
    expect(world.claims()).toEqual(['made=ConfigurationSet by=Test/Settings']);
  });

  it('goes when nothing is granted any more, whatever somebody has done to the tags', async () => {
    await well(resource.create({ ...ONE, ConfigurationSet: 'main' }));
    identity().tags = {};

    await well(resource.update(settings({ ConfigurationSet: 'main' })));

    expect(ours()).toEqual([]);
  });

  it('goes with the settings', async () => {
    await well(resource.create(ONE));

    await well(resource.delete());

    expect(ours()).toEqual([]);
    expect(world.tags()).toEqual({});
  });

  it('goes with the settings whatever somebody else has made of it', async () => {
    await well(resource.create(ONE));
    const [name] = Object.keys(identity().policies).filter((each) => each !== 'theirs');
    identity().policies[name] = textOf(OTHER);

    await well(resource.delete());

    expect(ours()).toEqual([]);
  });

  it('stays with RETAIN', async () => {
    await well(resource.create({ ...ONE, RemovalPolicy: 'retain' }));

    await well(resource.delete());

    expect(ours()).toEqual([textOf(ONE)]);
  });

  it('comes back when the stack rolls back', async () => {
    await well(resource.create(ONE));
    await well(resource.update(settings()));

    await well(resource.rollBack());

    expect(ours()).toEqual([textOf(ONE)]);
  });

  it('that a run has given which was killed goes with the settings', async () => {
    const event = resource.creation(ONE);
    await world.lambda.invokeAndKill(event, { call: 4, after: true });
    expect(ours()).toEqual([textOf(ONE)]);
    world.restartLambda('another');

    await well(resource.deliver(event));
    await well(resource.delete());

    expect(ours()).toEqual([]);
  });
});

describe('the sending policies of two stacks', () => {
  const stack = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';

  it('stand side by side, and each goes with its own', async () => {
    const second = new SettingsResource(world, 'Settings', stack);
    await well(resource.create(ONE));
    await well(second.create(OTHER));
    expect(ours().sort()).toEqual([textOf(ONE), textOf(OTHER)].sort());

    await well(resource.delete());
    expect(ours()).toEqual([textOf(OTHER)]);

    await well(second.delete());
    expect(ours()).toEqual([]);
  });

  it('of which one drops its own leave the other one', async () => {
    const second = new SettingsResource(world, 'Settings', stack);
    await well(resource.create(ONE));
    await well(second.create(ONE));

    await well(resource.update(settings()));

    expect(ours()).toEqual([textOf(ONE)]);
  });
});

describe('when a later step fails', () => {
  const failing = (given: typeof ONE) => ({ ...given, BounceTopic: 'arn:aws:sns:eu-west-1:111111111111:none' });

  beforeEach(() => {
    world.fake.before('SetIdentityNotificationTopic', () => {
      throw new AwsError(400, 'InvalidParameterValue', 'Invalid SNS topic');
    });
  });

  it('a new policy goes again', async () => {
    expect((await resource.create(failing(ONE))).status).toBe('FAILED');

    expect(ours()).toEqual([]);
  });

  it('a changed one is what it was', async () => {
    await well(resource.create(ONE));

    expect((await resource.update(failing(OTHER))).status).toBe('FAILED');

    expect(ours()).toEqual([textOf(ONE)]);
  });
});

describe('SES refuses a policy', () => {
  it('and the reason says so, and what may help', async () => {
    world.fake.before('CreateEmailIdentityPolicy', () => {
      throw new AwsError(400, 'BadRequestException', 'Invalid principal in policy.');
    });

    const { status, reason } = await resource.create(ONE);

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES CreateEmailIdentityPolicy for ${DOMAIN} in ${REGION} (policy cdk-ses-easy-dkim-`);
    expect(reason).toContain('Invalid principal in policy. Every principal of a sending policy must exist');
    expect(reason).toContain('set waitForVerification');
  });

  it('when there are 20 of them already', async () => {
    identity().policies = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`theirs-${index}`, '{}']));

    const operations = await world.operationsDuring(async () => {
      expect((await resource.create(ONE)).reason).toContain('an identity can have at most 20 policies');
    });

    expect(operations.filter((operation) => operation === 'CreateEmailIdentityPolicy')).toHaveLength(1);
  });

  it('that is too long, which is told before the call', async () => {
    const long = policyFor('222222222222', { Sid: 'x'.repeat(4_096) });

    const operations = await world.operationsDuring(async () => {
      const { reason } = await resource.create(settings({ SendingPolicy: long }));
      expect(reason).toMatch(
        /The sending policy has 42\d\d characters, but SES allows at most 4096: grant to fewer principals/,
      );
    });
    expect(operations).toEqual([]);
  });

  it.each([['text'], [null], [{ Version: '2012-10-17' }]])('that is not a policy document: %j', async (value) => {
    const { reason } = await resource.create(settings({ SendingPolicy: value as unknown as PolicyDocument }));
    expect(reason).toContain('give one by grantSendEmail() or addToResourcePolicy()');
  });
});

describe('for what else senders need a permission', () => {
  const mail = () => new StackResource(world).create(properties());

  it('is the default configuration set that the identity has', async () => {
    identity().configurationSet = 'main';

    expect((await mail()).data.SendingResource).toBe(`arn:aws:ses:${REGION}:111111111111:configuration-set/main`);
  });

  it('is nothing but the identity without one', async () => {
    expect((await mail()).data.SendingResource).toBe(ARN);
  });
});
