/**
 * The calls to AWS that our bundle makes for one domain, against the fake of the tests, which speaks
 * AWS's protocols. In a process of its own, with tsx: `node --import tsx lambda-calls.mjs <options>`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAws } from '../test/fakes/fake-aws.ts';

const { bundle } = JSON.parse(process.argv[2]);
const ZONE = 'Z00000000000000000001';
const STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Bench/0001';

const fake = await FakeAws.start({ region: 'eu-west-1' });
fake.addZone({ id: ZONE, name: 'example.com' });
// The handler remembers there which requests it has answered.
const TMPDIR = mkdtempSync(join(tmpdir(), 'easy-dkim-bench-'));
Object.assign(process.env, fake.env, { AWS_ENDPOINT_URL: fake.url, TMPDIR });
const { handler } = createRequire(import.meta.url)(bundle);
// The log is the handler's; what we print is the last line.
const print = console.log;
console.log = () => {};

const DOMAIN = { type: 'Custom::EasyDkimDomain', id: 'Mail' };
const REPLICA = { type: 'Custom::EasyDkimReplica', id: 'MailReplica' };
const SETTINGS = { type: 'Custom::EasyDkimSettings', id: 'MailSettings' };
const NAME = { DomainName: 'example.com', SesRegion: 'eu-west-1', RemovalPolicy: 'destroy' };
const MAIL_FROM = { MailFromDomain: 'bounce.example.com' };

/** What the construct gives by default. */
const PLAIN = { ...NAME, HostedZoneId: ZONE, HostedZoneName: 'example.com', Ttl: '1800', OverwriteRecords: 'false' };
const AUTHENTICATED = { ...PLAIN, ...MAIL_FROM, DmarcRecord: 'v=DMARC1; p=none' };

fake.addConfigurationSet('eu-west-1', 'main');
const plain = await live([[DOMAIN, PLAIN]]);
const authenticated = await live([
  [DOMAIN, AUTHENTICATED],
  [SETTINGS, { ...NAME, ...MAIL_FROM, MailFromBehavior: 'UseDefaultValue', ConfigurationSet: 'main' }],
]);
const replicated = await live([
  [DOMAIN, PLAIN],
  [REPLICA, { ...NAME, SesRegion: 'us-east-1', ParentRegion: NAME.SesRegion }],
]);
const [longKeys, shortKeys] = ['RSA_2048_BIT', 'RSA_1024_BIT'].map((SigningKeyLength) => ({
  ...PLAIN,
  SigningKeyLength,
}));
const otherKeys = await live([[DOMAIN, longKeys, shortKeys]]);
print(JSON.stringify({ plain, authenticated, replicated, otherKeys }));
await fake.stop();
rmSync(TMPDIR, { recursive: true });
process.exit();

/** Creates resources, updates them, by default with nothing to change, and deletes them; returns the calls of each. */
async function live(resources) {
  const ids = new Map();
  const calls = { create: [], update: [], delete: [] };
  for (const [resource, properties] of resources) {
    const { physicalId, operations } = await send('Create', resource, properties);
    ids.set(resource, physicalId);
    calls.create.push(...operations);
  }
  for (const [resource, properties, changed = properties] of resources) {
    const { physicalId, operations } = await send('Update', resource, changed, ids.get(resource), properties);
    ids.set(resource, physicalId);
    calls.update.push(...operations);
  }
  for (const [resource, properties] of resources.reverse()) {
    calls.delete.push(...(await send('Delete', resource, properties, ids.get(resource))).operations);
  }
  return calls;
}

async function send(type, { type: resourceType, id }, properties, physicalId, former) {
  fake.calls.length = 0;
  const requestId = `${type}-${fake.responses.length}`;
  const event = {
    RequestType: type,
    RequestId: requestId,
    ResponseURL: fake.responseUrl(requestId),
    ResourceType: resourceType,
    StackId: STACK,
    LogicalResourceId: id,
    ResourceProperties: properties,
    ...(physicalId && { PhysicalResourceId: physicalId }),
    ...(former && { OldResourceProperties: former }),
  };
  const status = `${type.toUpperCase()}_IN_PROGRESS`;
  fake.stacks.set(STACK, status);
  fake.stackResources.set(`${STACK}|${id}`, { physicalId, status });
  await handler(event, { getRemainingTimeInMillis: () => 300_000 });
  const { body } = fake.responses.at(-1);
  if (body.Status !== 'SUCCESS') {
    throw new Error(`${type} failed: ${body.Reason}`);
  }
  const operations = fake.calls.filter(({ service }) => service !== 'response').map(({ operation }) => operation);
  return { operations, physicalId: body.PhysicalResourceId };
}
