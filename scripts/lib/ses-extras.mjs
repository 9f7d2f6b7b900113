/**
 * A proxy in front of MiniStack with the calls of SES that it lacks: those about the settings of an
 * identity. Functions get to it by AWS_ENDPOINT_URL_SES and AWS_ENDPOINT_URL_SESV2. All other calls
 * are passed on, and what is set ends with the proxy.
 *
 * As a command: `node scripts/lib/ses-extras.mjs <target URL> [port]` prints its own URL.
 */
import { createServer, request as send } from 'node:http';
import { fileURLToPath } from 'node:url';

const TYPES = ['Bounce', 'Complaint', 'Delivery'];

/** Starts the proxy on a free port unless one is given. */
export async function startSesExtras({ target, port = 0 }) {
  const extras = new Extras(new URL(target));
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () =>
      extras.serve(request, Buffer.concat(chunks)).then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        (error) => response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error)),
      ),
    );
  });
  await new Promise((resolve, reject) => server.on('error', reject).listen(Number(port), '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Extras {
  /** By account, Region and identity. */
  #settings = new Map();

  constructor(target) {
    this.target = target;
  }

  async serve(request, body) {
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
      return this.serveV2(request, body, of(decodeURIComponent(identity)), decodeURIComponent(identity), changed);
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
    return write?.lacking ? xml(input.Action, '') : this.passOn(request, body);
  }

  async serveV2(request, body, settings, identity, changed) {
    if (changed && request.method === 'PUT') {
      const name = JSON.parse(body.toString() || '{}').ConfigurationSetName;
      if (name !== undefined) {
        const found = await this.passOn(request, undefined, {
          method: 'GET',
          path: `/v2/email/configuration-sets/${name}`,
        });
        if (found.status !== 200) {
          return json(404, { message: `Configuration set <${name}> does not exist.` }, 'NotFoundException');
        }
      }
      settings.configurationSet = name;
      return json(200, {});
    }
    const answer = await this.passOn(request, body);
    if (request.method !== 'GET') {
      return answer;
    }
    // MiniStack does not know the identities of v1 in v2.
    const known = answer.status === 200 ? JSON.parse(answer.body.toString()) : await this.v1Identity(request, identity);
    return known === undefined ? answer : json(200, { ...known, ...settingsInV2(settings) });
  }

  /** What v1 has of a domain with DKIM; undefined when there is none. */
  async v1Identity(request, identity) {
    const query = new URLSearchParams({
      Action: 'GetIdentityDkimAttributes',
      Version: '2010-12-01',
      'Identities.member.1': identity,
    });
    const headers = { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await this.passOn({ ...request, headers }, Buffer.from(String(query)), {
      method: 'POST',
      path: '/',
    });
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

  passOn(request, body, { method = request.method, path = request.url } = {}) {
    const { hostname, port } = this.target;
    const headers = { ...request.headers, 'content-length': body?.length ?? 0 };
    return new Promise((resolve, reject) => {
      const onward = send({ hostname, port, method, path, headers }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      onward.on('error', reject).end(body);
    });
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
  console.log((await startSesExtras({ target, port })).url);
}
