import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { directImports } from './direct-imports';

/** What the server answers itself. */
const target = `http://localhost:${process.env.PORT || 4000}`;
const proxy = { '/graphql': { target, ws: true }, '/auth': { target }, '/logo': { target }, '/outputs': { target } };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), directImports(['@mantine/core', '@mantine/hooks'])],
  build: {
    outDir: resolve(import.meta.dirname, '../dist/client'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    // Nothing inline: the content security policy allows data: for images only.
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    proxy,
  },
  preview: { proxy },
});
