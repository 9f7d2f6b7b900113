import { startProxy } from '../scripts/lib/http-proxy.mjs';

/** A proxy before the emulator that notes which operations are called through it, but for the answers to CloudFormation. */
export async function startCallCounter(target) {
  const calls = [];
  const proxy = await startProxy(target, (request, body, passOn) => {
    if (!request.url.includes('/cfn-response/')) {
      calls.push(operationOf(request, body.toString()));
    }
    return passOn();
  });
  return {
    ...proxy,
    /** The operations called since the last look. */
    take: () => calls.splice(0),
  };
}

/** SES and STS name the operation in the form that they are sent, JSON services in a header. */
function operationOf({ method, url, headers }, body) {
  return new URLSearchParams(body).get('Action') ?? headers['x-amz-target'] ?? `${method} ${url.split('?')[0]}`;
}
