import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'examples/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Where the links of a text lead to, those around pictures too. */
function linksOf(markdown: string): string[] {
  return [...markdown.replace(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The names that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = textOf(page)
    .replace(/^```.*?^```/gms, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a link within the repository; undefined if nothing is. */
function problemOf(page: string, link: string): string | undefined {
  const [file, anchor] = link.split('#');
  const target = file === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), file));
  if (!existsSync(join(ROOT, target))) {
    return `${page}: there is no ${target}`;
  }
  return anchor === undefined || /^L\d+$/.test(anchor) || anchorsOf(target).includes(anchor)
    ? undefined
    : `${page}: ${target} has no heading #${anchor}`;
}

test.each(PAGES)('the links of %s lead somewhere', (page) => {
  const local = linksOf(textOf(page)).filter((link) => !/^(https|mailto):/.test(link));
  expect(local.flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
});

describe('the README of the packages', () => {
  const manifest = JSON.parse(textOf('package.json')) as { repository: { url: string }; version: string };

  test('leads to the repository, at the tag of its version', async () => {
    const { readmeOfPackages } = await import('../../scripts/lib/readme.mjs');
    const readme = readmeOfPackages(
      '[a](docs/a.md) [b](#b) [![c](docs/c.svg)](docs/c.md) [d](https://example.com) ![e](https://example.com/e.svg)',
      { ...manifest, version: '1.2.3' },
    );
    const page = 'https://github.com/cdk-ses-easy-dkim/cdk-ses-easy-dkim/blob/v1.2.3';
    const raw = 'https://raw.githubusercontent.com/cdk-ses-easy-dkim/cdk-ses-easy-dkim/v1.2.3';
    expect(readme).toBe(
      `[a](${page}/docs/a.md) [b](${page}/README.md#b) [![c](${raw}/docs/c.svg)](${page}/docs/c.md) ` +
        '[d](https://example.com) ![e](https://example.com/e.svg)',
    );
  });

  test('has absolute links only', async () => {
    const { readmeOfPackages } = await import('../../scripts/lib/readme.mjs');
    const links = linksOf(readmeOfPackages(textOf('README.md'), manifest));
    expect(links.filter((link) => !link.startsWith('https://'))).toEqual([]);
  });
});
