import { spawnSync } from 'node:child_process';

/** The languages that jsii makes packages for, by the names that jsii-pacmak has for them. */
export const LANGUAGES = {
  js: { tools: [], artefacts: /\.tgz$/ },
  python: { tools: [python], artefacts: /\.(whl|tar\.gz)$/ },
  java: { tools: [command('mvn', '--version'), command('javac', '-version')], artefacts: /\d\.jar$/ },
  go: { tools: [command('go', 'version')], artefacts: /go\.mod$/ },
  dotnet: { tools: [command('dotnet', '--version')], artefacts: /\.(nupkg|csproj)$/ },
};

/** What this machine lacks to build a language's package or to run it; undefined if it lacks nothing. */
export function missingFor(language) {
  return LANGUAGES[language].tools.map((tool) => tool()).find((problem) => problem !== undefined);
}

function command(name, ...args) {
  return () => (spawnSync(name, args).status === 0 ? undefined : `${name} is not on the PATH`);
}

/** The one that jsii-pacmak builds the wheel with, in the oldest version that the wheel runs on. */
function python() {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys, venv; print(sys.version_info >= (3, 10))']);
  if (status !== 0) {
    return 'python3 is not on the PATH';
  }
  return String(stdout).trim() === 'True' ? undefined : 'python3 is older than 3.10';
}
