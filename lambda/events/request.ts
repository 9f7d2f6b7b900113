import { shown } from '../../lib/shared/rules';
import type { CustomResourceEvent } from './event';
import { isEmulated } from './emulator';
import { Failure } from './failure';

const ONLY_CLOUDFORMATION = 'this function serves custom resources of CloudFormation only.';

/** The longest that CloudFormation sends: with a reason and the attributes they have to fit into one answer. */
const LONGEST = { RequestId: 128, StackId: 512, LogicalResourceId: 255, PhysicalResourceId: 1024, ResponseURL: 8192 };

/** What an answer repeats is plain text; anything else would not come back as it was. */
const PLAIN = /^[\x20-\x7e]+$/;

/**
 * Checks what it takes to answer an event at all. CloudFormation always sends it; a test event of the
 * Lambda console, say, does not have it.
 *
 * @throws Failure naming what is missing: there is nobody to tell but the log.
 */
export function requireAnswerable(event: CustomResourceEvent): void {
  const given: Partial<CustomResourceEvent> = event ?? {};
  for (const name of ['ResponseURL', 'RequestId', 'StackId', 'LogicalResourceId'] as const) {
    requirePlain(name, given[name]);
  }
  if (!isResponseUrl(event.ResponseURL)) {
    throw new Failure(`ResponseURL is not one of CloudFormation: ${ONLY_CLOUDFORMATION}`);
  }
}

/** Where AWS has its endpoints, in all partitions. */
const AWS_HOST = /\.amazonaws\.(com|com\.cn|eu)$/;

/** What CloudFormation gives is a signed URL of S3. With an emulator, which is named by an endpoint, it is another one. */
function isResponseUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, hostname } = new URL(text);
  return (protocol === 'https:' && AWS_HOST.test(hostname)) || (isEmulated() && /^https?:$/.test(protocol));
}

/**
 * Checks the kind of an event.
 *
 * @throws Failure naming what is wrong.
 */
export function requireRequest(event: CustomResourceEvent): void {
  const { RequestType, StackId, PhysicalResourceId, ResourceProperties } = event;
  if (RequestType !== 'Create' && RequestType !== 'Update' && RequestType !== 'Delete') {
    throw new Failure(`RequestType is ${shown(RequestType)}, not Create, Update or Delete: ${ONLY_CLOUDFORMATION}`);
  }
  const { STACK_ID: own = StackId } = process.env;
  if (StackId !== own) {
    throw new Failure(`StackId is ${shown(StackId)}: this function serves ${own} only.`);
  }
  if (RequestType !== 'Create') {
    requirePlain('PhysicalResourceId', PhysicalResourceId);
  }
  if (typeof ResourceProperties !== 'object' || ResourceProperties === null || Array.isArray(ResourceProperties)) {
    const found = ResourceProperties === undefined ? 'missing' : `${shown(ResourceProperties)}, not an object`;
    throw new Failure(`ResourceProperties is ${found}: ${ONLY_CLOUDFORMATION}`);
  }
}

/** Whether a physical resource id can go back into an answer. */
export function isPlain(physicalId: unknown): physicalId is string {
  return problemOf('PhysicalResourceId', physicalId) === undefined;
}

function requirePlain(name: keyof typeof LONGEST, value: unknown): void {
  const problem = problemOf(name, value);
  if (problem !== undefined) {
    throw new Failure(`${name} ${problem}: ${ONLY_CLOUDFORMATION}`);
  }
}

function problemOf(name: keyof typeof LONGEST, value: unknown): string | undefined {
  if (value === undefined) {
    return 'is missing';
  }
  if (typeof value !== 'string' || !PLAIN.test(value)) {
    return `is ${shown(value)}, not plain text`;
  }
  return value.length > LONGEST[name] ? `has ${value.length} characters, more than ${LONGEST[name]}` : undefined;
}
