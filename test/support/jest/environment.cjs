/**
 * Runs tests in Node's own context. In one of its own, as jest has it, every access to a global passes through a proxy
 * that is written in JavaScript: the CDK and the AWS SDK are several times slower then.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
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

/**
 * jest-circus keeps the test that runs in an AsyncLocalStorage, by which it would tell tests apart that run at the same
 * time. Before Node 24 every promise pays for that: a twelfth of the time of tests that call the SDK. Ours run one by one.
 */
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (context, callback, ...args) {
  const isOfJest = context?.test?.type === 'test' || context?.describeBlock?.type === 'describeBlock';
  return isOfJest ? callback(...args) : run.call(this, context, callback, ...args);
};

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
