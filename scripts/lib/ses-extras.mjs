/**
 * A proxy in front of MiniStack with the calls of SES that it lacks: those about the settings of an
 * identity. Functions get to it by AWS_ENDPOINT_URL_SES and AWS_ENDPOINT_URL_SESV2. All other calls
 * are passed on, and what is set ends with the proxy.
 *
 * As a command: `node scripts/lib/ses-extras.mjs <target URL> [port]` prints its own URL.
 */
import { fileURLToPath } from 'node:url';
import { startProxy } from './http-proxy.mjs';

const TYPES = ['Bounce', 'Complaint', 'Delivery'];

/** Starts the proxy on a free port unless one is given. */
export function startSesExtras(target, port) {
  const extras = new Extras();
  return startProxy(target, (...exchange) => extras.serve(...exchange), port);
}

class Extras {
  /** By account, Region and identity. */
  #settings = new Map();

  async serve(request, body, passOn) {
    const [, key = '', region = ''] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization) ?? [];
    // MiniStack's functions have the account for an access key id; any other key is the default account's.
    const account = /^\d{12}$/.test(key) ? key : '000000000000';
    const keyOf = (identity) => `${account} ${region} ${identity}`;
    const of = (identity) => {
      const key = keyOf(identity);
      if (!this.#settings.has(key)) {
        this.#settings.set(key, { topics: {}, headers: {}, forwarding: 'true' });
      }
      return this.#settings.get(key);
    };

    const [, identity, changed] = /^\/v2\/email\/identities\/([^/]+)(\/configuration-set)?$/.exec(request.url) ?? [];
    if (identity !== undefined) {
      const name = decodeURIComponent(identity);
      return changed && request.method === 'PUT'
        ? this.chooseSet(of(name), body, passOn)
        : this.serveV2(request, of(name), name, passOn);
    }
    const input = Object.fromEntries(new URLSearchParams(body.toString()));
    const write = WRITES[input.Action];
    const read = READS[input.Action];
    if (input.Action === 'DeleteIdentity') {
      this.#settings.delete(keyOf(input.Identity));
    }
    // MiniStack takes some of the settings, and does not tell them.
    write?.(of(input.Identity), input);
    if (read) {
      const names = Object.keys(input).filter((name) => name.startsWith('Identities.member.'));
      const entries = names.map((name) => entry(input[name], read(of(input[name]))));
      return xml(input.Action, `<${read.list}>${entries.join('')}</${read.list}>`);
    }
    return write?.lacking ? xml(input.Action, '') : passOn();
  }

  async chooseSet(settings, body, passOn) {
    const name = JSON.parse(body.toString() || '{}').ConfigurationSetName;
    if (name !== undefined) {
      const found = await passOn({ method: 'GET', path: `/v2/email/configuration-sets/${name}`, body: undefined });
      if (found.status !== 200) {
        return json(404, { message: `Configuration set <${name}> does not exist.` }, 'NotFoundException');
      }
    }
    settings.configurationSet = name;
    return json(200, {});
  }

  async serveV2(request, settings, identity, passOn) {
    const answer = await passOn();
    if (request.method !== 'GET') {
      return answer;
    }
    // MiniStack does not know the identities of v1 in v2.
    const known =
      answer.status === 200 ? JSON.parse(answer.body.toString()) : await this.v1Identity(request, identity, passOn);
    return known === undefined ? answer : json(200, { ...known, ...settingsInV2(settings) });
  }

  /** What v1 has of a domain with DKIM; undefined when there is none. */
  async v1Identity(request, identity, passOn) {
    const query = new URLSearchParams({
      Action: 'GetIdentityDkimAttributes',
      Version: '2010-12-01',
      'Identities.member.1': identity,
    });
    const headers = { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await passOn({ method: 'POST', path: '/', headers, body: Buffer.from(String(query)) });
    const Tokens = [...body.toString().matchAll(/<member>([^<]+)</g)].map(([, token]) => token);
    if (Tokens.length === 0) {
      return undefined;
    }
    const [, status] = /<DkimVerificationStatus>(\w+)</.exec(body);
    const Status = status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
    const SigningEnabled = /<DkimEnabled>true</.test(body);
    return {
      IdentityType: 'DOMAIN',
      VerificationStatus: Status,
      VerifiedForSendingStatus: Status === 'SUCCESS',
      DkimAttributes: { SigningEnabled, Status, Tokens, SigningAttributesOrigin: 'AWS_SES' },
    };
  }
}

/** What the calls set; `lacking` are those that MiniStack does not take. */
const WRITES = {
  SetIdentityMailFromDomain: lacking((settings, { MailFromDomain, BehaviorOnMXFailure }) => {
    settings.mailFrom = MailFromDomain && { MailFromDomain, BehaviorOnMXFailure };
  }),
  SetIdentityHeadersInNotificationsEnabled: lacking(({ headers }, { NotificationType, Enabled }) => {
    headers[NotificationType] = Enabled;
  }),
  SetIdentityNotificationTopic({ topics }, { NotificationType, SnsTopic }) {
    topics[NotificationType] = SnsTopic;
  },
  SetIdentityFeedbackForwardingEnabled(settings, { ForwardingEnabled }) {
    settings.forwarding = ForwardingEnabled;
  },
};

// As MiniStack does with DKIM: verified at once, without a look at DNS.
const READS = {
  GetIdentityMailFromDomainAttributes: listed('MailFromDomainAttributes', ({ mailFrom }) =>
    mailFrom
      ? element('MailFromDomain', mailFrom.MailFromDomain) +
        element('MailFromDomainStatus', 'Success') +
        element('BehaviorOnMXFailure', mailFrom.BehaviorOnMXFailure ?? 'UseDefaultValue')
      : element('BehaviorOnMXFailure', 'UseDefaultValue'),
  ),
  GetIdentityNotificationAttributes: listed('NotificationAttributes', ({ topics, headers, forwarding }) =>
    [
      element('ForwardingEnabled', forwarding),
      ...TYPES.map((type) => topics[type] && element(`${type}Topic`, topics[type])),
      ...TYPES.map((type) => element(`HeadersIn${type}NotificationsEnabled`, headers[type] ?? 'false')),
    ].join(''),
  ),
};

function settingsInV2({ configurationSet, mailFrom }) {
  return {
    ConfigurationSetName: configurationSet,
    ...(mailFrom && {
      MailFromAttributes: { MailFromDomain: mailFrom.MailFromDomain, MailFromDomainStatus: 'SUCCESS' },
    }),
  };
}

function lacking(write) {
  return Object.assign(write, { lacking: true });
}

function listed(list, read) {
  return Object.assign(read, { list });
}

function element(name, text) {
  return `<${name}>${text}</${name}>`;
}

function entry(key, value) {
  return `<entry>${element('key', key)}${element('value', value)}</entry>`;
}

function xml(action, result) {
  const content = `${element(`${action}Result`, result)}<ResponseMetadata><RequestId>extras</RequestId></ResponseMetadata>`;
  const body = `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${content}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function json(status, value, errorType) {
  const headers = { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) };
  return { status, headers, body: JSON.stringify(value) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target, port] = process.argv.slice(2);
  console.log((await startSesExtras(target, port)).url);
}
