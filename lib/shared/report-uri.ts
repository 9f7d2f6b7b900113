import { hostName } from './host-name';

/** An address for DMARC reports. */
export interface ReportAddress {
  readonly localPart: string;
  /** In lower case. */
  readonly domain: string;
}

/** A size limit, which RFC 7489 had and RFC 9989 has receivers ignore. */
export const SIZE_LIMIT = /![0-9]+[kmgt]?$/i;

/**
 * The address that a DMARC report URI leads to; undefined when it is none that receivers have to support.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.8
 */
export function parseReportUri(uri: string): ReportAddress | undefined {
  const address = uri.trim().replace(SIZE_LIMIT, '');
  const at = address.lastIndexOf('@');
  const scheme = address.slice(0, 7).toLowerCase();
  const localPart = address.slice(7, Math.max(at, 7));
  const [domain] = address.slice(at + 1).split('?');
  const isAddress = scheme === 'mailto:' && at > 7 && /^[^\s@!,<>]+$/.test(localPart);
  return isAddress && isHost(domain) ? { localPart, domain: hostName(domain) } : undefined;
}

function isHost(domain: string): boolean {
  const labels = hostName(domain).split('.');
  return labels.length > 1 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
}
