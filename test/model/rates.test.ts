import { BusyAccount } from './rates';

describe('200 domains at once, in an account with the limits of AWS', () => {
  it('are all created, in at most 1.5 times the 200 seconds that SES needs for them, and deleted again', async () => {
    const account = new BusyAccount({ domains: 200 });

    const created = await account.createAll();
    expect(created).toMatchObject({ succeeded: 200, reasons: [] });
    expect(created.seconds).toBeLessThanOrEqual(300);

    expect(await account.deleteAll()).toMatchObject({ succeeded: 200, reasons: [] });
  });

  it('are all verified while the deployment waits', async () => {
    const account = new BusyAccount({ domains: 200, wait: 840 });

    expect(await account.createAll()).toMatchObject({ succeeded: 200, reasons: [] });
  });
});
