/**
 * The handler as it is shipped, on moto: started by `npm run test:moto`.
 *
 * moto has SES v1 and v2 in one store, Route 53, and tags, which scripts/lib/moto-tags.mjs mends. It runs no functions, so
 * that CloudFormation is played here; it knows no stack of the events, so that none is late. It has no calls for settings
 * (v2 `Put*`), and GetEmailIdentity shows neither tokens nor how far DKIM is, so that nothing here waits for that.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListIdentitiesCommand, SESClient } from '@aws-sdk/client-ses';
import { GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { CLAIM_PREFIX, MADE, MARK } from '../../lib/shared/claim-tags';
import type { ResourceAttributes, ResourceProperties } from '../../lib/shared/contract';

const MOTO = process.env.MOTO_ENV === undefined ? {} : (JSON.parse(process.env.MOTO_ENV) as Record<string, string>);
const REGION = MOTO.AWS_REGION ?? '';
const DOMAIN = 'example.com';
const BUNDLE = join(__dirname, '..', '..', 'dist', 'handler', 'index.js');

interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data: ResourceAttributes;
}

type Handler = (event: object, context: object) => Promise<void>;

(process.env.MOTO_ENV === undefined ? describe.skip : describe)('the handler on moto', () => {
  const environment = process.env;
  const answers: Answer[] = [];
  let tmp: string;
  let responses: Server;
  let handler: Handler;
  let zone: string;

  beforeAll(async () => {
    tmp = mkdtempSync(join(tmpdir(), 'easy-dkim-moto-'));
    process.env = { ...environment, ...MOTO, TMPDIR: tmp };
    responses = createServer((request, response) => {
      void text(request).then((body) => {
        answers.push(JSON.parse(body) as Answer);
        response.end();
      });
    });
    await new Promise<void>((resolve) => responses.listen(0, '127.0.0.1', resolve));
    ({ handler } = (await import(BUNDLE)) as { handler: Handler });
    jest.spyOn(console, 'log').mockReturnValue();
  });

  afterAll(() => {
    process.env = environment;
    rmSync(tmp, { recursive: true });
    responses.close();
    jest.restoreAllMocks();
  });

  beforeEach(async () => {
    const command = new CreateHostedZoneCommand({ Name: DOMAIN, CallerReference: randomUUID() });
    const { HostedZone } = await new Route53Client().send(command);
    zone = HostedZone!.Id!.replace('/hostedzone/', '');
  });

  const properties = (Ttl = '1800'): ResourceProperties => ({
    DomainName: DOMAIN,
    SesRegion: REGION,
    HostedZoneId: zone,
    HostedZoneName: DOMAIN,
    Ttl,
    OverwriteRecords: 'false',
    RemovalPolicy: 'destroy',
  });

  /** An event, such as CloudFormation sends to the function. */
  const event = (type: string, logicalId: string, given: object) => ({
    RequestType: type,
    RequestId: randomUUID(),
    ResponseURL: `http://127.0.0.1:${(responses.address() as AddressInfo).port}/`,
    ResourceType: 'Custom::EasyDkimDomain',
    StackId: `arn:aws:cloudformation:${REGION}:123456789012:stack/Test/0001`,
    LogicalResourceId: logicalId,
    ...given,
  });

  async function deliver(given: object): Promise<Answer> {
    const before = answers.length;
    await handler(given, { getRemainingTimeInMillis: () => 60_000 });
    expect(answers).toHaveLength(before + 1);
    return answers[before];
  }

  const create = (logicalId: string) => deliver(event('Create', logicalId, { ResourceProperties: properties() }));
  const remove = (logicalId: string, { PhysicalResourceId }: Answer) =>
    deliver(event('Delete', logicalId, { PhysicalResourceId, ResourceProperties: properties() }));

  /** The CNAME records of the zone, as `<name> <ttl> <value>`. */
  async function records(): Promise<string[]> {
    const { ResourceRecordSets = [] } = await new Route53Client().send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
    );
    return ResourceRecordSets.filter(({ Type }) => Type === 'CNAME')
      .map(({ Name, TTL, ResourceRecords }) => `${Name} ${TTL} ${ResourceRecords?.[0].Value}`)
      .sort();
  }

  /** Those that an answer announces. */
  const announced = ({ Data }: Answer, ttl = 1800) =>
    ([1, 2, 3] as const).map((n) => `${Data[`DkimRecordName${n}`]}. ${ttl} ${Data[`DkimRecordValue${n}`]}`).sort();

  /** The identities of both APIs. */
  async function identities(): Promise<string[]> {
    const { Identities = [] } = await new SESClient().send(new ListIdentitiesCommand());
    return Identities;
  }

  /** The tags of this library: the mark, and the claims without their ids. */
  async function tags(): Promise<string[]> {
    const { Tags = [] } = await new SESv2Client().send(new GetEmailIdentityCommand({ EmailIdentity: DOMAIN }));
    return Tags.map(({ Key = '', Value }) => (Key.startsWith(CLAIM_PREFIX) ? `${Value}` : `${Key}=${Value}`)).sort();
  }

  const succeeded = { Status: 'SUCCESS' };

  it('makes, changes and removes a domain', async () => {
    const made = await create('Mail');
    expect(made).toMatchObject(succeeded);
    expect(await identities()).toEqual([DOMAIN]);
    expect(await tags()).toEqual([`${MARK}=${MADE}`, `zone=${zone} made=identity+1+2+3 by=Test/Mail`]);
    expect(await records()).toEqual(announced(made));

    const { PhysicalResourceId } = made;
    const changed = await deliver(
      event('Update', 'Mail', {
        PhysicalResourceId,
        ResourceProperties: properties('60'),
        OldResourceProperties: properties(),
      }),
    );
    expect(changed).toMatchObject({ ...succeeded, PhysicalResourceId });
    expect(await records()).toEqual(announced(made, 60));

    const removed = await remove('Mail', changed);
    expect(removed).toMatchObject(succeeded);
    expect(removed.Reason).toBeUndefined();
    expect(await identities()).toEqual([]);
    expect(await records()).toEqual([]);
  });

  it.each(['the same', 'another'])('takes a Create that comes twice for one, in %s environment', async (where) => {
    const creation = event('Create', 'Mail', { ResourceProperties: properties() });
    const first = await deliver(creation);
    // The journal of an environment is in its own folder.
    if (where === 'another') process.env.TMPDIR = mkdtempSync(join(tmp, 'another-'));

    const second = await deliver(creation);

    process.env.TMPDIR = tmp;
    expect(second).toMatchObject({ ...succeeded, PhysicalResourceId: first.PhysicalResourceId });
    expect(await identities()).toEqual([DOMAIN]);
    expect(await tags()).toEqual([`${MARK}=${MADE}`, `zone=${zone} made=identity+1+2+3 by=Test/Mail`]);
    await remove('Mail', second);
    expect(await identities()).toEqual([]);
    expect(await records()).toEqual([]);
  });

  it('keeps what another construct uses, until the last one goes', async () => {
    const one = await create('Mail');
    const before = await records();
    const two = await create('Other');
    expect(two).toMatchObject(succeeded);
    expect(await tags()).toHaveLength(3);

    expect(await remove('Mail', one)).toMatchObject({
      ...succeeded,
      Reason: `The identity ${DOMAIN} in ${REGION} stays, with the records that are in use: Test/Other still uses it.`,
    });
    expect(await identities()).toEqual([DOMAIN]);
    expect(await records()).toEqual(before);

    expect(await remove('Other', two)).toMatchObject(succeeded);
    expect(await identities()).toEqual([]);
    expect(await records()).toEqual([]);
  });
});
