import { feedbackHost } from '../../lib/shared/mail-records';
import type { SettingsAws } from '../aws/clients';
import { toStatus } from '../aws/ses';
import { shownStatus, waitForVerdict } from '../domain/verification';
import { Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { SettingsConfig } from './config';

/**
 * Waits until SES has found the MX record of the MAIL FROM domain.
 *
 * @returns `Success`
 * @throws Failure when SES gives up, or when the time is up, with what to check; or when the event is cancelled.
 */
export async function waitForMailFrom(
  { ses, deadline }: SettingsAws,
  { domainName, region, wanted, waitForVerification }: SettingsConfig,
  freshness: Freshness,
): Promise<'Success'> {
  const look = async () => {
    const identity = await ses.findIdentity(domainName);
    return { status: toStatus(identity?.mailFromStatus) };
  };
  const verdict = await waitForVerdict(look, waitForVerification, deadline, freshness);
  if (verdict.status === 'Success') {
    return 'Success';
  }
  const { domainName: mailFrom } = wanted.MailFrom!;
  const problem =
    verdict.status === 'Failed'
      ? `SES has given up looking for the MX record of ${mailFrom}`
      : `SES has not found the MX record of ${mailFrom} within ${waitForVerification} seconds`;
  throw new Failure(
    `${problem} (${shownStatus(verdict)}). "dig MX ${mailFrom}" must show 10 ${feedbackHost(region)}, and no other MX ` +
      'record; the host of another Region that shares the record will do, too. Then deploy again, or leave out ' +
      'waitForVerification.',
  );
}
