import { handlerStatements, isAllowed, questionsOf, type Question } from '../support/iam';
import { ALL, MAIL_FROM, SettingsResource } from '../support/settings';
import { DOMAIN, properties, REGION, StackResource, World, ZONE } from '../support/stack';
import { watch } from '../support/watch';
import { deployment } from './guard';

const WITH_ALL = properties({ MailFromDomain: MAIL_FROM, DmarcRecord: 'v=DMARC1; p=none' });

test('the role of the Lambda may do all that a watch does, with repair', async () => {
  const world = await World.start();
  world.fake.addConfigurationSet(REGION, 'main');
  const mail = new StackResource(world, 'Mail', deployment.stackId);
  await mail.create(WITH_ALL);
  await new SettingsResource(world, 'Settings', deployment.stackId).create(ALL);
  const identity = world.fake.identity(REGION, DOMAIN)!;
  Object.assign(identity, {
    configurationSet: undefined,
    mailFrom: undefined,
    forwarding: true,
    topics: {},
    headers: [],
  });
  identity.dkimStatus = 'Failed';
  world.fake.records(ZONE).forEach(({ name, type }) => world.fake.removeRecord(ZONE, name, type));
  world.fake.putRecord(ZONE, { name: MAIL_FROM, type: 'TXT', ttl: 60, values: ['"something else"'] });
  const statements = handlerStatements(WITH_ALL, deployment, ALL, { isWatched: true });
  const refused: Question[] = [];
  world.fake.authorize = (call) => {
    const questions = questionsOf(call, () => identity.tags).filter((question) => !isAllowed(statements, question));
    refused.push(...questions);
    return questions.length === 0 ? undefined : 'not authorized';
  };

  const { metrics } = await watch(world, mail, { repair: true });

  expect(refused).toEqual([]);
  expect(metrics).toContain('Test Repaired 16');
  world.stop();
});
