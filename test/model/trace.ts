import type { Incident } from './incident';

/** What happened in a sequence, line by line, for whoever has to understand a failure. */
export class Trace {
  readonly lines: string[] = [];

  constructor(private readonly now: () => number) {}

  note(line: string): void {
    this.lines.push(`${new Date(this.now()).toISOString().slice(5, 19)} ${line}`);
  }

  incident(incident: Incident): void {
    const { event, calls, answers } = incident;
    const given = Object.entries(event.ResourceProperties)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
    this.note(
      `${event.RequestType} ${event.LogicalResourceId} ${event.RequestId} ${event.PhysicalResourceId ?? ''} ${given}`,
    );
    for (const { operation, outcome, params } of calls) {
      const changes = params.changes?.map(
        ({ action, name, values, ttl }) => `${action} ${name} ${ttl} ${values.join()}`,
      );
      const tags = (params.Tags as { Key: string; Value: string }[] | undefined)?.map(
        ({ Key, Value }) => `${Key.slice(-30)}: ${Value}`,
      );
      this.lines.push(`        ${operation} ${outcome} ${(changes ?? tags)?.join('; ') ?? ''}`);
    }
    for (const { body } of answers) {
      this.lines.push(`     -> ${body.Status} ${body.PhysicalResourceId} ${body.Reason ?? ''}`);
    }
    if (answers.length === 0) this.lines.push('     -> no answer');
  }
}
