import { createPublicKey } from 'node:crypto';
import { parseTagList } from './tag-list';

/** What a text record says of a DKIM key. */
export type DkimKey =
  | {
      readonly state: 'valid';
      readonly type: 'rsa' | 'ed25519';
      readonly bits: number;
      /** `t=y`: receivers are to treat mail that fails no differently from mail without a signature. */
      readonly testing: boolean;
      /** Signatures with SHA-256, as SES makes them, count. */
      readonly allowsSha256: boolean;
    }
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
  const { tags, repeated, malformed } = parseTagList(text);
  if (!tags.has('p') && tags.get('v')?.toUpperCase() !== 'DKIM1') {
    return { state: 'none' };
  }
  if (repeated.length > 0) {
    return invalid(`it has ${repeated.map((name) => `${name}=`).join(', ')} twice`);
  }
  if (malformed.length > 0) {
    return invalid('it has a part that is no tag with a value');
  }
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v')) {
    return invalid('its v= is not DKIM1, or not the first tag');
  }
  const type = tags.get('k') ?? 'rsa';
  if (type !== 'rsa' && type !== 'ed25519') {
    return invalid(`its type k=${type} is unknown`);
  }
  const services = listOf(tags.get('s')) ?? ['*'];
  if (!services.includes('*') && !services.includes('email')) {
    return invalid('its s= is not for e-mail');
  }
  const base64 = tags.get('p')?.replace(/\s/g, '');
  if (base64 === undefined) {
    return invalid('it has no p=');
  }
  if (base64 === '') {
    return { state: 'revoked' };
  }
  const bits = sizeOf(type, base64);
  return typeof bits === 'string'
    ? invalid(bits)
    : {
        state: 'valid',
        type,
        bits,
        testing: listOf(tags.get('t'))?.includes('y') ?? false,
        allowsSha256: listOf(tags.get('h'))?.includes('sha256') ?? true,
      };
}

function listOf(value: string | undefined): string[] | undefined {
  return value?.split(':').map((one) => one.trim());
}

/** The bits of a key, or what is wrong with it. */
function sizeOf(type: 'rsa' | 'ed25519', base64: string): number | string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return 'its p= is not base64';
  }
  const bytes = Buffer.from(base64, 'base64');
  if (type === 'ed25519') {
    return bytes.length === 32 ? 256 : 'its p= is no Ed25519 key';
  }
  return rsaBits(bytes) ?? 'its p= is no RSA key, perhaps cut short';
}

/** RFC 6376 names a bare RSAPublicKey; what is in use is nearly always a SubjectPublicKeyInfo. */
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
