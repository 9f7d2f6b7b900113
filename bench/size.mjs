import { join } from 'node:path';
import { step } from '../scripts/lib/steps.mjs';
import { bytesIn, makeDomains, synthesize } from './assembly.mjs';
import { AUTHENTICATED, CONTENDERS } from './contenders.mjs';
import { folder } from './install.mjs';
import { exceeded, QUOTAS, usage } from './quotas.mjs';

/** Resources, template, assets and packages: figures that are the same in every run. */
export async function measureSizes() {
  const sizes = {};
  for (const { key, name, package: packageName } of CONTENDERS) {
    sizes[key] = await step(`Size of ${name}`, () => measureSize(key, packageName));
  }
  for (const { key, name } of AUTHENTICATED) {
    sizes[key] = await step(`Size of ${name}, authenticated`, () => measureStack(key));
  }
  const large = await step('400 domains in 400 zones', () => synthesize('ours', makeDomains(400)));
  return { contenders: sizes, large: { ...usage(large), exceeded: exceeded(large) } };
}

async function measureSize(key, packageName) {
  return {
    ...(await measureStack(key)),
    packageBytes: packageName === 'aws-cdk-lib' ? 0 : bytesIn(join(folder, 'node_modules', packageName)),
    needs: await needsOfSynth(key),
  };
}

async function measureStack(key) {
  const [one, eleven] = [await synthesize(key, makeDomains(1)), await synthesize(key, makeDomains(11))];
  const [resources, moreResources] = [one, eleven].map(({ template }) => Object.keys(template.Resources).length);
  const perDomain = (moreResources - resources) / 10;
  return {
    resources,
    resourcesPerDomain: perDomain,
    bytes: one.bytes,
    bytesPerDomain: (eleven.bytes - one.bytes) / 10,
    assets: one.assets,
    assetBytes: one.assetBytes,
    assetsPerDomain: (eleven.assets - one.assets) / 10,
    most: await mostDomains(key, resources - perDomain, perDomain),
  };
}

/** The most domains, each in a zone of its own, with which a stack can be deployed, and what one more would exceed. */
async function mostDomains(key, fixed, perDomain) {
  // No more than there can be by the number of resources alone: mostly, that is it.
  let impossible = Math.floor((QUOTAS.resources - fixed) / perDomain) + 1;
  let possible = 0;
  let limit;
  for (let count = impossible - 1; impossible - possible > 1; count = Math.floor((possible + impossible) / 2)) {
    const problem = await problemOf(key, makeDomains(count));
    if (problem) {
      impossible = count;
      limit = problem;
    } else {
      possible = count;
    }
  }
  return { domains: possible, limit: limit ?? (await problemOf(key, makeDomains(impossible))) };
}

async function problemOf(key, domains) {
  try {
    return exceeded(await synthesize(key, domains));
  } catch (error) {
    // Without the path of the construct and the remedy.
    const [, cause = error.message] = /Error: [\w/]+: (.*?)\. /.exec(error.message) ?? [];
    return cause;
  }
}

/** Whether a synth gets by without any command on the PATH. */
async function needsOfSynth(key) {
  try {
    await synthesize(key, makeDomains(1), { env: { PATH: '' } });
    return 'nothing';
  } catch (error) {
    return error.message;
  }
}
