/** Has Node load the packages that tests use: once a worker, where jest would do so once a test file. */
module.exports = {
  process: (_, file) => ({ code: `module.exports = requireNatively(${JSON.stringify(file)});` }),
  getCacheKey: (_, file) => `natively ${file}`,
};
