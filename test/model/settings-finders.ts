import type { SettingsProperties } from '../../lib/shared/contract';
import type { ResponseBody } from '../fakes/fake-aws';
import type { Counters } from './counters';
import type { Incident } from './incident';
import { propertiesOf } from './judge-settings';
import { DEFAULTS, type Values, wantedSettings } from './settings';
import { type SettingChange, type SettingsLedger, settingKey } from './settings-ledger';
import type { Holding } from './uses';

/** Resources that had found a setting of others, in the place of which another one of us has put its own. */
export class SettingsFinders {
  /** Their ids, by setting. */
  private readonly finders = new Map<string, Set<string>>();

  constructor(
    private readonly ledger: SettingsLedger,
    private readonly counters: Counters,
    private readonly holdings: () => readonly Holding[],
  ) {}

  /** A resource has changed settings that others may use. */
  remember(incident: Incident, changes: readonly SettingChange[]): void {
    for (const { key, before } of changes.filter((each) => each.after.origin === 'ours')) {
      if (before.origin === 'ours') this.finders.get(key)?.delete(incident.event.PhysicalResourceId ?? '');
      else this.finders.set(key, new Set(this.users(incident, key)));
    }
  }

  /** What a resource no longer uses stays for its finders, to whom others have made it. */
  settle(incident: Incident, { Status, PhysicalResourceId }: ResponseBody): void {
    if (!incident.isOfSettings || Status === 'FAILED') return;
    const { event, type } = incident;
    const wanted = type === 'Delete' ? [] : keysOf(propertiesOf(incident));
    for (const key of wanted) {
      // As long as its maker is there, its claim says that one of us has made it.
      if (!this.isLeftToFinders(incident, key)) this.finders.get(key)?.delete(PhysicalResourceId);
    }
    const former = type === 'Delete' ? propertiesOf(incident) : (event.OldResourceProperties as SettingsProperties);
    for (const key of former === undefined ? [] : keysOf(former).filter((each) => !wanted.includes(each))) {
      if (this.isLeftToFinders(incident, key)) {
        this.exempt(key, 'a setting made by a resource that has left, where another one had found one of others');
      } else if (this.users(incident, key).length === 0 && this.differs(key, former)) {
        this.exempt(key, 'a setting with another value than the last resource to leave it had asked for');
      }
    }
  }

  /** Whether a setting has neither the value that was asked for nor that of SES. */
  private differs(key: string, properties: SettingsProperties): boolean {
    const setting = key.split(' ')[2] as keyof Values;
    const value = this.ledger.value(key);
    return value !== wantedSettings(properties)[setting] && value !== DEFAULTS[setting];
  }

  private exempt(key: string, reason: string): void {
    if (this.ledger.doubt(key)) this.counters.add(`exempt: ${reason}`);
  }

  private isLeftToFinders(incident: Incident, key: string): boolean {
    const users = this.users(incident, key);
    return users.length > 0 && users.every((id) => this.finders.get(key)?.has(id));
  }

  /** The ids of the other resources that use a setting. */
  private users({ event }: Incident, key: string): readonly string[] {
    return this.holdings()
      .filter(({ id, stack, logicalId }) => {
        const isThis = stack === event.StackId && logicalId === event.LogicalResourceId;
        return id.startsWith('settings:') && !isThis;
      })
      .filter(({ properties }) => keysOf(properties as SettingsProperties).includes(key))
      .map(({ id }) => id);
  }
}

function keysOf(properties: SettingsProperties): readonly string[] {
  const { SesRegion, DomainName } = properties;
  const names = Object.keys(wantedSettings(properties)) as (keyof Values)[];
  return names.map((name) => settingKey(SesRegion, DomainName, name));
}
