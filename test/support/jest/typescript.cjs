/** Strips the types, which `npm run lint` checks. */
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false };

module.exports = {
  process(source, file) {
    const { code } = transformSync(source, { ...OPTIONS, sourcefile: file });
    return { code };
  },
  getCacheKey: (source, file) =>
    createHash('sha256')
      .update([source, file, version, JSON.stringify(OPTIONS)].join('\0'))
      .digest('hex'),
};
