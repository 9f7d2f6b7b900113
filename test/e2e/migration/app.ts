/**
 * A stack for each peer. The context key `phase` says how far it is: `old`, `kept`, `moved` or `owned`;
 * `domains` (JSON) has the domain of each stack, `proxy` is where our handler finds AWS.
 */
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EasyDkimDomain } from '../../../lib';
import { text } from '../context';
import { redirectHandler } from '../handler-of';
import { keep } from './keep';
import { Domain, PEERS, zone } from './peers';

const app = new App({
  // What new CDK projects have: without it, VerifySesDomain's Lambda first downloads the SDK.
  context: { '@aws-cdk/customresources:installLatestAwsSdkDefault': false },
});
const phase = text(app, 'phase');
const domains = JSON.parse(text(app, 'domains')!) as Record<string, Domain>;

for (const [name, addOld] of Object.entries(PEERS)) {
  const stack = new Stack(app, name, {
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
  if (phase === 'moved' || phase === 'owned') {
    const hostedZone = zone(stack, domains[name]);
    // One of them is left to itself.
    const takeOwnership = phase === 'owned' && name !== 'VerifySesDomain';
    new EasyDkimDomain(stack, 'Mail', { hostedZone, takeOwnership });
    redirectHandler(stack, text(app, 'proxy')!);
    if (name === 'VerifySesDomain') {
      takeOverTheRest(stack, hostedZone);
    }
  } else {
    const old = addOld(stack, domains[name]);
    if (phase === 'kept') {
      keep(old);
    }
  }
}

/** Under their former logical ids, these are to CloudFormation the resources that it has already. */
function takeOverTheRest(stack: Stack, hostedZone: route53.IHostedZone): void {
  const values = [{ priority: 10, hostName: `inbound-smtp.${stack.region}.amazonaws.com` }];
  const inbound = new route53.MxRecord(stack, 'Inbound', { zone: hostedZone, values });
  (inbound.node.defaultChild as CfnResource).overrideLogicalId('DomainSesMxRecord8FA72CE0');

  const topic = new sns.Topic(stack, 'Topic');
  (topic.node.defaultChild as CfnResource).overrideLogicalId('DomainSesNotificationTopic550EC06D');
}
