import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    // The oldest browsers that know light-dark() and popovers.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The Content-Security-Policy allows no data: fonts or scripts; small images may stay files too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ['src/**/*.test.ts'],
    // A place whose clocks change.
    env: { TZ: 'Europe/Berlin' },
  },
});
