#!/usr/bin/env node
/**
 * A domain in a stage of a CDK pipeline: first for a test domain, then for the real one.
 *
 *   npx cdk synth --app 'npx tsx examples/pipeline.ts'
 */
import { App, Stack, Stage, StageProps } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

interface MailStageProps extends StageProps {
  readonly hostedZoneId: string;
  readonly zoneName: string;
}

class MailStage extends Stage {
  public constructor(scope: Construct, id: string, { hostedZoneId, zoneName, ...props }: MailStageProps) {
    super(scope, id, props);
    const stack = new Stack(this, 'Mail');
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId, zoneName });
    new EasyDkimDomain(stack, 'Domain', { hostedZone });
  }
}

const app = new App();
const stack = new Stack(app, 'Pipeline', { env: { account: '777788889999', region: 'eu-west-1' } });

const repository = Repository.fromRepositoryName(stack, 'Repository', 'mail');
const pipeline = new CodePipeline(stack, 'Pipeline', {
  pipelineType: PipelineType.V2,
  crossAccountKeys: true,
  synth: new ShellStep('Synth', {
    input: CodePipelineSource.codeCommit(repository, 'main'),
    commands: ['npm ci', 'npx cdk synth'],
  }),
});
pipeline.addStage(
  new MailStage(app, 'Test', {
    env: { account: '444455556666', region: 'eu-west-1' },
    hostedZoneId: 'Z0123456789ABCDEFGHI1',
    zoneName: 'test.example.com',
  }),
);
pipeline.addStage(
  new MailStage(app, 'Production', {
    env: { account: '111122223333', region: 'eu-west-1' },
    hostedZoneId: 'Z0123456789ABCDEFGHI2',
    zoneName: 'example.com',
  }),
);

app.synth();
