import { aws_iam as iam, Lazy, Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';

/** The identities that a topic takes notifications of, and what lets it. */
interface TopicAccess {
  readonly identityArns: string[];
  readonly grant: iam.Grant;
}

/**
 * Lets SES publish to topics what becomes of the mail of a stack's identities. An imported topic is not changed.
 *
 * One statement serves all identities: the policy of a topic has room for 30 kB and 100 statements.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
 */
export class PublishAccess {
  private readonly topics = new Map<sns.ITopic, TopicAccess>();

  public constructor(private readonly stack: Stack) {}

  public allow(topic: sns.ITopic, identityArn: string): iam.Grant {
    const { identityArns, grant } = this.topics.get(topic) ?? this.addTopic(topic);
    identityArns.push(identityArn);
    return grant;
  }

  private addTopic(topic: sns.ITopic): TopicAccess {
    const identityArns: string[] = [];
    const conditions = {
      StringEquals: {
        'aws:SourceAccount': this.stack.account,
        // Not Lazy.any: where policies are minimized, two lists would pass for one, and a statement be dropped.
        'aws:SourceArn': Lazy.list({ produce: () => identityArns }),
      },
    };
    const grant = topic.grantPublish(new iam.ServicePrincipal('ses.amazonaws.com', { conditions }));
    const access = { identityArns, grant };
    this.topics.set(topic, access);
    return access;
  }
}
