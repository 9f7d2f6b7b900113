import type { Setting } from '../../lib/shared/settings';
import type { FakeAws } from '../fakes/fake-aws';
import { ACCOUNT, REGIONS } from './places';
import { DEFAULTS, settingsOf, type Values } from './settings';

/** Who gave a setting its value; `limbo`: nobody can know any more. */
export type SettingOrigin = 'others' | 'ours' | 'limbo';

interface Entry {
  readonly value: string;
  readonly origin: SettingOrigin;
  /** What others had there before us. */
  readonly replaced?: Entry;
  /** The resource that has replaced it, and may know what it was. */
  readonly replacedBy?: string;
  /** Whether one of us had set it, and one of us has brought back what others had. */
  readonly isBroughtBack?: boolean;
}

export interface SettingChange {
  readonly key: string;
  readonly setting: keyof Values;
  readonly before: Entry;
  readonly after: Entry;
}

/** Keeps who gave which setting of which identity its value, by looking at what is there after everything that happens. */
export class SettingsLedger {
  private entries = new Map<string, Entry>();

  constructor(private readonly fake: FakeAws) {}

  origin(region: string, domain: string, setting: Setting): SettingOrigin {
    return this.entries.get(settingKey(region, domain, setting))?.origin ?? 'others';
  }

  /** Undefined when there is no identity. */
  value(key: string): string | undefined {
    return this.entries.get(key)?.value;
  }

  /**
   * Enters what has changed, as done by one of us or by others.
   *
   * @param resource which of us
   */
  enter(maker: 'ours' | 'others', resource?: string): SettingChange[] {
    const present = new Map<string, Entry>();
    const changes: SettingChange[] = [];
    for (const region of REGIONS) {
      for (const identity of this.fake.identities.in(ACCOUNT, region).values()) {
        for (const [name, value] of Object.entries(settingsOf(identity))) {
          const setting = name as keyof Values;
          const key = settingKey(region, identity.domain, setting);
          const before = this.entries.get(key) ?? { value: DEFAULTS[setting], origin: 'others' as const };
          const after = before.value === value ? before : next(setting, before, value, maker, resource);
          present.set(key, after);
          if (after !== before) changes.push({ key, setting, before, after });
        }
      }
    }
    this.entries = present;
    return changes;
  }

  /** Whether a setting is ours can be told no longer. @returns whether it was */
  doubt(key: string): boolean {
    const entry = this.entries.get(key);
    if (entry?.origin !== 'ours') return false;
    this.entries.set(key, { ...entry, origin: 'limbo' });
    return true;
  }

  /** Which of the settings are ours can be told no longer. */
  loseSight(region: string, domain: string): void {
    for (const key of this.entries.keys()) {
      if (key.startsWith(`${region} ${domain} `)) this.doubt(key);
    }
  }
}

export function settingKey(region: string, domain: string, setting: Setting): string {
  return `${region} ${domain} ${setting}`;
}

function next(
  setting: keyof Values,
  before: Entry,
  value: string,
  maker: 'ours' | 'others',
  resource: string | undefined,
): Entry {
  // What others set where we had set something may be what we had set, or come back to it.
  if (maker === 'others') return { value, origin: before.origin === 'others' ? 'others' : 'limbo' };
  if (before.replaced?.value === value) {
    // SES's own value is nobody's, whoever brings it back.
    const isKnown = before.replacedBy === resource || value === DEFAULTS[setting];
    return isKnown ? { ...before.replaced, isBroughtBack: true } : { ...before, value, origin: 'limbo' };
  }
  const origin = before.origin === 'limbo' ? 'limbo' : 'ours';
  // Who has it no longer does not remember what others had.
  if (value === DEFAULTS[setting]) return { value, origin };
  return { value, origin, replaced: before.replaced ?? before, replacedBy: before.replacedBy ?? resource };
}
