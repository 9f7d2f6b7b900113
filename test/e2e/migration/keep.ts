import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

const KEPT = [
  'AWS::SES::EmailIdentity',
  'AWS::Route53::RecordSet',
  'AWS::CloudFormation::CustomResource',
  'Custom::AWS',
  'AWS::SNS::Topic',
];

/** Has CloudFormation leave the identity, its records and its topic alone when the construct goes. */
export function keep(old: IConstruct): void {
  for (const each of old.node.findAll()) {
    if (CfnResource.isCfnResource(each) && KEPT.includes(each.cfnResourceType)) {
      each.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
  }
}
