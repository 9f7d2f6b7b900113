import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** What a snippet in the middle of a stack has around it. */
const FIXTURE = `
  import * as cdk from 'aws-cdk-lib';
  import { App, CfnOutput, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
  import * as cognito from 'aws-cdk-lib/aws-cognito';
  import * as iam from 'aws-cdk-lib/aws-iam';
  import * as lambda from 'aws-cdk-lib/aws-lambda';
  import * as route53 from 'aws-cdk-lib/aws-route53';
  import * as ses from 'aws-cdk-lib/aws-ses';
  import * as sns from 'aws-cdk-lib/aws-sns';
  import { Construct } from 'constructs';
  import { DmarcPolicy, EasyDkimDelegationRole, EasyDkimDomain } from 'cdk-ses-easy-dkim';
`;

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
  return [...text.matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)].map((match) => ({
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

/** A complete module as it is; anything else as the inside of a stack's constructor. */
function toModule({ source }: Snippet): string {
  if (/^import /m.test(source)) {
    return source;
  }
  const declared = source.match(/^declare .*$/gm) ?? [];
  const body = source.replace(/^declare .*$/gm, '');
  return `${FIXTURE}${declared.join('\n')}
    class Example extends Stack { constructor(scope: Construct, id: string) { super(scope, id);\n${body}\n} }`;
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
});
