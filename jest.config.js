'use strict';

const transform = {
  '^.+\\.tsx?$': ['@swc/jest', {
    jsc: {
      parser: { syntax: 'typescript', decorators: true, tsx: false },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      keepClassNames: true,
      target: 'es2022',
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  }],
};

const node = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  rootDir: __dirname,
  roots: [`<rootDir>/test/${name}`],
  testMatch: ['**/*.test.ts'],
  transform,
  setupFiles: ['reflect-metadata'],
  ...extra,
});

/** One embedded Postgres serves every project that asks for a database; each test file makes its own in it. */
const withPostgres = { globalSetup: '<rootDir>/test/support/start-postgres.ts', globalTeardown: '<rootDir>/test/support/stop-postgres.ts' };

module.exports = {
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [
    node('unit'),
    node('simulation'),
    node('integration', withPostgres),
    node('conformance', withPostgres),
    node('e2e', { globalSetup: '<rootDir>/test/support/prepare-browser.ts' }),
    '<rootDir>/client/jest.config.mjs',
  ],
};
