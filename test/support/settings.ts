import { SETTINGS_RESOURCE_TYPE, type ResourceProperties, type SettingsProperties } from '../../lib/shared/contract';
import type { Identity } from '../fakes/fake-aws';
import { DOMAIN, Event, REGION, StackResource, World } from './stack';

export const MAIL_FROM = `bounce.${DOMAIN}`;
export const TOPIC = `arn:aws:sns:${REGION}:111111111111:feedback`;
export const OTHER_TOPIC = `arn:aws:sns:${REGION}:111111111111:other`;

/** The properties that every resource for settings has, and those given. */
export function settings(given: Partial<SettingsProperties> = {}): SettingsProperties {
  return { DomainName: DOMAIN, SesRegion: REGION, RemovalPolicy: 'destroy', ...given };
}

/** All settings that there are, each with another value than SES's default. */
export const ALL = settings({
  MailFromDomain: MAIL_FROM,
  MailFromBehavior: 'RejectMessage',
  ConfigurationSet: 'main',
  FeedbackForwarding: 'false',
  BounceTopic: TOPIC,
  ComplaintTopic: TOPIC,
  DeliveryTopic: OTHER_TOPIC,
  NotificationHeaders: 'true',
});

/** What an identity has with {@link ALL}, in the form of {@link settingsOf}. */
export const ALL_SET = [
  `mail from ${MAIL_FROM} RejectMessage`,
  'configuration set main',
  'no forwarding',
  `Bounce ${TOPIC} with headers`,
  `Complaint ${TOPIC} with headers`,
  `Delivery ${OTHER_TOPIC} with headers`,
];

/** What of an identity's settings is not SES's default, one line each. */
export function settingsOf(identity: Identity | undefined): string[] {
  if (identity === undefined) return ['no identity'];
  const { mailFrom, configurationSet, forwarding, topics, headers } = identity;
  return [
    ...(mailFrom ? [`mail from ${mailFrom.domain} ${mailFrom.behavior}`] : []),
    ...(configurationSet === undefined ? [] : [`configuration set ${configurationSet}`]),
    ...(forwarding ? [] : ['no forwarding']),
    ...(['Bounce', 'Complaint', 'Delivery'] as const).flatMap((type) => {
      const topic = topics[type];
      const withHeaders = headers.includes(type);
      return topic || withHeaders ? [`${type} ${topic ?? 'no topic'}${withHeaders ? ' with headers' : ''}`] : [];
    }),
  ];
}

/** A world with the identity, which nobody has given settings, and two configuration sets. */
export async function startWithIdentity(): Promise<World> {
  const world = await World.start();
  world.fake.addIdentity(REGION, DOMAIN);
  world.fake.addConfigurationSet(REGION, 'main');
  world.fake.addConfigurationSet(REGION, 'other');
  return world;
}

/** CloudFormation's side of the custom resource for settings. */
export class SettingsResource extends StackResource {
  protected override readonly type = SETTINGS_RESOURCE_TYPE;

  constructor(world: World, logicalId = 'Settings', stackId?: string) {
    super(world, logicalId, stackId);
  }

  override creation(given: SettingsProperties = ALL): Event {
    return super.creation(given as ResourceProperties);
  }

  override change(given: SettingsProperties, former?: SettingsProperties): Event {
    return super.change(given as ResourceProperties, former as ResourceProperties | undefined);
  }

  override create(given: SettingsProperties = ALL): ReturnType<StackResource['create']> {
    return super.create(given as ResourceProperties);
  }

  override update(given: SettingsProperties): ReturnType<StackResource['update']> {
    return super.update(given as ResourceProperties);
  }
}
