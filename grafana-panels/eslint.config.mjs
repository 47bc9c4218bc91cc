import { defineConfig } from 'eslint/config';
import datasource from '../grafana-datasource/eslint.config.mjs';

export default defineConfig([
  ...datasource,
  {
    files: ['shared/**/*.{ts,tsx}', '*/src/**/*.{ts,tsx}', 'workbench/**/*.{ts,tsx}', '*/workbench.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-deprecated': 'warn' },
  },
]);
