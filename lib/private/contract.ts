/**
 * The contract between the construct and the handler: what goes into the custom resource and what
 * comes out of it. Both sides import this module, so neither can drift.
 */

/** The type of the custom resource in the template. */
export const RESOURCE_TYPE = 'Custom::EasyDkimDomain';

/** The longest wait for verification: the Lambda's own limit of 15 minutes, less a minute to answer in. */
export const MAX_WAIT_SECONDS = 14 * 60;

/**
 * The properties of the custom resource. CloudFormation delivers every value as a string, so every
 * value is one from the start.
 */
export interface ResourceProperties {
  readonly DomainName: string;
  readonly SesRegion: string;
  readonly HostedZoneId: string;
  /** Absent when the zone is known by its id only. */
  readonly HostedZoneName?: string;
  /** Seconds. */
  readonly Ttl: string;
  readonly OverwriteRecords: 'true' | 'false';
  readonly RemovalPolicy: 'destroy' | 'retain';
  /** The role of the hosted zone's account; absent when the zone is in the stack's account. */
  readonly DelegationRoleArn?: string;
  /** Seconds; absent when the deployment does not wait for verification. */
  readonly WaitForVerification?: string;
}

/** The attributes of the custom resource, for `Fn::GetAtt`. */
export interface ResourceAttributes {
  readonly DomainName: string;
  readonly SesRegion: string;
  readonly HostedZoneId: string;
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
}
