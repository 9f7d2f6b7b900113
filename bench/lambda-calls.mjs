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
Object.assign(process.env, fake.env, { TMPDIR });
const { handler } = createRequire(import.meta.url)(bundle);
// The log is the handler's; what we print is the last line.
const print = console.log;
console.log = () => {};

const create = await send('Create', {});
const existing = { PhysicalResourceId: create.physicalId, OldResourceProperties: properties() };
const update = await send('Update', existing);
const remove = await send('Delete', existing);
print(JSON.stringify({ create: create.calls, update: update.calls, delete: remove.calls }));
await fake.stop();
rmSync(TMPDIR, { recursive: true });
process.exit();

async function send(type, fields) {
  fake.calls.length = 0;
  const event = {
    RequestType: type,
    RequestId: type,
    ResponseURL: fake.responseUrl(type),
    ResourceType: 'Custom::EasyDkimDomain',
    StackId: STACK,
    LogicalResourceId: 'Mail',
    ResourceProperties: properties(),
    ...fields,
  };
  await handler(event, { getRemainingTimeInMillis: () => 300_000 });
  const { body } = fake.responses.at(-1);
  if (body.Status !== 'SUCCESS') {
    throw new Error(`${type} failed: ${body.Reason}`);
  }
  fake.stackResources.set(`${STACK}|Mail`, { physicalId: body.PhysicalResourceId, status: 'UPDATE_COMPLETE' });
  const calls = fake.calls.filter(({ service }) => service !== 'response').map(({ operation }) => operation);
  return { calls, physicalId: body.PhysicalResourceId };
}

/** What the construct gives by default. */
function properties() {
  return {
    DomainName: 'example.com',
    SesRegion: 'eu-west-1',
    HostedZoneId: ZONE,
    HostedZoneName: 'example.com',
    Ttl: '1800',
    OverwriteRecords: 'false',
    RemovalPolicy: 'destroy',
  };
}
