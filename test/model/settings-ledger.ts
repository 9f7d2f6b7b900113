import type { Setting } from '../../lib/shared/settings';
import type { FakeAws } from '../fakes/fake-aws';
import { ACCOUNT, REGIONS } from './places';
import { DEFAULTS, settingsOf } from './settings';

/** Who gave a setting its value; `limbo`: nobody can know any more. */
export type SettingOrigin = 'others' | 'ours' | 'limbo';

interface Entry {
  readonly value: string;
  readonly origin: SettingOrigin;
  /** What others had there before us. */
  readonly replaced?: Entry;
  /** Whether one of us had set it, and one of us has brought back what others had. */
  readonly isBroughtBack?: boolean;
}

export interface SettingChange {
  readonly key: string;
  readonly setting: keyof typeof DEFAULTS;
  readonly before: Entry;
  readonly after: Entry;
}

/** Keeps who gave which setting of which identity its value, by looking at what is there after everything that happens. */
export class SettingsLedger {
  private entries = new Map<string, Entry>();

  constructor(private readonly fake: FakeAws) {}

  origin(region: string, domain: string, setting: Setting): SettingOrigin {
    return this.entries.get(`${region} ${domain} ${setting}`)?.origin ?? 'others';
  }

  /** Enters what has changed, as done by one of us or by others. */
  enter(maker: 'ours' | 'others'): SettingChange[] {
    const present = new Map<string, Entry>();
    const changes: SettingChange[] = [];
    for (const region of REGIONS) {
      for (const identity of this.fake.identities.in(ACCOUNT, region).values()) {
        for (const [setting, value] of Object.entries(settingsOf(identity))) {
          const key = `${region} ${identity.domain} ${setting}`;
          const before = this.entries.get(key) ?? {
            value: DEFAULTS[setting as keyof typeof DEFAULTS],
            origin: 'others' as const,
          };
          const after = before.value === value ? before : next(before, value, maker);
          present.set(key, after);
          if (after !== before) changes.push({ key, setting: setting as keyof typeof DEFAULTS, before, after });
        }
      }
    }
    this.entries = present;
    return changes;
  }

  /** Which of the settings are ours can be told no longer. */
  loseSight(region: string, domain: string): void {
    for (const [key, entry] of this.entries) {
      const isOurs = entry.origin === 'ours';
      if (isOurs && key.startsWith(`${region} ${domain} `)) this.entries.set(key, { ...entry, origin: 'limbo' });
    }
  }
}

function next(before: Entry, value: string, maker: 'ours' | 'others'): Entry {
  // What others set where we had set something may be what we had set, or come back to it.
  if (maker === 'others') return { value, origin: before.origin === 'others' ? 'others' : 'limbo' };
  if (before.replaced?.value === value) return { ...before.replaced, isBroughtBack: true };
  return { value, origin: before.origin === 'limbo' ? 'limbo' : 'ours', replaced: before.replaced ?? before };
}
