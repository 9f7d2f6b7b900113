import type { SigningKeyLength } from '../../lib/shared/contract';
import type { FaultKind, SesV2Mode } from '../fakes/fake-aws';
import type { Kill } from '../support/sandbox/execution-environment';

/**
 * A life of a stack as plain data: it is generated, shrunk and replayed as such. Every step makes
 * sense after any other one; where there is nothing to do for it, it does nothing.
 */
export interface Sequence {
  /** For the handler's random numbers. */
  readonly seed: number;
  readonly setup: Setup;
  readonly steps: readonly Step[];
  /** The constructs of the stacks are one domain each with two replicas, instead of two domains. */
  readonly replicas?: true;
}

export interface Setup {
  readonly signingHost: SigningHost;
  readonly sesv2: SesV2Mode;
  /** Milliseconds. */
  readonly insyncAfter: number;
  /** Milliseconds; null: SES never finds the records. */
  readonly verifyAfter: number | null;
  readonly listPageSize: number;
  /** SES gives an identity that is made again its former tokens. */
  readonly reviveTokens: boolean;
  /** What CloudFormation shows of a resource while it deletes what has been replaced: nobody has observed it. */
  readonly shows: CleanUpView;
  /** For how long it shows what was before an operation, in milliseconds. */
  readonly lag: number;
  /** Whether a resource that was replaced gets an Update back, too, when that is rolled back: nobody has observed it. */
  readonly tellsOfRollback: boolean;
}

/** By which physical id: the one that is in place, the one that is deleted, none, or the same for every resource. */
export type CleanUpView = 'present' | 'deleted' | 'none' | 'stub';

/** Where SES says that it publishes the keys: where its documentation says, elsewhere, or not at all. */
export type SigningHost = 'documented' | 'cell' | 'unsaid';

export type Step = Deploy | Destroy | Act | Watch;

/** A deployment of one of the two stacks, which have up to two domains each. */
export interface Deploy {
  readonly kind: 'deploy';
  readonly stack: number;
  readonly resources: readonly Target[];
  /** Something else in the stack fails after these resources succeeded, and all is rolled back. */
  readonly failsElsewhere: boolean;
  /** Should a resource fail to be created, nothing is rolled back (`--no-rollback`): the next deployment creates it anew. */
  readonly withoutRollback?: true;
  /** What happens to the events of this step, in order; the further ones go smoothly. */
  readonly deliveries: readonly Delivery[];
  /** A watch that begins before, and has made so many calls when the deployment begins. */
  readonly watch?: Alongside;
}

export interface Destroy {
  readonly kind: 'destroy';
  readonly stack: number;
  readonly deliveries: readonly Delivery[];
  /** As with a deployment. */
  readonly watch?: Alongside;
}

/** The schedule of the watch of a stack comes, and nothing is being deployed. */
export interface Watch {
  readonly kind: 'watch';
  readonly stack: number;
  readonly repairs: boolean;
  /** What somebody else has just done. */
  readonly before?: ActPlan;
  readonly faults: readonly FaultPlan[];
  readonly kill?: Kill;
  /** What somebody else does in the middle of it. */
  readonly meanwhile?: { readonly call: number; readonly act: ActPlan };
}

/** A watch that repairs, side by side with what CloudFormation does. */
export interface Alongside {
  readonly stack: number;
  readonly call: number;
  /** Whether its first write takes long to arrive: what comes then comes while that is on its way. */
  readonly isLate: boolean;
}

/** What becomes of a resource: nothing, or it goes, or gets another logical id, or is created or changed as wished. */
export type Target = 'keep' | 'remove' | 'rename' | Wish;

/** The properties to change, mostly as numbers that choose among few values; what is absent stays. */
export interface Wish {
  readonly domain?: number;
  readonly region?: number;
  readonly zone?: number;
  readonly zoneNameKnown?: boolean;
  readonly ttl?: '300' | '1800';
  readonly overwrite?: boolean;
  readonly retain?: boolean;
  readonly takeOwnership?: boolean;
  readonly wait?: '60' | '300' | 'none';
  readonly mailFrom?: 'none' | 'bounce' | 'news';
  readonly dmarc?: 'none' | 'watch' | 'reject';
  /** The length of the keys, or that none is chosen. */
  readonly keys?: 'none' | SigningKeyLength;
  /** The records are for another DNS provider. */
  readonly elsewhere?: boolean;
  readonly settings?: SettingsWish;
  readonly defect?: Defect;
}

