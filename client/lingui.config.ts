import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-json';

/** Explicit ids, no macros: `messages.json` is written by hand, `messages.ts` beside it is build output. */
export default defineConfig({
  rootDir: __dirname,
  sourceLocale: 'en',
  locales: ['en', 'ko', 'ru'],
  catalogs: [{ path: '<rootDir>/src/i18n/{locale}/messages', include: ['<rootDir>/src'] }],
  format: formatter({ style: 'minimal' }),
  compileNamespace: 'ts',
});
