import { startProxy } from './http-proxy.mjs';
import { MOTO_ACCOUNT } from './moto.mjs';

const IDENTITIES = '/v2/email/identities';
const TAGS = '/v2/email/tags';

/**
 * A proxy in front of moto that gives it the tags of SES, on which claims rest. moto makes an identity anew that exists,
 * keeps the tags of `identity/…` under the ARN `email-identity/…`, shows those of the first moment for ever, and leaves
 * them there when the identity goes. All other calls, and all that is kept, are moto's own.
 */
export function startMotoTags(target) {
  return startProxy(target, async ({ method, url, headers }, body, passOn) => {
    const get = (path) => passOn({ method: 'GET', path, body: Buffer.alloc(0) });
    const tags = async (name) => JSON.parse((await get(tagsPath(headers, name))).body).Tags;
    const { pathname } = new URL(url, target);
    if (pathname === TAGS) {
      return passOn({ path: withMotoArn(url), body: Buffer.from(withMotoArn(body.toString())) });
    }
    if (method === 'POST' && pathname === IDENTITIES) {
      const name = JSON.parse(body).EmailIdentity;
      const { status } = await get(`${IDENTITIES}/${name}`);
      return status === 200 ? alreadyExists(name) : passOn();
    }
    const name = pathname.startsWith(`${IDENTITIES}/`) ? pathname.slice(IDENTITIES.length + 1) : undefined;
    if (name !== undefined && method === 'DELETE') {
      const keys = (await tags(name)).map(({ Key }) => `&TagKeys=${encodeURIComponent(Key)}`).join('');
      await passOn({ path: `${tagsPath(headers, name)}${keys}` });
    }
    const answer = await passOn();
    return name !== undefined && method === 'GET' && answer.status === 200
      ? json(200, { ...JSON.parse(answer.body), Tags: await tags(name) })
      : answer;
  });
}

function tagsPath({ authorization }, name) {
  const [, region] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(authorization);
  return `${TAGS}?ResourceArn=arn:aws:ses:${region}:${MOTO_ACCOUNT}:email-identity/${name}`;
}

function withMotoArn(text) {
  return text.replace(/(:|%3A)identity(\/|%2F)/i, '$1email-identity$2');
}

function alreadyExists(name) {
  const answer = json(400, { message: `Email identity ${name} already exist.` });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': 'AlreadyExistsException' } };
}

function json(status, value) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
