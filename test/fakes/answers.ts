import type { AwsError, Service } from './call';
import { ROUTE53_NAMESPACE } from './route53';
import { element } from './xml';

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  errorType?: string;
}

const NAMESPACES: Record<Service, string> = {
  ses: 'http://ses.amazonaws.com/doc/2010-12-01/',
  sesv2: '',
  route53: ROUTE53_NAMESPACE,
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  response: '',
};

/** A result in the protocol of its service. */
export function answerResult(service: Service, operation: string, result: string, requestId: string): Answer {
  if (service === 'sesv2') return { status: 200, contentType: 'application/json', body: result };
  if (service === 'response') return { status: 200, contentType: '', body: '' };
  const content =
    service === 'route53'
      ? result
      : `<${operation}Result>${result}</${operation}Result>` +
        `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return {
    status: 200,
    contentType: 'text/xml',
    body: `<?xml version="1.0"?><${operation}Response xmlns="${NAMESPACES[service]}">${content}</${operation}Response>`,
  };
}

/** An error in the protocol of its service. */
export function answerError(service: Service, error: AwsError, requestId: string): Answer {
  const { status, code, message } = error;
  if (service === 'sesv2') {
    const body = JSON.stringify({ message });
    return { status, contentType: 'application/json', body, errorType: code };
  }
  const content = element('Code', code) + element('Message', message);
  if (service === 'response') {
    return {
      status,
      contentType: 'application/xml',
      body: `<Error>${content}</Error>`,
    };
  }
  return {
    status,
    contentType: 'text/xml',
    body:
      `<?xml version="1.0"?><ErrorResponse xmlns="${NAMESPACES[service]}">` +
      `<Error>${element('Type', status < 500 ? 'Sender' : 'Receiver')}${content}</Error>` +
      `${element('RequestId', requestId)}</ErrorResponse>`,
  };
}
