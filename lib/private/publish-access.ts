import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * Lets SES publish to a topic what becomes of an identity's mail. An imported topic is not changed.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
 */
export function allowPublishing(scope: Construct, topic: sns.ITopic, identityArn: string): iam.Grant {
  const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account, 'aws:SourceArn': identityArn } };
  return topic.grantPublish(new iam.ServicePrincipal('ses.amazonaws.com', { conditions }));
}
