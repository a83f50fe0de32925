'use strict';

const compile = (parser) => ['@swc/jest', {
  jsc: {
    parser,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
    target: 'es2022',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
}];

const transform = {
  '^.+\\.tsx?$': compile({ syntax: 'typescript', decorators: true, tsx: false }),
  '^.+\\.js$': compile({ syntax: 'ecmascript' }),
};

/** Packages that come as ES modules only; Node requires them, Jest does not. */
const transformIgnorePatterns = ['/node_modules/(?!(jose|openid-client|oauth4webapi)/)'];

/** Jest looks up every global by a detour that takes longer than most of what a simulated step does; these come straight. */
const OFTEN_NAMED = ['Math', 'Map', 'Set', 'Array', 'Object', 'Number', 'String', 'Promise', 'Infinity'];

const node = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  rootDir: __dirname,
  roots: [`<rootDir>/test/${name}`],
  testMatch: ['**/*.test.ts'],
  transform,
  transformIgnorePatterns,
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
    node('simulation', { sandboxInjectedGlobals: OFTEN_NAMED }),
    node('integration', withPostgres),
    node('conformance', withPostgres),
    node('e2e', { globalSetup: '<rootDir>/test/support/prepare-browser.ts' }),
    '<rootDir>/client/jest.config.mjs',
  ],
};
