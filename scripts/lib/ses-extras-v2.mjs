import { NO_FEEDBACK, tellsOfFeedback } from './ses-extras-identities.mjs';

/** Answers a call of the v2 API. */
export async function serveV2(call, identities) {
  const { method, path, body, passOn } = call;
  const input = method === 'POST' || method === 'PUT' ? JSON.parse(body.toString() || '{}') : {};
  if (method === 'POST' && path === '/v2/email/identities') {
    return create(call, identities, input.EmailIdentity);
  }
  const [, encoded, detail] = /^\/v2\/email\/identities\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  if (encoded === undefined) {
    return passOn();
  }
  const name = decodeURIComponent(encoded);
  const found = await identities.find(call, name);
  if (found === undefined) {
    return json(404, { message: `Email identity ${name} does not exist.` }, 'NotFoundException');
  }
  const settings = identities.settings(call, name);
  const [, policy] = /^policies\/([^/]+)$/.exec(detail) ?? [];
  if (policy !== undefined) {
    return servePolicy(method, settings.policies, policy, input.Policy);
  }
  const operation = OPERATIONS[[method, detail].filter(Boolean).join(' ')];
  return operation === undefined ? passOn() : operation({ call, identities, name, found, settings, input });
}

/** Makes an identity in both APIs. */
async function create(call, identities, name) {
  if ((await identities.find(call, name)) !== undefined) {
    return json(400, { message: `Email identity ${name} already exist.` }, 'AlreadyExistsException');
  }
  const answer = await call.passOn();
  if (answer.status === 200) {
    await identities.followV2(call, name);
  }
  return answer;
}

/** Makes, changes or deletes a policy of an identity. */
function servePolicy(method, policies, name, text) {
  const exists = policies[name] !== undefined;
  if (method === 'POST' ? exists : !exists) {
    return exists
      ? json(400, { message: `Policy ${name} already exists.` }, 'AlreadyExistsException')
      : json(404, { message: `Policy ${name} does not exist.` }, 'NotFoundException');
  }
  if (method === 'DELETE') {
    delete policies[name];
  } else {
    policies[name] = text;
  }
  return json(200, {});
}

const OPERATIONS = {
  async GET({ call, identities, name, found, settings }) {
    const { mailFrom, configurationSet, forwarding, policies } = settings;
    const dkim = await identities.dkim(call, name);
    return json(200, {
      ...found,
      VerificationStatus: dkim.Status,
      VerifiedForSendingStatus: dkim.Status === 'SUCCESS',
      DkimAttributes: dkim,
      FeedbackForwardingStatus: forwarding,
      ConfigurationSetName: configurationSet,
      MailFromAttributes: mailFrom && {
        MailFromDomain: mailFrom.name,
        MailFromDomainStatus: 'SUCCESS',
        BehaviorOnMxFailure: mailFrom.behavior === 'RejectMessage' ? 'REJECT_MESSAGE' : 'USE_DEFAULT_VALUE',
      },
      Policies: policies,
      Tags: await identities.tags(call, name),
    });
  },

  async DELETE({ call, identities, name }) {
    await identities.delete(call, name);
    return json(200, {});
  },

  async 'PUT mail-from'({ settings, name, input: { MailFromDomain: mailFrom, BehaviorOnMxFailure: behavior } }) {
    if (mailFrom && !mailFrom.endsWith(`.${name}`)) {
      const message = `Provided MAIL-FROM domain <${mailFrom}> is not subdomain of the domain of the identity <${name}>.`;
      return json(400, { message }, 'BadRequestException');
    }
    const v1Behavior = behavior === 'REJECT_MESSAGE' ? 'RejectMessage' : 'UseDefaultValue';
    settings.mailFrom = mailFrom && { name: mailFrom, behavior: v1Behavior };
    return json(200, {});
  },

  async 'PUT feedback'({ settings, input: { EmailForwardingEnabled: forwarding = false } }) {
    if (!tellsOfFeedback({ ...settings, forwarding })) {
      return json(400, { message: NO_FEEDBACK }, 'BadRequestException');
    }
    settings.forwarding = forwarding;
    return json(200, {});
  },

  async 'PUT configuration-set'({ call, settings, input: { ConfigurationSetName: set } }) {
    if (set !== undefined) {
      const path = `/v2/email/configuration-sets/${set}`;
      if ((await call.passOn({ method: 'GET', path, body: undefined })).status !== 200) {
        return json(404, { message: `Configuration set <${set}> does not exist.` }, 'NotFoundException');
      }
    }
    settings.configurationSet = set;
    return json(200, {});
  },
};

function json(status, value, errorType) {
  const headers = { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) };
  return { status, headers, body: JSON.stringify(value) };
}
