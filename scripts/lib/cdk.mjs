import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const CLI = join(root, 'node_modules/aws-cdk/bin/cdk');

/** The real CDK CLI, as a user would call it, on the app of cdk.json or another one. */
export class Cdk {
  /** What the folder has the templates of: the context with which the app was run last. */
  #synthesized;

  /** `folder` takes what it writes; `environment` tells it where to deploy. `name` is in the names of its logs. */
  constructor({ folder, environment, app, name }) {
    this.app = app === undefined ? [] : ['--app', app];
    this.folder = folder;
    this.environment = environment;
    this.name = name;
  }

  async bootstrap() {
    const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = this.environment;
    // Where there is no cdk.json: it would synthesize the app, which bootstrapping has no use for.
    await this.#run('bootstrap', [`aws://${account}/${region}`, ...this.#output()], this.folder);
  }

  /** Deploys all stacks and returns their outputs: stack name to output name to value. */
  async deploy(context, options = []) {
    const outputs = join(this.folder, 'outputs.json');
    const always = ['--all', '--require-approval', 'never', '--outputs-file', outputs];
    await this.#run('deploy', [...always, ...this.#appWith(context), ...options]);
    return JSON.parse(readFileSync(outputs, 'utf8'));
  }

  /** Deploys all stacks and returns why that failed, or undefined. */
  async failureToDeploy(context) {
    try {
      await this.deploy(context);
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error.output;
      throw error;
    }
  }

  async destroy(context) {
    await this.#run('destroy', ['--all', '--force', ...this.#appWith(context)]);
  }

  /** The app, or what it has made of the same context already. */
  #appWith(context) {
    const given = flags(context);
    if (given.join() === this.#synthesized) {
      return ['--app', join(this.folder, 'cdk.out')];
    }
    this.#synthesized = given.join();
    return [...this.app, ...given, ...this.#output()];
  }

  #output() {
    return ['--output', join(this.folder, 'cdk.out')];
  }

  #run(command, args, cwd = root) {
    const label = ['cdk', command, this.name].filter(Boolean).join(' ');
    // No notices: they come from the internet.
    const all = [CLI, command, ...args, '--no-notices', '--no-color'];
    return run(label, process.execPath, all, { env: this.environment, cwd });
  }
}

/** The context as command line arguments. */
export function flags(context) {
  return Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}
