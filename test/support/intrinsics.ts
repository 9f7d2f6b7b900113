/** What the references in a template become. */
export interface References {
  ref(name: string): string;
  getAtt(logicalId: string, attribute: string): string;
}

/** A value of a template as CloudFormation deploys it. */
export function resolveIntrinsics(value: unknown, references: References): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, references));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const [[name, argument] = ['', undefined], ...others] = entries;
  if (others.length === 0) {
    if (name === 'Ref') return references.ref(argument as string);
    if (name === 'Fn::GetAtt') return references.getAtt(...(argument as [string, string]));
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return (resolveIntrinsics(parts, references) as string[]).join(separator);
    }
    if (name.startsWith('Fn::')) throw new Error(`${name} is not resolved here`);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveIntrinsics(item, references)]));
}
