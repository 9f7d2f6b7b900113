import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How jsii has a class in Go embed another class and then its interfaces. */
const EMBEDDED = /^type (jsiiProxy_\w+) struct \{\n(\tinternal\.\w+\n)((?:\tinternal\.\w+\n)+)\}\n/gm;

/**
 * Has a class in Go take what it inherits from its base class. What both that and an interface have is ambiguous to Go,
 * unless the class was generated with it; and a newer CDK may add such a method to both, as constructs 10.5 did with
 * `With`. So the interfaces are embedded one level deeper.
 */
export function preferBaseClass(folder) {
  let changed = 0;
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.go'))) {
    const source = readFileSync(join(folder, name), 'utf8');
    const patched = source.replace(EMBEDDED, (_, proxy, base, interfaces) => {
      changed += 1;
      return `type ${proxy} struct {\n${base}\t${proxy}_interfaces\n}\n\ntype ${proxy}_interfaces struct {\n${interfaces}}\n`;
    });
    if (patched !== source) {
      writeFileSync(join(folder, name), patched);
    }
  }
  if (changed === 0) {
    throw new Error(`No class in ${folder} embeds its interfaces as expected: has jsii changed its Go code?`);
  }
}
