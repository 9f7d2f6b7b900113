import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { E2E } from './support';

const COMMAND = join(__dirname, '..', '..', 'scripts', 'lib', 'ses-extras.mjs');

/** The emulator with the calls of SES that it lacks. */
export class SesExtras {
  static async start(): Promise<SesExtras> {
    const child = spawn(process.execPath, [COMMAND, E2E!.AWS_ENDPOINT_URL!], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    return new SesExtras(child, printed.toString().trim());
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {}

  stop(): void {
    this.child.kill();
  }
}
