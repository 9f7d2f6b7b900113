import { createPublicKey } from 'node:crypto';
import { parseTagList } from './tag-list';

/** What a text record says of a DKIM key. */
export type DkimKey =
  | { readonly state: 'valid'; readonly type: 'rsa' | 'ed25519'; readonly bits: number }
  /** An empty `p=`: the key was withdrawn. */
  | { readonly state: 'revoked' }
  | { readonly state: 'invalid'; readonly reason: string }
  /** Not a key record at all. */
  | { readonly state: 'none' };

/**
 * Reads a DKIM key record.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1
 */
export function parseDkimKey(text: string): DkimKey {
  const looksLikeOne = /(^|;)\s*p\s*=/.test(text) || /^\s*v\s*=\s*DKIM1/i.test(text);
  if (!looksLikeOne) {
    return { state: 'none' };
  }
  const tags = parseTagList(text);
  if (tags === undefined) {
    return invalid('it is not a list of tags with one value each');
  }
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v')) {
    return invalid('it has a v= that is not DKIM1, or not the first tag');
  }
  const type = tags.get('k') ?? 'rsa';
  if (type !== 'rsa' && type !== 'ed25519') {
    return invalid(`it has a key of the unknown type ${type}`);
  }
  const services = tags.get('s')?.split(/\s*:\s*/);
  if (services !== undefined && !services.includes('*') && !services.includes('email')) {
    return invalid('its s= is not for e-mail');
  }
  const key = tags.get('p')?.replace(/\s/g, '');
  if (key === undefined) {
    return invalid('it has no p=');
  }
  if (key === '') {
    return { state: 'revoked' };
  }
  return parsePublicKey(type, key);
}

function parsePublicKey(type: 'rsa' | 'ed25519', base64: string): DkimKey {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return invalid('its p= is not base64');
  }
  const bytes = Buffer.from(base64, 'base64');
  if (type === 'ed25519') {
    return bytes.length === 32 ? { state: 'valid', type, bits: 256 } : invalid('its p= is no Ed25519 key');
  }
  const bits = rsaBits(bytes);
  return bits === undefined ? invalid('its p= is no RSA key, perhaps cut short') : { state: 'valid', type, bits };
}

/** RFC 6376 wants a SubjectPublicKeyInfo; a bare RSAPublicKey is in use, too. */
function rsaBits(key: Buffer): number | undefined {
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key, format: 'der', type });
      return asymmetricKeyType === 'rsa' ? asymmetricKeyDetails?.modulusLength : undefined;
    } catch {
      // Not in this form.
    }
  }
  return undefined;
}

function invalid(reason: string): DkimKey {
  return { state: 'invalid', reason };
}
