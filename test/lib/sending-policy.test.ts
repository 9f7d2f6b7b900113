import { App, CfnParameter, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EasyDkimDomain } from '../../lib';
import {
  ACCOUNT,
  aDomain,
  anAgnosticStack,
  aStack,
  actionsOf,
  deployed,
  policies,
  REGION,
  resources,
  settingsProperties,
  theResource,
} from './support';

const SETTINGS = 'Custom::EasyDkimSettings';
const PARTNER = '210987654321';
const ARN = `arn:aws:ses:${REGION}:${ACCOUNT}:identity/example.com`;
const SENDING = ['ses:SendEmail', 'ses:SendRawEmail', 'ses:SendTemplatedEmail', 'ses:SendBulkTemplatedEmail'];

interface Statement {
  readonly Action: string[];
  readonly Principal: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** The policy of the only identity of a stack, as the handler gets it. */
function policyOf(stack: Stack): Statement[] | undefined {
  const policy = deployed(stack, settingsProperties(stack).SendingPolicy) as { Statement: Statement[] } | undefined;
  return policy?.Statement;
}

/** What a domain's stack has after something was granted. */
function granted(grant: (mail: EasyDkimDomain, stack: Stack) => void, stack = aStack()): Stack {
  grant(aDomain(stack, { outputs: false }), stack);
  return stack;
}

describe('grantSendEmail', () => {
  test.each<[string, (stack: Stack) => iam.IGrantable, unknown, unknown]>([
    ['another account', () => new iam.AccountPrincipal(PARTNER), { AWS: `arn:aws:iam::${PARTNER}:root` }, undefined],
    [
      'a role of another account',
      (stack) => iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${PARTNER}:role/sender`),
      { AWS: `arn:aws:iam::${PARTNER}:role/sender` },
      undefined,
    ],
    [
      'an organization',
      () => new iam.OrganizationPrincipal('o-1234567890'),
      { AWS: '*' },
      { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } },
    ],
    [
      'a service',
      () =>
        new iam.ServicePrincipal('cognito-idp.amazonaws.com', {
          conditions: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
        }),
      { Service: 'cognito-idp.amazonaws.com' },
      { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    ],
  ])('of %s gives the identity a policy', (_, principal, Principal, Condition) => {
    const stack = granted((mail, scope) => expect(mail.grantSendEmail(principal(scope)).success).toBe(true));
    expect(policyOf(stack)).toEqual([
      { Effect: 'Allow', Action: [...SENDING].sort(), Principal, Resource: ARN, ...(Condition ? { Condition } : {}) },
    ]);
  });

  test('of a role of the stack leaves the identity without a policy, and without settings', () => {
    const stack = granted((mail, scope) =>
      mail.grantSendEmail(new iam.Role(scope, 'Role', { assumedBy: new iam.AccountRootPrincipal() })),
    );
    expect(resources(stack, SETTINGS)).toEqual({});
  });

  test('of a role of a stack that knows neither account nor Region does so, too', () => {
    const stack = granted(
      (mail, scope) => mail.grantSendEmail(new iam.Role(scope, 'Role', { assumedBy: new iam.AccountRootPrincipal() })),
      anAgnosticStack(),
    );
    expect(resources(stack, SETTINGS)).toEqual({});
  });

  test('of several accounts names them in one statement', () => {
    const stack = granted((mail) => {
      mail.grantSendEmail(new iam.AccountPrincipal(PARTNER));
      mail.grantSendEmail(new iam.AccountPrincipal('321098765432'));
    });
    expect(policyOf(stack)).toEqual([
      expect.objectContaining({
        Principal: { AWS: [`arn:aws:iam::${PARTNER}:root`, 'arn:aws:iam::321098765432:root'] },
      }),
    ]);
  });

  test('covers templates, and the default configuration set that the identity turns out to have', () => {
    const stack = granted((mail, scope) =>
      mail.grantSendEmail(new iam.Role(scope, 'Role', { assumedBy: new iam.AccountRootPrincipal() })),
    );
    const { Statement } = theResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument as {
      Statement: Statement[];
    };
    expect(Statement.flatMap(({ Action }) => actionsOf(Action))).toEqual([...SENDING, 'ses:SendBulkEmail']);
    const { logicalId } = theResource(stack, 'Custom::EasyDkimDomain');
    for (const { Resource } of Statement) {
      expect(Resource).toEqual([
        expect.anything(),
        { 'Fn::GetAtt': [logicalId, 'SendingResource'] },
        `arn:aws:ses:${REGION}:${ACCOUNT}:template/*`,
      ]);
    }
  });
});

test('grant of some actions to another account gives the identity a policy', () => {
  const stack = granted((mail) => mail.grant(new iam.AccountPrincipal(PARTNER), 'ses:SendRawEmail'));
  expect(policyOf(stack)).toEqual([
    {
      Effect: 'Allow',
      Action: 'ses:SendRawEmail',
      Principal: { AWS: `arn:aws:iam::${PARTNER}:root` },
      Resource: ARN,
    },
  ]);
});

describe('addToResourcePolicy', () => {
  const statement = (given: Partial<iam.PolicyStatementProps> = {}) =>
    new iam.PolicyStatement({
      actions: ['ses:SendEmail'],
      principals: [new iam.AccountPrincipal(PARTNER)],
      conditions: { StringLike: { 'ses:FromAddress': 'news*@example.com' } },
      ...given,
    });

  test('gives the identity a policy with the statement, which is about the identity', () => {
    const stack = granted((mail) => mail.addToResourcePolicy(statement()));
    expect(policyOf(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: 'ses:SendEmail',
        Principal: { AWS: `arn:aws:iam::${PARTNER}:root` },
        Resource: ARN,
        Condition: { StringLike: { 'ses:FromAddress': 'news*@example.com' } },
      },
    ]);
  });

  test('keeps the resource that the statement names', () => {
    const stack = granted((mail) => mail.addToResourcePolicy(statement({ resources: [mail.emailIdentityArn] })));
    const { logicalId } = theResource(stack, 'Custom::EasyDkimDomain');
    expect(JSON.stringify(settingsProperties(stack).SendingPolicy)).toContain(`"${logicalId}","DomainName"`);
  });

  test('returns what to depend on if you need the policy', () => {
    const stack = granted((mail, scope) => {
      const { statementAdded, policyDependable } = mail.addToResourcePolicy(statement());
      expect(statementAdded).toBe(true);
      new iam.Role(scope, 'Role', { assumedBy: new iam.AccountRootPrincipal() }).node.addDependency(policyDependable!);
    });
    const roles = Object.values(resources(stack, 'AWS::IAM::Role'));
    expect(roles.flatMap(({ DependsOn = [] }) => DependsOn)).toEqual([theResource(stack, SETTINGS).logicalId]);
  });

  test('adds to the settings that there are, and to the permissions of the function', () => {
    const stack = aStack();
    const mail = aDomain(stack, { feedbackForwarding: true, revision: '2' });
    const before = JSON.stringify(policies(stack));
    expect(before).not.toContain('EmailIdentityPolicy');

    const again = aStack();
    aDomain(again, { feedbackForwarding: true, revision: '2' }).addToResourcePolicy(statement());
    expect(settingsProperties(again)).toMatchObject({ FeedbackForwarding: 'true', Revision: '2' });
    const allowed = policies(again)
      .flatMap(({ statements }) => statements)
      .find(({ Action }) => actionsOf(Action).includes('ses:CreateEmailIdentityPolicy'));
    expect(allowed).toEqual({
      Effect: 'Allow',
      Action: [
        'ses:CreateEmailIdentityPolicy',
        'ses:DeleteEmailIdentityPolicy',
        'ses:PutEmailIdentityFeedbackAttributes',
        'ses:UpdateEmailIdentityPolicy',
      ],
      Resource: [`arn:aws:ses:${REGION}:${ACCOUNT}:identity/*`],
      Condition: { StringEquals: { 'aws:ResourceTag/cdk-ses-easy-dkim': ['made', 'used'] } },
    });
    expect(mail.node.path).toBe('Test/Mail');
  });

  test('has the policy left alone with applyRemovalPolicy(RETAIN), whichever comes first', () => {
    const stack = granted((mail) => {
      mail.applyRemovalPolicy(RemovalPolicy.RETAIN);
      mail.addToResourcePolicy(statement());
    });
    expect(theResource(stack, SETTINGS).DeletionPolicy).toBe('Retain');
  });

  const synthesized = (add: (mail: EasyDkimDomain, stack: Stack) => void) => () => {
    const stack = granted(add);
    (stack.node.root as App).synth();
  };

  test.each(['*', 'arn:aws:ses:eu-west-1:123456789012:identity/other.com'])(
    'the resource %s is refused',
    (resource) => {
      expect(() => granted((mail) => mail.addToResourcePolicy(statement({ resources: [resource] })))).toThrow(
        `Test/Mail: addToResourcePolicy got the resource "${resource}": leave it out, since SES takes only the identity itself.`,
      );
    },
  );

  test('refuses a statement without a principal, or without an action', () => {
    expect(synthesized((mail) => mail.addToResourcePolicy(statement({ principals: [] })))).toThrow(
      /\[Test\/Mail\] .*principal/,
    );
    expect(synthesized((mail) => mail.addToResourcePolicy(statement({ actions: [] })))).toThrow(
      /\[Test\/Mail\] .*action/,
    );
  });

  test('refuses a policy that is too long for SES, and says what to do', () => {
    const many = Array.from({ length: 120 }, (_, index) => new iam.AccountPrincipal(String(210987654000 + index)));
    expect(synthesized((mail) => many.forEach((account) => mail.grantSendEmail(account)))).toThrow(
      /\[Test\/Mail\] The sending policy has \d+ characters, but SES allows at most 4096: grant to fewer principals, or to an organization instead/,
    );
  });

  test('takes principals that are known only at deployment', () => {
    expect(
      synthesized((mail, stack) => {
        const account = new CfnParameter(stack, 'Account').valueAsString;
        mail.grantSendEmail(new iam.AccountPrincipal(account));
        mail.grantSendEmail(new iam.ArnPrincipal(Fn.importValue('sender')));
      }),
    ).not.toThrow();
  });
});
