/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  testSequencer: '<rootDir>/test/support/jest/sequencer.cjs',
  // A busy machine is no reason to fail: no test is about real time.
  testTimeout: 120_000,
  // The end-to-end tests mostly wait for other processes.
  maxWorkers: 4,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': '<rootDir>/test/support/jest/typescript.cjs',
    '/node_modules/(@aws-cdk|@aws-sdk|aws-cdk-lib|cdk-nag|constructs|dns2|fast-check|typescript)/.+\\.c?js$':
      '<rootDir>/test/support/jest/native-packages.cjs',
  },
  transformIgnorePatterns: [],
  // The examples import the package by its name, as users do.
  moduleNameMapper: { '^cdk-ses-easy-dkim$': '<rootDir>/lib' },
  // Compiled copies of what is tested, and other people's packages.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/', '<rootDir>/cdk.out/', '<rootDir>/.local/'],
};
