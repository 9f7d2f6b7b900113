import type { Answer } from './stack';

/** What a call to AWS may do without end, within which time-out of the Lambda, and the remedy that the answer has. */
export const ENDLESS_FAULTS = [
  ['hangs', 900_000, 'hang', /There was no answer in time/],
  ['hangs', 10_000, 'hang', /There was no answer in time/],
  ['is throttled without end', 900_000, 'throttle', /AWS throttled the call until time ran out/],
  ['is throttled without end', 10_000, 'throttle', /AWS throttled the call until time ran out/],
  ['fails without end', 900_000, 'error500', /Deploy again; if it fails again/],
] as const;

/** Expects an answer to name the call that failed, and what to do. */
export function expectFailedCall(
  { status, reason }: Pick<Answer, 'status' | 'reason'>,
  operation: string,
  remedy: RegExp,
): void {
  expect(status).toBe('FAILED');
  expect(reason).toMatch(new RegExp(` ${operation} for .* failed`));
  expect(reason).toMatch(remedy);
}
