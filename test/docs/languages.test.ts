import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'languages.md'), 'utf8');
const { name, version, jsii } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  jsii: {
    targets: {
      python: { distName: string; module: string };
      java: { package: string; maven: { groupId: string; artifactId: string } };
      go: { moduleName: string; packageName: string };
      dotnet: { namespace: string; packageId: string };
    };
  };
};
const { python, java, go, dotnet } = jsii.targets;

test.each([
  ['npm', `\`${name}\` on npm`],
  ['Python', `pip install ${python.distName}\n`],
  ['Python', `from ${python.module} import`],
  ['Java', `<groupId>${java.maven.groupId}</groupId>\n      <artifactId>${java.maven.artifactId}</artifactId>`],
  ['Java', `<version>${version}</version>`],
  ['Java', `import ${java.package}.EasyDkimDomain;`],
  ['Go', `"${go.moduleName}/${go.packageName}"\n`],
  ['.NET', `dotnet add package ${dotnet.packageId}\n`],
  ['.NET', `using ${dotnet.namespace};`],
])('the page of the languages has the package as it is published: %s', (_, text) => {
  expect(page).toContain(text);
});
