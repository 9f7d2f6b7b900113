import type { Fault } from '../fakes/fake-aws';
import { CALLS_OF_CREATE, CALLS_OF_DELETE } from '../support/calls';
import { DOMAIN, madeOf, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

/** A page as proxies, captive portals and emulators have them. */
const PAGE = `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><br><title>Sign in</title></head>
  <body><p>Sign in to use\u0007 this network</p></body>
</html>`;
const WORDS = 'Sign in Sign in to use this network';
const REMEDY =
  'Something other than AWS answered, such as an emulator or a proxy: check AWS_ENDPOINT_URL, ' +
  'and any proxy between the function and AWS.';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** Something that is not AWS answers an operation, once or more often. */
const answer = (operation: string, stranger: Fault['stranger'], times = 1) =>
  world.fake.addFault({ kind: 'stranger', operation, stranger, times });

const triesOf = (operation: string) => world.fake.operations().filter((each) => each === operation).length;

describe('an answer that is no answer of AWS', () => {
  it.each([...CALLS_OF_CREATE, 'GetEmailIdentity'])(
    'fails a Create at once, says what came, and leaves nothing: %s',
    async (operation) => {
      // A verified domain that exists is looked at, a new one is not.
      if (operation === 'GetEmailIdentity') world.fake.addIdentity(REGION, DOMAIN);
      const before = world.holdings();
      const fault = answer(operation, { status: 200, body: PAGE }, Infinity);

      const { status, reason } = await mail.create();

      expect(status).toBe('FAILED');
      expect(reason).toContain(` failed: ForeignAnswer: HTTP 200: ${WORDS}. ${REMEDY}`);
      expect(reason).not.toContain('tries');
      fault.remove();
      expect((await mail.delete()).status).toBe('SUCCESS');
      expect(world.holdings()).toEqual(before);
    },
  );

  it.each(CALLS_OF_DELETE)('fails a Delete, which can be done again: %s', async (operation) => {
    const { physicalId } = await mail.create();
    const fault = answer(operation, { status: 200, body: PAGE }, Infinity);

    const { status, reason, ...rest } = await mail.delete();

    expect({ status, physicalId: rest.physicalId }).toEqual({ status: 'FAILED', physicalId });
    expect(reason).toContain(`${operation} for `);
    expect(reason).toContain(`ForeignAnswer: HTTP 200: ${WORDS}. ${REMEDY}`);
    fault.remove();
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('does not keep a Create from its work when it comes in the place of the stack', async () => {
    answer('DescribeStackResource', { status: 200, body: PAGE }, Infinity);

    const created = await mail.create();

    expect(created).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual(setUpOf(created));
  });

  it.each([
    ['a page in capitals', { status: 403, body: '<HTML><BODY><H1>Forbidden</H1></BODY></HTML>' }, 'Forbidden'],
    ['text', { status: 404, contentType: 'text/plain', body: '404 page not found' }, '404 page not found'],
    ['text that says nothing of its type', { status: 400, contentType: '', body: 'no such host' }, 'no such host'],
    ['a page that says nothing of its type', { status: 200, contentType: '', body: PAGE }, WORDS],
    ['XHTML', { status: 200, contentType: 'text/xml', body: `<?xml version="1.0"?>\n${PAGE}` }, WORDS],
    ['a page of nothing but code', { status: 200, body: '<html><body onload="go()"></body></html>' }, '<html>'],
    ['a part of a page', { status: 500, body: '<h1>Internal Server Error</h1>' }, 'Internal Server Error'],
  ])('may be %s', async (_, stranger, words) => {
    for (const operation of ['CreateEmailIdentity', 'VerifyDomainDkim']) {
      const fault = answer(operation, stranger, Infinity);

      expect((await mail.create()).reason).toContain(` failed: ForeignAnswer: HTTP ${stranger.status}: ${words}`);

      fault.remove();
      await mail.delete();
    }
  });

  it.each([
    ['CreateEmailIdentity', 'XML', '<Error>No such path</Error>', 'No such path'],
    ['VerifyDomainDkim', 'JSON', '{"message":"No such path"}', '{"message":"No such path"}'],
  ])('of %s may be in the %s of another service', async (operation, _, body, words) => {
    answer(operation, { status: 404, body });

    expect((await mail.create()).reason).toContain(`ForeignAnswer: HTTP 404: ${words}. ${REMEDY}`);
  });

  it('is cut where it is long', async () => {
    answer('CreateEmailIdentity', { status: 200, body: `<html>${'<'.repeat(100_000)}${'word '.repeat(100_000)}` });

    const { reason } = await mail.create();

    expect(reason).toContain('ForeignAnswer: HTTP 200: ');
    expect(reason.length).toBeLessThan(700);
  });
});

describe('what a load balancer says while there is nobody behind it', () => {
  const UNAVAILABLE = '<html><body><b>Http/1.1 Service Unavailable</b></body></html>';

  it.each([502, 503, 504])('is tried again: HTTP %i', async (status) => {
    const operations = ['CreateEmailIdentity', 'VerifyDomainDkim', 'ChangeResourceRecordSets'];
    operations.forEach((operation) => answer(operation, { status, body: UNAVAILABLE }, 3));

    const created = await mail.create();

    expect(created).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(madeOf(created)).toBe('1+2+3');
    expect(operations.map(triesOf)).toEqual([4, 4, 4]);
  });

  it('is reported when it stays so', async () => {
    answer('VerifyDomainDkim', { status: 503, body: UNAVAILABLE }, Infinity);

    expect((await mail.create()).reason).toContain(
      `failed after 9 tries: ForeignAnswer: HTTP 503: Http/1.1 Service Unavailable. ${REMEDY}`,
    );
  });

  it('is waited for when it is that there are too many requests', async () => {
    answer('VerifyDomainDkim', { status: 429, body: '<html>Slow down</html>' }, 12);

    expect(await mail.create(properties())).toMatchObject({ status: 'SUCCESS', reason: '' });
  });
});
