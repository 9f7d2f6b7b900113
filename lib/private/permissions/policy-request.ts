import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import { ResourceProperties, SettingsProperties } from '../../shared/contract';
import { kindsFor, optionsFrom } from '../../shared/mail-records';
import { sesArn, zoneArn } from './arns';
import { PolicyRequest } from './handler-policies';
import { RecordsRequest } from './record-access';

/** What the handler has to be allowed for a domain with these properties. */
export function policyRequest(
  scope: Construct,
  { hostedZone }: EasyDkimDomainProps,
  properties: ResourceProperties,
  settings: SettingsProperties | undefined,
): PolicyRequest {
  const { DomainName: domainName, SesRegion: region } = properties;
  const identityArn = () => sesArn(scope, region, 'identity', domainName);
  return {
    domainName,
    region,
    removable: properties.RemovalPolicy === 'destroy',
    takenIdentityArn: properties.TakeOwnership && identityArn(),
    keysIdentityArn: properties.SigningKeyLength && identityArn(),
    records: recordsRequest(scope, hostedZone, properties),
    delegationRoleArn: properties.DelegationRoleArn,
    settings: settings && {
      properties: settings,
      identityArn: identityArn(),
      configurationSetArn:
        settings.ConfigurationSet && sesArn(scope, region, 'configuration-set', settings.ConfigurationSet),
    },
  };
}

/** The records that the handler writes itself: not those at another DNS provider, nor by a delegation role. */
function recordsRequest(
  scope: Construct,
  hostedZone: route53.IHostedZone | undefined,
  properties: ResourceProperties,
): RecordsRequest | undefined {
  if (hostedZone === undefined || properties.DelegationRoleArn !== undefined) {
    return undefined;
  }
  const place = { domainName: properties.DomainName, ...optionsFrom(properties) };
  const kinds = kindsFor(place);
  const types = [...new Set(kinds.map(({ type }) => type))];
  return {
    hostedZoneArn: zoneArn(scope, hostedZone),
    recordNames: [...new Set(kinds.map(({ name }) => name(place, '*')))],
    types,
    // TXT records may share their set with those of others: it is replaced, by DELETE and CREATE in one batch.
    mayDelete: properties.RemovalPolicy === 'destroy' || types.includes('TXT'),
  };
}
