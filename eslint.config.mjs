import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { noCircles } from './scripts/lib/no-circles.mjs';

/** Data flows one way: the construct and the handler share nothing but lib/shared. */
const noImportOf = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

/** The next event may come to another instance of the function, and the sandbox of the tests goes by that. */
const noStateOfModules = {
  'no-restricted-syntax': [
    'error',
    ...[
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind!="const"]',
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]) > NewExpression[callee.name=/^(Weak)?(Map|Set)$/]',
      'PropertyDefinition[static=true]:not([readonly=true])',
    ].map((selector) => ({ selector, message: 'The handler keeps nothing in memory between two events.' })),
  ],
};

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
    files: ['{lib,lambda,check,bin,examples}/**/*.ts'],
    plugins: { project: { rules: { 'no-circles': noCircles } } },
    rules: { 'project/no-circles': 'error' },
  },
  {
    files: ['lib/**/*.ts'],
    rules: noImportOf(
      { regex: '/lambda(/|$)', message: 'What construct and handler both need is in lib/shared.' },
      { regex: '^@(aws-sdk|smithy)/', message: 'The construct calls no AWS service.' },
    ),
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^aws-cdk-lib/',
              allowTypeImports: true,
              message: "aws-cdk-lib loads a module once it is used: import { aws_iam as iam } from 'aws-cdk-lib'.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ['lambda/**/*.ts'],
    rules: noImportOf(
      { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'The handler runs without the CDK.' },
      { regex: '/lib(/(?!shared/)|$)', message: 'The handler shares only lib/shared with the construct.' },
    ),
  },
  {
    files: ['lambda/**/*.ts', 'lib/shared/**/*.ts'],
    rules: noStateOfModules,
  },
  {
    files: ['lib/shared/**/*.ts'],
    rules: noImportOf(
      {
        regex: '^(aws-cdk-lib|constructs|@aws-sdk|@smithy)(/|$)',
        message: 'What all sides share needs neither CDK nor SDK.',
      },
      { regex: '^\\.\\./', message: 'What all sides share imports nothing else of the project.' },
    ),
  },
  {
    files: ['check/**/*.ts'],
    rules: noImportOf(
      { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'The check runs without the CDK.' },
      { regex: '^\\.\\./(?!lib/shared/)', message: 'The check shares only lib/shared with the construct.' },
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
