import type { SigningKeyLength } from '../../lib/shared/contract';
import { CLAIM_PREFIX, MARK } from '../../lib/shared/claim-tags';
import { optionsFrom, RecordOptions } from '../../lib/shared/mail-records';
import { DOMAIN_RULES } from '../../lib/shared/rules';
import type { CustomResourceEvent } from '../events/event';
import { checkedProperties } from '../events/properties';

/** The properties of the custom resource for a domain as real types. */
export interface DomainConfig extends RecordOptions {
  readonly domainName: string;
  readonly region: string;
  /** Undefined when the records are for another DNS provider. */
  readonly zoneId?: string;
  /** Seconds. */
  readonly ttl: number;
  readonly overwriteRecords: boolean;
  readonly retain: boolean;
  readonly takeOwnership: boolean;
  /** Undefined when any will do. */
  readonly signingKeyLength?: SigningKeyLength;
  readonly delegationRoleArn?: string;
  /** Seconds; 0 does not wait. */
  readonly waitForVerification: number;
  /** The user's tags for the identity. */
  readonly tags: { readonly [key: string]: string };
}

/**
 * Reads the properties of a Create or Update event.
 *
 * @throws Failure naming the prop, its value and the remedy.
 */
export function parseConfig(properties: CustomResourceEvent['ResourceProperties']): DomainConfig {
  const given = checkedProperties(properties, DOMAIN_RULES);
  return {
    domainName: given.DomainName!,
    region: given.SesRegion!,
    zoneId: given.HostedZoneId,
    ttl: Number(given.Ttl),
    overwriteRecords: given.OverwriteRecords === 'true',
    retain: given.RemovalPolicy === 'retain',
    takeOwnership: given.TakeOwnership === 'true',
    signingKeyLength: given.SigningKeyLength as SigningKeyLength | undefined,
    delegationRoleArn: given.DelegationRoleArn,
    waitForVerification: Number(given.WaitForVerification ?? 0),
    ...optionsFrom(given),
    tags: parseTags(properties),
  };
}

/** The user's tags among the properties, without keys that are ours. SES refuses what it does not take. */
export function parseTags(properties: unknown): { readonly [key: string]: string } {
  const { Tags: tags } = (properties ?? {}) as { readonly Tags?: unknown };
  if (typeof tags !== 'object' || tags === null) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => key !== MARK && !key.startsWith(CLAIM_PREFIX))
      .map(([key, value]) => [key, String(value)]),
  );
}

/** What Delete needs of the properties; the rest it knows from the physical resource id. */
export function parseRemoval(
  properties: CustomResourceEvent['ResourceProperties'],
): Pick<DomainConfig, 'retain' | 'takeOwnership' | 'delegationRoleArn'> {
  const { DelegationRoleArn } = DOMAIN_RULES;
  return {
    retain: properties?.RemovalPolicy === 'retain',
    takeOwnership: properties?.TakeOwnership === 'true',
    delegationRoleArn: checkedProperties(properties, { DelegationRoleArn }).DelegationRoleArn,
  };
}
