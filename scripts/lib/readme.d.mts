/** @param manifest what package.json says */
export function readmeOfPackages(
  markdown: string,
  manifest: { readonly repository: { readonly url: string }; readonly version: string },
): string;
