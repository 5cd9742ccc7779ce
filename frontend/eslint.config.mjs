// eslint.config.mjs - mistakes that the compiler does not find: promises that nobody waits for, breaches of
// the rules of React's hooks, elements that a keyboard or a screen reader does not reach.
import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import lingui from 'eslint-plugin-lingui';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist', 'src/api/schema.ts', '*.js', '*.mjs', 'public', 'service-worker/build.mjs'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat.recommended,
  lingui.configs['flat/recommended'],
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // A short arrow function may call what returns nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$' }],
      // Code that cannot be loaded must not end the page.
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'react', importNames: ['lazy'], message: 'Use components/later.tsx.' }] },
      ],
      // The pages with one form, and the search, begin in their first field.
      'jsx-a11y/no-autofocus': 'off',
      // Containers hear keys and the focus of what is inside them; nothing is clicked but controls.
      'jsx-a11y/no-noninteractive-element-interactions': ['error', { handlers: ['onClick'] }],
    },
  },
  { files: ['src/components/later.tsx'], rules: { 'no-restricted-imports': 'off' } },
  {
    // Every text for people is made for translation (CONTRIBUTING.md, "Add a text of the page").
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: ['src/**/*.test.ts'],
    rules: {
      'lingui/no-unlocalized-strings': [
        'error',
        {
          useTsTypes: true,
          ignoreMethodsOnTypes: ['Headers.get'],
          ignore: [
            '^[^A-Z ]*$', // `button`, `/api/users`, `·`
            '^[a-z]+[A-Z]\\w*$', // `preventScroll`
            '^[A-Z_]{2,}\\w*\\.?$', // `GET`, `REFRESH_TOKEN_AUTH`
            '^[A-Z][a-z]+([A-Z][a-z]*|-[A-Z][a-z]*)+\\.?$', // `ArrowDown`, `Content-Type`
            '^Bearer$',
            '^[Mm]\\d[\\w .-]*$', // paths of icons
            '^(· )?Cruddur$',
          ],
          ignoreNames: ['className', 'd', 'key', 'path', 'rel', 'sizes', 'to'],
          ignoreFunctions: [
            '*.closest',
            '*.querySelector',
            '*.querySelectorAll',
            'Error',
            'Intl.*',
            'matchMedia',
            'Problem',
            'RegExp',
          ],
        },
      ],
    },
  },
);
