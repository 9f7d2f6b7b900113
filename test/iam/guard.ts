import type { ResourceProperties, SettingsProperties } from '../../lib/shared/contract';
import type { Call } from '../fakes/fake-aws';
import { delegationStatements, handlerStatements, isAllowed, questionsOf, type Question } from '../support/iam';
import { DOMAIN, REGION, type World } from '../support/stack';

export const ACCOUNT = '111111111111';
export const OTHER_ACCOUNT = '222222222222';
export const OTHER_ZONE = 'Z0OTHER';
export const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/delegation`;
export const deployment = {
  account: ACCOUNT,
  region: REGION,
  stackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Test/0001`,
};

/** What a template says of a domain. */
export interface Template {
  readonly domain: ResourceProperties;
  readonly settings?: SettingsProperties;
}

/** A hosted zone of another account, with a role that opens it. */
export function addOtherAccount(world: World): void {
  world.fake.addZone({ id: OTHER_ZONE, name: DOMAIN, account: OTHER_ACCOUNT });
  world.fake.addRole({ arn: ROLE, trustedBy: (caller) => caller === ACCOUNT, externalId: OTHER_ZONE });
}

/** Puts every call of the Lambda to the policies of the templates in force, and remembers what they refuse. */
export class Guard {
  /** During an update both the old one and the new one. */
  inForce: readonly Template[] = [];
  readonly refused: Question[] = [];
  private readonly delegated: Statements;

  constructor(
    private readonly world: World,
    delegation: Parameters<typeof delegationStatements>[0],
    private readonly stackId = deployment.stackId,
  ) {
    this.delegated = delegationStatements(delegation, { ...deployment, account: OTHER_ACCOUNT });
    this.attach();
  }

  /** From now on the calls are those of this Lambda. */
  attach(): void {
    this.world.fake.authorize = (call) => this.authorize(call);
  }

  private authorize(call: Call): string | undefined {
    const statements =
      call.roleArn === ROLE ? this.delegated : this.inForce.flatMap((each) => policiesOf(each, this.stackId));
    const { account, region } = call;
    const tagsOf = (name: string) => this.world.fake.identities.get(account, region, name)?.tags ?? {};
    const refused = questionsOf(call, tagsOf).filter((question) => !isAllowed(statements, question));
    this.refused.push(...refused);
    return refused.length === 0 ? undefined : `not authorized: ${refused[0].action}`;
  }
}

type Statements = ReturnType<typeof handlerStatements>;

/** Those of templates that were asked for before: they take a while. */
const known = new Map<string, Statements>();

function policiesOf(template: Template, stackId: string): Statements {
  const key = JSON.stringify([template, stackId]);
  const { domain, settings } = template;
  const statements = known.get(key) ?? handlerStatements(domain, { ...deployment, stackId }, settings);
  known.set(key, statements);
  return statements;
}
