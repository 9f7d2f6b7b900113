/** Starts first what takes longest, so that no core is idle at the end. jest would go by the size of the files. */
const Sequencer = require('@jest/test-sequencer').default;

const LONG = ['test/model/lives', 'test/e2e/', 'test/model/', 'test/docs/', 'test/iam/'];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONG.findIndex((folder) => path.includes(folder)) >>> 0;
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
