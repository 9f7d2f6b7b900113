import type { IncomingMessage } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import { AwsError, type CallParams, type Service } from './call';
import { RESPONSE_PATH } from './response-url';
import { parseRoute53 } from './route53';

/** What is used of a request: it may come over a socket or not. */
export type WireRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

export interface ParsedRequest {
  service: Service;
  operation: string;
  params: CallParams;
  region: string;
  accessKeyId: string;
}

const CREDENTIAL = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//;

/** Which operation of which service a request is, in whose name. */
export function parseRequest(request: WireRequest, body: string): ParsedRequest {
  const method = request.method ?? '';
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  if (path.startsWith(RESPONSE_PATH)) {
    const requestId = decodeURIComponent(path.slice(RESPONSE_PATH.length));
    const params = { requestId, body: parseJson(body) };
    return {
      service: 'response',
      operation: 'Respond',
      params,
      region: '',
      accessKeyId: '',
    };
  }

  const credential = CREDENTIAL.exec(request.headers.authorization ?? '');
  if (!credential) {
    throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing its signature');
  }
  const [, accessKeyId = '', region = '', signingName = ''] = credential;
  return {
    ...parseOperation(signingName, method, path, search, body),
    region,
    accessKeyId,
  };
}

function parseOperation(
  signingName: string,
  method: string,
  path: string,
  search: string,
  body: string,
): Pick<ParsedRequest, 'service' | 'operation' | 'params'> {
  if (signingName === 'route53') {
    const parsed = parseRoute53(method, path, new URLSearchParams(search), body);
    if (parsed) return { service: 'route53', ...parsed };
  } else if (path.startsWith('/v2/email/')) {
    // SES v1 and v2 both sign as `ses`: only the path tells them apart.
    const parsed = parseSesV2(method, path.slice('/v2/email'.length), new URLSearchParams(search), body);
    if (parsed) return { service: 'sesv2', ...parsed };
  } else if (signingName === 'ses' || signingName === 'sts' || signingName === 'cloudformation') {
    const { Action: operation = '', ...params } = parseQueryProtocol(body);
    return { service: signingName, operation: String(operation), params };
  }
  throw new AwsError(501, 'NotImplemented', `The fake has no ${signingName} ${method} ${path}`);
}

/** SES v2, by method and path; the braces stand for the names of the identity, and of its policy. */
const SES_V2: Readonly<Record<string, string>> = {
  'POST /identities': 'CreateEmailIdentity',
  'GET /identities/{}': 'GetEmailIdentity',
  'DELETE /identities/{}': 'DeleteEmailIdentity',
  'PUT /identities/{}/configuration-set': 'PutEmailIdentityConfigurationSetAttributes',
  'PUT /identities/{}/dkim/signing': 'PutEmailIdentityDkimSigningAttributes',
  'PUT /identities/{}/feedback': 'PutEmailIdentityFeedbackAttributes',
  'PUT /identities/{}/mail-from': 'PutEmailIdentityMailFromAttributes',
  'POST /identities/{}/policies/{}': 'CreateEmailIdentityPolicy',
  'PUT /identities/{}/policies/{}': 'UpdateEmailIdentityPolicy',
  'DELETE /identities/{}/policies/{}': 'DeleteEmailIdentityPolicy',
  'POST /tags': 'TagResource',
  'DELETE /tags': 'UntagResource',
  'GET /tags': 'ListTagsForResource',
};

function parseSesV2(
  method: string,
  path: string,
  query: URLSearchParams,
  body: string,
): Pick<ParsedRequest, 'operation' | 'params'> | undefined {
  const [, name, further = '', policy] = /^\/identities\/([^/]+)(.*?)(?:(?<=\/policies)\/([^/]+))?$/.exec(path) ?? [];
  const pattern = `/identities/{}${further}${policy === undefined ? '' : '/{}'}`;
  const operation = SES_V2[`${method} ${name === undefined ? path : pattern}`];
  if (operation === undefined) return undefined;
  const params: CallParams = { ...(parseJson(body) ?? {}) };
  if (name !== undefined) params.EmailIdentity = decodeURIComponent(name);
  if (policy !== undefined) params.PolicyName = decodeURIComponent(policy);
  const arn = query.get('ResourceArn');
  if (arn !== null) params.ResourceArn = arn;
  if (operation === 'UntagResource') params.TagKeys = query.getAll('TagKeys');
  return { operation, params };
}

/** AWS Query: flat form fields; `Name.member.N` fields become a list. */
function parseQueryProtocol(body: string): CallParams {
  const params: CallParams = {};
  for (const [field, value] of Object.entries(parseForm(body))) {
    const text = String(value);
    const member = field.indexOf('.member.');
    if (member < 0) {
      params[field] = text;
      continue;
    }
    const name = field.slice(0, member);
    const members = params[name];
    if (Array.isArray(members)) members.push(text);
    else params[name] = [text];
  }
  delete params.Version;
  return params;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
