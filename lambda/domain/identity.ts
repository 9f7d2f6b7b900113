import { turnSigningOn } from '../../lib/shared/remedies';
import { parentRegionOf } from '../../lib/shared/replica-origin';
import { Failure } from '../events/failure';
import { requireThreeTokens, type Signing } from '../aws/ses';

/**
 * An identity that does not sign with Easy DKIM's own keys stays as it is.
 *
 * @throws Failure for BYODKIM, for a Deterministic Easy DKIM replica, and for other than three tokens.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html
 */
export function refuseForeignSigning(signing: Signing, domainName: string, region: string): void {
  const { origin } = signing;
  if (origin === 'EXTERNAL') {
    throw new Failure(
      `The identity ${domainName} in ${region} signs with its own key (BYODKIM), and switching it would break that. ` +
        'Switch it to Easy DKIM in the SES console first, or leave it as it is and remove this construct.',
    );
  }
  const parent = parentRegionOf(origin);
  if (parent !== undefined) {
    throw new Failure(
      `The identity ${domainName} in ${region} is a Deterministic Easy DKIM replica of the one in ${parent}, whose ` +
        'records serve both. Set up the domain in the parent Region, or switch this identity to Easy DKIM first.',
    );
  }
  if (signing.tokens.length > 0) {
    requireThreeTokens(signing.tokens, domainName, region);
  }
}

/**
 * An identity whose keys are in place but whose mail is not signed would look fine and not be. A domain
 * that is in use by us already is left to whoever switched it off.
 *
 * @throws Failure
 */
export function refuseSwitchedOff(signing: Signing, domainName: string, region: string): void {
  if (signing.enabled === false && signing.tokens.length > 0) {
    throw new Failure(
      `The identity ${domainName} in ${region} has Easy DKIM, but its signing is turned off. ` +
        `${turnSigningOn(domainName, region)}, then deploy again.`,
    );
  }
}
