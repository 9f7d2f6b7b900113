import { App, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { EasyDkimDelegationRole, EasyDkimDomain } from '../../lib';

/** Synthesizes an app that fails on any finding of cdk-nag. */
function check(build: (stack: Stack, hostedZone: route53.IHostedZone) => void, env?: object): void {
  const app = new App();
  const stack = new Stack(app, 'Checked', { env });
  build(
    stack,
    route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  app.synth();
}

describe('the AwsSolutions and NIST 800-53 R5 rules of cdk-nag find nothing in', () => {
  test.each<[string, object | undefined]>([
    ['a stack for any environment', undefined],
    ['a stack for one environment', { account: '111122223333', region: 'eu-west-1' }],
  ])('a domain in %s', (_, env) => {
    expect(() => check((stack, hostedZone) => new EasyDkimDomain(stack, 'Mail', { hostedZone }), env)).not.toThrow();
  });

  test('domains in two Regions, one behind a delegation role', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) => {
      const delegationRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/delegation');
      new EasyDkimDomain(stack, 'One', { hostedZone, sesRegion: 'eu-west-1' });
      new EasyDkimDomain(stack, 'Other', { hostedZone, sesRegion: 'us-east-1', delegationRole });
    };
    expect(() => check(build)).not.toThrow();
  });

  test('a delegation role', () => {
    const assumedBy = new iam.AccountPrincipal('111122223333');
    const build = (stack: Stack, hostedZone: route53.IHostedZone) =>
      new EasyDkimDelegationRole(stack, 'Role', { hostedZone, assumedBy });
    expect(() => check(build)).not.toThrow();
  });

  test('(but they do find an AWS managed policy)', () => {
    const build = (stack: Stack) =>
      new iam.Role(stack, 'Role', {
        assumedBy: new iam.AccountPrincipal('111122223333'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      });
    expect(() => check(build)).toThrow('AwsSolutions-IAM4');
  });
});
