/** The `/tmp` of an execution environment, in memory. There are no other files. */
export class Tmp {
  full = false;
  private readonly files = new Map<string, string>();

  exists(file: string): boolean {
    return this.files.has(file);
  }

  read(file: string): string {
    const content = this.files.get(file);
    if (content === undefined) {
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
    }
    return content;
  }

  write(file: string, content: string): void {
    if (this.full) throw new Error('ENOSPC: no space left on device, write');
    this.files.set(file, content);
  }
}
