import type { ActPlan, Delivery, Deploy, Step, Watch } from './plan';

/**
 * The steps of a life with a few of their mishaps: what fails, and what others do that nobody expects. With a dozen of
 * them in one life, what becomes of it is often a matter of opinion; each is there in some life, beside any other one.
 *
 * @param picks which mishaps happen, counted round and round
 */
export function withFewMishaps(steps: readonly Step[], picks: readonly number[]): readonly Step[] {
  let count = 0;
  spare(steps, () => (count += 1) > 0);
  const happening = new Set(picks.map((pick) => pick % count));
  let index = 0;
  return spare(steps, () => happening.has(index++));
}

/** The steps, without the mishaps that do not happen. What others do before the first deployment does not count as one. */
function spare(steps: readonly Step[], happens: () => boolean): readonly Step[] {
  const start = steps.findIndex(({ kind }) => kind === 'deploy');
  return steps.flatMap((step, index): readonly Step[] => {
    switch (step.kind) {
      case 'act':
        return index < start || isExpected(step.act) || happens() ? [step] : [];
      case 'watch':
        return [ofWatch(step, happens)];
      case 'deploy':
        return [ofDeploy(step, happens)];
      case 'destroy':
        return [{ ...step, deliveries: step.deliveries.map((each) => ofDelivery(each, happens)) }];
    }
  });
}

function isExpected(act: ActPlan): boolean {
  switch (act.on) {
    case 'time':
      return true;
    case 'identity':
      return act.what === 'verify';
    case 'policy':
      return act.denied === null;
    default:
      return false;
  }
}

function ofWatch({ before, kill, meanwhile, ...step }: Watch, happens: () => boolean): Watch {
  return {
    ...step,
    faults: step.faults.filter(happens),
    ...(before && happens() && { before }),
    ...(kill && happens() && { kill }),
    ...(meanwhile && happens() && { meanwhile }),
  };
}

function ofDeploy({ resources, failsElsewhere, ...step }: Deploy, happens: () => boolean): Deploy {
  return {
    ...step,
    resources: resources.map((target) => {
      const isSound = typeof target === 'string' || (target.defect ?? 'none') === 'none';
      return isSound || happens() ? target : { ...target, defect: 'none' };
    }),
    failsElsewhere: failsElsewhere && happens(),
    deliveries: step.deliveries.map((each) => ofDelivery(each, happens)),
  };
}

function ofDelivery(
  { outage, meanwhile, duplicate, cancelled, ...delivery }: Delivery,
  happens: () => boolean,
): Delivery {
  return {
    ...delivery,
    faults: delivery.faults.filter(happens),
    // What kills a run may well kill the next one, too.
    kills: delivery.kills.length > 0 && happens() ? delivery.kills.map((kill) => ofKill(kill, happens)) : [],
    lost: delivery.lost && happens(),
    late: delivery.late && happens(),
    ...(outage && happens() && { outage }),
    ...(meanwhile && happens() && { meanwhile }),
    ...(duplicate && happens() && { duplicate }),
    ...(cancelled !== undefined && happens() && { cancelled }),
  };
}

function ofKill({ act, ...kill }: Delivery['kills'][number], happens: () => boolean): Delivery['kills'][number] {
  return { ...kill, ...(act && happens() && { act }) };
}
