import { requireAnswerable } from '../../lambda/events/request';
import { ALL, SettingsResource } from '../support/settings';
import { DOMAIN, properties, REGION, StackResource, World } from '../support/stack';

const STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001';
const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';

describe('an event of another stack', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
    world.fake.variables = { STACK_ID: STACK };
  });

  afterEach(() => world.stop());

  it('makes nothing', async () => {
    const mail = new StackResource(world, 'Mail', OTHER_STACK);

    const operations = await world.operationsDuring(async () => {
      const { status, reason } = await mail.create();
      expect(status).toBe('FAILED');
      expect(reason).toBe(`Easy DKIM: StackId is "${OTHER_STACK}": this function serves ${STACK} only.`);
    });

    expect(operations).toEqual([]);
  });

  it('takes nothing', async () => {
    const mail = new StackResource(world, 'Mail', STACK);
    const { physicalId, status } = await mail.create();
    expect(status).toBe('SUCCESS');
    const before = [world.holdings(), world.tags()];
    const stranger = new StackResource(world, 'Mail', OTHER_STACK);
    stranger.current = properties();

    const operations = await world.operationsDuring(async () => {
      expect((await stranger.delete(physicalId)).status).toBe('FAILED');
    });

    expect(operations).toEqual([]);
    expect([world.holdings(), world.tags()]).toEqual(before);
  });

  it('sets nothing', async () => {
    world.fake.addIdentity(REGION, DOMAIN);
    const resource = new SettingsResource(world, 'Settings', OTHER_STACK);

    const operations = await world.operationsDuring(async () => {
      expect((await resource.create(ALL)).reason).toContain(`this function serves ${STACK} only.`);
    });

    expect(operations).toEqual([]);
  });
});

describe('a response URL', () => {
  const answerable = (ResponseURL: string) => () =>
    requireAnswerable({
      RequestType: 'Create',
      ResponseURL,
      RequestId: 'request-1',
      StackId: STACK,
      LogicalResourceId: 'Mail',
      ResourceType: 'Custom::EasyDkimDomain',
      ResourceProperties: properties(),
    } as unknown as Parameters<typeof requireAnswerable>[0]);

  afterEach(() => void delete process.env.AWS_ENDPOINT_URL);

  it.each([
    'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/arn?X-Amz-Signature=x',
    'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/arn?X-Amz-Signature=x',
    'https://cloudformation-custom-resource-response.s3.eusc-de-east-1.amazonaws.eu/arn?X-Amz-Signature=x',
  ])('of AWS is answered: %s', (url) => {
    expect(answerable(url)).not.toThrow();
  });

  it.each([
    'http://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/arn',
    'https://example.com/arn',
    'https://amazonaws.com.example.com/arn',
    'https://evilamazonaws.com/arn',
    'https://example.com/?.amazonaws.com',
    'http://127.0.0.1:4566/arn',
    'file:///etc/passwd',
  ])('of anybody else is not: %s', (url) => {
    expect(answerable(url)).toThrow('ResponseURL is not one of CloudFormation');
  });

  it('of an emulator is answered where an endpoint is named', () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:4566';

    expect(answerable('http://127.0.0.1:4566/arn')).not.toThrow();
    expect(answerable('file:///etc/passwd')).toThrow('ResponseURL is not one of CloudFormation');
  });
});
