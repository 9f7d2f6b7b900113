import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import { ReplicaProperties, ResourceProperties, SettingsProperties } from '../../shared/contract';
import { REPLICA_RULES, shown } from '../../shared/rules';
import { checkProperties } from './checks';
import { checkRegion } from './domain-properties';
import { Fail } from './prop-types';

const PROP = 'replicaRegions';

/**
 * The properties of the custom resources for the replicas.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function replicaProperties(
  scope: Construct,
  { replicaRegions = [] }: EasyDkimDomainProps,
  { DomainName, SesRegion: ParentRegion, RemovalPolicy, WaitForVerification, Revision }: ResourceProperties,
  fail: Fail,
): ReplicaProperties[] {
  return replicaRegions.map((SesRegion, index) => {
    if (Token.isUnresolved(SesRegion)) {
      fail(PROP, 'has a Region in it that is known only at deployment: give names such as "us-east-1"');
    }
    if (replicaRegions.indexOf(SesRegion) < index) {
      fail(PROP, `has ${shown(SesRegion)} twice: give each Region once`);
    }
    checkRegion(scope, SesRegion, (problem) => fail(PROP, `has one that ${problem}`));
    const properties = { DomainName, SesRegion, ParentRegion, RemovalPolicy, WaitForVerification, Revision };
    checkProperties(fail, properties, REPLICA_RULES);
    return properties;
  });
}

/**
 * What of the domain's settings its replicas get; undefined when their settings are left alone.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function replicatedSettings(
  { replicaRegions = [], replicateSettings, feedbackForwarding }: EasyDkimDomainProps,
  settings: SettingsProperties | undefined,
  fail: Fail,
): SettingsProperties | undefined {
  if (!replicateSettings) {
    return undefined;
  }
  if (replicaRegions.length === 0) {
    fail('replicateSettings', `is true without replicas: give ${PROP}, or leave it out`);
  }
  if (settings === undefined || (settings.MailFromDomain ?? settings.FeedbackForwarding) === undefined) {
    fail('replicateSettings', 'is true, and no replica gets any other settings: give mailFrom or feedbackForwarding');
  }
  if (feedbackForwarding === false) {
    fail(
      'replicateSettings',
      'is true and feedbackForwarding is false, which SES allows only with topics, and topics belong to one Region: ' +
        'leave out one of the two',
    );
  }
  const { MailFromDomain, MailFromBehavior, WaitForVerification, FeedbackForwarding } = settings;
  const { DomainName, SesRegion, RemovalPolicy, Revision } = settings;
  const ofMailFrom = { MailFromDomain, MailFromBehavior, WaitForVerification };
  return { DomainName, SesRegion, RemovalPolicy, Revision, ...ofMailFrom, FeedbackForwarding };
}
