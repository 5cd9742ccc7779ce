import fs from 'node:fs';

import { lingui } from '@lingui/vite-plugin';
import react from '@vitejs/plugin-react';
import { minifySync, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { compileMessages } from './messages.ts';

/**
 * Puts start.js at the start of the page: it must run before the first picture, and the
 * Content-Security-Policy forbids scripts in the page itself. Its name has a hash, so that browsers
 * keep it.
 */
const startFirst: Plugin = {
  name: 'start-first',
  apply: 'build',
  buildStart() {
    const source = fs.readFileSync(new URL('start.js', import.meta.url), 'utf8');
    this.emitFile({ type: 'asset', name: 'start.js', source: minifySync('start.js', source).code });
  },
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const path = (name: RegExp) => `/${Object.keys(bundle).find((file) => name.test(file)) ?? ''}`;
      const catalogs = Object.values(bundle)
        .filter((file) => file.type === 'chunk')
        .map(({ facadeModuleId, fileName }) => [
          /src\/locales\/(.*)\.po$/.exec(facadeModuleId ?? '')?.[1],
          `/${fileName}`,
        ])
        .filter(([language]) => language !== undefined);
      const attrs = {
        src: path(/^assets\/start-.*\.js$/),
        'data-member': path(/^assets\/member-.*\.js$/),
        'data-catalogs': JSON.stringify(Object.fromEntries(catalogs)),
      };
      return [{ tag: 'script', attrs, injectTo: 'head' }];
    },
  },
};

export default defineConfig({
  plugins: [
    lingui({
      macroTransform: { macro: { descriptorFields: 'message' } },
      failOnMissing: true,
      failOnCompileError: true,
    }),
    react(),
    compileMessages,
    startFirst,
  ],
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
            { name: 'libraries', test: /node_modules/, tags: ['$initial'], priority: 3 },
            { name: 'page', tags: ['$initial'], priority: 2 },
            // Loaded for a visitor who stays.
            { name: 'new-cruds', test: /src.(components.new-cruds|api.(front|crud-changes))/, priority: 1 },
            // Forms of accounts, in few files: the first page names each that a page needs.
            { name: 'forms', test: /src.components.(submit|password-field|code-field|authenticator)/ },
            { name: 'auth', test: /src.auth.(arrival|auth-page|email-field|resend|password)/ },
            // The rest of the first page of a signed-in person, without what is loaded when it is used.
            {
              name: 'member',
              test: /src.(outbox|components.member.(?!choose|completion-[lop]|share)|session.(device|drafts|tokens))|idb-keyval/,
            },
          ],
        },
      },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'service-worker/*.test.ts', 'layers.test.mjs', 'manifest.test.mjs', 'styles.test.mjs'],
    // A time zone with summer time.
    env: { TZ: 'Europe/Berlin' },
  },
});
