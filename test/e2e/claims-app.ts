/**
 * Constructs for one domain in several stacks. The context key `places` (JSON) says which stack has which constructs,
 * by their ids, in the order in which the stacks are deployed; a stack at the context key `failing` fails when all else
 * in it is there. The handlers call AWS by way of the proxy at the context key `proxy`.
 */
import { App, CfnWaitConditionHandle, CustomResource, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DmarcPolicy, EasyDkimDomain } from '../../lib';
import { text, zoneOf } from './context';
import { handlerOf, redirectHandler } from './handler-of';

const app = new App();
const places = JSON.parse(text(app, 'places')!) as Record<string, string[]>;

for (const [name, ids] of Object.entries(places)) {
  const stack = new Stack(app, name, {
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
  // What a stack has besides, so that it is there without the domain.
  new CfnWaitConditionHandle(stack, 'Other');
  const domains = ids.map((id) => addDomain(stack, id));
  if (domains.length > 0) {
    redirectHandler(stack, text(app, 'proxy')!);
  }
  if (text(app, 'failing') === name) {
    const failing = new CustomResource(stack, 'Failing', { serviceToken: handlerOf(stack).functionArn });
    failing.node.addDependency(...domains);
  }
}

function addDomain(stack: Stack, id: string): EasyDkimDomain {
  const hostedZone = zoneOf(stack);
  const topic = Topic.fromTopicArn(stack, 'Problems', `arn:aws:sns:${stack.region}:${stack.account}:problems`);
  return new EasyDkimDomain(stack, id, {
    hostedZone,
    mailFrom: { domainName: `bounce.${hostedZone.zoneName}` },
    dmarc: { policy: DmarcPolicy.NONE },
    feedbackForwarding: false,
    notifications: { bounces: topic, complaints: topic },
  });
}
