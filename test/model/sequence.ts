import { DOMAIN_AND_REPLICAS, DOMAINS_AND_SETTINGS } from './constructs';
import { Counters } from './counters';
import { Courier } from './courier';
import type { Sequence } from './plan';
import { STACKS } from './places';
import { Stack } from './stack';
import { Watches } from './watches';
import { World } from './world';

export interface SequenceOptions {
  readonly counters?: Counters;
  /** The handler's code; by default what the package ships. */
  readonly bundle?: string;
}

/**
 * Plays a sequence to its end, when the stack is deleted and everything allowed again.
 *
 * @throws Violation with what had happened until then.
 */
export async function play(sequence: Sequence, options: SequenceOptions = {}): Promise<void> {
  const { counters = new Counters(), bundle } = options;
  const world = new World(sequence.setup, counters);
  const watches = new Watches(world, bundle, sequence.seed);
  const courier = new Courier(world, watches, bundle, sequence.seed);
  const stacks = STACKS.map(
    (_, number) => new Stack(world, courier, number, sequence.replicas ? DOMAIN_AND_REPLICAS : DOMAINS_AND_SETTINGS),
  );
  world.holdings = () => stacks.flatMap((stack) => stack.holdings().map((held) => world.keys.with(held)));
  try {
    for (const step of sequence.steps) {
      if (step.kind === 'act') world.act(step.act);
      if (step.kind === 'watch') await watches.play(step);
      if (step.kind === 'deploy' || step.kind === 'destroy') {
        await watches.ahead(step.watch);
        if (step.kind === 'deploy') await stacks[step.stack].deploy(step);
        else await stacks[step.stack].destroy(step.deliveries);
        await watches.settle();
      }
      await courier.deliverKeptBack();
    }
    world.act({ on: 'policy', denied: null });
    const { sesv2, signingHost } = { ...sequence.setup, sesv2: 'on' as const };
    world.act({ on: 'ses', sesv2, signingHost });
    for (const stack of stacks) await stack.destroy([]);
    if (sequence.replicas) {
      // SES keeps a parent as long as anybody has a replica of it.
      world.removeReplicasInTheWay();
      for (const stack of stacks.filter(({ isGone }) => !isGone)) await stack.destroy([]);
    }
    if (!stacks.every(({ isGone }) => isGone)) throw new Error('The stack cannot be deleted');
    counters.add('sequences');
  } catch (error) {
    const { message } = error as Error;
    (error as Error).message = `${message}\n\n${world.trace.lines.join('\n')}\n`;
    throw error;
  } finally {
    courier.stop();
  }
}
