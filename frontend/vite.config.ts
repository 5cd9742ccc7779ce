import fs from 'node:fs';

import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Puts theme.js at the start of the page: it must run before the first picture, and the
 * Content-Security-Policy forbids scripts in the page itself. Its name has a hash, so that browsers
 * keep it.
 */
const themeFirst: Plugin = {
  name: 'theme-first',
  apply: 'build',
  buildStart() {
    const source = fs.readFileSync(new URL('theme.js', import.meta.url), 'utf8');
    this.emitFile({ type: 'asset', name: 'theme.js', source: source.replace(/^\/\/.*\n/gm, '') });
  },
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const name = Object.keys(bundle).find((file) => /^assets\/theme-.*\.js$/.test(file));
      return [{ tag: 'script', attrs: { src: `/${name}` }, injectTo: 'head' }];
    },
  },
};

export default defineConfig({
  plugins: [react(), themeFirst],
  build: {
    // The oldest browsers that support light-dark() and popovers.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The Content-Security-Policy forbids data: URLs for fonts and scripts, so inline nothing.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The code of every first page, in two files: the libraries change less often.
            { name: 'libraries', test: /node_modules/, tags: ['$initial'], priority: 1 },
            { name: 'page', tags: ['$initial'] },
            // The rest of the first page of a signed-in person.
            {
              name: 'member',
              test: /src.(outbox|components.member|session.(device|drafts|tokens))|idb-keyval/,
            },
          ],
        },
      },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'layers.test.mjs', 'styles.test.mjs'],
    // A time zone with summer time.
    env: { TZ: 'Europe/Berlin' },
  },
});
