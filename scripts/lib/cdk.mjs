import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const CLI = join(root, 'node_modules/aws-cdk/bin/cdk');

/** The real CDK CLI, as a user would call it, on the app of cdk.json or another one. */
export class Cdk {
  /** `folder` takes what it writes; `environment` tells it where to deploy. */
  constructor({ folder, environment, app }) {
    this.app = app === undefined ? [] : ['--app', app];
    this.folder = folder;
    this.environment = environment;
  }

  async bootstrap() {
    const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = this.environment;
    // Where there is no cdk.json: it would synthesize the app, which bootstrapping has no use for.
    await this.#run('bootstrap', [`aws://${account}/${region}`], this.folder);
  }

  /** Deploys all stacks and returns their outputs: stack name to output name to value. */
  async deploy(context) {
    const outputs = join(this.folder, 'outputs.json');
    await this.#run('deploy', [
      '--all',
      ...this.app,
      ...flags(context),
      '--require-approval',
      'never',
      '--outputs-file',
      outputs,
    ]);
    return JSON.parse(readFileSync(outputs, 'utf8'));
  }

  async destroy(context) {
    await this.#run('destroy', ['--all', ...this.app, ...flags(context), '--force']);
  }

  #run(command, args, cwd = root) {
    // No notices: they come from the internet.
    const common = ['--no-notices', '--no-color', '--output', join(this.folder, 'cdk.out')];
    return run(`cdk ${command}`, process.execPath, [CLI, command, ...args, ...common], { env: this.environment, cwd });
  }
}

/** The context as command line arguments. */
export function flags(context) {
  return Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}
