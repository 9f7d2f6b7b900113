/**
 * A proxy in front of MiniStack that makes one SES of its two, and adds the calls that it lacks: MiniStack keeps the
 * identities of the v1 and v2 APIs apart, makes one that exists anew, shows no tags that came later, and has no calls
 * for the settings of an identity. Functions get to it by AWS_ENDPOINT_URL_SES and AWS_ENDPOINT_URL_SESV2. All other
 * calls are passed on, and what is set ends with the proxy.
 *
 * As a command: `node scripts/lib/ses-extras.mjs <target URL> [port]` prints its own URL.
 */
import { fileURLToPath } from 'node:url';
import { startProxy } from './http-proxy.mjs';
import { Identities } from './ses-extras-identities.mjs';
import { serveV1 } from './ses-extras-v1.mjs';
import { serveV2 } from './ses-extras-v2.mjs';

/** Starts the proxy on a free port unless one is given. */
export function startSesExtras(target, port) {
  const identities = new Identities();
  let last = Promise.resolve();
  return startProxy(
    target,
    (request, body, passOn) => {
      const call = callOf(request, body, passOn);
      if (call.service !== 'ses') {
        return passOn();
      }
      // One at a time, so that no call sees half of what another one does.
      const serve = () => (call.path.startsWith('/v2/email/') ? serveV2 : serveV1)(call, identities);
      const answer = last.then(serve);
      last = answer.catch(() => {});
      return answer;
    },
    port,
  );
}

function callOf({ method, url: path, headers }, body, passOn) {
  const { authorization } = headers;
  const [, key = '', region = '', service] = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
  // MiniStack's functions have the account for an access key id; any other key is the default account's.
  const account = /^\d{12}$/.test(key) ? key : '000000000000';
  return { method, path, headers, body, passOn, account, region, service };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target, port] = process.argv.slice(2);
  console.log((await startSesExtras(target, port)).url);
}
