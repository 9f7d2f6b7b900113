/**
 * Runs tests in Node's own context. In one of its own, as jest has it, every access to a global passes through a proxy
 * that is written in JavaScript: the CDK and the AWS SDK are several times slower then.
 */
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/** What jest is told is the context. */
const OWN = vm.createContext();

const IN_OWN_CONTEXT = {
  parsingContext: undefined,
  // Tests of scripts import these, which are ES modules.
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
};

const { compileFunction } = vm;
vm.compileFunction = (code, parameters, options) =>
  compileFunction(code, parameters, options?.parsingContext === OWN ? { ...options, ...IN_OWN_CONTEXT } : options);

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    this.global = globalThis;
    // For native-packages.cjs.
    this.global.requireNatively = require;
  }

  getVmContext() {
    return OWN;
  }
};
