import type { StackResource, World } from './stack';

/** What a finding of a watch says, in one line. */
export interface Report {
  /** `<name>: <found>, not <expected>. <remedy>` of all that is not as it should be. */
  readonly findings: string[];
  /** The metrics that were sent, such as `example.com eu-west-1 DkimReady 1`. */
  readonly metrics: string[];
  /** Why it stepped aside, if it did. */
  readonly aside: string | undefined;
}

/** The event of the schedule. */
export function watchEvent({ stackId }: StackResource, repair = false): object {
  return { Watch: { StackId: stackId, Repair: repair } };
}

/** The stack is at rest, and the schedule of its watch comes. */
export async function watch(world: World, resource: StackResource, { repair = false } = {}): Promise<Report> {
  world.fake.stacks.set(resource.stackId, 'UPDATE_COMPLETE');
  return look(world, resource, { repair });
}

/** The schedule comes, whatever the stack is at. */
export async function look(world: World, resource: StackResource, { repair = false } = {}): Promise<Report> {
  const before = world.lambda.log.length;
  await world.lambda.invoke(watchEvent(resource, repair));
  const lines = world.lambda.log.slice(before);
  return {
    findings: lines
      .filter(({ step }) => step === 'finding')
      .map(({ name, found, expected, remedy }) =>
        [`${String(name)}: ${String(found)}, not ${String(expected)}.`, remedy].join(' '),
      ),
    metrics: lines.flatMap(metricsOf),
    aside: lines.find(({ step }) => step === 'aside')?.reason as string | undefined,
  };
}

interface Emf {
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

function metricsOf(line: Record<string, unknown>): string[] {
  const { CloudWatchMetrics: all = [] } = (line._aws ?? {}) as Partial<Emf>;
  return all.flatMap(({ Dimensions: [dimensions], Metrics }) =>
    Metrics.map(({ Name }) => [...dimensions.map((name) => line[name]), Name, line[Name]].join(' ')),
  );
}
