/** Milliseconds, ten minutes: the longest that an option may have the check wait for an answer of a DNS resolver. */
export const MAX_TIMEOUT = 600_000;
