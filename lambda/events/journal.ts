import { createHash } from 'crypto';
import { existsSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { Settings } from '../../lib/shared/settings';
import { Answer } from './answer';
import type { SentRecord } from '../domain/record-plan';

/** What an earlier run of the same event made, or answered. */
export interface Entry {
  readonly madeIdentity?: boolean;
  readonly tokens?: readonly string[];
  readonly dkimDomain?: string;
  readonly sent?: readonly SentRecord[];
  /** The settings as they were before the event. */
  readonly before?: Settings;
  readonly answer?: Answer;
}

/**
 * Lambda delivers an event again when a run of it was cut short, and now and then for no reason. What
 * the first run made would then look like something that was there before. The journal, written
 * ahead of each step, tells them apart: it lives in the sandbox's own `/tmp`, which outlives a crash
 * or time-out of the function. Where it is lost, the second run leaves alone what it finds.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class Journal {
  private readonly file: string;

  public constructor(requestId: string) {
    this.file = join(tmpdir(), `easy-dkim-${createHash('sha256').update(requestId).digest('hex').slice(0, 32)}.json`);
  }

  public read(): Entry {
    try {
      return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as Entry) : {};
    } catch {
      // A line cut short by a crash says nothing.
      return {};
    }
  }

  public note(entry: Entry): void {
    try {
      writeFileSync(this.file, JSON.stringify({ ...this.read(), ...entry }));
    } catch {
      // A full disk must not keep CloudFormation from its answer: this is as good as a lost journal.
    }
  }
}
