import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { local } from '../scripts/lib/project.mjs';
import { folder } from './install.mjs';
import { runCase } from './sample.mjs';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-west-1';

/** Without it CDK refuses what CloudFormation would: we want to know by how much it is too large. */
export const NO_RESOURCE_LIMIT = { '@aws-cdk/core:stackResourceLimit': 0 };

/** Domains of names as long as they usually are, each in a hosted zone of its own. */
export function makeDomains(count) {
  return Array.from({ length: count }, (_, index) => {
    const domainName = `customer-${String(index).padStart(4, '0')}.example.com`;
    return { domainName, zoneName: domainName, zoneId: `Z${String(index).padStart(20, '0')}` };
  });
}

/** Synthesizes a contender's app and returns what came out of it. */
export async function synthesize(key, domains, { outputs, env } = {}) {
  const outdir = mkdtempSync(local('bench', 'assembly-'));
  try {
    const options = { key, domains, outputs, outdir, account: ACCOUNT, region: REGION, context: NO_RESOURCE_LIMIT };
    await runCase({
      name: key,
      file: new URL('app.mjs', import.meta.url).pathname,
      options,
      cwd: folder,
      env: { ...process.env, CDK_VALIDATION: 'false', ...env },
    });
    const text = readFileSync(join(outdir, 'Bench.template.json'), 'utf8');
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    return {
      template: JSON.parse(text),
      bytes: Buffer.byteLength(text),
      assets: assets.length,
      assetBytes: assets.reduce((sum, name) => sum + bytesIn(join(outdir, name)), 0),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The bytes of a file, or of all files in a folder. */
export function bytesIn(path) {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0) : stats.size;
}
