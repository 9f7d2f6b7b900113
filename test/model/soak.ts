import * as fc from 'fast-check';
import { sequences } from './arbitraries/lives';
import { replicaSequences } from './arbitraries/replicas';
import { Counters } from './counters';
import type { Sequence } from './plan';
import { play } from './sequence';
import { Violation } from './violation';

export interface Batch {
  readonly seed: number;
  readonly runs: number;
  /** Fast-check's path to one sequence. */
  readonly path?: string;
  /** The handler's code; by default what the package ships. */
  readonly bundle?: string;
  /** Whether the sequences are those of a domain and its replicas. */
  readonly replicas?: boolean;
  /** Whether a failing sequence is made as short as possible. */
  readonly shrink: boolean;
}

export interface BatchResult {
  readonly counters: [string, number][];
  readonly failure?: Failure;
}

export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly replicas: boolean;
  /** How many sequences it took. */
  readonly sequences: number;
  readonly invariant: string;
  readonly message: string;
  readonly sequence: Sequence;
}

/** Plays sequences until one fails, and makes that as short as it can. */
export async function soak({ seed, runs, path, bundle, replicas = false, shrink }: Batch): Promise<BatchResult> {
  const counters = new Counters();
  const property = fc.asyncProperty(replicas ? replicaSequences : sequences, (sequence) =>
    play(sequence, { counters, bundle }),
  );
  const details = await fc.check(property, { seed, numRuns: runs, path, endOnFailure: !shrink });
  if (!details.failed) return { counters: counters.entries() };
  const error = details.errorInstance as Error;
  return {
    counters: counters.entries(),
    failure: {
      seed,
      replicas,
      path: details.counterexamplePath ?? '',
      sequences: details.numRuns,
      invariant: error instanceof Violation ? error.invariant : String(error.name),
      message: error.message,
      sequence: details.counterexample?.[0] as Sequence,
    },
  };
}
