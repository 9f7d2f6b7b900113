import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import { ResourceProperties, SettingsProperties } from '../../shared/contract';
import { optionsFrom } from '../../shared/mail-records';
import { sesArn, zoneArn } from './arns';
import { PolicyRequest } from './handler-policies';

/** What the handler has to be allowed for a domain with these properties. */
export function policyRequest(
  scope: Construct,
  { hostedZone }: EasyDkimDomainProps,
  properties: ResourceProperties,
  settings: SettingsProperties | undefined,
): PolicyRequest {
  const { DomainName: domainName, SesRegion: region } = properties;
  const identityArn = sesArn(scope, region, 'identity', domainName);
  return {
    domainName,
    region,
    removable: properties.RemovalPolicy === 'destroy',
    takenIdentityArn: properties.TakeOwnership && identityArn,
    keysIdentityArn: properties.SigningKeyLength && identityArn,
    hostedZoneArn: hostedZone && zoneArn(scope, hostedZone),
    delegationRoleArn: properties.DelegationRoleArn,
    options: optionsFrom(properties),
    settings: settings && {
      properties: settings,
      identityArn,
      configurationSetArn:
        settings.ConfigurationSet && sesArn(scope, region, 'configuration-set', settings.ConfigurationSet),
    },
  };
}
