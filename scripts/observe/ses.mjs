/** What SES and Route 53 do that no documentation tells. Everything is made for this run and removed in the end. */
import { resolveTxt } from 'node:dns/promises';
import { clientConfig } from '../lib/aws.mjs';
import { step } from '../lib/steps.mjs';

/** For a replica, of which the first is used that is not the Region of the run. */
export const OTHER_REGIONS = ['eu-west-1', 'us-east-1'];

/** By the id of an assumption: what was seen. `failedDomain` is an identity whose DKIM has failed, if there is one. */
export async function observeSes({ environment, account, domain, failedDomain, hasDns }) {
  const aws = await connect(environment, account);
  const other = environment.AWS_REGION === OTHER_REGIONS[0] ? OTHER_REGIONS[1] : OTHER_REGIONS[0];
  const elsewhere = await connect({ ...environment, AWS_REGION: other }, account);
  const name = `observed-${Date.now().toString(36)}.${domain}`;
  return step('SES', async () => {
    try {
      const replica = await observeReplica(aws, elsewhere, `replicated-${name}`);
      const identity = await observeIdentity(aws, name, hasDns);
      return { ...identity, ...replica, failed: await observeFailed(aws, failedDomain) };
    } finally {
      await seen(() => aws.v2('DeleteEmailIdentity', { EmailIdentity: name }));
      await seen(() => aws.v1('DeleteIdentity', { Identity: name }));
    }
  });
}

/** An identity with a replica in another Region; both are gone in the end. */
async function observeReplica({ v2, region }, elsewhere, EmailIdentity) {
  const { tsImport } = await import('tsx/esm/api');
  const { replicaOrigin } = await tsImport('../../lib/shared/replica-origin.ts', import.meta.url);
  const DkimSigningAttributes = { DomainSigningAttributesOrigin: replicaOrigin(region) };
  const remove = (from) =>
    seen(
      () => from('DeleteEmailIdentity', { EmailIdentity }),
      () => 'deleted',
    );
  try {
    const { DkimAttributes } = await v2('CreateEmailIdentity', { EmailIdentity });
    return {
      'replica-tokens': await seen(
        () => elsewhere.v2('CreateEmailIdentity', { EmailIdentity, DkimSigningAttributes }),
        (replica) => sameness(DkimAttributes?.Tokens, replica.DkimAttributes?.Tokens),
      ),
      'replica-origin': await seen(
        () => elsewhere.v2('GetEmailIdentity', { EmailIdentity }),
        (replica) => replica.DkimAttributes?.SigningAttributesOrigin ?? 'not said',
      ),
      'parent-of-replica': await remove(v2),
    };
  } finally {
    await remove(elsewhere.v2);
    await remove(v2);
  }
}

async function observeIdentity({ v1, v2, arn }, name, hasDns) {
  const EmailIdentity = name;
  const ResourceArn = arn(name);
  const created = await v2('CreateEmailIdentity', { EmailIdentity, Tags: [{ Key: 'first', Value: '1' }] });
  const { Tokens: tokens = [] } = created.DkimAttributes ?? {};
  const verified = await seen(
    () => v1('VerifyDomainDkim', { Domain: name }),
    ({ DkimTokens }) => sameness(tokens, DkimTokens),
  );
  const afterwards = await v2('GetEmailIdentity', { EmailIdentity });
  const dkim = afterwards.DkimAttributes ?? {};
  const results = {
    'same-tokens': verified,
    'key-length': dkim.CurrentSigningKeyLength ?? 'not said',
    'hosted-zone': dkim.SigningHostedZone ?? 'not said',
    'v2-knows-v1': `${dkim.Status}, signing ${dkim.SigningEnabled ? 'on' : 'off'}`,
    'late-tags': await seen(async () => {
      await v2('TagResource', { ResourceArn, Tags: [{ Key: 'late', Value: '2' }] });
      const { Tags = [] } = await v2('GetEmailIdentity', { EmailIdentity });
      return Tags.map(({ Key }) => Key).join(', ') || 'none';
    }),
    'already-exists': await seen(
      () => v2('CreateEmailIdentity', { EmailIdentity }),
      () => 'creates it again',
    ),
    'mail-from': await seen(async () => {
      await v2('PutEmailIdentityMailFromAttributes', { EmailIdentity, MailFromDomain: `bounce.${name}` });
      const { MailFromAttributes } = await v2('GetEmailIdentity', { EmailIdentity });
      return `accepted, ${MailFromAttributes?.MailFromDomainStatus}`;
    }),
    ...(await observePolicy(v2, EmailIdentity, ResourceArn)),
    'empty-selectors': hasDns ? await selectors(tokens, dkim.SigningHostedZone) : 'no DNS',
    ...(await observeKeys(v2, EmailIdentity, tokens)),
  };
  await v2('DeleteEmailIdentity', { EmailIdentity });
  return { ...results, ...(await observeDeleted({ v1, v2 }, name, tokens)) };
}

