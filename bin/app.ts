#!/usr/bin/env node
/**
 * The example app. With no context it is self-contained: it makes its own hosted zone for
 * example.com. With `domainName`, `hostedZoneId` and `zoneName` it deploys into a zone that exists:
 *
 *   npx cdk deploy -c domainName=mail.example.com -c hostedZoneId=Z0123456789ABCDEFGHIJ -c zoneName=example.com
 */
import { App } from 'aws-cdk-lib';
import { ExampleStack } from '../examples/apps/example-stack';

const app = new App();
new ExampleStack(app, 'EasyDkimExample', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
