const REPLICA_ORIGIN = 'AWS_SES_';

/** How SES calls the origin of the keys of a Deterministic Easy DKIM replica, such as `AWS_SES_EU_WEST_1`. */
export function replicaOrigin(parentRegion: string): string {
  return `${REPLICA_ORIGIN}${parentRegion.toUpperCase().replace(/-/g, '_')}`;
}

/** The Region of the parent of a replica; undefined for an identity of another origin. */
export function parentRegionOf(origin: string | undefined): string | undefined {
  return origin?.startsWith(REPLICA_ORIGIN)
    ? origin.slice(REPLICA_ORIGIN.length).toLowerCase().replace(/_/g, '-')
    : undefined;
}