async function observePolicy(v2, EmailIdentity, Resource) {
  const [, , , , account] = Resource.split(':');
  const Statement = [{ Effect: 'Allow', Action: 'ses:SendEmail', Principal: { AWS: account }, Resource }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return {
    policy: await seen(
      () => v2('CreateEmailIdentityPolicy', { EmailIdentity, PolicyName: 'observed', Policy }),
      () => 'accepted',
    ),
    'policy-text': await seen(
      () => v2('GetEmailIdentity', { EmailIdentity }),
      ({ Policies }) => (Policies?.observed === Policy ? 'as given' : (Policies?.observed ?? 'not shown')),
    ),
  };
}

/** Other keys, and others again right after. */
async function observeKeys(v2, EmailIdentity, tokens) {
  const change = (NextSigningKeyLength) =>
    v2('PutEmailIdentityDkimSigningAttributes', {
      EmailIdentity,
      SigningAttributesOrigin: 'AWS_SES',
      SigningAttributes: { NextSigningKeyLength },
    });
  return {
    'new-keys': await seen(
      () => change('RSA_1024_BIT'),
      ({ DkimTokens, DkimStatus }) => `${sameness(tokens, DkimTokens)}, ${DkimStatus}`,
    ),
    'new-keys-shown': await seen(
      () => v2('GetEmailIdentity', { EmailIdentity }),
      ({ DkimAttributes: { NextSigningKeyLength: next, CurrentSigningKeyLength: current } = {} }) =>
        [next && `next ${next}`, current && `current ${current}`].filter(Boolean).join(', ') || 'not said',
    ),
    'new-keys-again': await seen(
      () => change('RSA_2048_BIT'),
      () => 'accepted',
    ),
  };
}

async function observeDeleted({ v1, v2 }, EmailIdentity, tokens) {
  return {
    'gone-in-v1': await seen(
      () => v1('ListIdentities', {}),
      ({ Identities = [] }) => (Identities.includes(EmailIdentity) ? 'still there' : 'gone'),
    ),
    'gone-twice': await seen(
      () => v2('DeleteEmailIdentity', { EmailIdentity }),
      () => 'accepted',
    ),
    'tokens-again': await seen(
      () => v2('CreateEmailIdentity', { EmailIdentity }),
      ({ DkimAttributes }) => sameness(tokens, DkimAttributes?.Tokens),
    ),
  };
}

async function observeFailed({ v1, v2 }, EmailIdentity) {
  if (EmailIdentity === undefined) {
    return 'no failed identity to try';
  }
  const status = async () => (await v2('GetEmailIdentity', { EmailIdentity })).DkimAttributes?.Status;
  const before = await status();
  await v1('VerifyDomainDkim', { Domain: EmailIdentity });
  return `${before}, then ${await status()}`;
}

/** How many of the selectors have a key where SES publishes them. */
async function selectors(tokens, hostedZone = 'dkim.amazonses.com') {
  const found = await Promise.all(
    tokens.map((token) =>
      resolveTxt(`${token}.${hostedZone}`).then(
        (texts) => (texts.flat().join('') === '' ? 'empty' : 'a key'),
        (error) => error.code,
      ),
    ),
  );
  return found.join(', ');
}

/** Route 53, in a hosted zone of its own. */
export async function observeRoute53({ environment, domain }) {
  const { dns } = await connect(environment);
  return step('Route 53', async () => {
    const { HostedZone } = await dns('CreateHostedZone', { Name: domain, CallerReference: String(Date.now()) });
    const HostedZoneId = HostedZone.Id.replace('/hostedzone/', '');
    const record = { Name: `a.${domain}`, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'b.example.net' }] };
    const change = (Action) =>
      dns('ChangeResourceRecordSets', {
        HostedZoneId,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet: record }] },
      });
    try {
      await change('CREATE');
      const { ResourceRecordSets } = await dns('ListResourceRecordSets', { HostedZoneId });
      const { ResourceRecords } = ResourceRecordSets.find(({ Type }) => Type === 'CNAME');
      const again = await seen(
        () => change('CREATE'),
        () => 'accepted',
      );
      await change('DELETE');
      return { 'record-value': ResourceRecords[0].Value, 'record-exists': again };
    } finally {
      await dns('DeleteHostedZone', { Id: HostedZoneId });
    }
  });
}

/** What a call says, or the error that it ends with. */
async function seen(call, read = (answer) => answer) {
  try {
    return read(await call());
  } catch (error) {
    const { httpStatusCode } = error.$metadata ?? {};
    return [error.$metadata ? error.name : error.message, httpStatusCode].filter(Boolean).join(' ');
  }
}

function sameness(tokens = [], others = []) {
  const same = [...tokens].sort().join() === [...others].sort().join();
  return same ? `the same ${others.length}` : `${others.length} others than the ${tokens.length} before`;
}

async function connect(environment, account) {
  const [ses, sesV2, route53] = await Promise.all([
    import('@aws-sdk/client-ses'),
    import('@aws-sdk/client-sesv2'),
    import('@aws-sdk/client-route-53'),
  ]);
  const sender = (sdk, client) => (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const config = { ...clientConfig(environment), maxAttempts: 5 };
  return {
    v1: sender(ses, new ses.SESClient(config)),
    v2: sender(sesV2, new sesV2.SESv2Client(config)),
    dns: sender(route53, new route53.Route53Client(config)),
    region: config.region,
    arn: (name) => `arn:aws:ses:${config.region}:${account}:identity/${name}`,
  };
}
