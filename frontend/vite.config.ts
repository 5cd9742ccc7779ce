import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    // The oldest browsers that support light-dark() and popovers.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The Content-Security-Policy forbids data: URLs for fonts and scripts, so inline nothing.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ['src/**/*.test.ts', 'layers.test.mjs', 'styles.test.mjs'],
    // A time zone with summer time.
    env: { TZ: 'Europe/Berlin' },
  },
});
