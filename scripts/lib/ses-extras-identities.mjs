/** What the proxy knows of the identities, besides MiniStack: by account, Region and name. */
export class Identities {
  #settings = new Map();

  /** The settings of an identity: `mailFrom`, `configurationSet`, `forwarding`, `topics`, `headers` and `policies`. */
  settings(call, name) {
    const key = keyOf(call, name);
    if (!this.#settings.has(key)) {
      this.#settings.set(key, { topics: {}, headers: {}, forwarding: true, policies: {} });
    }
    return this.#settings.get(key);
  }

  /** MiniStack's identity of the v2 API, and that of the v1 API with it; undefined when there is none. */
  async find(call, name) {
    const { status, body } = await call.passOn({ method: 'GET', path: pathOf(name), body: undefined });
    if (status === 200) {
      return JSON.parse(body.toString());
    }
    this.#settings.delete(keyOf(call, name));
    return undefined;
  }

  /** Makes the v2 identity of one that the v1 API has. */
  async followV1(call, name) {
    if ((await this.find(call, name)) === undefined) {
      await call.passOn(inV2('POST', '/v2/email/identities', { EmailIdentity: name }));
    }
  }

  /** Makes the v1 identity of one that the v2 API has. */
  async followV2(call, name) {
    await call.passOn(inV1(call, name.includes('@') ? ['VerifyEmailIdentity', 'EmailAddress'] : DKIM, name));
  }

  async delete(call, name) {
    this.#settings.delete(keyOf(call, name));
    await call.passOn(inV1(call, ['DeleteIdentity', 'Identity'], name));
    await call.passOn({ method: 'DELETE', path: pathOf(name), body: undefined });
  }

  /** What the v1 API says of the signing of an identity, which is verified there at once; in the words of v2. */
  async dkim(call, name) {
    const { body } = await call.passOn(inV1(call, ['GetIdentityDkimAttributes', 'Identities.member.1'], name));
    const text = body.toString();
    const [, status] = /<DkimVerificationStatus>(\w+)</.exec(text);
    return {
      SigningEnabled: /<DkimEnabled>true</.test(text),
      Status: status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
      Tokens: [...text.matchAll(/<member>([^<]+)</g)].map(([, token]) => token),
      SigningAttributesOrigin: 'AWS_SES',
    };
  }

  /** The tags as they are now. */
  async tags(call, name) {
    const arn = `arn:aws:ses:${call.region}:${call.account}:identity/${name}`;
    const path = `/v2/email/tags?ResourceArn=${encodeURIComponent(arn)}`;
    const { body } = await call.passOn({ method: 'GET', path, body: undefined });
    return JSON.parse(body.toString()).Tags;
  }
}

const DKIM = ['VerifyDomainDkim', 'Domain'];

/** Whether SES still tells of bounces and complaints in one way at least, which it insists on. */
export function tellsOfFeedback({ forwarding, topics }) {
  return forwarding || Boolean(topics.Bounce && topics.Complaint);
}

export const NO_FEEDBACK = 'Feedback forwarding can be disabled only while bounces and complaints have an SNS topic.';

function keyOf({ account, region }, name) {
  return `${account} ${region} ${name}`;
}

function pathOf(name) {
  return `/v2/email/identities/${encodeURIComponent(name)}`;
}

function inV1({ headers }, [action, parameter], name) {
  const input = new URLSearchParams({ Action: action, Version: '2010-12-01', [parameter]: name });
  return {
    method: 'POST',
    path: '/',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(String(input)),
  };
}

function inV2(method, path, value) {
  return { method, path, body: Buffer.from(JSON.stringify(value)) };
}
