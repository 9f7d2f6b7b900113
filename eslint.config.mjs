import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Data flows one way: the construct and the handler share nothing but the contract in lib/private. */
const noImportOf = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['dist/', 'packages/', 'cdk.out/', '.local/', 'node_modules/', '**/*.snapshot/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: noImportOf(
      { regex: '/lambda(/|$)', message: 'What construct and handler both need is in lib/private.' },
      { regex: '^@(aws-sdk|smithy)/', message: 'The construct calls no AWS service.' },
    ),
  },
  {
    files: ['lambda/**/*.ts'],
    rules: noImportOf(
      { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'The handler runs without the CDK.' },
      { regex: '^\\.\\./lib(/(?!private/)|$)', message: 'The handler shares only lib/private with the construct.' },
    ),
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        performance: 'readonly',
      },
    },
  },
);
