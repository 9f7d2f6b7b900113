import type { SettingProperties } from './settings';

/**
 * The contract between the construct and the handler: what goes into the custom resource and what
 * comes out of it. Both sides import this module, so neither can drift.
 */

/** The type of the custom resource for a domain: its identity and its records. */
export const RESOURCE_TYPE = 'Custom::EasyDkimDomain';

/**
 * The type of the custom resource for the settings of a domain's identity. They are values that change
 * in place, which CloudFormation takes back by an Update; what the other resource creates is replaced.
 */
export const SETTINGS_RESOURCE_TYPE = 'Custom::EasyDkimSettings';

/** The type of the custom resource for a replica of a domain's identity in another Region. */
export const REPLICA_RESOURCE_TYPE = 'Custom::EasyDkimReplica';

/** The longest wait for verification: the Lambda's own limit of 15 minutes, less a minute to answer in. */
export const MAX_WAIT_SECONDS = 14 * 60;

/** The lengths that the keys of Easy DKIM may have, in SES's words. */
export const SIGNING_KEY_LENGTHS = ['RSA_1024_BIT', 'RSA_2048_BIT'] as const;

export type SigningKeyLength = (typeof SIGNING_KEY_LENGTHS)[number];

/**
 * The properties of the custom resource for a domain. CloudFormation delivers every value as a string,
 * so every value is one from the start.
 */
export interface ResourceProperties {
  readonly DomainName: string;
  readonly SesRegion: string;
  /** Absent when the records are for another DNS provider. */
  readonly HostedZoneId?: string;
  /** Absent when the zone is known by its id only. */
  readonly HostedZoneName?: string;
  /** Seconds. */
  readonly Ttl: string;
  readonly OverwriteRecords: 'true' | 'false';
  readonly RemovalPolicy: 'destroy' | 'retain';
  /** Whether what others have made counts as made by the resource; absent when not. */
  readonly TakeOwnership?: 'true';
  /** The length of the keys of Easy DKIM, in SES's words; absent when any will do. */
  readonly SigningKeyLength?: SigningKeyLength;
  /** The role of the hosted zone's account; absent when the zone is in the stack's account. */
  readonly DelegationRoleArn?: string;
  /** Seconds; absent when the deployment does not wait for verification. */
  readonly WaitForVerification?: string;
  /** The full name of the custom MAIL FROM domain, which gets an MX and an SPF record; absent without one. */
  readonly MailFromDomain?: string;
  /** The text of the DMARC record, such as `v=DMARC1; p=none`; absent when there is none to write. */
  readonly DmarcRecord?: string;
  /** The user's tags for the identity; absent without any. */
  readonly Tags?: { readonly [key: string]: string };
  /** Any text: another one makes CloudFormation send an Update, and means nothing to the handler. */
  readonly Revision?: string;
}

/** The properties of the custom resource for the settings; absent is what is left as it is. */
export interface SettingsProperties extends SettingProperties {
  readonly DomainName: string;
  readonly SesRegion: string;
  readonly RemovalPolicy: 'destroy' | 'retain';
  /** Seconds; absent when the deployment does not wait for the MAIL FROM domain. */
  readonly WaitForVerification?: string;
  /** As for a domain. */
  readonly Revision?: string;
}

/** The properties of the custom resource for a replica. */
export interface ReplicaProperties {
  readonly DomainName: string;
  /** The Region of the replica. */
  readonly SesRegion: string;
  /** The Region of the domain's own identity, whose keys the replica has. */
  readonly ParentRegion: string;
  readonly RemovalPolicy: 'destroy' | 'retain';
  /** Seconds; absent when the deployment does not wait for verification. */
  readonly WaitForVerification?: string;
  /** As for a domain. */
  readonly Tags?: { readonly [key: string]: string };
  /** As for a domain. */
  readonly Revision?: string;
}

/** The attributes of the custom resource for a domain, for `Fn::GetAtt`. */
export interface ResourceAttributes {
  readonly DomainName: string;
  readonly SesRegion: string;
  /** Absent when the records are for another DNS provider. */
  readonly HostedZoneId?: string;
  readonly DkimToken1: string;
  readonly DkimToken2: string;
  readonly DkimToken3: string;
  readonly DkimRecordName1: string;
  readonly DkimRecordName2: string;
  readonly DkimRecordName3: string;
  readonly DkimRecordValue1: string;
  readonly DkimRecordValue2: string;
  readonly DkimRecordValue3: string;
  readonly VerificationStatus: string;
  /**
   * For what senders need a permission besides the identity: the ARN of its default configuration set. Without one, that
   * of the identity, as CloudFormation has no attributes without a value.
   */
  readonly SendingResource: string;
}

/** The attributes of the custom resource for settings. */
export interface SettingsAttributes {
  /** Present with a custom MAIL FROM domain. */
  readonly MailFromStatus?: string;
}

/** The attributes of the custom resource for a replica. */
export interface ReplicaAttributes {
  /** As for a domain. */
  readonly SendingResource: string;
}
