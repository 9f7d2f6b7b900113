import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as cdk from 'aws-cdk-lib';
import { SynthesisMessageLevel } from 'aws-cdk-lib/cx-api';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
const requireHere = createRequire(__filename);

/** What a snippet in the middle of a stack has around it. */
const FIXTURE = `
  import * as cdk from 'aws-cdk-lib';
  import { App, CfnOutput, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
  import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
  import * as cognito from 'aws-cdk-lib/aws-cognito';
  import * as ec2 from 'aws-cdk-lib/aws-ec2';
  import * as events from 'aws-cdk-lib/aws-events';
  import * as targets from 'aws-cdk-lib/aws-events-targets';
  import * as iam from 'aws-cdk-lib/aws-iam';
  import * as lambda from 'aws-cdk-lib/aws-lambda';
  import * as logs from 'aws-cdk-lib/aws-logs';
  import * as route53 from 'aws-cdk-lib/aws-route53';
  import * as ses from 'aws-cdk-lib/aws-ses';
  import * as sns from 'aws-cdk-lib/aws-sns';
  import { Construct } from 'constructs';
  import { DmarcPolicy, EasyDkimDelegationRole, EasyDkimDomain, EasyDkimWatch } from 'cdk-ses-easy-dkim';
`;

/** What the names are that a snippet declares. */
const VALUES: Record<string, string | undefined> = {
  hostedZone: `route53.HostedZone.fromHostedZoneAttributes(this, 'GivenZone', {
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    zoneName: 'example.com',
  })`,
  zones: `{
    'example.com': new route53.PublicHostedZone(this, 'GivenZoneCom', { zoneName: 'example.com' }),
    'example.org': new route53.PublicHostedZone(this, 'GivenZoneOrg', { zoneName: 'example.org' }),
  }`,
  mail: `new EasyDkimDomain(this, 'GivenMail', { domainName: 'example.com' })`,
  problems: `new sns.Topic(this, 'GivenProblems')`,
  sender: `new lambda.Function(this, 'GivenSender', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  })`,
};

interface Snippet {
  /** Where it stands, such as `README.md:34`. */
  readonly place: string;
  readonly source: string;
}

function markdownFiles(): string[] {
  const docs = readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`);
  return ['README.md', ...docs].filter((name) => name.endsWith('.md'));
}

function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```(?:ts|typescript)(?: nofixture)?\n(.*?)^```/gms)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    source: match[1],
  }));
}

/** The examples in the doc comments of the public API. */
function examplesOf(file: string): Snippet[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/@example\n(.*?)\*\//gs)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    source: match[1].replace(/^ *\* ?/gm, ''),
  }));
}

/** A complete module as it is; anything else as the inside of a stack's constructor, and an app with that stack. */
function toModule({ source }: Snippet): string {
  if (/^import /m.test(source)) {
    return source;
  }
  const body = source.replace(/^declare const (\w+)(.*?);/gm, (_, name: string, type: string) => {
    const value = VALUES[name];
    if (value === undefined) {
      throw new Error(`What is ${name}? Give it a value in VALUES.`);
    }
    return `const ${name}${type} = ${value};`;
  });
  return `${FIXTURE}
    class Example extends Stack { constructor(scope: Construct, id: string) {
      super(scope, id, { env: { account: '111122223333', region: 'eu-west-1' } });\n${body}\n} }
    new Example(new App(), 'Example');`;
}

function compile(snippets: readonly Snippet[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    ROOT,
  );
  const files = new Map(snippets.map((snippet, index) => [join(ROOT, `snippet-${index}.ts`), snippet]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    getSourceFile: (name, ...rest) => {
      const snippet = files.get(name);
      return snippet ? ts.createSourceFile(name, toModule(snippet), rest[0]) : disk.getSourceFile(name, ...rest);
    },
  };
  const program = ts.createProgram(
    [...files.keys()],
    {
      ...options,
      noUnusedLocals: false,
      isolatedModules: false,
      paths: { 'cdk-ses-easy-dkim': [join(ROOT, 'lib', 'index.ts')] },
    },
    host,
  );
  return ts.getPreEmitDiagnostics(program).flatMap(({ file, messageText }) => {
    const snippet = files.get(file?.fileName ?? '');
    return [`${snippet?.place ?? file?.fileName ?? 'program'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`];
  });
}

/** Runs a snippet, and returns the apps that it has made. */
function run(snippet: Snippet, outdir: string): cdk.App[] {
  const apps: cdk.App[] = [];
  class App extends cdk.App {
    public constructor(props?: cdk.AppProps) {
      super({ ...props, outdir, builtinCloudFormationValidation: false });
      apps.push(this);
    }
  }
  const library = Object.create(cdk, { App: { value: App } }) as typeof cdk;
  const { outputText } = ts.transpileModule(toModule(snippet), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const load = (name: string): unknown => (name === 'aws-cdk-lib' ? library : requireHere(name));
  const evaluate = compileFunction(outputText, ['require', 'exports']) as (...given: unknown[]) => void;
  evaluate(load, {});
  return apps;
}

describe('the snippets of the documentation', () => {
  const snippets = [
    ...markdownFiles().flatMap(snippetsOf),
    ...['lib/easy-dkim-domain.ts', 'lib/easy-dkim-delegation-role.ts'].flatMap(examplesOf),
  ];

  test('are there', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(8);
  });

  test('compile', () => {
    expect(compile(snippets)).toEqual([]);
  }, 60_000);

  describe('synthesize', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'snippets-'));
    afterAll(() => rmSync(outdir, { recursive: true }));

    test.each(snippets)('$place', (snippet) => {
      const stacks = run(snippet, outdir).flatMap((app) => app.synth().stacks);
      const errors = stacks
        .flatMap(({ messages }) => messages)
        .filter(({ level }) => level === SynthesisMessageLevel.ERROR);
      expect(errors).toEqual([]);
    });
  });
});
