import { handlerStatements, isAllowed, questionsOf, resourceTags, type Question } from '../support/iam';
import { ReplicaResource, replica, REPLICA_REGION } from '../support/replica';
import { MAIL_FROM, settings, SettingsResource } from '../support/settings';
import { DOMAIN, properties, REGION, StackResource, World } from '../support/stack';
import { ACCOUNT, deployment } from './guard';

const given = properties({ MailFromDomain: MAIL_FROM, Tags: { team: 'mail' } });
const mailFrom = { MailFromDomain: MAIL_FROM, MailFromBehavior: 'UseDefaultValue' } as const;
const statements = () => handlerStatements(given, deployment, undefined, { replicaRegions: [REPLICA_REGION] });
const arn = (region: string, domainName = DOMAIN) => `arn:aws:ses:${region}:${ACCOUNT}:identity/${domainName}`;

test('the role of the Lambda may do all that the handler does for a replica', async () => {
  const world = await World.start();
  world.setRegions(REGION, REPLICA_REGION);
  const allowed = statements();
  const refused: Question[] = [];
  world.fake.authorize = (call) => {
    const tagsOf = (name: string) => world.fake.identities.get(call.account, call.region, name)?.tags ?? {};
    const questions = questionsOf(call, tagsOf).filter((question) => !isAllowed(allowed, question));
    refused.push(...questions);
    return questions.length === 0 ? undefined : 'not authorized';
  };
  const mail = new StackResource(world, 'Mail', deployment.stackId);
  const copy = new ReplicaResource(world, 'Replica', deployment.stackId);
  const more = new SettingsResource(world, 'ReplicaSettings', deployment.stackId);

  const answers = [
    await mail.create(given),
    await copy.create(replica({ Tags: { team: 'mail' } })),
    await more.create(settings({ SesRegion: REPLICA_REGION, ...mailFrom })),
    await copy.update(replica()),
    await more.delete(),
    await copy.delete(),
    await mail.delete(),
  ];

  expect(refused).toEqual([]);
  expect(answers.map(({ status, reason }) => status + reason)).toEqual(answers.map(() => 'SUCCESS'));
  expect(world.holdings()).toEqual([]);
  world.stop();
});

describe('the role of the Lambda may not', () => {
  const replicating = (parentArn: string, region: string): Question => ({
    action: 'ses:ReplicateEmailIdentityDkimSigningKey',
    resource: parentArn,
    keys: { 'ses:ReplicaRegion': [region] },
  });

  test('(but may replicate the keys of its domain)', () => {
    expect(isAllowed(statements(), replicating(arn(REGION), REPLICA_REGION))).toBe(true);
  });

  test.each<[string, Question]>([
    ['replicate the keys of another domain', replicating(arn(REGION, 'example.net'), REPLICA_REGION)],
    ['replicate the keys into another Region', replicating(arn(REGION), 'eu-north-1')],
    [
      'give keys of its own to an identity in the Region of the replica',
      { action: 'ses:VerifyDomainDkim', resource: '*', keys: { 'aws:RequestedRegion': [REPLICA_REGION] } },
    ],
    [
      'delete a replica that others have made',
      { action: 'ses:DeleteEmailIdentity', resource: arn(REPLICA_REGION), keys: resourceTags({}) },
    ],
  ])('%s', (_, question) => {
    expect(isAllowed(statements(), question)).toBe(false);
  });
});
