/* The languages of the page, and where their texts are. `src/base/language.ts` loads them. */
import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

export default defineConfig({
  sourceLocale: 'en',
  // en-XA is English with accents and brackets around each text: what is not in them was forgotten.
  locales: ['en', 'de', 'es', 'ar', 'en-XA'],
  pseudoLocale: 'en-XA',
  catalogs: [
    { path: '<rootDir>/src/locales/{locale}', include: ['src'], exclude: ['**/*.test.ts'] },
  ],
  // Line numbers would change a catalog with each edit of the code.
  format: formatter({ lineNumbers: false, printPlaceholdersInComments: false }),
});
