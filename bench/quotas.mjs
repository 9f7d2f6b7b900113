/**
 * What CloudFormation and IAM allow, and how much of it a template takes.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const QUOTAS = {
  resources: 500,
  outputs: 200,
  'bytes of template': 1_048_576,
  'characters of inline policies on a role': 10_240,
  'characters of a managed policy': 6_144,
  'managed policies on a role': 10,
};

/** How much of each quota the template takes. */
export function usage({ template, bytes }) {
  const resources = Object.values(template.Resources ?? {});
  const managed = resources.filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy');
  return {
    resources: resources.length,
    outputs: Object.keys(template.Outputs ?? {}).length,
    'bytes of template': bytes,
    'characters of inline policies on a role': Math.max(0, ...inlinePerRole(resources)),
    'characters of a managed policy': Math.max(0, ...managed.map(lengthOfDocument)),
    // All of a stack's are on one role in what is compared here.
    'managed policies on a role': managed.length,
  };
}

/** The first quota that the template is over, or undefined when it can be deployed. */
export function exceeded(synthesized) {
  const [quota, used] = Object.entries(usage(synthesized)).find(([name, amount]) => amount > QUOTAS[name]) ?? [];
  return quota && `${format(used)} ${quota}, ${format(QUOTAS[quota])} allowed`;
}

function inlinePerRole(resources) {
  const perRole = new Map();
  for (const resource of resources.filter(({ Type }) => Type === 'AWS::IAM::Policy')) {
    for (const role of resource.Properties.Roles.map((reference) => JSON.stringify(reference))) {
      perRole.set(role, (perRole.get(role) ?? 0) + lengthOfDocument(resource));
    }
  }
  return perRole.values();
}

/** IAM does not count white space. */
function lengthOfDocument({ Properties: { PolicyDocument } }) {
  return JSON.stringify(PolicyDocument, (_, value) => resolve(value)).replace(/\s/g, '').length;
}

/** What becomes of a reference, about. */
function resolve(value) {
  if (value?.['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map(resolve).join(separator);
  }
  if (value?.Ref === 'AWS::Partition') {
    return 'aws';
  }
  const isReference = value?.Ref !== undefined || value?.['Fn::GetAtt'] !== undefined;
  return isReference ? 'arn:aws:iam::111111111111:role/'.padEnd(85, 'x') : value;
}

function format(number) {
  return number.toLocaleString('en');
}
