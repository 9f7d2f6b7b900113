/** What no Create of a new domain goes without. */
export const CALLS_OF_CREATE = [
  'CreateEmailIdentity',
  'VerifyDomainDkim',
  'TagResource',
  'ListResourceRecordSets',
  'ChangeResourceRecordSets',
  'GetChange',
] as const;

/** What the handler calls for a Delete of the last user of a domain. */
export const CALLS_OF_DELETE = [
  'DescribeStackResource',
  'GetEmailIdentity',
  'TagResource',
  'ListTagsForResource',
  'ListResourceRecordSets',
  'ChangeResourceRecordSets',
  'DeleteEmailIdentity',
] as const;
