// The UI's rules that a machine can check; import cycles and words outside text/ are checked by src/house.test.ts.
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noTauri = {
  group: ['@tauri-apps/*'],
  message: 'Only host/tauri.ts talks to Tauri: ask through the Host interface.',
};
const noHost = {
  group: ['**/host/tauri', '**/host/fake', '**/host/http', '**/host/host', '**/screens/**', '**/board/**'],
  message: 'Widgets and formats know neither the host nor a screen: pass values and callbacks.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/bindings/**'] },
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [noTauri] }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
    },
  },
  {
    files: ['**/src/widgets/**', '**/src/format/**', '**/src/text/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [noTauri, noHost] }] },
  },
  {
    files: ['**/src/host/**'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  { files: ['**/src/host/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
);
