import { NO_FEEDBACK, tellsOfFeedback } from './ses-extras-identities.mjs';

const TYPES = ['Bounce', 'Complaint', 'Delivery'];

/** Answers a call of the v1 API. */
export async function serveV1(call, identities) {
  const input = Object.fromEntries(new URLSearchParams(call.body.toString()));
  const { Action: action, Identity: name } = input;
  const write = WRITES[action];
  if (write !== undefined) {
    if ((await identities.find(call, name)) === undefined) {
      return refusal(`Identity ${name} is invalid. Must be a verified email address or domain.`);
    }
    const settings = identities.settings(call, name);
    const changes = write(input, settings);
    if (!tellsOfFeedback({ ...settings, ...changes })) {
      return refusal(NO_FEEDBACK);
    }
    Object.assign(settings, changes);
    return xml(action, '');
  }
  const read = READS[action];
  if (read !== undefined) {
    const names = Object.keys(input).filter((key) => key.startsWith('Identities.member.'));
    const entries = names.map((key) => entry(input[key], read(identities.settings(call, input[key]))));
    return xml(action, `<${read.list}>${entries.join('')}</${read.list}>`);
  }
  if (action === 'DeleteIdentity') {
    await identities.delete(call, name);
    return xml(action, '');
  }
  const answer = await call.passOn();
  if (/^Verify(Domain|Email)/.test(action) && answer.status === 200) {
    await identities.followV1(call, input.Domain ?? input.EmailAddress);
  }
  return answer;
}

/** The settings that a call changes. */
const WRITES = {
  SetIdentityMailFromDomain({ MailFromDomain: name, BehaviorOnMXFailure: behavior = 'UseDefaultValue' }) {
    return { mailFrom: name && { name, behavior } };
  },
  SetIdentityHeadersInNotificationsEnabled({ NotificationType, Enabled }, { headers }) {
    return { headers: { ...headers, [NotificationType]: Enabled } };
  },
  SetIdentityNotificationTopic({ NotificationType, SnsTopic }, { topics }) {
    return { topics: { ...topics, [NotificationType]: SnsTopic } };
  },
  SetIdentityFeedbackForwardingEnabled({ ForwardingEnabled }) {
    return { forwarding: ForwardingEnabled === 'true' };
  },
};

// As MiniStack does with DKIM: verified at once, without a look at DNS.
const READS = {
  GetIdentityMailFromDomainAttributes: listed('MailFromDomainAttributes', ({ mailFrom }) =>
    mailFrom
      ? element('MailFromDomain', mailFrom.name) +
        element('MailFromDomainStatus', 'Success') +
        element('BehaviorOnMXFailure', mailFrom.behavior)
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

function refusal(message) {
  const error = `<Type>Sender</Type><Code>InvalidParameterValue</Code>${element('Message', message)}`;
  const body = `<ErrorResponse><Error>${error}</Error><RequestId>extras</RequestId></ErrorResponse>`;
  return { status: 400, headers: { 'content-type': 'text/xml' }, body };
}
