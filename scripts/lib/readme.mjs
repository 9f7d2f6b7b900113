/**
 * The README as it goes into the packages: the pages of PyPI, NuGet and npm have neither our files beside them nor
 * places to jump to within, so links lead to the repository, and pictures are loaded from there.
 */
export function readmeOfPackages(markdown, { repository, version }) {
  const path = new URL(repository.url.replace(/\.git$/, '')).pathname;
  const page = (target) => `https://github.com${path}/blob/v${version}/${target.replace(/^#/, 'README.md#')}`;
  const picture = (target) => `https://raw.githubusercontent.com${path}/v${version}/${target}`;
  return markdown.replace(/(!?)\[((?:!\[[^\]]*\]\([^)]*\)|[^\]])*)\]\((?!https:)([^)]+)\)/g, (_, mark, text, target) =>
    mark ? `![${text}](${picture(target)})` : `[${readmeOfPackages(text, { repository, version })}](${page(target)})`,
  );
}