/** What an identity is to have besides MAIL FROM; what is absent nobody asks for. */
export interface SettingsWish {
  readonly configurationSet?: 'none' | 'main' | 'other';
  readonly behavior?: 'UseDefaultValue' | 'RejectMessage';
  readonly forwarding?: boolean;
  readonly topics?: 'none' | 'both' | 'all';
  readonly headers?: boolean;
  /** Whom the policy of the identity lets send. */
  readonly senders?: 'none' | 'account' | 'service';
}

/** What makes that properties cannot work. */
export type Defect = 'none' | 'other zone' | 'no such zone' | 'no role' | 'bad ttl' | 'bad role' | 'bad domain';

/** What happens on the way of one event to the handler and of its answer back. */
export interface Delivery {
  readonly faults: readonly FaultPlan[];
  /** A service that throttles every call, until the event is over. */
  readonly outage?: 'ses' | 'route53';
  /** The runs that do not survive: the first, the second, …; Lambda tries three times. */
  readonly kills: readonly (Kill & Retry)[];
  /** What somebody else does in the middle of the first run. */
  readonly meanwhile?: { readonly call: number; readonly act: ActPlan };
  /** A watch that begins at a call of the first run. */
  readonly watch?: Alongside;
  /** Lambda delivers the event once more. */
  readonly duplicate?: Environment;
  /** From this call on, the stack shows that CloudFormation has cancelled the event; it takes no answer any more. */
  readonly cancelled?: number;
  /** CloudFormation never gets the answer. */
  readonly lost: boolean;
  /** Lambda keeps the event back until long after CloudFormation has given up on it. */
  readonly late: boolean;
}

export const SMOOTH: Delivery = { faults: [], kills: [], lost: false, late: false };

export interface FaultPlan {
  readonly kind: FaultKind;
  /** From which call of a run on. */
  readonly call: number;
  /** Which calls only; any by default. */
  readonly operation?: string;
  readonly times: number;
  /** For `slow`. */
  readonly ms: number;
}

export interface Retry {
  /** The function is not killed at once: it hangs until it times out. */
  readonly timesOut: boolean;
  readonly retryIn: Environment;
  /** What somebody else does before the retry. */
  readonly act?: ActPlan;
}

/** Where an event is run again: where it ran before, or where nobody knows of that. */
export type Environment = 'same' | 'another';

export interface Act {
  readonly kind: 'act';
  readonly act: ActPlan;
}

/** What others do in the account. */
export type ActPlan =
  | { readonly on: 'identity'; readonly domain: number; readonly region: number; readonly what: IdentityAct }
  | {
      readonly on: 'record';
      readonly domain: number;
      readonly region: number;
      readonly zone: number;
      readonly token: number;
      readonly what: RecordAct;
    }
  | { readonly on: 'settings'; readonly domain: number; readonly region: number; readonly what: SettingsAct }
  | { readonly on: 'tags'; readonly domain: number; readonly region: number; readonly what: TagAct }
  | { readonly on: 'keys'; readonly domain: number; readonly region: number; readonly length: SigningKeyLength }
  | { readonly on: 'zone'; readonly zone: number }
  | { readonly on: 'ses'; readonly sesv2: SesV2Mode; readonly signingHost: SigningHost }
  | { readonly on: 'policy'; readonly denied: string | null }
  | { readonly on: 'time'; readonly hours: number };

export type IdentityAct =
  | 'make'
  | 'make pending'
  | 'make without DKIM'
  | 'make failed'
  | 'make BYODKIM'
  | 'make failed BYODKIM'
  | 'make replica'
  | 'replicate'
  | 'remove'
  | 'remake'
  | 'verify'
  | 'give up';

/** What others do to our tags on an identity, or beside them. */
export type TagAct = 'remove claims' | 'remove all' | 'edit claim' | 'put theirs';

export type SettingsAct =
  'as ours' | 'mail from' | 'give up mail from' | 'configuration set' | 'topics' | 'no forwarding' | 'policy' | 'reset';

export type RecordAct =
  | 'remove'
  | 'put right'
  | 'put right with dot'
  | 'put wrong'
  | 'change TTL'
  | 'put TXT'
  | 'put weighted'
  | 'put neighbour';
