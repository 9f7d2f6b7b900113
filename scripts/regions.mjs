/**
 * `npm run regions [-- --endpoints <botocore's data/endpoints.json>]`: what the library knows of every Region, where
 * that is out of date, and how to refresh it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/cjs/api';
import { Problem } from './lib/problem.mjs';
import { root } from './lib/project.mjs';
import { script } from './lib/steps.mjs';

const HOW_TO_REFRESH = `To refresh:
1. Where SES is: the service "email" in the newest botocore's data/endpoints.json
   (https://github.com/boto/botocore/blob/develop/botocore/data/endpoints.json). Pass the file with --endpoints
   to have it compared, and mend test/lib/ses-regions.ts.
2. DKIM domains: https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains. A Region with one of
   its own goes into lib/shared/dkim-hosts.ts, any other into the default ones of test/lib/ses-regions.ts.
3. Set the date in both files, and run: npm test -- test/lib/regions`;

const require = createRequire(import.meta.url);

await script(() => {
  const { endpoints } = readOptions();
  register();
  const { RegionInfo } = require('aws-cdk-lib/region-info');
  const { documentedDkimDomain, REGIONS_WITH_OWN_DKIM_DOMAIN } = require(join(root, 'lib/shared/dkim-hosts.ts'));
  const known = require(join(root, 'test/lib/ses-regions.ts'));
  const cdk = RegionInfo.regions.map(({ name }) => name);
  const { SES_REGIONS: ses, REGIONS_WITHOUT_SES: without } = known;
  const own = [...REGIONS_WITH_OWN_DKIM_DOMAIN];
  const stated = [...own, ...known.REGIONS_WITH_DEFAULT_DKIM_DOMAIN];

  for (const region of union(cdk, ses, stated)) {
    const origin = own.includes(region) ? 'own' : stated.includes(region) ? 'default' : 'not stated, so the default';
    const domain = `${documentedDkimDomain(region)} (${origin})`;
    const absence = without.includes(region) ? 'no SES' : 'not known whether SES is there';
    console.log(`${region.padEnd(16)} ${ses.includes(region) ? domain : absence}`);
  }
  const differences = {
    "Regions of the table that aws-cdk-lib doesn't know": except(own, cdk),
    "Regions with SES that aws-cdk-lib doesn't know": except(ses, cdk),
    'Regions of aws-cdk-lib of which it is not known whether SES is there': except(cdk, [...ses, ...without]),
    'Regions with SES whose DKIM domain is not stated': except(ses, stated),
    'Regions of the table without SES': except(own, ses),
    ...(endpoints && compareEndpoints(sesRegionsOf(endpoints), ses)),
  };
  console.log();
  for (const [title, regions] of Object.entries(differences)) {
    console.log(`${title}: ${regions.join(', ') || 'none'}`);
  }
  console.log(`\n${HOW_TO_REFRESH}`);
});

function readOptions() {
  try {
    return parseArgs({ options: { endpoints: { type: 'string' } } }).values;
  } catch (error) {
    throw new Problem(error.message, 'Usage: npm run regions [-- --endpoints <file>]');
  }
}

function sesRegionsOf(file) {
  const { partitions } = JSON.parse(readFileSync(file, 'utf8'));
  return partitions.flatMap(({ regions, services }) =>
    Object.keys(services.email?.endpoints ?? {}).filter((name) => name in regions),
  );
}

function compareEndpoints(actual, ses) {
  return {
    'Regions with SES in the endpoints only': except(actual, ses),
    'Regions with SES in test/lib/ses-regions.ts only': except(ses, actual),
  };
}

function except(regions, others) {
  return regions.filter((region) => !others.includes(region));
}

function union(...lists) {
  return [...new Set(lists.flat())].sort();
}
