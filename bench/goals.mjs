import { countCalls } from './calls.mjs';
import { digits, integer, kilobytes } from './format.mjs';
import { summarize } from './statistics.mjs';
import { caseName } from './synth-time.mjs';

/** What a domain after the first adds to construct and synth, in milliseconds. */
export function furtherDomain({ bare }, key) {
  return difference(bare[caseName(key, 150)], bare[caseName(key, 1)]) / 149;
}

/** What the first domain adds to construct and synth of an empty stack, in milliseconds. */
export function firstDomain({ bare }, key) {
  return difference(bare[caseName(key, 1)], bare[caseName('empty', 0)]);
}

/** The median of the differences in each round: a machine that is slow for a while is so for both. */
function difference(one, other) {
  return summarize(one.totals.map((total, round) => total - other.totals[round])).median;
}

/** The goals, what was measured, and whether they are met. */
export function assess({ synth, sizes, handlers, calls, deployments }) {
  const { ours } = sizes.contenders;
  const { large } = sizes;
  const further = ratio(furtherDomain(synth, 'ours'), furtherDomain(synth, 'emailIdentity'));
  const first = ratio(firstDomain(synth, 'ours'), firstDomain(synth, 'lambda'));
  const start = ratio(handlers.ours.time.median, handlers.unbundled.time.median);
  const create = countCalls(calls.ours.create).besidesPolling;
  const update = countCalls(calls.ours.update).all;
  return [
    goal('One resource per domain', ours.resourcesPerDomain, ours.resourcesPerDomain === 1),
    goal('At least 450 domains in one stack', integer(ours.most.domains), ours.most.domains >= 450),
    goal("Each further domain takes at most 0.35 of EmailIdentity's time", further.text, further.value <= 0.35),
    goal(
      'The first domain adds at most 1.05 times what one plain Lambda with a role adds',
      first.text,
      first.value <= 1.05,
    ),
    goal(
      'Bundle of at most 480 kB, SDK clients included',
      kilobytes(handlers.ours.bytes),
      handlers.ours.bytes <= 480_000,
    ),
    goal('Package of at most 2 MB', kilobytes(ours.packageBytes), ours.packageBytes <= 2e6),
    goal('A cold start takes at most 0.8 of the time of the unbundled SDK clients', start.text, start.value <= 0.8),
    goal('At most 7 calls to AWS on a create, besides polling', create, create <= 7),
    goal('At most 3 calls on an update that changes nothing', update, update <= 3),
    goal(
      '400 domains in 400 zones: at most 480 resources, a template under 1 MB, within the quotas of IAM',
      `${large.resources} resources, ${kilobytes(large['bytes of template'])}, ${large.exceeded ?? 'within all quotas'}`,
      large.resources <= 480 && large['bytes of template'] < 1e6 && large.exceeded === undefined,
    ),
    deploymentGoal(deployments.times),
  ];
}

/** Against VerifySesDomain, the one peer that the emulator can run, where it can. */
function deploymentGoal(times) {
  const [ours, peer] = [times['ours 50'], times['verifySesDomain 50']];
  const title = 'Deploying 50 domains to the emulator takes no longer than with the fastest peer that runs there';
  if (ours.failure) {
    return goal(title, ours.failure, false);
  }
  const [seconds, theirs] = [ours, peer].map(({ command }) => command?.median);
  return peer.failure
    ? goal(title, `${digits(seconds)} s; no peer runs there`, true)
    : goal(title, `${digits(seconds)} s against ${digits(theirs)} s`, seconds <= theirs);
}

function ratio(ours, theirs) {
  return { value: ours / theirs, text: `${digits(ours)} ms against ${digits(theirs)} ms: ${digits(ours / theirs)}` };
}

function goal(title, figure, holds) {
  return { title, figure: String(figure), holds };
}
