import { printable } from './printable';
import type { CheckId, CheckReport, Finding, Verdict } from './report';

/** How to show a report. */
export interface FormatOptions {
  /**
   * The columns that a line may have; names of DNS are not broken, even when they have more.
   *
   * @default 100
   */
  readonly width?: number;

  /**
   * Whether verdicts are coloured, by ANSI escape sequences.
   *
   * @default false
   */
  readonly colors?: boolean;
}

const LABELS: { readonly [check in CheckId]: string } = {
  domain: 'Domain',
  'ses-identity': 'SES identity',
  'ses-dkim': 'SES DKIM',
  'ses-parent': 'SES parent',
  'ses-mail-from': 'SES MAIL FROM',
  'ses-addresses': 'SES addresses',
  dkim: 'DKIM record',
  'dkim-keys': 'DKIM keys',
  'mail-from': 'MAIL FROM',
  spf: 'SPF',
  dmarc: 'DMARC',
};

const SHOWN: { readonly [verdict in Verdict]: { readonly text: string; readonly color: number } } = {
  pass: { text: 'pass', color: 32 },
  warn: { text: 'warn', color: 33 },
  fail: { text: 'FAIL', color: 31 },
  unknown: { text: 'unknown', color: 35 },
};

const CHECK_WIDTH = 15;
const VERDICT_WIDTH = 9;
const INDENT = ' '.repeat(CHECK_WIDTH + VERDICT_WIDTH);

/** The report as a table for people. */
export function formatReport(report: CheckReport, options: FormatOptions = {}): string {
  const { width = 100, colors = false } = options;
  const { domain, region, mailFromDomain, resolvers, findings } = report;
  const title = [
    `${domain}${region === undefined ? '' : ` in ${region}`}`,
    ...(mailFromDomain === undefined ? [] : [`MAIL FROM ${mailFromDomain}`]),
    `asked ${resolvers.join(', ')}`,
  ].join('; ');
  return [
    ...wrap(title, width),
    '',
    `${'CHECK'.padEnd(CHECK_WIDTH)}${'VERDICT'.padEnd(VERDICT_WIDTH)}WHAT WAS FOUND, AND WHAT TO DO`,
    ...findings.flatMap((one) => row(one, width, colors)),
    '',
    ...wrap(summary(findings), width),
    '',
  ].join('\n');
}

/** A check that is right takes a line; for any other, what was expected and what to do follow. */
function row({ check, name, verdict, found, expected, remedy }: Finding, width: number, colors: boolean): string[] {
  const { text, color } = SHOWN[verdict];
  const shown = text.padEnd(VERDICT_WIDTH);
  const start = LABELS[check].padEnd(CHECK_WIDTH) + (colors ? `\u001b[${color}m${shown}\u001b[0m` : shown);
  const columns = Math.max(width - INDENT.length, 40);
  const [first, ...others] = [
    ...besides(name, found, columns),
    ...(verdict === 'pass' ? [] : wrap(`expected: ${expected}`, columns)),
    ...(remedy === undefined ? [] : wrap(`${verdict === 'pass' ? 'hint' : 'remedy'}: ${remedy}`, columns)),
  ];
  return [start + first, ...others.map((line) => INDENT + line)];
}

/** A long name has a line of its own. */
function besides(name: string, found: string, width: number): string[] {
  const text = wrap(`${name}: ${found}`, width);
  return text.length === 1 ? text : [...wrap(`${name}:`, width), ...wrap(found, width)];
}

function summary(findings: readonly Finding[]): string {
  const counts = (['pass', 'warn', 'fail', 'unknown'] as const).map((verdict) => ({
    verdict,
    count: findings.filter((one) => one.verdict === verdict).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ verdict, count }) => `${count} ${verdict}`);
  return `${findings.length} checks: ${parts.join(', ')}.`;
}

/** Breaks at spaces only, so that names can be copied. Those lines but the first are set in. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
