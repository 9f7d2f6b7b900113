import { RegionInfo } from 'aws-cdk-lib/region-info';
import { DEFAULT_DKIM_DOMAIN, documentedDkimDomain, REGIONS_WITH_OWN_DKIM_DOMAIN } from '../../lib/shared/dkim-hosts';
import { REGIONS_WITH_DEFAULT_DKIM_DOMAIN, REGIONS_WITHOUT_SES, SES_REGIONS } from './ses-regions';

const CDK_REGIONS = RegionInfo.regions.map(({ name }) => name);
const OWN = [...REGIONS_WITH_OWN_DKIM_DOMAIN];

// What fails here is mended as CONTRIBUTING.md says in "Add a Region".

it("knows of each of the CDK's Regions whether SES is there", () => {
  expect(CDK_REGIONS.filter((name) => ![...SES_REGIONS, ...REGIONS_WITHOUT_SES].includes(name))).toEqual([]);
});

it.each(SES_REGIONS)('states the DKIM domain of %s, its own or the default', (region) => {
  const stated = { own: OWN.includes(region), default: REGIONS_WITH_DEFAULT_DKIM_DOMAIN.includes(region) };

  expect([stated, documentedDkimDomain(region)]).toEqual(
    stated.own
      ? [{ own: true, default: false }, `dkim.${region}.amazonses.com`]
      : [{ own: false, default: true }, DEFAULT_DKIM_DOMAIN],
  );
});

it.each([
  ['own', OWN],
  ['default', REGIONS_WITH_DEFAULT_DKIM_DOMAIN],
])('states no %s DKIM domain of a Region without SES, or one misspelt', (_, regions) => {
  expect(regions.filter((region) => !SES_REGIONS.includes(region))).toEqual([]);
});

it('says of no Region both that SES is there and that it is not', () => {
  expect(SES_REGIONS.filter((region) => REGIONS_WITHOUT_SES.includes(region))).toEqual([]);
});
