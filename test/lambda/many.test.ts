import { madeOf, properties, setUpOf, StackResource, World } from '../support/stack';

let world: World;
let mails: readonly StackResource[];

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.stop());

/** All at once, as CloudFormation starts resources that do not depend on each other. */
async function createAll(count: number): Promise<void> {
  mails = Array.from({ length: count }, (_, n) => new StackResource(world, `Mail${n}`));
  const answers = await Promise.all(
    mails.map((mail, n) => mail.create(properties({ DomainName: `mail${n}.example.com` }))),
  );
  expect(answers.filter((answer) => answer.status !== 'SUCCESS' || madeOf(answer) !== '1+2+3')).toEqual([]);
  expect(world.holdings()).toEqual(answers.flatMap((answer) => setUpOf(answer)).sort());
}

async function deleteAll(): Promise<void> {
  const answers = await Promise.all(mails.map((mail) => mail.delete()));
  expect(answers.filter(({ status }) => status !== 'SUCCESS')).toEqual([]);
  expect(world.holdings()).toEqual([]);
}

describe('many domains at once', () => {
  it('take little longer than the one call a second that SES allows', async () => {
    world.fake.limits = { VerifyDomainDkim: { perSecond: 1, burst: 1 } };

    expect(await world.timeOf(() => createAll(50))).toBeLessThan(1.5 * 50_000);
  });

  it('succeed, and go again, with all the limits that AWS has', async () => {
    world.fake.limits = {
      CreateEmailIdentity: { perSecond: 1, burst: 1 },
      GetEmailIdentity: { perSecond: 1, burst: 1 },
      DeleteEmailIdentity: { perSecond: 1, burst: 1 },
      TagResource: { perSecond: 1, burst: 1 },
      ListTagsForResource: { perSecond: 1, burst: 1 },
      VerifyDomainDkim: { perSecond: 1, burst: 1 },
      route53: { perSecond: 10, burst: 50 },
    };

    await createAll(20);
    await deleteAll();
  });

  it('are not confused by each other in the zone that they share', async () => {
    let batches = 0;
    // Route 53 works on one batch of a zone at a time.
    world.fake.addFault({
      kind: 'PriorRequestNotComplete',
      operation: 'ChangeResourceRecordSets',
      when: () => (batches += 1) % 3 !== 0,
      times: Infinity,
    });

    await createAll(20);
  });
});
