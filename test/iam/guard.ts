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

  constructor(world: World, delegation: Parameters<typeof delegationStatements>[0]) {
    this.delegated = delegationStatements(delegation, { ...deployment, account: OTHER_ACCOUNT });
    world.fake.authorize = (call) => this.authorize(call);
  }

  private authorize(call: Call): string | undefined {
    const statements = call.roleArn === ROLE ? this.delegated : this.inForce.flatMap(policiesOf);
    const refused = questionsOf(call).filter((question) => !isAllowed(statements, question));
    this.refused.push(...refused);
    return refused.length === 0 ? undefined : `not authorized: ${refused[0].action}`;
  }
}

type Statements = ReturnType<typeof handlerStatements>;

/** Those of templates that were asked for before: they take a while. */
const known = new Map<string, Statements>();

function policiesOf(template: Template): Statements {
  const key = JSON.stringify(template);
  const statements = known.get(key) ?? handlerStatements(template.domain, deployment, template.settings);
  known.set(key, statements);
  return statements;
}
