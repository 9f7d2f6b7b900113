import type { SettingsAttributes } from '../../lib/shared/contract';
import type { DkimStatus } from '../fakes/ses';
import { MAIL_FROM, settings, settingsOf, SettingsResource, startWithIdentity } from '../support/settings';
import { type Answer, DOMAIN, REGION, World } from '../support/stack';

const plain = settings({ MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' });
const waiting = { ...plain, WaitForVerification: '600' };
const IN_PLACE = [`mail from ${MAIL_FROM} RejectMessage`];
const PUT = 'PutEmailIdentityMailFromAttributes';

let world: World;
let resource: SettingsResource;

beforeEach(async () => {
  world = await startWithIdentity();
  resource = new SettingsResource(world);
});

afterEach(() => world.stop());

const identity = () => world.fake.identity(REGION, DOMAIN)!;
const present = () => settingsOf(identity());
const statusOf = ({ data }: Answer) => (data as unknown as SettingsAttributes).MailFromStatus;

/** SES has a status for the MAIL FROM domain from some milliseconds on. */
function becomes(status: DkimStatus, after = 0): void {
  const start = world.clock.now();
  world.fake.before('GetEmailIdentity', () => {
    const { mailFrom } = identity();
    if (mailFrom && world.clock.now() - start >= after) mailFrom.status = status;
  });
}

describe('the status of the MAIL FROM domain', () => {
  it('is told at the end of the deployment', async () => {
    const created = await resource.create(plain);
    expect(statusOf(created)).toBe('Pending');

    becomes('Success');
    expect(statusOf(await resource.update({ ...plain, Revision: '2' }))).toBe('Success');
  });

  it('is not told without one', async () => {
    expect((await resource.create(settings({ ConfigurationSet: 'main' }))).data).toEqual({});
  });
});

describe('waiting for the MAIL FROM domain', () => {
  it('ends as soon as SES has found its MX record', async () => {
    becomes('Success', 200_000);

    const time = await world.timeOf(async () => {
      const answer = await resource.create(waiting);
      expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
      expect(statusOf(answer)).toBe('Success');
    });

    expect(time).toBeGreaterThanOrEqual(200_000);
    expect(time).toBeLessThan(240_000);
  });

  it('does not begin when SES has found it already', async () => {
    await resource.create(plain);
    becomes('Success');

    expect(await world.operationsDuring(() => resource.update(waiting))).toEqual(['GetEmailIdentity']);
  });

  it('ends when its time is up, says what to check, and takes the setting back', async () => {
    const { status, reason } = await resource.create(waiting);

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES has not found the MX record of ${MAIL_FROM} within 600 seconds (status Pending).`);
    expect(reason).toContain(`"dig MX ${MAIL_FROM}" must show 10 feedback-smtp.${REGION}.amazonses.com, and no other`);
    expect(present()).toEqual([]);
  });

  it('ends at once when SES gives up, and says so', async () => {
    becomes('Failed', 1_000);

    const time = await world.timeOf(async () => {
      expect((await resource.create(waiting)).reason).toContain(
        `SES has given up looking for the MX record of ${MAIL_FROM} (status Failed).`,
      );
    });

    expect(time).toBeLessThan(30_000);
  });

  it('is no reason to change anything else', async () => {
    await resource.create({ ...plain, ConfigurationSet: 'main' });

    expect((await resource.update({ ...waiting, ConfigurationSet: 'other' })).status).toBe('FAILED');

    expect(present()).toEqual([...IN_PLACE, 'configuration set main']);
  });

  it('refuses a time that no deployment can wait', async () => {
    const { reason } = await resource.create({ ...plain, WaitForVerification: '841' });

    expect(reason).toContain('waitForVerification is 841 seconds: give a whole number of seconds from 1 to 840.');
  });
});

describe('a MAIL FROM domain that SES has given up', () => {
  beforeEach(async () => {
    await resource.create(plain);
    identity().mailFrom!.status = 'Failed';
  });

  it('is looked for again with the next deployment', async () => {
    const operations = await world.operationsDuring(async () => {
      expect(statusOf(await resource.update({ ...plain, Revision: '2' }))).toBe('Pending');
    });

    expect(operations).toContain(PUT);
    expect(identity().mailFrom).toEqual({ domain: MAIL_FROM, behavior: 'RejectMessage', status: 'Pending' });
  });

  it('is waited for then', async () => {
    becomes('Success', 60_000);

    expect(statusOf(await resource.update({ ...waiting, Revision: '2' }))).toBe('Success');
  });

  it('is left alone when the settings go', async () => {
    await resource.delete();

    expect(present()).toEqual([]);
  });
});
