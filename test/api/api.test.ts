import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** jsii-diff reads the assembly of the whole CDK, twice. */
const TIMEOUT_MS = 60_000;

interface Member {
  name: string;
  optional?: boolean;
  [further: string]: unknown;
}

interface Assembly {
  types: Record<string, { properties: Member[]; methods: Member[] }>;
}

/** What `npm run check:api` says of the API with a change. */
async function checkAfter(change: (types: Assembly['types']) => void): Promise<string> {
  const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as Assembly;
  change(assembly.types);
  const folder = mkdtempSync(join(tmpdir(), 'easy-dkim-api-'));
  try {
    const file = join(folder, 'assembly.json');
    writeFileSync(file, JSON.stringify(assembly));
    return await new Promise((resolve) => {
      const args = [join(ROOT, 'scripts', 'api.mjs'), '--check', '--assembly', file];
      execFile(process.execPath, args, (error, stdout, stderr) => {
        resolve(`${error ? 'fails' : 'passes'}\n${stdout}${stderr}`);
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newProp(prop: Partial<Member>): Member {
  const docs = { summary: 'A new prop.', default: '- none' };
  return { name: 'selector', type: { primitive: 'string' }, immutable: true, abstract: true, docs, ...prop };
}

describe('the check of the public API', () => {
  const DOMAIN = 'cdk-ses-easy-dkim.EasyDkimDomain';
  const PROPS = 'cdk-ses-easy-dkim.EasyDkimDomainProps';

  test.concurrent(
    'fails when a member is removed, and when a new prop is required',
    async () => {
      const output = await checkAfter((types) => {
        types[DOMAIN].methods = types[DOMAIN].methods.filter(({ name }) => name !== 'grantSendEmail');
        types[PROPS].properties.push(newProp({}));
      });
      expect(output).toMatch(/^fails/);
      expect(output).toMatch(/The change breaks users of the public API/);
      expect(output).toMatch(/EasyDkimDomain\.grantSendEmail/);
      expect(output).toMatch(/selector/);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    'takes a new optional prop, and asks for it to be documented',
    async () => {
      const output = await checkAfter((types) => types[PROPS].properties.push(newProp({ optional: true })));
      expect(output).not.toMatch(/breaks/);
      expect(output).toMatch(/baseline\.json is out of date\.\s+Run `npm run docs:api`/);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    'fails when a member has no description',
    async () => {
      const output = await checkAfter((types) => types[PROPS].properties.push(newProp({ optional: true, docs: {} })));
      expect(output).toMatch(/EasyDkimDomainProps\.selector has no description/);
      expect(output).toMatch(/EasyDkimDomainProps\.selector has no @default/);
    },
    TIMEOUT_MS,
  );
});
