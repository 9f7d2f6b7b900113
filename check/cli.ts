import { HELP, readCommand } from './command-line';
import { checkDomain, formatReport, InvalidOptionError, type Verdict } from './index';

/** The version of the package; the build puts it in. */
declare const PACKAGE_VERSION: string;

const EXIT_CODES: { readonly [verdict in Verdict]: number } = { pass: 0, warn: 0, fail: 1, unknown: 3 };
const USAGE_ERROR = 2;
const NOT_KNOWN = 3;

async function main(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  if (command.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (command.kind === 'version') {
    process.stdout.write(`${PACKAGE_VERSION}\n`);
    return 0;
  }
  const report = await checkDomain(command.domain, command.options);
  process.stdout.write(command.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report, terminal()));
  return EXIT_CODES[report.verdict];
}

function terminal(): { width: number; colors: boolean } {
  const { isTTY, columns } = process.stdout;
  const colors = isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return { width: isTTY ? Math.min(Math.max(columns, 80), 100) : 100, colors };
}

// The table is for people: what the SDK says of future Node versions is not for them.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof InvalidOptionError;
    process.stderr.write(isUsage ? `${error.message} See --help.\n` : `${String((error as Error).stack ?? error)}\n`);
    process.exitCode = isUsage ? USAGE_ERROR : NOT_KNOWN;
  },
);
