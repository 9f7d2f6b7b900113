import { isInvalidChangeBatch } from '../aws/route53';

/** How often a batch is planned when the zone changes between the look at it and the write. */
const MOST_PLANS = 3;

/** Plans and writes a change batch: anew, when Route 53 refuses it because the zone has changed in between. */
export async function replan<T>(planAndWrite: () => Promise<T>): Promise<T> {
  for (let plans = 1; ; plans++) {
    try {
      return await planAndWrite();
    } catch (error) {
      if (!isInvalidChangeBatch(error) || plans === MOST_PLANS) {
        throw error;
      }
    }
  }
}
