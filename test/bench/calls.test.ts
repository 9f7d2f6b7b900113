import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BUNDLE = join(ROOT, 'dist', 'handler', 'index.js');

interface Calls {
  readonly create: string[];
  readonly update: string[];
  readonly delete: string[];
}

test('the calls of each kind of domain are those of its whole life', () => {
  const script = join(ROOT, 'bench', 'lambda-calls.mjs');
  const args = ['--no-warnings', '--import', 'tsx', script, JSON.stringify({ bundle: BUNDLE })];
  const lives = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as Record<
    string,
    Calls
  >;

  for (const { create, delete: remove } of Object.values(lives)) {
    expect(create).toContain('CreateEmailIdentity');
    expect(remove).toContain('DeleteEmailIdentity');
  }
  expect(lives.plain.update).toEqual(['GetEmailIdentity', 'ListResourceRecordSets']);
  expect(lives.authenticated.create).toContain('PutEmailIdentityMailFromAttributes');
  expect(lives.replicated.create.filter((call) => call === 'CreateEmailIdentity')).toHaveLength(2);
  expect(lives.otherKeys.update).toContain('PutEmailIdentityDkimSigningAttributes');
});
