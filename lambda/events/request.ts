import { CustomResourceEvent, show } from './event';
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
  if (!/^https?:\/\//.test(event.ResponseURL) || !URL.canParse(event.ResponseURL)) {
    throw new Failure(`ResponseURL is not a URL: ${ONLY_CLOUDFORMATION}`);
  }
}

/**
 * Checks the kind of an event.
 *
 * @throws Failure naming what is wrong.
 */
export function requireRequest(event: CustomResourceEvent): void {
  const { RequestType, PhysicalResourceId, ResourceProperties } = event;
  if (RequestType !== 'Create' && RequestType !== 'Update' && RequestType !== 'Delete') {
    throw new Failure(`RequestType is ${show(RequestType)}, not Create, Update or Delete: ${ONLY_CLOUDFORMATION}`);
  }
  if (RequestType !== 'Create') {
    requirePlain('PhysicalResourceId', PhysicalResourceId);
  }
  if (typeof ResourceProperties !== 'object' || ResourceProperties === null || Array.isArray(ResourceProperties)) {
    const found = ResourceProperties === undefined ? 'missing' : `${show(ResourceProperties)}, not an object`;
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
    return `is ${show(value)}, not plain text`;
  }
  return value.length > LONGEST[name] ? `has ${value.length} characters, more than ${LONGEST[name]}` : undefined;
}
