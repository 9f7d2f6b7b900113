import { SettingsResource } from '../support/settings';
import { type Answer, DOMAIN, StackResource, type World } from '../support/stack';
import { Guard, OTHER_ZONE, Template } from './guard';

/**
 * A stack with a domain and its settings, whose every call is put to the policies that the Lambda has at that time:
 * the settings come after the domain and go before it.
 */
export class GuardedStack {
  readonly guard: Guard;
  /** What CloudFormation was answered. */
  readonly answers: Answer[] = [];
  private readonly mail: StackResource;
  private settings: SettingsResource;
  private current!: Template;
  private former: Template | undefined;

  constructor(
    private readonly world: World,
    mailFromDomains: string[],
  ) {
    this.mail = new StackResource(world);
    this.settings = new SettingsResource(world);
    this.guard = new Guard(world, {
      hostedZoneId: OTHER_ZONE,
      zoneName: DOMAIN,
      domainNames: [DOMAIN],
      mailFromDomains,
      dmarc: true,
    });
  }

  async create(template: Template): Promise<void> {
    this.guard.inForce = [template];
    this.current = template;
    await this.note(this.mail.create(template.domain));
    if (template.settings) {
      await this.note(this.settings.create(template.settings));
    }
  }

  /** The update itself; {@link cleanUp} or {@link rollBack} follows. */
  async update(template: Template): Promise<void> {
    this.guard.inForce = [this.current, template];
    this.former = this.current;
    this.current = template;
    await this.note(this.mail.update(template.domain));
    if (template.settings) {
      await this.note(
        this.former.settings ? this.settings.update(template.settings) : this.settings.create(template.settings),
      );
    }
  }

  async cleanUp(): Promise<void> {
    await this.note(this.current.settings ? this.settings.cleanUp() : this.removeSettings(this.former));
    await this.note(this.mail.cleanUp());
    this.guard.inForce = [this.current];
  }

  async rollBack(): Promise<void> {
    const former = this.former!;
    if (this.current.settings) {
      await this.note(former.settings ? this.settings.rollBack() : this.removeSettings(this.current));
    }
    await this.note(this.mail.rollBack());
    this.current = former;
    this.guard.inForce = [former];
  }

  async delete(): Promise<void> {
    await this.note(this.removeSettings(this.current));
    await this.note(this.mail.delete());
  }

  private async removeSettings(template: Template | undefined): Promise<Answer | undefined> {
    const answer = template?.settings && (await this.settings.delete());
    // Settings that are given again are another resource.
    this.settings = new SettingsResource(this.world);
    return answer;
  }

  private async note(step: Promise<Answer | undefined>): Promise<void> {
    const answer = await step;
    if (answer) this.answers.push(answer);
  }
}
