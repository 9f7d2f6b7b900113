/** What a watch tells CloudWatch. The construct names the metrics, the handler sends them. */

export const METRIC_NAMESPACE = 'EasyDkim';

/** Of a domain in a Region: 1 or 0. */
export type DomainMetric = 'DkimReady' | 'MailFromReady' | 'RecordsInPlace';

/** Of a stack: numbers. */
export type StackMetric = 'DomainsNotReady' | 'Repaired';

/** The names of the dimensions. */
export const DOMAIN_DIMENSIONS = ['DomainName', 'SesRegion'] as const;
export const STACK_DIMENSIONS = ['StackName'] as const;

/** The key in the `Metadata` of a resource under which its properties are, for the watch to compare. */
export const DECLARED = 'cdk-ses-easy-dkim:properties';

/** What the rule of a watch sends to the function. */
export interface WatchInput {
  readonly Watch: {
    readonly StackId: string;
    readonly Repair: boolean;
  };
}
