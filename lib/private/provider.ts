import * as path from 'path';
import { CfnOutput, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IDependable } from 'constructs';
import { acknowledge, FUNCTION_FINDINGS, LOG_GROUP_FINDINGS } from './permissions/acknowledgements';
import { HandlerPolicies, PolicyRequest } from './permissions/handler-policies';
import { dmarcRecordName } from '../shared/mail-records';
import { PublishAccess } from './permissions/publish-access';

/** The bundled handler, built with the package and shipped in it. */
const HANDLER = path.join(__dirname, '..', '..', 'dist', 'handler');

/**
 * CloudFormation allows this many outputs in a stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MAX_OUTPUTS = 200;

/** What makes the domains of one stack work: the Lambda, its role with its policies, and its log group. */
export class EasyDkimProvider extends Construct {
  /** The provider of the stack that the construct is in. */
  public static of(scope: Construct): EasyDkimProvider {
    const stack = Stack.of(scope);
    const id = 'EasyDkimProvider';
    return (stack.node.tryFindChild(id) as EasyDkimProvider | undefined) ?? new EasyDkimProvider(stack, id);
  }

  public readonly serviceToken: string;
  public readonly publishing: PublishAccess;
  private readonly policies: HandlerPolicies;
  private readonly domains = new Map<string, Construct>();
  private readonly recordNames = new Map<string, Construct>();

  private constructor(stack: Stack, id: string) {
    super(stack, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Sets up SES Easy DKIM for the domains of this stack (cdk-ses-easy-dkim)',
      code: lambda.Code.fromAsset(HANDLER),
      handler: 'index.handler',
      runtime: lambda.determineLatestNodeRuntime(this),
      timeout: Duration.minutes(15),
      memorySize: 256,
      role,
      logGroup,
    });
    acknowledge(logGroup, LOG_GROUP_FINDINGS);
    acknowledge(handler, FUNCTION_FINDINGS);
    this.serviceToken = handler.functionArn;
    this.publishing = new PublishAccess(stack);
    this.policies = new HandlerPolicies(this, role.roleName, logGroup.logGroupArn);
    this.node.addValidation({ validate: () => this.validateOutputs(stack) });
  }

  /**
   * Lets the handler work on a domain.
   *
   * @returns the policies that the custom resource has to depend on.
   * @throws Error when the stack has the domain, its DMARC record or its MAIL FROM domain already.
   */
  public register(domain: Construct, request: PolicyRequest): IDependable[] {
    const key = `${request.region} ${request.domainName}`;
    const other = this.domains.get(key);
    if (other !== undefined) {
      const domainName = Token.isUnresolved(request.domainName) ? '' : ` "${request.domainName}"`;
      const region = Token.isUnresolved(request.region) ? 'the same Region' : request.region;
      throw new Error(
        `${domain.node.path}: domainName${domainName} in ${region} is set up by ${other.node.path} already. ` +
          'Two resources for one SES identity would delete it under each other: use that one.',
      );
    }
    this.domains.set(key, domain);
    if (request.dmarc) {
      this.claim(domain, 'dmarc', dmarcRecordName(request.domainName));
    }
    if (request.mailFromDomain !== undefined) {
      this.claim(domain, 'mailFrom', request.mailFromDomain);
    }
    return this.policies.allow(request);
  }

  /** Records that two domains used would go with the first of them: a domain in two Regions is two. */
  private claim(domain: Construct, prop: string, name: string): void {
    const other = this.recordNames.get(name);
    if (other !== undefined) {
      throw new Error(
        `${domain.node.path}: ${prop} is for records at ${Token.isUnresolved(name) ? 'a name' : `"${name}"`} that ` +
          `${other.node.path} makes already and would take away when it goes: ` +
          (prop === 'dmarc' ? 'leave it out here, since one record serves both.' : 'give another name.'),
      );
    }
    this.recordNames.set(name, domain);
  }

  private validateOutputs(stack: Stack): string[] {
    const count = stack.node
      .findAll()
      .filter((child) => CfnOutput.isCfnElement(child) && isOutputOf(child, stack)).length;
    return count <= MAX_OUTPUTS
      ? []
      : [
          `The stack has ${count} outputs and CloudFormation allows ${MAX_OUTPUTS}: pass outputs: false to the ` +
            'EasyDkimDomains whose tokens and records you do not need as outputs.',
        ];
  }
}

function isOutputOf(child: unknown, stack: Stack): boolean {
  return child instanceof CfnOutput && child.stack === stack;
}
