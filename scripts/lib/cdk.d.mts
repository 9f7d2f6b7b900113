export interface CdkOptions {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly app?: string;
  readonly name?: string;
}

export class Cdk {
  constructor(options: CdkOptions);
  deploy(
    context: Readonly<Record<string, string>>,
    options?: readonly string[],
  ): Promise<Record<string, Record<string, string>>>;
  failureToDeploy(context: Readonly<Record<string, string>>): Promise<string | undefined>;
  destroy(context: Readonly<Record<string, string>>): Promise<void>;
}
