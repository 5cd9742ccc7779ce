// build.mjs - builds the service worker into dist/service-worker.js, after the pages: it names all files of their
// build. The name of index.html stays the same, so its digest tells builds apart; and a browser that gets
// another index.html while a deploy is under way does not install the worker (Subresource Integrity).
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

const assets = fs
  .readdirSync(`${DIST}assets`)
  // Not the accented English of tests.
  .filter((name) => /\.(js|css|svg|woff2)$/.test(name) && !name.startsWith('en-XA-'))
  .sort()
  .map((name) => ({ url: `/assets/${name}`, revision: null }));
const shell = fs.readFileSync(`${DIST}index.html`);
const digest = createHash('sha256').update(shell).digest('base64');
const page = { url: '/index.html', revision: digest, integrity: `sha256-${digest}` };

await build({
  configFile: false,
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  define: {
    FILES: JSON.stringify([page, ...assets]),
    'process.env.NODE_ENV': '"production"',
  },
  build: {
    outDir: DIST,
    emptyOutDir: false,
    target: ['chrome123', 'firefox125', 'safari17.5'],
    rolldownOptions: {
      input: fileURLToPath(new URL('main.ts', import.meta.url)),
      output: { format: 'iife', entryFileNames: 'service-worker.js' },
    },
  },
});
