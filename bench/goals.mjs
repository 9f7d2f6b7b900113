import { countCalls } from './calls.mjs';
import { digits, integer, kilobytes } from './format.mjs';
import { caseName } from './synth-time.mjs';

/** What a domain after the first adds to construct and synth, in milliseconds. */
export function furtherDomain({ bare }, key) {
  return (bare[caseName(key, 150)].total.median - bare[caseName(key, 1)].total.median) / 149;
}

/** What the first domain adds to construct and synth of an empty stack, in milliseconds. */
export function firstDomain({ bare }, key) {
  return bare[caseName(key, 1)].total.median - bare[caseName('empty', 0)].total.median;
}

/** What we want, what came out, and whether that is it. */
export function assess({ synth, sizes, handlers, calls, deployments }) {
  const { ours } = sizes.contenders;
  const { large } = sizes;
  const further = ratio(furtherDomain(synth, 'ours'), furtherDomain(synth, 'emailIdentity'));
  const first = ratio(firstDomain(synth, 'ours'), firstDomain(synth, 'lambda'));
  const start = ratio(handlers.ours.time.median, handlers.unbundled.time.median);
  const create = countCalls(calls.ours.create).besidesPolling;
  const update = countCalls(calls.ours.update).all;
  return [
    goal('One resource a domain', ours.resourcesPerDomain, ours.resourcesPerDomain === 1),
    goal('At least 450 domains a stack', integer(ours.most.domains), ours.most.domains >= 450),
    goal("Each further domain at most half of EmailIdentity's time", further.text, further.value <= 0.5),
    goal('Overhead of the first at most that of one plain Lambda with a role', first.text, first.value <= 1),
    goal(
      'Bundle at most 460 kB, with all three clients',
      kilobytes(handlers.ours.bytes),
      handlers.ours.bytes <= 460_000,
    ),
    goal("Cold start at most 0.8 of the unbundled clients'", start.text, start.value <= 0.8),
    goal('At most 6 calls to AWS on a create, besides polling', create, create <= 6),
    goal('At most 3 calls on an update that changes nothing', update, update <= 3),
    goal(
      '400 domains in 400 zones: at most 480 resources, template under 1 MB, IAM quotas hold',
      `${large.resources} resources, ${kilobytes(large['bytes of template'])}, ${large.exceeded ?? 'within all quotas'}`,
      large.resources <= 480 && large['bytes of template'] < 1e6 && large.exceeded === undefined,
    ),
    deploymentGoal(deployments.times),
  ];
}

/** Against VerifySesDomain, the one peer that the emulator can run, where it can. */
function deploymentGoal(times) {
  const [ours, peer] = [times['ours 50'], times['verifySesDomain 50']];
  const title = 'Deploy of 50 domains on the emulator not slower than the fastest peer that it can run';
  if (ours.failure) {
    return goal(title, ours.failure, false);
  }
  const [seconds, theirs] = [ours, peer].map(({ command }) => command?.median);
  return peer.failure
    ? goal(title, `${digits(seconds)} s; it can run none`, true)
    : goal(title, `${digits(seconds)} s to ${digits(theirs)} s`, seconds <= theirs);
}

function ratio(ours, theirs) {
  return { value: ours / theirs, text: `${digits(ours)} ms to ${digits(theirs)} ms: ${digits(ours / theirs)}` };
}

function goal(title, figure, holds) {
  return { title, figure: String(figure), holds };
}
