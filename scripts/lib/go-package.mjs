import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How jsii has a class in Go embed another class and then its interfaces. */
const EMBEDDED = /^type (jsiiProxy_\w+) struct \{\n(\tinternal\.\w+\n)((?:\tinternal\.\w+\n)+)\}\n/gm;

/** How it declares again, in a class and in its proxy, the environment that each resource of the CDK has. */
const ENVIRONMENT = /^(?:\t\/\/.*\n)*\tEnv\(\) \*awscdk\.ResourceEnvironment\n/gm;
const ITS_GETTER = /^func \(j \*jsiiProxy_\w+\) Env\(\) \*awscdk\.ResourceEnvironment \{\n(?:\t.*\n)*\}\n\n?/gm;

const EDITS = new Map([
  [
    EMBEDDED,
    (_, proxy, base, interfaces) =>
      `type ${proxy} struct {\n${base}\t${proxy}_interfaces\n}\n\ntype ${proxy}_interfaces struct {\n${interfaces}}\n`,
  ],
  [ENVIRONMENT, ''],
  [ITS_GETTER, ''],
]);

/**
 * Has the classes of a package in Go work with CDKs that are newer than the one that they were generated with: each takes
 * what it inherits from its base class.
 *
 * What both that and an interface have is ambiguous to Go, unless the class was generated with it; and a newer CDK may add
 * such a method to both, as constructs 10.5 did with `With`. So the interfaces are embedded one level deeper. And the type
 * of `Env` is in another module of the CDK from 2.224 on, so the classes do not declare it themselves.
 */
export function inheritFromBaseClass(folder) {
  const found = new Set();
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.go'))) {
    const file = join(folder, name);
    const source = readFileSync(file, 'utf8');
    const patched = [...EDITS].reduce((text, [pattern, replacement]) => {
      const edited = text.replace(pattern, replacement);
      if (edited !== text) found.add(pattern);
      return edited;
    }, source);
    if (patched !== source) {
      writeFileSync(file, patched);
    }
  }
  for (const pattern of EDITS.keys()) {
    if (!found.has(pattern)) {
      throw new Error(`No class in ${folder} is like ${pattern}: has jsii changed its Go code?`);
    }
  }
}
