import { BusyAccount } from './rates';

describe('200 domains at once, in an account with the limits of AWS', () => {
  it('are all created in little more than the 200 seconds that SES needs for them, and deleted again', async () => {
    const account = new BusyAccount({ domains: 200 });

    const created = await account.createAll();
    expect(created).toMatchObject({ succeeded: 200, reasons: [] });
    expect(created.seconds).toBeLessThanOrEqual(254);
    expect(created.throttledForEachTaken).toBeLessThanOrEqual(1);

    const deleted = await account.deleteAll();
    expect(deleted).toMatchObject({ succeeded: 200, reasons: [] });
    expect(deleted.seconds).toBeLessThanOrEqual(254);
  });

  it('are all verified while the deployment waits', async () => {
    const account = new BusyAccount({ domains: 200, wait: 840 });

    expect(await account.createAll()).toMatchObject({ succeeded: 200, reasons: [] });
  });
});
