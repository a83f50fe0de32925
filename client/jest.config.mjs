import { fileURLToPath } from 'node:url';

/** The client's own tests, beside the code. Most packages here are ES modules only, so everything is transformed. */
export default {
  displayName: 'client',
  rootDir: fileURLToPath(new URL('.', import.meta.url)),
  roots: ['<rootDir>/src'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testEnvironment: 'jsdom',
  setupFiles: ['<rootDir>/test/browser-stand-ins.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/matchers.ts'],
  transform: {
    '^.+\\.[cm]?[jt]sx?$': ['@swc/jest', {
      jsc: {
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic' } },
        target: 'es2022',
      },
      module: { type: 'commonjs' },
    }],
  },
  // The icons' index is one file of several megabytes that needs no transform.
  transformIgnorePatterns: ['@tabler/icons-react/dist/cjs'],
  moduleNameMapper: {
    '\\.module\\.css$': '<rootDir>/test/css-module.ts',
    '\\.css$': '<rootDir>/test/css.ts',
    '^@tabler/icons-react$': '<rootDir>/../node_modules/@tabler/icons-react/dist/cjs/tabler-icons-react.cjs',
  },
};
