import type { Freshness } from '../events/freshness';
import type { Tags } from './claims';
import type { IdentityClaims } from './identity-claims';

/**
 * Changes the tags that the user has given, on an identity that this library made: others keep theirs.
 *
 * @param former those that were given before
 */
export async function changeUserTags(
  claims: IdentityClaims,
  wanted: Tags,
  former: Tags,
  freshness: Freshness,
): Promise<void> {
  if (!claims.isOurs) {
    return;
  }
  const { tags } = claims;
  const isOurs = (key: string) => tags[key] === undefined || tags[key] === former[key];
  const set = Object.entries(wanted).filter(([key, value]) => tags[key] !== value && isOurs(key));
  const removed = Object.keys(former).filter((key) => !(key in wanted) && tags[key] === former[key]);
  const left = Object.keys(wanted).filter((key) => tags[key] !== wanted[key] && !isOurs(key));
  if (left.length > 0) {
    claims.log('tags-left', { keys: left, reason: 'somebody else has given them another value' });
  }
  if (set.length > 0) {
    await freshness.require();
    await claims.tag(Object.fromEntries(set));
  }
  if (removed.length > 0) {
    await freshness.require();
    await claims.untag(removed);
  }
}
