import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import { resolveIntrinsics } from '../support/intrinsics';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
/** As long as Route 53 makes them. */
export const ZONE_ID = 'Z0123456789ABCDEFGHIJ';

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
}

/** A statement of a policy, with its tokens replaced by what they become. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, string[]>>;
}

/** A managed policy of a stack, with its tokens replaced by what they become. */
export interface Policy {
  readonly logicalId: string;
  readonly description: string;
  readonly statements: Statement[];
  /** What IAM counts: the characters that are not white space. */
  readonly length: number;
}

// The CDK notes where each element of a template was made, and jest maps each line of that to the source: a fifth of the time.
Error.stackTraceLimit = 2;

// One folder for all the apps of a test file: each writes its templates and reads them at once.
const outdir = mkdtempSync(path.join(tmpdir(), 'easy-dkim-test-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** An app that synthesizes fast: no copies of the handler, no stack traces, no validation of templates. */
export function anApp(context: Record<string, unknown> = {}, builtinCloudFormationValidation = false): App {
  return new App({
    outdir,
    builtinCloudFormationValidation,
    context: { [DISABLE_ASSET_STAGING_CONTEXT]: true, 'aws:cdk:disable-stack-trace': true, ...context },
  });
}

/** A stack in a Region. */
export function aStack(region = REGION, app: Construct = anApp(), id = 'Test'): Stack {
  return new Stack(app, id, { env: { account: ACCOUNT, region } });
}

/** A stack that learns its account and Region at deployment only. */
export function anAgnosticStack(app: Construct = anApp()): Stack {
  return new Stack(app, 'Test');
}

/** A public hosted zone that exists already; the same one for the same name. */
export function aZone(scope: Construct, zoneName = 'example.com', hostedZoneId = ZONE_ID): route53.IHostedZone {
  const id = `Zone ${zoneName}`;
  const made = scope.node.tryFindChild(id) as route53.IHostedZone | undefined;
  return made ?? route53.HostedZone.fromHostedZoneAttributes(scope, id, { hostedZoneId, zoneName });
}

/** A domain with what the test is about; its zone is example.com unless that is what the test is about. */
export function aDomain(scope: Construct, props: Partial<EasyDkimDomainProps> = {}, id = 'Mail'): EasyDkimDomain {
  return new EasyDkimDomain(scope, id, { hostedZone: props.hostedZone ?? aZone(Stack.of(scope)), ...props });
}

/** Domains with a zone each, in one stack. */
export function manyDomains(
  stack: Stack,
  count: number,
  props: (index: number) => Partial<EasyDkimDomainProps> = () => ({}),
): EasyDkimDomain[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(3, '0');
    return aDomain(
      stack,
      {
        hostedZone: aZone(stack, `customer-${number}.mail.example.com`, `Z0123456789ABCDEFG${number}`),
        outputs: false,
        ...props(index),
      },
      `Mail${number}`,
    );
  });
}

/** The resources of a type in a stack's template, by their logical ids. */
export function resources(stack: Stack, type: string): Record<string, TemplateResource> {
  return Template.fromStack(stack).findResources(type) as Record<string, TemplateResource>;
}

/** The only resource of a type in a stack's template. */
export function theResource(stack: Stack, type: string): TemplateResource & { readonly logicalId: string } {
  const found = Object.entries(resources(stack, type));
  expect(found.map(([, { Type }]) => Type)).toEqual([type]);
  return { logicalId: found[0][0], ...found[0][1] };
}

/** What CloudFormation hands the handler for the only domain of a stack. */
export function resourceProperties(stack: Stack): Record<string, unknown> {
  return propertiesOf(stack, 'Custom::EasyDkimDomain');
}

/** What CloudFormation hands the handler for the settings of the only domain of a stack. */
export function settingsProperties(stack: Stack): Record<string, unknown> {
  return propertiesOf(stack, 'Custom::EasyDkimSettings');
}

function propertiesOf(stack: Stack, type: string): Record<string, unknown> {
  const properties = { ...theResource(stack, type).Properties };
  delete properties.ServiceToken;
  delete properties.ServiceTimeout;
  return properties;
}

/** The domain that the handler gets, for tests that ask many times: synthesizing takes a hundred times as long. */
export function domainNameWithoutSynthesis(mail: EasyDkimDomain): string {
  const resource = mail.node.findChild('Resource') as unknown as { _toCloudFormation(): unknown };
  const fragment = Stack.of(mail).resolve(resource._toCloudFormation()) as {
    readonly Resources: Record<string, TemplateResource>;
  };
  return Object.values(fragment.Resources)[0].Properties.DomainName as string;
}

/** The outputs of a stack's template, by their logical ids. */
export function outputs(stack: Stack): Record<string, { readonly Value: unknown; readonly Export?: { Name: string } }> {
  return Template.fromStack(stack).findOutputs('*') as ReturnType<typeof outputs>;
}

/** The handler's managed policies. */
export function policies(stack: Stack): Policy[] {
  return Object.entries(resources(stack, 'AWS::IAM::ManagedPolicy')).map(([logicalId, { Properties }]) => {
    const document = deployed(stack, Properties.PolicyDocument) as { readonly Statement: Statement[] };
    return {
      logicalId,
      description: Properties.Description as string,
      statements: document.Statement,
      length: JSON.stringify(document).length,
    };
  });
}

/** The statements, of all the handler's policies, that are about a service. */
export function statementsFor(stack: Stack, service: string): Statement[] {
  return policies(stack)
    .flatMap(({ statements }) => statements)
    .filter(({ Action }) => actionsOf(Action).some((action) => action.startsWith(`${service}:`)));
}

export function actionsOf(action: string | string[]): string[] {
  return ([] as string[]).concat(action);
}

/** What a value of the template is once CloudFormation has deployed it: as long as in real life. */
export function deployed(stack: Stack, value: unknown): unknown {
  return resolveIntrinsics(value, {
    ref: (name) => referenceTo(stack, name),
    getAtt: (logicalId) => attributeOf(stack, logicalId),
  });
}

function referenceTo(stack: Stack, name: string): string {
  const { account, region, partition } = environmentOf(stack);
  switch (name) {
    case 'AWS::Partition':
      return partition;
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return account;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${region}:${account}:stack/${stack.stackName}/01234567-89ab-cdef-0123-456789abcdef`;
    default:
      return typeOf(stack, name) === 'AWS::Route53::HostedZone' ? ZONE_ID : `${stack.stackName}-${name}-0123456789AB`;
  }
}

function attributeOf(stack: Stack, logicalId: string): string {
  const { account, region, partition } = environmentOf(stack);
  const name = referenceTo(stack, logicalId);
  return typeOf(stack, logicalId) === 'AWS::Logs::LogGroup'
    ? `arn:${partition}:logs:${region}:${account}:log-group:${name}:*`
    : `arn:${partition}:iam::${account}:role/${name}`;
}

function typeOf(stack: Stack, logicalId: string): string | undefined {
  return (Template.fromStack(stack).toJSON().Resources as Record<string, TemplateResource>)[logicalId]?.Type;
}

function environmentOf(stack: Stack): { account: string; region: string; partition: string } {
  const region = stack.resolve(stack.region) === stack.region ? stack.region : REGION;
  return { account: ACCOUNT, region, partition: RegionInfo.get(region).partition ?? 'aws' };
}
