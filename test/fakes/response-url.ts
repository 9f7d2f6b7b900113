import type { IncomingHttpHeaders } from 'node:http';
import { AwsError, type Call } from './call';

/** What CloudFormation reads from the answer of a custom resource. */
export interface ResponseBody {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  NoEcho?: boolean;
  Data?: Record<string, unknown>;
}

export interface RecordedResponse {
  requestId: string;
  body: ResponseBody;
  headers: IncomingHttpHeaders;
  at: number;
}

export interface RejectedResponse {
  requestId: string;
  body: string;
  headers: IncomingHttpHeaders;
  at: number;
  /** The error code it was answered with. */
  code: string;
}

export const RESPONSE_PATH = '/cloudformation-custom-resource-response/';
const BODY_LIMIT = 4096;

/**
 * The PUT to CloudFormation's presigned S3 URL, with what S3 and CloudFormation refuse. The URL is
 * signed without a content type, so a request that has one does not match the signature.
 */
export class ResponseUrl {
  readonly responses: RecordedResponse[] = [];
  readonly rejected: RejectedResponse[] = [];

  receive(call: Call, method: string, headers: IncomingHttpHeaders, body: string): void {
    const requestId = call.params.requestId ?? '';
    const at = call.at;
    const error = refusal(call, method, headers, body);
    if (error) {
      this.rejected.push({ requestId, body, headers, at, code: error.code });
      throw error;
    }
    this.responses.push({
      requestId,
      body: call.params.body as ResponseBody,
      headers,
      at,
    });
  }
}

function refusal(call: Call, method: string, headers: IncomingHttpHeaders, body: string) {
  if (method !== 'PUT' || headers['content-type']) {
    return new AwsError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  if (headers['transfer-encoding']) {
    return new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  }
  if (Buffer.byteLength(body) > BODY_LIMIT) {
    return new AwsError(400, 'EntityTooLarge', 'Response object is too long.');
  }
  if (call.params.body === undefined) {
    return new AwsError(400, 'InvalidRequest', 'The response is not JSON.');
  }
  return undefined;
}
