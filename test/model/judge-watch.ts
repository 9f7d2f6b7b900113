import { CLAIM_PREFIX } from '../../lib/shared/claim-tags';
import { sendingPolicyName } from '../../lambda/domain/claims';
import type { Call } from '../fakes/fake-aws';
import { claims } from './incident';
import { tagKeys } from './judge-call';
import { show } from './judge-effect';
import type { Difference } from './ledger';
import { DEFAULTS, wantedSettings } from './settings';
import type { SettingChange } from './settings-ledger';
import { type Holding, stateOf } from './uses';
import { Violation } from './violation';

/** A run of a stack's watch. */
export interface Watching {
  /** Who calls, to the fake. */
  readonly by: string;
  readonly stack: string;
  readonly repairs: boolean;
  /** What the stack had when it began: its last write may arrive when that is no more. */
  readonly began: readonly Holding[];
  /** Whether others did something in the middle of it, or CloudFormation. */
  disturbed: boolean;
  /** Writes while the stack was in progress. */
  lateWrites: number;
}

const READS = /^(Describe|List|Get|AssumeRole)/;
const TAGS = /^(TagResource|UntagResource)$/;
const WRITES =
  /^(ChangeResourceRecordSets|VerifyDomainDkim|(Put|Set)\w*Identity\w+|(Create|Update)EmailIdentityPolicy)$/;

export function isWrite(operation: string): boolean {
  return WRITES.test(operation);
}

/** Judges a call of a watch by what it asks for. @returns whether it may have changed anything */
export function judgeWatchCall(watching: Watching, { operation, params }: Call, holdings: readonly Holding[]): boolean {
  const what = `${operation} by the watch of ${watching.stack}`;
  if (READS.test(operation)) return false;
  if (!watching.repairs) throw new Violation('least privilege', what);
  if (TAGS.test(operation)) {
    if (tagKeys(params).some((key) => !key.startsWith(CLAIM_PREFIX) || !key.endsWith(':repair'))) {
      throw new Violation('claims tell the truth', `${what}: ${tagKeys(params).join()}`);
    }
    return false;
  }
  const names = holdings.map(({ logicalId: LogicalResourceId, stack: StackId }) =>
    sendingPolicyName({ StackId, LogicalResourceId }),
  );
  const { PolicyName = names[0] } = params;
  if (!isWrite(operation) || !names.includes(String(PolicyName))) throw new Violation('least privilege', what);
  return true;
}

/** Judges what a watch has just changed: it puts back what its stack has made, and touches nothing else. */
export function judgeWatchEffect(
  { stack }: Watching,
  { operation }: Call,
  differences: readonly Difference[],
  settings: readonly SettingChange[],
  holdings: readonly Holding[],
): void {
  const by = `${operation} by the watch of ${stack}`;
  for (const difference of differences) {
    const { key, before, after } = difference;
    const isOurs = after && holdings.some((held) => claims(stateOf(held), after));
    // Of a TXT record set, the values of others are written along.
    const isSame = before && after?.content === before.content && after.ttl === before.ttl;
    const stays = isSame || (key.includes(' TXT ') && after?.content === before?.content);
    if (before ? !stays : !isOurs) throw new Violation('others untouched', `${by}: ${show(difference)}`);
  }
  for (const { key, setting, before, after } of settings) {
    const isWanted = holdings.some(({ properties: { DomainName, SesRegion, ...properties } }) => {
      const wanted = wantedSettings(properties)[setting];
      return key === `${SesRegion} ${DomainName} ${setting}` && wanted === after.value;
    });
    const wasOurs = before.origin !== 'others' || before.isBroughtBack;
    if (before.value !== DEFAULTS[setting] || !wasOurs || !isWanted) {
      const was = `"${before.value}" (${before.origin})`;
      throw new Violation('others untouched', `${by}: ${key} from ${was} to "${after.value}"`);
    }
  }
}
