import type { SettingsProperties } from '../../lib/shared/contract';
import type { FakeAws, ResponseBody } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { expectedSettings, settingsOf, type Values, wantedSettings } from './settings';
import { Violation } from './violation';

/** The good reasons that an event for settings has to fail, as the world is now. */
export function settingsExcuses(fake: FakeAws, incident: Incident): string[] {
  const { DomainName, SesRegion, ConfigurationSet } = propertiesOf(incident);
  return [
    ...(incident.denied ? ['a call was denied'] : []),
    ...(incident.cancelled ? ['CloudFormation has cancelled it'] : []),
    ...(incident.outage ? ['AWS throttled until the time was up'] : []),
    ...(fake.identity(SesRegion, DomainName) ? [] : ['there is no identity']),
    ...(ConfigurationSet !== undefined && fake.sesv2 !== 'on' ? ['the v2 API of SES is not there'] : []),
    // Properties that cannot work: the domain resource is refused as well.
    ...(DomainName.endsWith('/') ? ['the domain name cannot work'] : []),
  ];
}

/** Judges the answer to an event for settings against what the identity has now. */
export function judgeSettings(
  fake: FakeAws,
  incident: Incident,
  answer: ResponseBody,
  excuses: readonly string[],
  before: Values | undefined,
): void {
  const { event, type } = incident;
  const { DomainName, SesRegion } = propertiesOf(incident);
  const { Reason: reason = '' } = answer;
  const what = `${type} ${event.RequestId} with ${JSON.stringify(event.ResourceProperties)}`;
  if (answer.Status === 'FAILED') {
    const named = DomainName.endsWith('/') ? ['Easy DKIM'] : [DomainName, SesRegion];
    if (named.some((name) => !reason.includes(name)) || reason.includes('unexpected error')) {
      throw new Violation('reason helps', `to ${what}: ${reason}`);
    }
    if (excuses.length === 0 && !incident.meanwhile)
      throw new Violation('no failure without a cause', `${what}: ${reason}`);
  }
  if (type !== 'Create' && answer.PhysicalResourceId !== event.PhysicalResourceId) {
    const replaced = answer.PhysicalResourceId === `settings:${SesRegion}:${DomainName}` && answer.Status === 'SUCCESS';
    if (type === 'Delete' || !replaced)
      throw new Violation('stable', `${what} answers with ${answer.PhysicalResourceId}`);
  }
  const identity = fake.identity(SesRegion, DomainName);
  // What a killed run had changed, or others change meanwhile, is not known any more; nor does a run
  // elsewhere of an event that had failed know that it had.
  const elsewhere = incident.answers.some(({ environment }) => environment !== incident.answers[0].environment);
  if (!before || !identity || incident.meanwhile || incident.killed > 0 || elsewhere) return;
  const expected = expectedAfter(incident, answer, before, reason);
  const present = settingsOf(identity);
  for (const setting of Object.keys(expected) as (keyof Values)[]) {
    const unread = setting === 'ConfigurationSet' && (fake.sesv2 !== 'on' || !incident.heardSes);
    if (present[setting] === expected[setting] || unread) continue;
    const invariant = answer.Status === 'FAILED' ? 'failed means undone' : 'set up as answered';
    throw new Violation(invariant, `${what}: ${setting} is "${present[setting]}", not "${expected[setting]}"`);
  }
}

function expectedAfter(incident: Incident, answer: ResponseBody, before: Values, reason: string): Partial<Values> {
  const { type, event, retains } = incident;
  const properties = propertiesOf(incident);
  const wanted = wantedSettings(properties);
  if (answer.Status === 'FAILED') return type === 'Delete' || reason.includes('could not be taken back') ? {} : before;
  if (type === 'Delete') {
    // CloudFormation never heard of what another id had set: it stays.
    const ours = event.PhysicalResourceId === `settings:${properties.SesRegion}:${properties.DomainName}`;
    return retains || !ours ? before : expectedSettings(before, {}, wanted);
  }
  const old = (event.OldResourceProperties ?? {}) as Partial<SettingsProperties>;
  const same = old.DomainName === properties.DomainName && old.SesRegion === properties.SesRegion;
  return expectedSettings(before, wanted, same ? wantedSettings(old) : {});
}

export function propertiesOf({ event }: Incident): SettingsProperties {
  return event.ResourceProperties;
}
