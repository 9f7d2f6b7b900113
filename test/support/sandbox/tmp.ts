import * as fs from 'node:fs';

/** The `/tmp` of an execution environment, in memory. There are no other files. */
export class Tmp {
  full = false;
  private readonly files = new Map<string, string>();

  /** In place of the module `fs`. */
  readonly fs = {
    ...fs,
    existsSync: (file: string): boolean => this.files.has(file),
    readFileSync: (file: string): string => {
      const content = this.files.get(file);
      if (content === undefined) throw missing(file);
      return content;
    },
    writeFileSync: (file: string, content: string): void => {
      if (this.full) throw new Error('ENOSPC: no space left on device, write');
      this.files.set(file, content);
    },
  };

  /** In place of `fs/promises`, with which the SDK looks for configuration files. */
  readonly promises = {
    readFile: (file: string): Promise<never> => Promise.reject(missing(file)),
  };
}

function missing(file: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
}
