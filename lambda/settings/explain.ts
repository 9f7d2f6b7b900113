import { describeError } from '../events/failure';

/** Why settings could not be changed, and what could not be taken back. */
export function explainSettings(
  error: unknown,
  { domainName, region }: { readonly domainName: string; readonly region: string },
  problems: readonly string[] = [],
): string {
  const left = problems.map((problem) => ` What this deployment set could not be undone: ${problem}`);
  return `Settings of ${domainName} (SES in ${region}): ${describeError(error)}${left.join('')}`;
}
